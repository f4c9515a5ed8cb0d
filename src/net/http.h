/*
 * http.h - an HTTP(S) client that its caller drives.
 *
 * Over libcurl's multi interface, without threads: requests are started, and
 * http_run() moves all of them and calls what is to be called when one is
 * done.  Connections are kept and used again.  A redirect is an answer like
 * any other and never followed.  Only http: and https: exist.
 *
 * The other side is hostile: head, body and time of an answer are bounded.
 * What goes wrong is told in a text that holds no header, no body and nothing
 * of the URL but scheme, host and port.
 *
 * Proxies are those of the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY,
 * NO_PROXY, in either case).  Who signs the server's certificate is checked
 * against the request's file, else the client's, else SSL_CERT_FILE, else the
 * system's own.
 *
 * A client and all of its requests belong to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

struct http; /* the client */

struct http_header {
	struct span name, value;
};

enum http_outcome {
	HTTP_ANSWERED,	  /* a whole answer, whatever its status */
	HTTP_UNREACHABLE, /* no address, no connection, the proxy refused */
	HTTP_BROKEN,	  /* reset, a body that is too short, not HTTP */
	HTTP_TIMEOUT,
	HTTP_UNTRUSTED, /* TLS: the certificate, or ours, was not accepted */
	HTTP_TOO_LARGE, /* past head_limit or body_limit */
	HTTP_STOPPED,	/* the sink refused, or its descriptor failed */
	HTTP_INVALID,	/* no request can be made of this */
};

struct http_response {
	enum http_outcome outcome;
	int status;	   /* 0 before the status line */
	struct span body;  /* kept in memory; what a sink took is not here */
	uint64_t received; /* bytes of the body, a sink's included */
	/* Of the last answer, in its order; names as they were sent. */
	const struct http_header *headers;
	size_t nheaders;
	const char *trouble; /* one line, printable; "" when ANSWERED */
};

/*
 * All is copied by http_start() but `sink`, `done` and `cookie`.  Numbers
 * that are 0 mean the default beside them.
 */
struct http_request {
	const char *method; /* "GET" */
	struct span url;    /* encoded; no user, no password, no fragment */
	/* Sent as they are.  A header with a line feed, or a NUL, is INVALID.
	 * "Content-Length" and "Host" are made from body and URL; a "Host" of
	 * yours goes in place of it. */
	const struct http_header *headers;
	size_t nheaders;
	/* `has_body` sends an empty one too (Content-Length: 0). */
	struct span body;
	bool has_body;
	unsigned connect_ms; /* 10,000 */
	unsigned idle_ms;    /* 30,000: no byte for so long */
	unsigned total_ms;   /* 300,000 */
	size_t head_limit;   /* 64 KiB */
	size_t body_limit;   /* 16 MiB, for what is kept in memory */
	uint64_t sink_limit; /* no limit, for what a sink takes */
	const char *ca_file; /* PEM; NULL: see above */
	const char *cert_file, *key_file; /* our own; NULL: none */
	bool direct; /* never by a proxy: for link-local addresses */
	bool secret; /* what is copied and received is wiped when freed */
	/*
	 * Where the body of an answer of status 2xx goes, piece by piece;
	 * other bodies are kept in memory up to body_limit.  `head` is the
	 * answer so far: status and headers.  False: stop (STOPPED).
	 */
	bool (*sink)(
	    void *cookie, const struct http_response *head, struct span piece);
	/* Or, when sink is NULL and to_fd is set: written to `fd` as it comes,
	 * at the descriptor's own position. */
	bool to_fd;
	int fd;
	/*
	 * Called once, from http_run() or http_fetch() alone; the response
	 * and all in it live until it returns.  It may start and cancel
	 * requests.
	 */
	void (*done)(void *cookie, const struct http_response *response);
	void *cookie;
};

struct http_options {
	unsigned connections_per_host; /* 0: 32 */
	const char *ca_file;	       /* PEM; NULL: see above.  Copied. */
	const char *user_agent;	       /* NULL: "nephoscope/VERSION".  Copied */
};

/* Caller frees. */
struct http *http_new(const struct http_options *options);

/* Cancel what is under way (nothing is called) and free.  NULL is allowed. */
void http_free(struct http *h);

/*
 * Start a request; its number, never 0, which is not used again.  It does not
 * fail: what cannot be requested is told as INVALID by http_run().
 */
uint64_t http_start(struct http *h, const struct http_request *request);

/* Forget a request: done() is not called.  One that is over or unknown is
 * ignored.  Allowed inside done(); inside a sink return false instead. */
void http_cancel(struct http *h, uint64_t number);

/*
 * Move everything that is under way, call what is done, then wait at most
 * `wait_ms` for more, or until `wake_fd` (-1: none) is readable, and move
 * again.  Returns at once from the waiting when something was done.  Without
 * requests it waits for wake_fd alone.  Not to be called inside done().
 */
void http_run(struct http *h, int wait_ms, int wake_fd);

/* Requests started and not done. */
size_t http_under_way(const struct http *h);

/*
 * One request from start to end, blocking for at most its total_ms; others of
 * the same client go on meanwhile.  request->done is called before it
 * returns, as always.
 */
void http_fetch(struct http *h, const struct http_request *request);

/* The value of the first header of that name (any case), or empty. */
struct span http_header_of(const struct http_response *r, struct span name);

/*
 * True for what may go well when tried again as it is: UNREACHABLE, BROKEN,
 * TIMEOUT, and answers of status 408, 425, 429 and 5xx but 501 and 505.
 */
bool http_is_retryable(const struct http_response *r);

/* True for an answer of status 2xx. */
bool http_is_success(const struct http_response *r);

/* Seconds that a Retry-After header asks for, at most 3600; else 0. */
unsigned http_retry_after_s(const struct http_response *r);

/*
 * What happened, in words, for a log line: the trouble, or "status 503".
 * `text` has HTTP_TEXT_BYTES; returns it.
 */
#define HTTP_TEXT_BYTES 192
char *http_describe(const struct http_response *r, char *text);

/* No line feed, carriage return or NUL: may stand in a header. */
bool http_is_line(struct span s);

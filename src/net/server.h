/*
 * server.h - an HTTP or HTTPS server that its owner's loop drives.
 *
 * A thin layer over libmicrohttpd, without threads: server_run() waits for
 * callers and calls the owner's functions, from the thread it is called on.
 * Everything is bounded: connections, bytes of a body and of all bodies, the
 * time for headers, for a body, for an idle connection.  What exceeds a bound
 * is answered (413, 429) or cut off.
 *
 * One request:  begin() when its headers are there, which may answer at once
 * (a refusal; the body is then not kept); handle() when the body is there,
 * which answers now or later; gone() when the answer is sent or the caller
 * is.  A request is valid from its begin() to its gone().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "config/config.h"

struct listen_set;
struct server;
struct server_request;

struct server_options {
	const char *listen; /* "127.0.0.1:7480" */
	/* Where its socket is kept when the server is freed; or NULL. */
	struct listen_set *sockets;
	/* NULL or without cert: plain HTTP.  Borrowed for the server's life:
	 * renewed files are taken up within seconds. */
	const struct config_tls *tls;
	size_t body_bytes;    /* most of one body; 0: no bodies */
	size_t bodies_bytes;  /* most of all bodies that are arriving */
	unsigned connections; /* most at once; 0: 64 */
	/* Milliseconds; 0: 10 s, 30 s, 120 s. */
	int header_ms; /* from a connection's start to its first request */
	int body_ms;   /* from a request's headers to its last byte */
	int idle_ms;   /* from an answer to the next request's headers */
	void (*begin)(void *cookie, struct server_request *r); /* or NULL */
	void (*handle)(void *cookie, struct server_request *r);
	void (*gone)(void *cookie, struct server_request *r); /* or NULL */
	/* A body of so many bytes, as far as its sender or what came of it
	 * tells, is refused: it is more than body_bytes.  Or NULL.  This and
	 * full() may answer; else it is done for them, 413 and 429. */
	void (*too_large)(
	    void *cookie, struct server_request *r, uint64_t bytes);
	/* A body is refused: together they are more than bodies_bytes. */
	void (*full)(void *cookie, struct server_request *r); /* or NULL */
	/* A caller's TLS handshake failed: who it is, a sentence's end about
	 * it with what to do.  Not for one that said nothing.  Or NULL. */
	void (*no_handshake)(void *cookie, const char *caller, const char *why);
	/* What TLS or HTTP found wrong, a line; hostile text.  Or NULL. */
	void (*trouble)(void *cookie, const char *message);
	void *cookie;
};

/*
 * Start to listen.  INVALID or IO with *error: what to change.  Caller frees
 * with server_free().  `options` is copied, its texts are borrowed.
 */
NODISCARD enum status server_new(const struct server_options *options,
    struct server **server, struct buf *error);

/* Cut all connections, call gone() for each request, release. */
void server_free(struct server *s); /* NULL is allowed */

/* Wait at most `wait_ms`, less when `wake_fd` (-1: none) is readable, and do
 * what is to be done. */
void server_run(struct server *s, int wake_fd, int wait_ms);

/* A descriptor that is readable when server_run() has work, to be waited on
 * elsewhere, for at most server_wait_ms(). */
int server_fd(const struct server *s);
int server_wait_ms(const struct server *s, int most_ms);

/* No further connections; those there are go on, each until its answer. */
void server_quiesce(struct server *s);

size_t server_connections(const struct server *s);

uint16_t server_port(const struct server *s);
bool server_is_loopback(const struct server *s);
bool server_is_tls(const struct server *s);

/* --- one request ---------------------------------------------------------- */

/* Borrowed until gone(). */
struct span server_request_method(const struct server_request *r);
struct span server_request_path(const struct server_request *r);
/* Empty where there is none; names are matched without case. */
struct span server_request_header(struct server_request *r, const char *name);
/* False when there is no such argument behind the '?'. */
bool server_request_query(
    struct server_request *r, const char *name, struct span *value);

/* The caller's address as text, borrowed; "?" when it is not known. */
const char *server_request_caller(const struct server_request *r);

/* True when the caller showed a certificate that client_ca vouches for, made
 * for clients and in date. */
bool server_request_is_known(struct server_request *r);

/* The body; empty before handle(). */
struct span server_request_body(const struct server_request *r);

/* Take the body: malloc()ed, the caller's now.  NULL when it is empty. */
char *server_request_take(struct server_request *r, size_t *len);

/* The owner's own, NULL at first. */
void server_request_keep(struct server_request *r, void *own);
void *server_request_own(const struct server_request *r);

struct server_answer {
	unsigned code;
	const char *type;   /* of the content; NULL: text/plain */
	struct span body;   /* copied */
	const char *header; /* one more header, or NULL ... */
	const char *value;  /* ... and its value */
};

/* Answer, once; also from outside begin() and handle(), before gone(). */
void server_answer(
    struct server_request *r, const struct server_answer *answer);

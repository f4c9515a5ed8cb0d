/*
 * server_internal.h - what server.c and server_request.c share.
 */
#pragma once

#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include "net/server.h"
#include "net/tls_files.h"

#define CALLER_BYTES 64 /* an address as text */

/* One connection; libmicrohttpd keeps the pointer as its socket context. */
struct server_link {
	struct server *server;
	struct server_link *next, *previous;
	int fd;
	int64_t deadline_us; /* cut off then; INT64_MAX: never */
	char caller[CALLER_BYTES];
	bool begun; /* a first request */
	/* Of TLS; NULL without.  What was seen of its handshake when one
	 * failed, this one or another: see server_tls.c. */
	gnutls_session_t tls;
	bool looked_at;
	int heard, told; /* the last messages of it; -1: none */
	int alert;
};

/* One libmicrohttpd and the certificates it was started with. */
struct server_daemon {
	struct MHD_Daemon *mhd; /* NULL: none */
	struct tls_files files;
	int64_t retired_us; /* when it stopped to accept; 0: it accepts */
};

struct server {
	struct server_options options;
	int listen_fd; /* -1 once no more are accepted */
	int poll_fd;   /* an epoll of the daemons' epolls */
	bool loopback, tls;
	uint16_t port;
	/* The one that accepts, and the one before it that finishes what it
	 * has: certificates were renewed. */
	struct server_daemon daemon, retired;
	struct server_link *links;
	size_t nlinks;
	struct server_request *requests;
	size_t nrequests;
	size_t body_bytes; /* held or promised by requests under way */
	int64_t checked_us, files_checked_us;
	/* Something was answered from outside: libmicrohttpd makes no
	 * descriptor readable for that. */
	bool resumed;
	bool closing;
	bool looked; /* links are looked_at */
};

struct server_request {
	struct server *server;
	struct server_link *link;
	struct server_request *next, *previous;
	struct MHD_Connection *mhd;
	const char *method, *path;
	uint64_t promised; /* Content-Length */
	bool chunked;
	char *body;
	size_t len, room;
	size_t reserved;    /* of server->body_bytes */
	uint64_t discarded; /* body bytes that nobody wants */
	bool handled, suspended;
	struct MHD_Response *response; /* once answered */
	unsigned code;
	bool queued;
	void *own;
};

/* Cut a connection off `ms` from now. */
void server_link_deadline(struct server_link *link, int ms);

/* What libmicrohttpd calls. */
enum MHD_Result server_request_step(void *cookie, struct MHD_Connection *mhd,
    const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_len, void **context);
void server_request_completed(void *cookie, struct MHD_Connection *mhd,
    void **context, enum MHD_RequestTerminationCode code);

/* What a handshake came to.  Begin with each connection; look while
 * libmicrohttpd says that one failed; end when a connection is closed; forget
 * when it has done all for now. */
void server_tls_begin(struct server_link *link, struct MHD_Connection *mhd);
void server_tls_look(struct server *s);
void server_tls_end(const struct server_link *link);
void server_tls_forget(struct server *s);

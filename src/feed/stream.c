#include "feed/stream.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/ip.h"
#include "net/clock.h"

/* For the name, for each address, for the handshake. */
#define STEP_US (10 * CIVIL_US_PER_S)
#define TROUBLE_BYTES 256
/* What a server may send us at once before others get their turn. */
#define READS_MAX 16

enum step { STEP_NONE, STEP_NAME, STEP_CONNECT, STEP_HANDSHAKE, STEP_UP };

/* glibc looks the name up beside us and owns this until it is done. */
struct lookup {
	struct gaicb request;
	struct addrinfo hints;
	char host[256], port[8];
};

struct stream {
	enum stream_kind kind;
	enum step step;
	char host[256], port[8];
	int64_t until_us; /* of the step */
	struct lookup *lookup;
	struct addrinfo *found, *next;
	int fd;
	SSL_CTX *context;
	SSL *ssl;
	uint64_t written; /* plain sockets count themselves */
	char trouble[TROUBLE_BYTES];
};

/* --- the address, the certificates ---------------------------------------- */

static bool
split(const char *address, struct stream *s)
{
	struct span all = span_str(address), host, port;
	size_t colon = span_rfind(all, ':');

	if (colon == all.len)
		return false;
	host = span_first(all, colon);
	port = span_skip(all, colon + 1);
	if (span_starts(host, SPAN("[")) && span_ends(host, SPAN("]")))
		host = span_of(host.at + 1, host.len - 2);
	if (host.len == 0 || host.len >= sizeof(s->host) || port.len == 0 ||
	    port.len >= sizeof(s->port))
		return false;
	(void)snprintf(s->host, sizeof(s->host), "%.*s", SPAN_ARGS(host));
	(void)snprintf(s->port, sizeof(s->port), "%.*s", SPAN_ARGS(port));
	return true;
}

static enum status
bad_file(const char *path, const char *what, struct buf *error)
{
	unsigned long code = ERR_get_error();
	const char *reason = ERR_reason_error_string(code);

	buf_printf(error, "%s cannot be used as %s: %s", path, what,
	    reason != NULL ? reason : "unreadable");
	ERR_clear_error();
	return STATUS_INVALID;
}

static enum status
load_files(SSL_CTX *x, const struct config_tls *tls, struct buf *error)
{
	if ((tls->cert == NULL) != (tls->key == NULL)) {
		buf_add_str(error, "`tls` needs cert and key, or neither");
		return STATUS_INVALID;
	}
	if (tls->ca != NULL &&
	    SSL_CTX_load_verify_locations(x, tls->ca, NULL) != 1)
		return bad_file(tls->ca, "ca", error);
	if (tls->ca == NULL)
		(void)SSL_CTX_set_default_verify_paths(x);
	if (tls->cert != NULL &&
	    SSL_CTX_use_certificate_chain_file(x, tls->cert) != 1)
		return bad_file(tls->cert, "cert", error);
	if (tls->key != NULL &&
	    (SSL_CTX_use_PrivateKey_file(x, tls->key, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(x) != 1))
		return bad_file(tls->key, "key of cert", error);
	return STATUS_OK;
}

static enum status
context_new(const struct config_tls *tls, SSL_CTX **context, struct buf *error)
{
	SSL_CTX *x = SSL_CTX_new(TLS_client_method());
	enum status status;

	if (x == NULL)
		return STATUS_NO_MEMORY;
	(void)SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION);
	SSL_CTX_set_verify(x, SSL_VERIFY_PEER, NULL);
	(void)SSL_CTX_set_mode(x, SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	status = load_files(x, tls, error);
	if (status != STATUS_OK)
		SSL_CTX_free(x);
	else
		*context = x;
	return status;
}

enum status
stream_new(enum stream_kind kind, const char *address,
    const struct config_tls *tls, struct stream **stream, struct buf *error)
{
	struct stream *s = status_calloc(1, sizeof(*s));
	enum status status = STATUS_OK;

	s->kind = kind;
	s->fd = -1;
	if (!split(address, s)) {
		buf_printf(error, "%s is no address: give HOST:PORT", address);
		status = STATUS_INVALID;
	} else if (kind == STREAM_TLS) {
		status = context_new(tls, &s->context, error);
	}
	if (status != STATUS_OK)
		free(s);
	else
		*stream = s;
	return status;
}

/* --- going down ----------------------------------------------------------- */

/*
 * A lookup that cannot be called back writes into its struct later: it is
 * left to glibc, once for each name server that hangs while we stop.
 */
static void
lookup_drop(struct stream *s)
{
	struct lookup *l = s->lookup;

	s->lookup = NULL;
	if (l == NULL)
		return;
	if (gai_error(&l->request) == EAI_INPROGRESS &&
	    gai_cancel(&l->request) == EAI_NOTCANCELED)
		return;
	if (l->request.ar_result != NULL)
		freeaddrinfo(l->request.ar_result);
	free(l);
}

static void
close_socket(struct stream *s)
{
	if (s->ssl != NULL) {
		if (s->step == STEP_UP)
			(void)SSL_shutdown(s->ssl);
		SSL_free(s->ssl);
		ERR_clear_error();
	}
	s->ssl = NULL;
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

static void
go_down(struct stream *s)
{
	close_socket(s);
	lookup_drop(s);
	if (s->found != NULL)
		freeaddrinfo(s->found);
	s->found = s->next = NULL;
	s->step = STEP_NONE;
}

void
stream_stop(struct stream *s)
{
	go_down(s);
	s->trouble[0] = '\0';
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	go_down(s);
	SSL_CTX_free(s->context);
	free(s);
}

static void
fail(struct stream *s, const char *what, const char *reason)
{
	(void)snprintf(s->trouble, sizeof(s->trouble), "%.100s:%s: %s%s%s",
	    s->host, s->port, what, reason[0] ? ": " : "", reason);
	go_down(s);
}

const char *
stream_trouble(const struct stream *s)
{
	return s->trouble;
}

/* --- coming up ------------------------------------------------------------ */

static void
next_step(struct stream *s, enum step step)
{
	s->step = step;
	s->until_us = clock_mono_us() + STEP_US;
}

void
stream_start(struct stream *s)
{
	struct lookup *l = status_calloc(1, sizeof(*l));
	struct gaicb *list[1] = { &l->request };

	stream_stop(s);
	(void)snprintf(l->host, sizeof(l->host), "%s", s->host);
	(void)snprintf(l->port, sizeof(l->port), "%s", s->port);
	l->hints = (struct addrinfo){
		.ai_socktype = s->kind == STREAM_UDP ? SOCK_DGRAM : SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	l->request = (struct gaicb){
		.ar_name = l->host,
		.ar_service = l->port,
		.ar_request = &l->hints,
	};
	s->written = 0;
	if (getaddrinfo_a(GAI_NOWAIT, list, 1, NULL) != 0) {
		free(l);
		fail(s, "looking up the name", "no memory");
		return;
	}
	s->lookup = l;
	next_step(s, STEP_NAME);
}

/* Check the name against the certificate, and say it to the server. */
static bool
name_the_server(struct stream *s)
{
	struct ip ip;

	if (ip_parse(span_str(s->host), &ip))
		return X509_VERIFY_PARAM_set1_ip_asc(
			   SSL_get0_param(s->ssl), s->host) == 1;
	SSL_set_hostflags(s->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(s->ssl, s->host) == 1 &&
	       SSL_set_tlsext_host_name(s->ssl, s->host) == 1;
}

static void
handshake_begin(struct stream *s)
{
	next_step(s, STEP_HANDSHAKE);
	s->ssl = SSL_new(s->context);
	if (s->ssl == NULL || !name_the_server(s) ||
	    SSL_set_fd(s->ssl, s->fd) != 1) {
		fail(s, "TLS", "no memory");
		return;
	}
	SSL_set_connect_state(s->ssl);
}

static void
connected(struct stream *s)
{
	int on = 1;

	if (s->kind == STREAM_TCP)
		(void)setsockopt(
		    s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (s->kind == STREAM_TLS)
		handshake_begin(s);
	else
		s->step = STEP_UP;
}

/* Try the addresses one by one, from s->next on. */
static void
connect_next(struct stream *s, int reason)
{
	close_socket(s);
	for (; s->next != NULL; s->next = s->next->ai_next) {
		const struct addrinfo *a = s->next;

		s->fd = socket(a->ai_family,
		    a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    a->ai_protocol);
		next_step(s, STEP_CONNECT);
		if (s->fd >= 0 &&
		    connect(s->fd, a->ai_addr, a->ai_addrlen) == 0) {
			connected(s);
			return;
		}
		if (s->fd >= 0 && errno == EINPROGRESS)
			return;
		reason = errno;
		close_socket(s);
	}
	fail(s, "connecting", status_errno_text(reason));
}

static void
step_name(struct stream *s)
{
	int state = gai_error(&s->lookup->request);

	if (state == EAI_INPROGRESS)
		return;
	if (state != 0) {
		fail(s, "looking up the name", gai_strerror(state));
		return;
	}
	s->found = s->next = s->lookup->request.ar_result;
	s->lookup->request.ar_result = NULL;
	lookup_drop(s);
	connect_next(s, EADDRNOTAVAIL);
}

static void
step_connect(struct stream *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int reason = 0;

	if (poll(&p, 1, 0) <= 0)
		return;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &reason, &len) != 0)
		reason = errno;
	if (reason == 0) {
		connected(s);
		return;
	}
	s->next = s->next->ai_next;
	connect_next(s, reason);
}

/* What OpenSSL has against it, in words. */
static void
fail_tls(struct stream *s, int result, const char *what)
{
	long verdict = SSL_get_verify_result(s->ssl);
	int reason = errno;
	int kind = SSL_get_error(s->ssl, result);
	const char *text = ERR_reason_error_string(ERR_get_error());

	ERR_clear_error();
	if (verdict != X509_V_OK)
		text = X509_verify_cert_error_string(verdict);
	else if (kind == SSL_ERROR_ZERO_RETURN ||
		 (kind == SSL_ERROR_SYSCALL && reason == 0))
		text = "the server closed the connection";
	else if (kind == SSL_ERROR_SYSCALL)
		text = status_errno_text(reason);
	fail(s, what, text != NULL ? text : "broken");
}

static bool
tls_waits(struct stream *s, int result)
{
	int kind = SSL_get_error(s->ssl, result);

	return kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE;
}

static void
step_handshake(struct stream *s)
{
	int result;

	ERR_clear_error();
	errno = 0;
	result = SSL_do_handshake(s->ssl);
	if (result == 1)
		s->step = STEP_UP;
	else if (!tls_waits(s, result))
		fail_tls(s, result, "TLS");
}

/* --- up ------------------------------------------------------------------- */

/* One piece of what the server sends; false: nothing more for now. */
static bool
read_away(struct stream *s)
{
	char room[4096];
	ssize_t n;

	errno = 0;
	if (s->kind == STREAM_TLS) {
		ERR_clear_error();
		n = SSL_read(s->ssl, room, sizeof(room));
		if (n <= 0 && !tls_waits(s, (int)n))
			fail_tls(s, (int)n, "connection lost");
		return n > 0;
	}
	n = recv(s->fd, room, sizeof(room), MSG_DONTWAIT);
	if (n == 0 && s->kind == STREAM_TCP)
		fail(s, "connection lost", "the server closed it");
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		fail(s, "connection lost", status_errno_text(errno));
	return n > 0;
}

static void
step_up(struct stream *s)
{
	for (int i = 0; i < READS_MAX && s->step == STEP_UP; i++) {
		if (!read_away(s))
			return;
	}
}

static short
events_of(const struct stream *s, bool writable)
{
	if (s->step == STEP_CONNECT)
		return POLLOUT;
	if (s->step == STEP_HANDSHAKE)
		return SSL_want_write(s->ssl) ? POLLOUT : POLLIN;
	return (short)(POLLIN | (writable ? POLLOUT : 0));
}

static void
wait_for(struct stream *s, int wait_ms, bool writable)
{
	if (s->step == STEP_NAME) {
		const struct gaicb *list[1] = { &s->lookup->request };
		struct timespec most = { wait_ms / 1000,
			(long)(wait_ms % 1000) * 1000000 };

		if (wait_ms > 0)
			(void)gai_suspend(list, 1, &most);
		return;
	}
	if (s->step != STEP_NONE && s->fd >= 0) {
		struct pollfd p = { .fd = s->fd,
			.events = events_of(s, writable) };

		(void)poll(&p, 1, wait_ms);
	}
}

static void
move(struct stream *s)
{
	switch (s->step) {
	case STEP_NONE:
		return;
	case STEP_NAME:
		step_name(s);
		break;
	case STEP_CONNECT:
		step_connect(s);
		break;
	case STEP_HANDSHAKE:
		step_handshake(s);
		break;
	case STEP_UP:
		step_up(s);
		return;
	}
	if (s->step == STEP_NONE || s->step == STEP_UP ||
	    clock_mono_us() < s->until_us)
		return;
	if (s->step == STEP_CONNECT) {
		s->next = s->next->ai_next;
		connect_next(s, ETIMEDOUT);
		return;
	}
	fail(s, s->step == STEP_NAME ? "looking up the name" : "TLS",
	    "no answer in time");
}

enum stream_state
stream_run(struct stream *s, int wait_ms, bool writable)
{
	enum step before = s->step;

	move(s);
	if (s->step == before) {
		wait_for(s, wait_ms, writable);
		move(s);
	}
	if (s->step == STEP_NONE)
		return STREAM_DOWN;
	return s->step == STEP_UP ? STREAM_UP : STREAM_COMING;
}

static ssize_t
send_plain(struct stream *s, struct span bytes, bool *too_large)
{
	ssize_t n = send(s->fd, bytes.at, bytes.len, MSG_NOSIGNAL);

	if (n >= 0) {
		s->written += (uint64_t)n;
		return n;
	}
	if (errno == EMSGSIZE)
		*too_large = true;
	else if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
		fail(s, "sending", status_errno_text(errno));
	return 0;
}

size_t
stream_write(struct stream *s, struct span bytes, bool *too_large)
{
	int result;

	*too_large = false;
	if (s->step != STEP_UP || bytes.len == 0)
		return 0;
	if (s->kind != STREAM_TLS)
		return (size_t)send_plain(s, bytes, too_large);
	ERR_clear_error();
	errno = 0;
	result = SSL_write(
	    s->ssl, bytes.at, bytes.len < (1 << 20) ? (int)bytes.len : 1 << 20);
	if (result > 0)
		return (size_t)result;
	if (!tls_waits(s, result))
		fail_tls(s, result, "connection lost");
	return 0;
}

uint64_t
stream_written(const struct stream *s)
{
	return s->ssl != NULL ? BIO_number_written(SSL_get_wbio(s->ssl))
			      : s->written;
}

uint64_t
stream_acknowledged(const struct stream *s)
{
	int waiting = 0;

	if (s->fd < 0 || ioctl(s->fd, SIOCOUTQ, &waiting) != 0)
		return 0;
	return stream_written(s) - (uint64_t)waiting;
}

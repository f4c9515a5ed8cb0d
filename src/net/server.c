#include "net/server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/clock.h"
#include "net/listen.h"
#include "net/server_internal.h"

#define US_PER_MS 1000
#define CONNECTIONS 64
#define HEADER_MS 10000
#define BODY_MS 30000
#define IDLE_MS 120000
#define CHECK_US                                                               \
	((int64_t)250 * US_PER_MS) /* so often deadlines are looked at */
#define FILES_US                                                               \
	((int64_t)2000 * US_PER_MS) /* so often files are looked at            \
				     */
#define RETIRED_US                                                             \
	((int64_t)120000 * US_PER_MS)	 /* old certificates go on so long */
#define MEMORY_BYTES ((size_t)64 * 1024) /* headers and reading, each */
#define MESSAGE_BYTES 256

static char priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

/* --- connections ---------------------------------------------------------- */

void
server_link_deadline(struct server_link *link, int ms)
{
	link->deadline_us = clock_mono_us() + (int64_t)ms * US_PER_MS;
}

static void
name_caller(struct server_link *link, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *at = info ? info->client_addr : NULL;
	socklen_t len = at && at->sa_family == AF_INET6
			    ? sizeof(struct sockaddr_in6)
			    : sizeof(struct sockaddr_in);

	if (at == NULL || getnameinfo(at, len, link->caller, CALLER_BYTES, NULL,
			      0, NI_NUMERICHOST) != 0)
		memcpy(link->caller, "?", sizeof("?"));
}

static struct server_link *
link_new(struct server *s, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct server_link *link = status_calloc(1, sizeof(*link));

	*link = (struct server_link){
		.server = s,
		.next = s->links,
		.fd = info ? info->connect_fd : -1,
	};
	if (s->links)
		s->links->previous = link;
	s->links = link;
	s->nlinks++;
	server_link_deadline(link, s->options.header_ms);
	name_caller(link, mhd);
	server_tls_begin(link, mhd);
	return link;
}

static void
link_free(struct server_link *link)
{
	struct server *s = link->server;

	if (link->previous)
		link->previous->next = link->next;
	else
		s->links = link->next;
	if (link->next)
		link->next->previous = link->previous;
	s->nlinks--;
	free(link);
}

static void
on_connection(void *cookie, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = link_new(cookie, mhd);
	} else if (*context) {
		server_tls_end(*context);
		link_free(*context);
		*context = NULL;
	}
}

/* Cut off who is late: libmicrohttpd then sees an end of the connection. */
static void
check_deadlines(struct server *s, int64_t now_us)
{
	struct server_link *link;

	if (now_us - s->checked_us < CHECK_US)
		return;
	s->checked_us = now_us;
	for (link = s->links; link; link = link->next) {
		if (now_us < link->deadline_us)
			continue;
		link->deadline_us = INT64_MAX;
		(void)shutdown(link->fd, SHUT_RDWR);
	}
}

/* --- daemons -------------------------------------------------------------- */

static void on_message(void *cookie, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void
on_message(void *cookie, const char *format, va_list arguments)
{
	struct server *s = cookie;
	char message[MESSAGE_BYTES];
	size_t len;

	if (s->tls)
		server_tls_look(s);
	if (s->options.trouble == NULL)
		return;
	(void)vsnprintf(message, sizeof(message), format, arguments);
	len = strlen(message);
	while (len > 0 && message[len - 1] == '\n')
		message[--len] = '\0';
	s->options.trouble(s->options.cookie, message);
}

static int
epoll_of(const struct server_daemon *d)
{
	const union MHD_DaemonInfo *info =
	    d->mhd ? MHD_get_daemon_info(d->mhd, MHD_DAEMON_INFO_EPOLL_FD)
		   : NULL;

	return info ? info->epoll_fd : -1;
}

/* Start one on a copy of the listening socket, which it closes itself. */
static bool
start(struct server *s, struct server_daemon *d, struct buf *error)
{
	struct epoll_event event = { .events = EPOLLIN };
	unsigned flags = MHD_USE_EPOLL | MHD_USE_SUSPEND_RESUME |
			 MHD_USE_ERROR_LOG | (s->tls ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, d->files.cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, d->files.key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, priorities },
		{ d->files.client_ca ? MHD_OPTION_HTTPS_MEM_TRUST
				     : MHD_OPTION_END,
		    0, d->files.client_ca },
		{ MHD_OPTION_END, 0, NULL },
	};
	int fd = dup(s->listen_fd);

	if (!s->tls)
		tls[0].option = MHD_OPTION_END;
	if (fd >= 0)
		d->mhd = MHD_start_daemon(flags, 0, NULL, NULL,
		    server_request_step, s, MHD_OPTION_EXTERNAL_LOGGER,
		    on_message, s, MHD_OPTION_LISTEN_SOCKET, fd,
		    MHD_OPTION_CONNECTION_LIMIT, s->options.connections,
		    MHD_OPTION_CONNECTION_TIMEOUT,
		    (unsigned)(s->options.idle_ms / 1000 + 1),
		    MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES,
		    MHD_OPTION_STRICT_FOR_CLIENT, 1,
		    MHD_OPTION_NOTIFY_COMPLETED, server_request_completed, s,
		    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
		    MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (d->mhd &&
	    epoll_ctl(s->poll_fd, EPOLL_CTL_ADD, epoll_of(d), &event) == 0)
		return true;
	buf_printf(
	    error, "the server cannot start: %s", status_errno_text(errno));
	/* One that did not start has closed the socket, or not: left alone. */
	if (d->mhd)
		MHD_stop_daemon(d->mhd);
	d->mhd = NULL;
	return false;
}

static void
stop(struct server *s, struct server_daemon *d)
{
	if (d->mhd) {
		(void)epoll_ctl(s->poll_fd, EPOLL_CTL_DEL, epoll_of(d), NULL);
		MHD_stop_daemon(d->mhd);
	}
	tls_files_done(&d->files);
	*d = (struct server_daemon){ 0 };
}

/* Accept no more. */
static void
retire(struct server_daemon *d, int64_t now_us)
{
	int fd = d->mhd && d->retired_us == 0 ? MHD_quiesce_daemon(d->mhd) : -1;

	if (fd >= 0)
		(void)close(fd);
	d->retired_us = now_us;
}

static size_t
connections_of(const struct server_daemon *d)
{
	const union MHD_DaemonInfo *info =
	    d->mhd ? MHD_get_daemon_info(
			 d->mhd, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
		   : NULL;

	return info ? info->num_connections : 0;
}

/* Certificates that were renewed are taken up by a second daemon; the first
 * finishes what it has. */
static void
renew(struct server *s, int64_t now_us)
{
	struct server_daemon fresh = { 0 };
	struct buf error = { 0 };

	if (s->retired.mhd ||
	    !tls_files_changed(&s->daemon.files, s->options.tls))
		return;
	if (tls_files_read(s->options.tls, &fresh.files, &error) == STATUS_OK &&
	    start(s, &fresh, &error)) {
		retire(&s->daemon, now_us);
		s->retired = s->daemon;
		s->daemon = fresh;
	} else {
		/* Half of a renewal perhaps; asked again in a moment. */
		tls_files_done(&fresh.files);
		if (s->options.trouble)
			s->options.trouble(s->options.cookie, buf_text(&error));
	}
	buf_done(&error);
}

static void
check_files(struct server *s, int64_t now_us)
{
	if (!s->tls || s->listen_fd < 0 ||
	    now_us - s->files_checked_us < FILES_US)
		return;
	s->files_checked_us = now_us;
	renew(s, now_us);
}

/* The one with the old certificates goes once nobody is under way, or after
 * a while: a keep-alive connection has no end of its own. */
static void
check_retired(struct server *s, int64_t now_us)
{
	bool late =
	    now_us - s->retired.retired_us > RETIRED_US && s->nrequests == 0;

	if (s->retired.mhd && (late || connections_of(&s->retired) == 0))
		stop(s, &s->retired);
}

/* --- the server ----------------------------------------------------------- */

static void
set_defaults(struct server_options *o)
{
	if (o->connections == 0)
		o->connections = CONNECTIONS;
	if (o->header_ms == 0)
		o->header_ms = HEADER_MS;
	if (o->body_ms == 0)
		o->body_ms = BODY_MS;
	if (o->idle_ms == 0)
		o->idle_ms = IDLE_MS;
	if (o->bodies_bytes < o->body_bytes)
		o->bodies_bytes = o->body_bytes;
}

enum status
server_new(const struct server_options *options, struct server **server,
    struct buf *error)
{
	struct server *s = status_calloc(1, sizeof(*s));
	enum status st;

	s->options = *options;
	set_defaults(&s->options);
	s->listen_fd = -1;
	s->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->tls = options->tls && (options->tls->cert || options->tls->key ||
				     options->tls->client_ca);
	st = s->poll_fd < 0 ? STATUS_IO : STATUS_OK;
	if (st)
		buf_printf(error, "epoll: %s", status_errno_text(errno));
	if (st == STATUS_OK && s->tls)
		st = tls_files_read(options->tls, &s->daemon.files, error);
	if (st == STATUS_OK)
		st = listen_set_on(options->sockets, options->listen,
		    &s->listen_fd, &s->loopback, error);
	if (st == STATUS_OK && !start(s, &s->daemon, error))
		st = STATUS_IO;
	if (st) {
		server_free(s);
		return st;
	}
	s->port = listen_port(s->listen_fd);
	*server = s;
	return STATUS_OK;
}

void
server_free(struct server *s)
{
	struct server_request *r;

	if (s == NULL)
		return;
	s->closing = true;
	for (r = s->requests; r; r = r->next) {
		/* libmicrohttpd stops only when nothing is suspended. */
		if (r->suspended) {
			r->suspended = false;
			MHD_resume_connection(r->mhd);
		}
	}
	/* A daemon that stops shuts down the socket it listens on. */
	retire(&s->daemon, clock_mono_us());
	stop(s, &s->daemon);
	stop(s, &s->retired);
	if (s->listen_fd >= 0)
		(void)close(s->listen_fd);
	if (s->poll_fd >= 0)
		(void)close(s->poll_fd);
	free(s);
}

static int
wait_of(const struct server_daemon *d, int most_ms)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (d->mhd && MHD_get_timeout(d->mhd, &ms) == MHD_YES &&
	    ms < (MHD_UNSIGNED_LONG_LONG)most_ms)
		return (int)ms;
	return most_ms;
}

int
server_wait_ms(const struct server *s, int most_ms)
{
	if (s->resumed)
		return 0;
	if (s->links && most_ms > CHECK_US / US_PER_MS)
		most_ms = (int)(CHECK_US / US_PER_MS);
	if (s->tls && most_ms > FILES_US / US_PER_MS)
		most_ms = (int)(FILES_US / US_PER_MS);
	return wait_of(&s->daemon, wait_of(&s->retired, most_ms));
}

int
server_fd(const struct server *s)
{
	return s->poll_fd;
}

void
server_run(struct server *s, int wake_fd, int wait_ms)
{
	struct pollfd fds[] = {
		{ .fd = s->poll_fd, .events = POLLIN },
		{ .fd = wake_fd, .events = POLLIN },
	};
	int64_t now_us;

	(void)poll(fds, COUNTOF(fds), server_wait_ms(s, wait_ms));
	now_us = clock_mono_us();
	check_deadlines(s, now_us);
	s->resumed = false;
	if (s->daemon.mhd)
		(void)MHD_run(s->daemon.mhd);
	if (s->retired.mhd)
		(void)MHD_run(s->retired.mhd);
	server_tls_forget(s);
	check_retired(s, now_us);
	check_files(s, now_us);
}

void
server_quiesce(struct server *s)
{
	if (s->listen_fd < 0)
		return;
	retire(&s->daemon, clock_mono_us());
	(void)close(s->listen_fd);
	s->listen_fd = -1;
}

size_t
server_connections(const struct server *s)
{
	return s->nlinks;
}

uint16_t
server_port(const struct server *s)
{
	return s->port;
}

bool
server_is_loopback(const struct server *s)
{
	return s->loopback;
}

bool
server_is_tls(const struct server *s)
{
	return s->tls;
}

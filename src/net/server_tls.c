/*
 * Why a connection never came to a request.  libmicrohttpd says that some
 * handshake failed, not which nor why; GnuTLS is asked at that moment, for
 * the session is gone when its connection is told closed.
 */
#include <gnutls/gnutls.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "net/server_internal.h"

#define CLOSE_BYTES 1 /* the end of a stream counts as one */

void
server_tls_begin(struct server_link *link, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	link->tls = info ? info->tls_session : NULL;
}

void
server_tls_look(struct server *s)
{
	struct server_link *link;

	for (link = s->links; link; link = link->next) {
		if (link->tls == NULL || link->begun)
			continue;
		link->looked_at = true;
		link->heard = (int)gnutls_handshake_get_last_in(link->tls);
		link->told = (int)gnutls_handshake_get_last_out(link->tls);
		link->alert = (int)gnutls_alert_get(link->tls);
	}
	s->looked = true;
}

void
server_tls_forget(struct server *s)
{
	struct server_link *link;

	if (!s->looked)
		return;
	s->looked = false;
	for (link = s->links; link; link = link->next)
		link->looked_at = false;
}

/* False too for who only looked whether the port is open. */
static bool
said_anything(const struct server_link *link)
{
	struct tcp_info tcp = { 0 };
	socklen_t len = sizeof(tcp);

	return getsockopt(link->fd, IPPROTO_TCP, TCP_INFO, &tcp, &len) == 0 &&
	       tcp.tcpi_bytes_received > CLOSE_BYTES;
}

static bool
is_about_certificate(int alert)
{
	return (alert >= GNUTLS_A_BAD_CERTIFICATE &&
		   alert <= GNUTLS_A_CERTIFICATE_UNKNOWN) ||
	       alert == GNUTLS_A_UNKNOWN_CA;
}

/* All was said that is said before the caller's second turn.  OpenSSL tells
 * its alert in a way that GnuTLS does not read then. */
static bool
was_shown_certificate(const struct server_link *link)
{
	return link->heard == GNUTLS_HANDSHAKE_CLIENT_HELLO &&
	       (link->told == GNUTLS_HANDSHAKE_FINISHED ||
		   link->told == GNUTLS_HANDSHAKE_SERVER_HELLO_DONE);
}

/* NULL: nothing failed that anybody meant to do. */
static const char *
reason_of(const struct server_link *link)
{
	if (!link->looked_at || link->begun ||
	    link->heard == GNUTLS_HANDSHAKE_FINISHED || !said_anything(link))
		return NULL;
	if (link->told < 0 && link->heard < 0)
		return "does not speak TLS; it must call https://, not http://";
	if (link->told < 0)
		return "has no TLS version or cipher in common with this "
		       "server; it must speak TLS 1.2 or 1.3";
	if (is_about_certificate(link->alert) || was_shown_certificate(link))
		return "broke off at this server's certificate; it needs the "
		       "CA that signed tls.cert, and must call a name that "
		       "tls.cert has";
	return "broke the handshake off";
}

void
server_tls_end(const struct server_link *link)
{
	const struct server_options *o = &link->server->options;
	const char *why;

	if (o->no_handshake == NULL)
		return;
	why = reason_of(link);
	if (why != NULL)
		o->no_handshake(o->cookie, link->caller, why);
}

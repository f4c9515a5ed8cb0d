#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>

#include "net/server_internal.h"

#define SEND_MS 30000 /* for an answer to be taken */
#define RETRY_AFTER "1"
#define DRAIN_BYTES ((uint64_t)1024 * 1024)
#define BODY_FIRST_BYTES ((size_t)64 * 1024)

/* --- what its owner asks -------------------------------------------------- */

struct span
server_request_method(const struct server_request *r)
{
	return span_str(r->method);
}

struct span
server_request_path(const struct server_request *r)
{
	return span_str(r->path);
}

struct span
server_request_header(struct server_request *r, const char *name)
{
	return span_str(
	    MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, name));
}

bool
server_request_query(
    struct server_request *r, const char *name, struct span *value)
{
	const char *at =
	    MHD_lookup_connection_value(r->mhd, MHD_GET_ARGUMENT_KIND, name);

	*value = span_str(at);
	return at != NULL;
}

const char *
server_request_caller(const struct server_request *r)
{
	return r->link->caller;
}

bool
server_request_is_known(struct server_request *r)
{
	gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID };
	char oid[] = GNUTLS_KP_TLS_WWW_CLIENT;
	const union MHD_ConnectionInfo *info;
	unsigned wrong = 1;

	if (!r->server->tls || r->server->options.tls->client_ca == NULL)
		return false;
	info =
	    MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info == NULL || info->tls_session == NULL)
		return false;
	purpose.data = (unsigned char *)oid;
	return gnutls_certificate_verify_peers(
		   info->tls_session, &purpose, 1, &wrong) == 0 &&
	       wrong == 0;
}

struct span
server_request_body(const struct server_request *r)
{
	return r->handled ? span_of(r->body, r->len) : span_of(NULL, 0);
}

static void
release_body(struct server_request *r)
{
	free(r->body);
	r->body = NULL;
	r->len = r->room = 0;
	r->server->body_bytes -= r->reserved;
	r->reserved = 0;
}

char *
server_request_take(struct server_request *r, size_t *len)
{
	char *body = r->body;

	*len = r->len;
	r->body = NULL;
	release_body(r);
	if (*len == 0) {
		free(body);
		body = NULL;
	}
	return body;
}

void
server_request_keep(struct server_request *r, void *own)
{
	r->own = own;
}

void *
server_request_own(const struct server_request *r)
{
	return r->own;
}

void
server_answer(struct server_request *r, const struct server_answer *answer)
{
	union {
		const char *given;
		void *taken;
	} body = { .given = answer->body.at };

	if (r->response)
		return;
	/* MUST_COPY: it is read only, but its type does not say so. */
	r->response = MHD_create_response_from_buffer(
	    answer->body.len, body.taken, MHD_RESPMEM_MUST_COPY);
	r->code = answer->code;
	if (r->response) {
		(void)MHD_add_response_header(r->response, "Content-Type",
		    answer->type ? answer->type : "text/plain; charset=utf-8");
		(void)MHD_add_response_header(
		    r->response, "Cache-Control", "no-store");
		if (answer->header)
			(void)MHD_add_response_header(
			    r->response, answer->header, answer->value);
	}
	if (r->suspended) {
		r->suspended = false;
		server_link_deadline(r->link, SEND_MS);
		MHD_resume_connection(r->mhd);
		r->server->resumed = true;
	}
}

/* --- its steps ------------------------------------------------------------ */

static void
refuse_too_large(struct server_request *r)
{
	const struct server_options *o = &r->server->options;
	uint64_t least = (uint64_t)o->body_bytes + 1;

	if (o->too_large != NULL)
		o->too_large(
		    o->cookie, r, r->promised > least ? r->promised : least);
	server_answer(r, &(struct server_answer){
			     .code = MHD_HTTP_CONTENT_TOO_LARGE,
			     .body = SPAN("The body is too large.\n"),
			 });
}

static void
refuse_full(struct server_request *r)
{
	const struct server_options *o = &r->server->options;

	if (o->full != NULL)
		o->full(o->cookie, r);
	server_answer(r, &(struct server_answer){
			     .code = MHD_HTTP_TOO_MANY_REQUESTS,
			     .body = SPAN("Too much at once; try again.\n"),
			     .header = "Retry-After",
			     .value = RETRY_AFTER,
			 });
}

/* Set `bytes` of the common allowance aside; false when it is used up. */
static bool
reserve(struct server_request *r, size_t bytes)
{
	struct server *s = r->server;

	if (bytes <= r->reserved)
		return true;
	if (bytes - r->reserved > s->options.bodies_bytes - s->body_bytes)
		return false;
	s->body_bytes += bytes - r->reserved;
	r->reserved = bytes;
	return true;
}

static bool
append(struct server_request *r, const char *at, size_t len)
{
	size_t most = r->server->options.body_bytes;
	size_t need = r->len + len;

	if (len > most - r->len) {
		release_body(r);
		refuse_too_large(r);
		return false;
	}
	if (!reserve(r, need)) {
		release_body(r);
		refuse_full(r);
		return false;
	}
	if (need > r->room) {
		/* As it arrives, not as it was promised. */
		size_t room = r->room ? r->room * 2 : BODY_FIRST_BYTES;

		r->room = room > need ? room : need;
		if (r->room > most)
			r->room = most;
		r->body = status_realloc(r->body, r->room, 1);
	}
	memcpy(r->body + r->len, at, len);
	r->len += len;
	return true;
}

static enum MHD_Result
send_answer(struct server_request *r)
{
	if (r->response == NULL || r->queued)
		return MHD_NO;
	r->queued = true;
	server_link_deadline(r->link, SEND_MS);
	return MHD_queue_response(r->mhd, r->code, r->response);
}

/*
 * A refusal comes after the body where that may be let through: the
 * connection lasts, and a caller that reads no answer before it has written
 * all gets it.  What is large is let through only for those who were let in.
 */
static bool
is_worth_draining(const struct server_request *r)
{
	bool known = r->code == MHD_HTTP_CONTENT_TOO_LARGE ||
		     r->code == MHD_HTTP_TOO_MANY_REQUESTS;

	return r->promised > 0 &&
	       r->promised <=
		   (known ? 2 * (uint64_t)r->server->options.body_bytes
			  : DRAIN_BYTES);
}

static void
look_at_headers(struct server_request *r)
{
	struct span length = server_request_header(r, "Content-Length");
	size_t most = r->server->options.body_bytes;

	r->chunked = server_request_header(r, "Transfer-Encoding").len > 0;
	if (length.len && !span_to_u64(span_trim(length), &r->promised))
		r->promised = UINT64_MAX;
	if (r->server->closing)
		server_answer(r, &(struct server_answer){
				     .code = MHD_HTTP_SERVICE_UNAVAILABLE,
				     .body = SPAN("The service is stopping.\n"),
				     .header = "Connection",
				     .value = "close",
				 });
	else if (r->server->options.begin)
		r->server->options.begin(r->server->options.cookie, r);
	if (r->response == NULL && r->promised > most)
		refuse_too_large(r);
	if (r->response == NULL && !reserve(r, (size_t)r->promised))
		refuse_full(r);
}

static struct server_request *
begin(struct server *s, struct MHD_Connection *mhd, const char *url,
    const char *method)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct server_request *r;

	if (info == NULL || info->socket_context == NULL)
		return NULL;
	r = status_calloc(1, sizeof(*r));
	*r = (struct server_request){
		.server = s,
		.link = info->socket_context,
		.next = s->requests,
		.mhd = mhd,
		.method = method,
		.path = url,
	};
	if (s->requests)
		s->requests->previous = r;
	s->requests = r;
	s->nrequests++;
	r->link->begun = true;
	server_link_deadline(r->link, s->options.body_ms);
	look_at_headers(r);
	return r;
}

/* All of it is there: let it be handled, or send what was answered. */
static enum MHD_Result
finish(struct server_request *r)
{
	if (r->response)
		return send_answer(r);
	if (r->handled || r->server->closing)
		return MHD_NO;
	r->handled = true;
	r->server->options.handle(r->server->options.cookie, r);
	if (r->response)
		return send_answer(r);
	r->suspended = true;
	r->link->deadline_us = INT64_MAX;
	MHD_suspend_connection(r->mhd);
	return MHD_YES;
}

enum MHD_Result
/* libmicrohttpd's own type of a handler. */
/* NOLINTNEXTLINE(readability-function-size) */
server_request_step(void *cookie, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_len, void **context)
{
	struct server_request *r = *context;

	(void)version;
	if (r == NULL) {
		r = *context = begin(cookie, mhd, url, method);
		if (r == NULL)
			return MHD_NO;
		return r->response && !is_worth_draining(r) ? send_answer(r)
							    : MHD_YES;
	}
	if (*upload_len == 0)
		return finish(r);
	if (r->response || !append(r, upload, *upload_len))
		r->discarded += *upload_len;
	*upload_len = 0;
	/* libmicrohttpd sends no answer before the body's end, so a body
	 * without one is cut off. */
	return r->discarded > 2 * (uint64_t)r->server->options.body_bytes
		   ? MHD_NO
		   : MHD_YES;
}

void
server_request_completed(void *cookie, struct MHD_Connection *mhd,
    void **context, enum MHD_RequestTerminationCode code)
{
	struct server_request *r = *context;
	struct server *s = cookie;

	(void)mhd;
	(void)code;
	if (r == NULL)
		return;
	*context = NULL;
	if (s->options.gone)
		s->options.gone(s->options.cookie, r);
	if (r->previous)
		r->previous->next = r->next;
	else
		s->requests = r->next;
	if (r->next)
		r->next->previous = r->previous;
	s->nrequests--;
	server_link_deadline(r->link, s->options.idle_ms);
	release_body(r);
	if (r->response)
		MHD_destroy_response(r->response);
	free(r);
}

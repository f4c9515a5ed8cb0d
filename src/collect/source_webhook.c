/*
 * The webhook: kube-apiserver sends its audit events here
 * (--audit-webhook-config-file), one EventList a request.
 *
 * A request is answered 200 only when its parcel is safe.  The apiserver
 * sends a batch again that it got no 200 for, so a body is known by its hash.
 */
#include <errno.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/place.h"
#include "codec/reader.h"
#include "collect/heard.h"
#include "collect/source.h"
#include "net/clock.h"
#include "net/listen.h"
#include "net/server.h"
#include "net/tls_files.h"

#define CONNECTIONS 256
#define BODIES_AT_ONCE 4	   /* bodies of the largest size, arriving */
#define WAITING_MAX ((size_t)4096) /* parcels given and not safe */
#define TOKENS_MAX ((size_t)16)	   /* lines of the token file */
#define TOKEN_FILE_BYTES ((size_t)64 * 1024)
#define HASH_BYTES 32
#define IDENTITY_BYTES 400
#define CLUSTER_BYTES ((size_t)253) /* as long as a DNS name */
#define HEAD_BYTES ((size_t)4096)
/* Callers give up after 30 s, and who has gone is not noticed while he waits:
 * before that he is told to ask again. */
#define WAIT_US ((int64_t)20 * 1000000)
#define CLUSTERS_PATH "/clusters/"

/* A parcel that was given and is not safe. */
struct given {
	uint64_t token;
	unsigned char hash[HASH_BYTES];
};

/* A request that waits for a parcel. */
struct waiter {
	struct server_request *request;
	uint64_t token;
	int64_t since_us; /* monotonic */
	bool told;	  /* to ask again */
	struct waiter *next, *previous;
};

struct webhook {
	const struct config_source *config;
	const struct source_host *host;
	struct server *server;
	struct reader *reader; /* looks into compressed bodies */
	struct buf place;
	/* Hashes of the tokens, so that memory holds none. */
	unsigned char tokens[TOKENS_MAX][HASH_BYTES];
	size_t ntokens;
	struct tls_files_mark token_mark;
	struct given given[WAITING_MAX];
	size_t ngiven;
	struct waiter *waiters;
	uint64_t last_token;
	struct source_counts counts;
	struct heard *heard;
	bool quiet; /* accepts no more */
};

static void
say(struct webhook *w, enum source_level level, const char *message,
    const char *detail)
{
	const char *const fields[] = { "detail", detail, NULL };

	w->host->say(w->host->cookie, level, message, fields);
}

/* --- who may call --------------------------------------------------------- */

static bool
hash_of(struct span s, unsigned char *hash)
{
	return EVP_Digest(s.at ? s.at : "", s.len, hash, NULL, EVP_sha256(),
		   NULL) == 1;
}

/* The file's lines, each a token: while one replaces another both hold. */
static size_t
read_tokens(const char *text, unsigned char tokens[][HASH_BYTES])
{
	struct span rest = span_str(text);
	size_t count = 0;

	while (rest.at && count < TOKENS_MAX) {
		struct span line = span_trim(span_cut(&rest, '\n'));

		if (line.len && hash_of(line, tokens[count]))
			count++;
	}
	return count;
}

/* Read the token file where it is new.  False with *error when it cannot be
 * used; the tokens read before go on to hold. */
static bool
take_tokens(struct webhook *w, struct buf *error)
{
	const char *path = w->config->token_file;
	unsigned char tokens[TOKENS_MAX][HASH_BYTES];
	struct tls_files_mark mark;
	size_t count;
	char *text;

	if (path == NULL)
		return true;
	mark = tls_files_mark(path);
	if (w->ntokens && tls_files_mark_equal(&mark, &w->token_mark))
		return true;
	w->token_mark = mark;
	text = tls_files_text(path, TOKEN_FILE_BYTES);
	if (text == NULL) {
		buf_printf(error, "token_file: %s: %s", path,
		    status_errno_text(errno));
		return false;
	}
	count = read_tokens(text, tokens);
	explicit_bzero(text, strlen(text));
	free(text);
	if (count == 0) {
		buf_printf(error,
		    "token_file: %s: is empty; write a token into it, for "
		    "instance by `openssl rand -hex 32`",
		    path);
		return false;
	}
	memcpy(w->tokens, tokens, sizeof(tokens));
	w->ntokens = count;
	return true;
}

static bool
shows_token(struct webhook *w, struct server_request *r)
{
	struct span header = server_request_header(r, "Authorization");
	struct span scheme = SPAN("Bearer ");
	struct buf error = { 0 };
	unsigned char hash[HASH_BYTES];
	unsigned same = 0;
	size_t i;

	if (!take_tokens(w, &error))
		say(w, SOURCE_WARNING, "the token file cannot be read again",
		    buf_text(&error));
	buf_done(&error);
	if (header.len <= scheme.len ||
	    !span_equal_nocase(span_first(header, scheme.len), scheme) ||
	    !hash_of(span_trim(span_skip(header, scheme.len)), hash))
		return false;
	/* Hashes are compared, all of them, whole: the time tells nothing. */
	for (i = 0; i < w->ntokens; i++)
		same |= CRYPTO_memcmp(hash, w->tokens[i], HASH_BYTES) == 0;
	return same != 0;
}

/* --- answers -------------------------------------------------------------- */

enum refusal {
	REFUSAL_CERTIFICATE,
	REFUSAL_TOKEN,
	REFUSAL_METHOD,
	REFUSAL_ENCODING,
	REFUSAL_CLUSTER,
	REFUSAL_NO_JSON,
	REFUSAL_TOO_LARGE,
	REFUSAL_HASH,
	REFUSAL_STOPPING,
	REFUSAL_FULL,
	REFUSAL_NOT_YET,
};

struct refusal_answer {
	unsigned code;
	const char *reason;  /* of a Status of Kubernetes */
	const char *message; /* for the caller's log and ours */
	const char *header, *value;
};

static const struct refusal_answer refusals[] = {
	[REFUSAL_CERTIFICATE] = { 403, "Forbidden",
	    "A client certificate is needed, signed by client_ca and made for "
	    "clients.",
	    NULL, NULL },
	[REFUSAL_TOKEN] = { 401, "Unauthorized",
	    "A bearer token is needed, and a right one.", "WWW-Authenticate",
	    "Bearer" },
	[REFUSAL_METHOD] = { 405, "MethodNotAllowed", "POST audit events here.",
	    "Allow", "POST" },
	[REFUSAL_ENCODING] = { 415, "UnsupportedMediaType",
	    "Content-Encoding may be gzip or zstd.", "Accept-Encoding",
	    "gzip, zstd" },
	[REFUSAL_CLUSTER] = { 400, "BadRequest",
	    "That is no name for a cluster.", NULL, NULL },
	[REFUSAL_NO_JSON] = { 400, "BadRequest", "The body is not JSON.", NULL,
	    NULL },
	[REFUSAL_TOO_LARGE] = { 413, "RequestEntityTooLarge",
	    "The body is larger than body_limit; see "
	    "--audit-webhook-truncate-enabled.",
	    NULL, NULL },
	[REFUSAL_HASH] = { 500, "InternalError", "The body cannot be hashed.",
	    NULL, NULL },
	[REFUSAL_STOPPING] = { 503, "ServiceUnavailable",
	    "The service is stopping.", "Retry-After", "1" },
	[REFUSAL_FULL] = { 429, "TooManyRequests",
	    "Full for the moment; try again.", "Retry-After", "1" },
	[REFUSAL_NOT_YET] = { 429, "TooManyRequests",
	    "Not safe yet; ask again.", "Retry-After", "1" },
};

/* As the API server's own answers look: of any other it logs a text of its
 * client's for that code, and not what is wrong.  None of these texts needs
 * an escape. */
static void
answer(struct server_request *r, const struct refusal_answer *why)
{
	struct buf body = { 0 };

	buf_printf(&body,
	    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
	    "\"status\":\"Failure\",\"message\":\"nephoscope: %s\","
	    "\"reason\":\"%s\",\"code\":%u}\n",
	    why->message, why->reason, why->code);
	server_answer(r, &(struct server_answer){
			     .code = why->code,
			     .type = "application/json",
			     .body = buf_span(&body),
			     .header = why->header,
			     .value = why->value,
			 });
	buf_done(&body);
}

static void
note_refusal(struct webhook *w, const char *reason, uint64_t *counter)
{
	(*counter)++;
	say(w, SOURCE_WARNING, "a request was refused", reason);
}

static void
refuse(struct webhook *w, struct server_request *r, enum refusal why)
{
	const struct refusal_answer *a = &refusals[why];
	char reason[256];

	(void)snprintf(reason, sizeof(reason), "%u to %s: %s", a->code,
	    server_request_caller(r), a->message);
	/* Being full is no error of the caller. */
	note_refusal(
	    w, reason, a->code == 429 ? &w->counts.retries : &w->counts.errors);
	answer(r, a);
}

static void
accept(struct server_request *r)
{
	server_answer(
	    r, &(struct server_answer){ .code = 200, .body = SPAN("ok\n") });
}

static bool
is_full(struct webhook *w, struct server_request *r)
{
	if (w->host->room(w->host->cookie) > 0 && w->ngiven < WAITING_MAX)
		return false;
	refuse(w, r, REFUSAL_FULL);
	return true;
}

/* --- a request's headers -------------------------------------------------- */

static bool
is_allowed(struct webhook *w, struct server_request *r)
{
	const struct config_source *c = w->config;

	if (c->tls.client_ca && !server_request_is_known(r)) {
		refuse(w, r, REFUSAL_CERTIFICATE);
		return false;
	}
	if (c->token_file && !shows_token(w, r)) {
		refuse(w, r, REFUSAL_TOKEN);
		return false;
	}
	return true;
}

static bool
is_name(struct span s)
{
	static const char more[] = ".-_:/@";
	size_t i;

	if (s.len == 0 || s.len > CLUSTER_BYTES)
		return false;
	for (i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') ||
			memchr(more, c, sizeof(more) - 1)))
			return false;
	}
	return true;
}

/* Configured, else ?cluster=NAME, else /clusters/NAME.  False when a name is
 * there and none that can be. */
static bool
cluster_of(struct webhook *w, struct server_request *r, struct span *cluster)
{
	struct span path = server_request_path(r);
	struct span prefix = SPAN(CLUSTERS_PATH);

	*cluster = span_str(w->config->cluster);
	if (cluster->len)
		return true;
	if (server_request_query(r, "cluster", cluster))
		return is_name(*cluster);
	if (!span_starts(path, prefix))
		return true;
	*cluster = span_skip(path, prefix.len);
	if (span_ends(*cluster, SPAN("/")))
		cluster->len--;
	return is_name(*cluster);
}

static bool
is_readable_encoding(struct server_request *r)
{
	struct span e = span_trim(server_request_header(r, "Content-Encoding"));

	return e.len == 0 || span_equal_nocase(e, SPAN("identity")) ||
	       span_equal_nocase(e, SPAN("gzip")) ||
	       span_equal_nocase(e, SPAN("zstd"));
}

static void
on_begin(void *cookie, struct server_request *r)
{
	struct webhook *w = cookie;
	struct span cluster;

	if (!is_allowed(w, r))
		return;
	if (!span_equal(server_request_method(r), SPAN("POST")))
		refuse(w, r, REFUSAL_METHOD);
	else if (!is_readable_encoding(r))
		refuse(w, r, REFUSAL_ENCODING);
	else if (!cluster_of(w, r, &cluster))
		refuse(w, r, REFUSAL_CLUSTER);
	else if (w->host->stopping(w->host->cookie))
		refuse(w, r, REFUSAL_STOPPING);
	else
		(void)is_full(w, r);
}

/* --- its body ------------------------------------------------------------- */

/* JSON begins with an object or an array; what is wrong further in is for
 * the decoder to say, which keeps the records that are whole. */
static bool
begins_json(struct webhook *w, struct span body)
{
	char head[HEAD_BYTES];
	size_t len = 0, got = 0;
	struct span text;

	reader_open_memory(w->reader, body);
	while (len < sizeof(head) &&
	       reader_read(w->reader, head + len, sizeof(head) - len, &got) ==
		   STATUS_OK &&
	       got > 0)
		len += got;
	reader_close(w->reader);
	text = span_trim(span_of(head, len));
	return text.len && (text.at[0] == '{' || text.at[0] == '[');
}

static const struct given *
find_given(const struct webhook *w, const unsigned char *hash)
{
	size_t i;

	for (i = 0; i < w->ngiven; i++) {
		if (!memcmp(w->given[i].hash, hash, HASH_BYTES))
			return &w->given[i];
	}
	return NULL;
}

static void
wait_for(struct webhook *w, struct server_request *r, uint64_t token)
{
	struct waiter *waiter = status_calloc(1, sizeof(*waiter));

	*waiter = (struct waiter){
		.request = r,
		.token = token,
		.since_us = clock_mono_us(),
		.next = w->waiters,
	};
	if (w->waiters)
		w->waiters->previous = waiter;
	w->waiters = waiter;
	server_request_keep(r, waiter);
}

/* The body's hash in hexadecimal, and the cluster its URL named: the same
 * bytes of two clusters are two things. */
static struct span
identity_of(const unsigned char *hash, struct span cluster, char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < HASH_BYTES; i++) {
		text[2 * i] = digits[hash[i] >> 4];
		text[2 * i + 1] = digits[hash[i] & 15];
	}
	if (cluster.len == 0)
		return span_of(text, (size_t)2 * HASH_BYTES);
	text[2 * i] = '#';
	memcpy(text + 2 * i + 1, cluster.at, cluster.len);
	return span_of(text, (size_t)2 * HASH_BYTES + 1 + cluster.len);
}

static void
give(struct webhook *w, struct server_request *r,
    const struct source_parcel *shape, const unsigned char *hash)
{
	struct source_parcel parcel = *shape;
	struct given *given = &w->given[w->ngiven++];

	parcel.body = server_request_take(r, &parcel.len);
	parcel.fd = -1;
	parcel.keep = true;
	parcel.token = given->token = ++w->last_token;
	parcel.arrived_us = clock_wall_us();
	memcpy(given->hash, hash, HASH_BYTES);
	w->counts.objects++;
	w->counts.bytes += parcel.len;
	w->counts.newest_us = parcel.arrived_us;
	/* First the waiter: the host may say safe from within. */
	wait_for(w, r, parcel.token);
	w->host->give(w->host->cookie, &parcel);
}

static void
on_body(void *cookie, struct server_request *r)
{
	struct webhook *w = cookie;
	struct span body = server_request_body(r);
	unsigned char hash[HASH_BYTES], key[HASH_BYTES];
	char text[IDENTITY_BYTES];
	struct source_parcel parcel = { .place = buf_span(&w->place) };
	const struct given *before;

	if (!begins_json(w, body)) {
		refuse(w, r, REFUSAL_NO_JSON);
		return;
	}
	if (!cluster_of(w, r, &parcel.cluster) || !hash_of(body, hash)) {
		refuse(w, r, REFUSAL_HASH);
		return;
	}
	parcel.identity = identity_of(hash, parcel.cluster, text);
	if (!hash_of(parcel.identity, key)) {
		refuse(w, r, REFUSAL_HASH);
		return;
	}
	heard_note(w->heard, parcel.cluster, SPAN("webhook"), clock_wall_us());
	before = find_given(w, key);
	if (before) {
		/* Sent again before the first was safe. */
		w->counts.duplicates++;
		wait_for(w, r, before->token);
	} else if (w->host->seen(w->host->cookie, parcel.identity)) {
		w->counts.duplicates++;
		accept(r);
	} else if (!is_full(w, r)) {
		give(w, r, &parcel, key);
	}
}

static void
on_gone(void *cookie, struct server_request *r)
{
	struct webhook *w = cookie;
	struct waiter *waiter = server_request_own(r);

	if (waiter == NULL)
		return;
	if (waiter->previous)
		waiter->previous->next = waiter->next;
	else
		w->waiters = waiter->next;
	if (waiter->next)
		waiter->next->previous = waiter->previous;
	free(waiter);
}

/* The API server does not send such a batch again: what is in it is lost. */
static void
on_too_large(void *cookie, struct server_request *r, uint64_t bytes)
{
	struct webhook *w = cookie;
	char reason[200];

	(void)snprintf(reason, sizeof(reason),
	    "413 to %s: at least %" PRIu64 " bytes, more than body_limit; see "
	    "--audit-webhook-truncate-enabled in docs/sources.md",
	    server_request_caller(r), bytes);
	note_refusal(w, reason, &w->counts.errors);
	answer(r, &refusals[REFUSAL_TOO_LARGE]);
}

static void
on_full(void *cookie, struct server_request *r)
{
	refuse(cookie, r, REFUSAL_FULL);
}

static void
on_no_handshake(void *cookie, const char *caller, const char *why)
{
	struct webhook *w = cookie;
	char detail[256];

	w->counts.handshakes_failed++;
	(void)snprintf(detail, sizeof(detail), "%s %s", caller, why);
	say(w, SOURCE_WARNING, "a TLS handshake failed", detail);
}

static void
on_trouble(void *cookie, const char *message)
{
	say(cookie, SOURCE_DEBUG, "a connection failed", message);
}

/* --- the source ----------------------------------------------------------- */

static void
webhook_close(void *source)
{
	struct webhook *w = source;

	if (w == NULL)
		return;
	server_free(w->server);
	reader_free(w->reader);
	heard_free(w->heard);
	buf_done(&w->place);
	free(w);
}

static bool
has_tls(const struct config_source *c)
{
	return c->tls.cert || c->tls.key || c->tls.client_ca;
}

/* What would let anybody in, or let anybody listen. */
static bool
is_safe(const struct config_source *c, bool loopback, struct buf *error)
{
	if (loopback)
		return true;
	if (!has_tls(c)) {
		buf_printf(error,
		    "listen: %s can be called from other machines and has no "
		    "TLS; set tls.cert and tls.key, or listen on 127.0.0.1",
		    c->listen);
		return false;
	}
	if (c->tls.client_ca == NULL && c->token_file == NULL) {
		buf_printf(error,
		    "listen: %s can be called from other machines and asks "
		    "nobody who he is; set tls.client_ca (client "
		    "certificates) or token_file (a bearer token)",
		    c->listen);
		return false;
	}
	return true;
}

static bool
is_listening(const struct config_source *c, struct buf *error)
{
	if (c->listen != NULL)
		return true;
	buf_add_str(error, "listen is not set; a webhook needs an address and "
			   "port, such as 0.0.0.0:9443");
	return false;
}

static enum status
webhook_check(const struct config_source *config, struct buf *error)
{
	struct webhook *w = status_calloc(1, sizeof(*w));
	struct tls_files files = { 0 };
	bool loopback = false;
	bool good;

	w->config = config;
	good = is_listening(config, error) && take_tokens(w, error) &&
	       listen_check(config->listen, &loopback, error) == STATUS_OK &&
	       (!has_tls(config) ||
		   tls_files_read(&config->tls, &files, error) == STATUS_OK) &&
	       is_safe(config, loopback, error);
	tls_files_done(&files);
	free(w);
	return good ? STATUS_OK : STATUS_INVALID;
}

static enum status
webhook_open(const struct config_source *config, const struct source_host *host,
    void **source, struct buf *error)
{
	struct webhook *w;
	struct server_options options = {
		.listen = config->listen,
		.tls = &config->tls,
		.body_bytes = (size_t)config->body_bytes,
		.bodies_bytes = (size_t)config->body_bytes * BODIES_AT_ONCE,
		.connections = CONNECTIONS,
		.begin = on_begin,
		.handle = on_body,
		.gone = on_gone,
		.too_large = on_too_large,
		.full = on_full,
		.no_handshake = on_no_handshake,
		.trouble = on_trouble,
	};
	enum status st = STATUS_OK;

	if (!is_listening(config, error))
		return STATUS_INVALID;
	w = status_calloc(1, sizeof(*w));
	w->config = config;
	w->host = host;
	w->heard = heard_new(host, "webhook");
	w->counts.healthy = true;
	w->reader = reader_new(&READER_LIMITS_DEFAULT);
	buf_printf(&w->place, PLACE_WEBHOOK "%s", config->name);
	options.cookie = w;
	options.sockets = host->sockets;
	if (!take_tokens(w, error))
		st = STATUS_INVALID;
	if (st == STATUS_OK)
		st = server_new(&options, &w->server, error);
	if (st == STATUS_OK &&
	    !is_safe(config, server_is_loopback(w->server), error))
		st = STATUS_INVALID;
	if (st) {
		webhook_close(w);
		return STATUS_INVALID;
	}
	*source = w;
	return STATUS_OK;
}

/* The store takes its time: its parcel stays known, the caller asks again. */
static void
send_away(struct webhook *w)
{
	int64_t now_us = clock_mono_us();
	struct waiter *waiter;

	for (waiter = w->waiters; waiter; waiter = waiter->next) {
		if (waiter->told || now_us - waiter->since_us < WAIT_US)
			continue;
		waiter->told = true;
		refuse(w, waiter->request, REFUSAL_NOT_YET);
	}
}

static void
webhook_run(void *source, int wait_ms)
{
	struct webhook *w = source;

	if (!w->quiet && w->host->stopping(w->host->cookie)) {
		w->quiet = true;
		server_quiesce(w->server);
	}
	server_run(w->server, w->host->wake_fd, wait_ms);
	send_away(w);
	heard_judge(w->heard, clock_wall_us());
}

static void
tell_waiters(struct webhook *w, uint64_t token)
{
	struct waiter *waiter;

	for (waiter = w->waiters; waiter; waiter = waiter->next) {
		if (waiter->token == token)
			accept(waiter->request);
	}
}

static void
webhook_safe(void *source, const uint64_t *tokens, size_t count)
{
	struct webhook *w = source;
	size_t i, k;

	for (k = 0; k < count; k++) {
		for (i = 0; i < w->ngiven; i++) {
			if (w->given[i].token == tokens[k]) {
				w->given[i] = w->given[--w->ngiven];
				break;
			}
		}
		tell_waiters(w, tokens[k]);
	}
}

static void
webhook_count(const void *source, struct source_counts *counts)
{
	const struct webhook *w = source;

	*counts = w->counts;
}

const struct source_ops source_webhook = {
	.kind = "webhook",
	.keeps = true,
	.check = webhook_check,
	.open = webhook_open,
	.run = webhook_run,
	.safe = webhook_safe,
	.count = webhook_count,
	.close = webhook_close,
};

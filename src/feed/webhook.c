/*
 * webhook.c - findings by POST, one a request.
 *
 * Several requests are under way at once; what is delivered is told in order
 * only.  A receiver that is away is asked by one request at a time, with
 * pauses that grow.  A finding that is refused by 4xx is kept and tried again
 * slowly: the mistake may be the receiver's, and a lost finding is worse.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/ip.h"
#include "feed/keyfile.h"
#include "feed/kinds.h"
#include "feed/queue.h"
#include "feed/signature.h"
#include "feed/trouble.h"
#include "net/backoff.h"
#include "net/clock.h"
#include "net/http.h"

#define UNDER_WAY_MAX 8
#define CONNECT_MS 10000
#define IDLE_MS 30000
#define TOTAL_MS 60000
#define ANSWER_BYTES ((size_t)64 * 1024)
#define HEADERS_MAX 32
#define RETRY_AFTER_MOST_S 900
/* A refused finding: half a minute at first, a quarter of an hour at last. */
#define REFUSED_FIRST_US (30 * CIVIL_US_PER_S)
#define REFUSED_MOST_US (900 * CIVIL_US_PER_S)

struct feed_webhook {
	struct trouble trouble;
	const struct config_feed *config;
	struct http *http;
	struct queue queue;
	size_t under_way;
};

/* --- the configuration ---------------------------------------------------- */

static enum status
refuse(const struct config_feed *c, struct buf *error, const char *why)
{
	buf_printf(error, "feed %s: %s", c->name, why);
	return STATUS_INVALID;
}

/* The part between the scheme and what follows the port. */
static struct span
authority_of(struct span url)
{
	size_t at = span_search(url, SPAN("://"));
	size_t end = at + 3;

	url = span_skip(url, end);
	for (end = 0; end < url.len; end++) {
		if (strchr("/?#", url.at[end]) != NULL)
			break;
	}
	return span_first(url, end);
}

static bool
is_loopback(struct span authority)
{
	struct span host = span_first(authority, span_find(authority, ':', 0));
	struct ip ip;

	if (span_starts(authority, SPAN("[::1]")))
		return true;
	if (span_equal_nocase(host, SPAN("localhost")))
		return true;
	return ip_parse(host, &ip) && span_starts(host, SPAN("127."));
}

static enum status
check_url(const struct config_feed *c, struct buf *error)
{
	struct span url = span_str(c->url), authority = authority_of(url);

	if (span_is_empty(url))
		return refuse(c, error, "a webhook needs `url`: where to POST");
	for (size_t i = 0; i < url.len; i++) {
		if (url.at[i] <= ' ' || url.at[i] > '~')
			return refuse(c, error,
			    "`url` holds a blank or a character that must be "
			    "written as %XX");
	}
	if (span_is_empty(authority) ||
	    span_find(authority, '@', 0) < authority.len ||
	    span_find(url, '#', 0) < url.len)
		return refuse(c, error,
		    "`url` must be https://HOST[:PORT]/PATH without user, "
		    "password or #fragment; a token belongs into `token_file`");
	if (span_starts(url, SPAN("https://")))
		return STATUS_OK;
	if (span_starts(url, SPAN("http://")) && is_loopback(authority))
		return STATUS_OK;
	return refuse(c, error,
	    "`url` must begin with https://: findings hold what an attacker "
	    "would like to read; http:// is for this host alone");
}

static bool
is_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char ch = name.at[i];

		if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			(ch >= '0' && ch <= '9') || ch == '-' || ch == '_'))
			return false;
	}
	return name.len > 0;
}

static bool
is_value(struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char ch = (unsigned char)value.at[i];

		if ((ch < ' ' && ch != '\t') || ch == 0x7f)
			return false;
	}
	return true;
}

static bool
is_ours(struct span name)
{
	static const char *const ours[] = { "content-type", "content-length",
		"host", "connection", "transfer-encoding", "expect",
		"authorization", "idempotency-key", "x-nephoscope-signature" };

	for (size_t i = 0; i < COUNTOF(ours); i++) {
		if (span_equal_nocase(name, span_str(ours[i])))
			return true;
	}
	return false;
}

static enum status
check_headers(const struct config_feed *c, struct buf *error)
{
	if (c->nproperties > HEADERS_MAX - 8)
		return refuse(c, error, "at most 24 headers in `properties`");
	for (size_t i = 0; i < c->nproperties; i++) {
		const struct config_property *p = &c->properties[i];

		if (is_ours(span_str(p->name))) {
			buf_printf(error,
			    "feed %s: line %u: header %s is made by "
			    "nephoscope; leave it out (Authorization comes "
			    "from `token_file`)",
			    c->name, p->line, p->name);
			return STATUS_INVALID;
		}
		if (!is_name(span_str(p->name)) ||
		    !is_value(span_str(p->value))) {
			buf_printf(error,
			    "feed %s: line %u: a header's name is of letters, "
			    "digits and -, its value without control "
			    "characters",
			    c->name, p->line);
			return STATUS_INVALID;
		}
	}
	return STATUS_OK;
}

static enum status
check_secret(const struct config_feed *c, const char *path, struct buf *error)
{
	struct buf secret = { 0 }, why = { 0 };
	enum status status = STATUS_OK;

	if (path != NULL && keyfile_read(path, &secret, &why) != STATUS_OK)
		status = refuse(c, error, buf_text(&why));
	else if (path != NULL && !is_value(buf_span(&secret)) &&
		 path == c->token_file)
		status = refuse(
		    c, error, "the file of `token_file` must hold one line");
	keyfile_wipe(&secret);
	buf_done(&why);
	return status;
}

static enum status
check_file(const struct config_feed *c, const char *path, struct buf *error)
{
	if (path == NULL || access(path, R_OK) == 0)
		return STATUS_OK;
	buf_printf(error, "feed %s: %s cannot be read: give a PEM file",
	    c->name, path);
	return STATUS_INVALID;
}

static enum status
check(const struct config_feed *c, struct buf *error)
{
	const char *const files[] = { c->tls.ca, c->tls.cert, c->tls.key };
	const char *const secrets[] = { c->secret_file, c->token_file };
	enum status status = check_url(c, error);

	if (status == STATUS_OK)
		status = check_headers(c, error);
	for (size_t i = 0; status == STATUS_OK && i < COUNTOF(secrets); i++)
		status = check_secret(c, secrets[i], error);
	for (size_t i = 0; status == STATUS_OK && i < COUNTOF(files); i++)
		status = check_file(c, files[i], error);
	if (status == STATUS_OK &&
	    (c->tls.cert == NULL) != (c->tls.key == NULL))
		status =
		    refuse(c, error, "`tls` needs cert and key, or neither");
	return status;
}

/* --- one request ---------------------------------------------------------- */

struct headers {
	struct http_header at[HEADERS_MAX];
	size_t count;
	struct buf signature, authorization;
};

static void
header(struct headers *h, struct span name, struct span value)
{
	h->at[h->count++] = (struct http_header){ name, value };
}

/*
 * The files are read for each request: a key that is changed is used at once.
 * A token that names its scheme ("Splunk ...") goes as it is.
 */
static bool
authorize(struct feed_webhook *f, struct headers *h, struct span body)
{
	const struct config_feed *c = f->config;
	struct buf secret = { 0 }, why = { 0 };
	bool good = true;

	if (c->secret_file != NULL) {
		good = keyfile_read(c->secret_file, &secret, &why) == STATUS_OK;
		if (good)
			signature_make(buf_span(&secret),
			    clock_wall_us() / CIVIL_US_PER_S, body,
			    &h->signature);
		keyfile_wipe(&secret);
	}
	if (good && c->token_file != NULL) {
		good =
		    keyfile_read(c->token_file, &secret, &why) == STATUS_OK &&
		    is_value(buf_span(&secret));
		if (span_find(buf_span(&secret), ' ', 0) == secret.len)
			buf_add_str(&h->authorization, "Bearer ");
		buf_add(&h->authorization, buf_span(&secret));
		keyfile_wipe(&secret);
	}
	if (!good)
		trouble_failed(&f->trouble,
		    why.len > 0 ? buf_text(&why)
				: "the file of `token_file` must hold one line",
		    0);
	buf_done(&why);
	return good;
}

static void
headers_make(const struct feed_webhook *f, const struct queue_item *item,
    struct headers *h)
{
	const struct config_feed *c = f->config;
	bool csv = c->format != NULL && strcmp(c->format, "csv") == 0;

	header(h, SPAN("Content-Type"),
	    csv ? SPAN("text/csv; charset=utf-8") : SPAN("application/json"));
	header(h, SPAN("Idempotency-Key"), buf_span(&item->key));
	if (h->signature.len > 0)
		header(
		    h, SPAN("X-Nephoscope-Signature"), buf_span(&h->signature));
	if (h->authorization.len > 0)
		header(h, SPAN("Authorization"), buf_span(&h->authorization));
	for (size_t i = 0; i < c->nproperties; i++)
		header(h, span_str(c->properties[i].name),
		    span_str(c->properties[i].value));
}

static void
tell(struct feed_webhook *f)
{
	uint64_t number = 0;
	size_t n = queue_drop_done(&f->queue, &number);

	if (n > 0)
		trouble_delivered(&f->trouble, number, n);
}

/* Too much of an answer is no failure: only its status counts. */
static bool
ignore_body(void *cookie, const struct http_response *head, struct span piece)
{
	(void)cookie;
	(void)head;
	(void)piece;
	return true;
}

static void
refused(struct feed_webhook *f, struct queue_item *item, const char *why)
{
	item->failures++;
	item->at_us = clock_mono_us() +
		      backoff_spread_us(backoff_ceiling_us(item->failures,
					    REFUSED_FIRST_US, REFUSED_MOST_US),
			  clock_jitter(UINT64_MAX));
	trouble_refused(&f->trouble, why);
}

/* While some are refused the feed is not well, whatever else goes through. */
static void
answered(struct feed_webhook *f)
{
	for (size_t i = 0; i < f->queue.count; i++) {
		const struct queue_item *item = queue_at(&f->queue, i);

		if (item->state != QUEUE_DONE && item->failures > 0) {
			trouble_answers(&f->trouble);
			return;
		}
	}
	trouble_over(&f->trouble);
}

static void
done(void *cookie, const struct http_response *r)
{
	struct queue_item *item = cookie;
	struct feed_webhook *f = item->feed;
	char why[HTTP_TEXT_BYTES];
	unsigned wait_s = http_retry_after_s(r);

	f->under_way--;
	item->state = QUEUE_WAITS;
	if (http_is_success(r)) {
		item->state = QUEUE_DONE;
		answered(f);
		tell(f);
		return;
	}
	(void)http_describe(r, why);
	/* 501 and 505 are the server's fault all the same. */
	if (r->outcome != HTTP_ANSWERED || http_is_retryable(r) ||
	    r->status >= 500)
		trouble_failed(&f->trouble, why,
		    wait_s < RETRY_AFTER_MOST_S ? wait_s : RETRY_AFTER_MOST_S);
	else
		refused(f, item, why);
}

static bool
start(struct feed_webhook *f, struct queue_item *item)
{
	const struct config_tls *tls = &f->config->tls;
	struct headers h = { .count = 0 };
	bool good = authorize(f, &h, buf_span(&item->text));

	if (good) {
		headers_make(f, item, &h);
		if (item->mark++ > 0)
			f->trouble.counts.retries++;
		item->state = QUEUE_UNDER_WAY;
		f->under_way++;
		(void)http_start(f->http, &(struct http_request){
					      .method = "POST",
					      .url = span_str(f->config->url),
					      .headers = h.at,
					      .nheaders = h.count,
					      .body = buf_span(&item->text),
					      .has_body = true,
					      .connect_ms = CONNECT_MS,
					      .idle_ms = IDLE_MS,
					      .total_ms = TOTAL_MS,
					      .body_limit = ANSWER_BYTES,
					      .ca_file = tls->ca,
					      .cert_file = tls->cert,
					      .key_file = tls->key,
					      .secret = true,
					      .sink = ignore_body,
					      .done = done,
					      .cookie = item,
					  });
	}
	buf_done(&h.signature);
	keyfile_wipe(&h.authorization);
	return good;
}

/* Start what may be started: the oldest first, one alone after a failure. */
static void
start_some(struct feed_webhook *f)
{
	size_t most = f->trouble.failures > 0 ? 1 : UNDER_WAY_MAX;
	int64_t now = clock_mono_us();

	if (trouble_pause_ms(&f->trouble, 1) > 0)
		return;
	for (size_t i = 0; i < f->queue.count && f->under_way < most; i++) {
		struct queue_item *item = queue_at(&f->queue, i);

		if (item->state == QUEUE_WAITS && item->at_us <= now &&
		    !start(f, item))
			return;
	}
}

/* Milliseconds until something may be started. */
static int
next_start_ms(struct feed_webhook *f, int most)
{
	int64_t now = clock_mono_us(), least = most;

	for (size_t i = 0; i < f->queue.count; i++) {
		const struct queue_item *item = queue_at(&f->queue, i);
		int64_t left = (item->at_us - now) / 1000 + 1;

		/* What may start and has not waits for the feed's pause, or
		 * for one that is under way: http_run() returns then. */
		if (item->state == QUEUE_WAITS && item->at_us > now &&
		    left < least)
			least = left;
	}
	if (trouble_pause_ms(&f->trouble, most) > 0 &&
	    trouble_pause_ms(&f->trouble, most) < least)
		least = trouble_pause_ms(&f->trouble, most);
	return (int)least;
}

/* --- the feed ------------------------------------------------------------- */

static enum status
webhook_open(const struct config_feed *config, const struct feed_host *host,
    void **feed, struct buf *error)
{
	enum status status = check(config, error);
	struct feed_webhook *f;

	if (status != STATUS_OK)
		return status;
	f = status_calloc(1, sizeof(*f));
	trouble_init(&f->trouble, config, host);
	f->config = config;
	f->http = http_new(
	    &(struct http_options){ .connections_per_host = UNDER_WAY_MAX });
	*feed = f;
	return STATUS_OK;
}

static size_t
webhook_take(void *feed, const struct feed_item *items, size_t count)
{
	struct feed_webhook *f = feed;
	size_t n = 0;

	for (; n < count; n++) {
		const struct feed_item *from = &items[n];
		struct queue_item *item =
		    queue_add(&f->queue, from->number, from->text.len);

		if (item == NULL)
			break;
		item->feed = f;
		buf_add(&item->text, from->text);
		buf_printf(&item->key, "%.*s-%llu", SPAN_ARGS(from->id),
		    (unsigned long long)from->revision);
	}
	start_some(f);
	return n;
}

static void
webhook_run(void *feed, int wait_ms)
{
	struct feed_webhook *f = feed;

	start_some(f);
	http_run(f->http, next_start_ms(f, wait_ms), -1);
	start_some(f);
}

static void
webhook_count(const void *feed, struct feed_counts *counts)
{
	const struct feed_webhook *f = feed;

	*counts = f->trouble.counts;
}

static void
webhook_close(void *feed)
{
	struct feed_webhook *f = feed;

	http_free(f->http);
	queue_done(&f->queue);
	free(f);
}

const struct feed_ops feed_webhook = {
	.kind = "webhook",
	.check = check,
	.open = webhook_open,
	.take = webhook_take,
	.run = webhook_run,
	.count = webhook_count,
	.close = webhook_close,
};

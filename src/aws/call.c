#include "aws/call.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "net/backoff.h"
#include "net/clock.h"

#define ATTEMPTS_DEFAULT 8
#define ATTEMPTS_MOST 200 /* of one that goes on in small steps */
#define FIRST_US ((int64_t)100 * 1000)
#define MOST_US ((int64_t)20 * 1000 * 1000)
#define US_PER_MS 1000
/* AWS accepts a signature for 5 minutes on either side (15 for S3). */
#define SKEW_MIN_US ((int64_t)60 * 1000 * 1000)

struct call {
	uint64_t number;
	struct aws *client;
	struct aws_call is;
	struct sigv4_param *query;
	struct http_header *headers;
	char *text;	   /* holds every span of the call */
	uint64_t request;  /* under way; 0: waiting for due_us */
	int64_t due_us;	   /* monotonic */
	unsigned failures; /* in a row */
	unsigned attempts;
	uint64_t keys;		/* the number of those it was signed with */
	bool refreshed, skewed; /* done once already */
	struct call *next_ended;
};

struct aws {
	struct http *http;
	struct credentials *credentials;
	struct call **calls;
	size_t ncalls, room;
	struct call *ended; /* freed when nobody can be at them any more */
	uint64_t last;
	struct aws_counts counts;
};

struct aws *
aws_new(struct credentials *credentials)
{
	struct aws *a = status_calloc(1, sizeof(*a));

	a->credentials = credentials;
	a->http = http_new(&(struct http_options){
	    .ca_file = credentials_ca_file(credentials) });
	return a;
}

/* --- one call's memory ---------------------------------------------------- */

static struct span
keep(char **at, struct span s)
{
	struct span kept = { *at, s.len };

	if (s.len > 0)
		memcpy(*at, s.at, s.len);
	*at += s.len;
	return kept;
}

static size_t
text_size(const struct aws_call *c)
{
	size_t size = c->region.len + c->method.len + c->scheme.len +
		      c->host.len + c->path.len + c->body.len;

	for (size_t i = 0; i < c->nquery; i++)
		size += c->query[i].name.len + c->query[i].value.len;
	for (size_t i = 0; i < c->nheaders; i++)
		size += c->headers[i].name.len + c->headers[i].value.len;
	return size;
}

static struct call *
copy_call(const struct aws_call *c)
{
	struct call *k = status_calloc(1, sizeof(*k));
	char *at = k->text = status_calloc(text_size(c) + 1, 1);

	k->is = *c;
	k->query = status_calloc(c->nquery + 1, sizeof(*k->query));
	k->headers =
	    status_calloc(c->nheaders + AWS_HEADERS_MORE, sizeof(*k->headers));
	k->is.region = keep(&at, c->region);
	k->is.method = keep(&at, c->method);
	k->is.scheme = keep(&at, c->scheme);
	k->is.host = keep(&at, c->host);
	k->is.path = keep(&at, c->path);
	k->is.body = keep(&at, c->body);
	for (size_t i = 0; i < c->nquery; i++) {
		k->query[i] = c->query[i];
		k->query[i].name = keep(&at, c->query[i].name);
		k->query[i].value = keep(&at, c->query[i].value);
	}
	for (size_t i = 0; i < c->nheaders; i++) {
		k->headers[i].name = keep(&at, c->headers[i].name);
		k->headers[i].value = keep(&at, c->headers[i].value);
	}
	return k;
}

static void
free_call(struct call *k)
{
	free(k->query);
	free(k->headers);
	free(k->text);
	free(k);
}

static void
free_ended(struct aws *a)
{
	struct call *k = a->ended;

	a->ended = NULL;
	while (k != NULL) {
		struct call *next = k->next_ended;

		free_call(k);
		k = next;
	}
}

void
aws_free(struct aws *a)
{
	if (a == NULL)
		return;
	http_free(a->http);
	free_ended(a);
	for (size_t i = 0; i < a->ncalls; i++)
		free_call(a->calls[i]);
	free(a->calls);
	credentials_free(a->credentials);
	free(a);
}

static void
unlist(struct aws *a, const struct call *k)
{
	size_t i = 0;

	while (i < a->ncalls && a->calls[i] != k)
		i++;
	ASSERT(i < a->ncalls);
	memmove(&a->calls[i], &a->calls[i + 1],
	    (a->ncalls - i - 1) * sizeof(*a->calls));
	a->ncalls--;
}

uint64_t
aws_start(struct aws *a, const struct aws_call *call)
{
	struct call *k = copy_call(call);

	k->client = a;
	k->number = ++a->last;
	if (k->is.attempts == 0)
		k->is.attempts = ATTEMPTS_DEFAULT;
	if (a->ncalls == a->room) {
		a->room = a->room > 0 ? 2 * a->room : 16;
		a->calls =
		    status_realloc(a->calls, a->room, sizeof(struct call *));
	}
	a->calls[a->ncalls++] = k;
	return k->number;
}

void
aws_cancel(struct aws *a, uint64_t number)
{
	for (size_t i = 0; i < a->ncalls; i++) {
		struct call *k = a->calls[i];

		if (k->number != number)
			continue;
		if (k->request != 0)
			http_cancel(a->http, k->request);
		unlist(a, k);
		free_call(k);
		return;
	}
}

/* --- answers -------------------------------------------------------------- */

static void
finish(struct call *k, struct aws_answer *answer)
{
	answer->attempts = k->attempts;
	unlist(k->client, k);
	k->is.done(k->is.cookie, answer);
	k->next_ended = k->client->ended;
	k->client->ended = k;
}

static void
wait_more(struct call *k, int64_t least_us)
{
	int64_t ceiling = backoff_ceiling_us(k->failures, FIRST_US, MOST_US);
	int64_t wait = backoff_spread_us(ceiling, clock_jitter(UINT64_MAX));

	k->request = 0;
	k->due_us = clock_mono_us() + (wait > least_us ? wait : least_us);
}

static bool
one_of(const char *code, const char *const *codes)
{
	while (*codes != NULL) {
		if (strcmp(code, *codes++) == 0)
			return true;
	}
	return false;
}

static bool
is_throttled(const char *code)
{
	static const char *const codes[] = { "SlowDown", "Throttling",
		"ThrottlingException", "ThrottledException", "RequestThrottled",
		"RequestThrottledException", "TooManyRequestsException",
		"RequestLimitExceeded", "BandwidthLimitExceeded",
		"ProvisionedThroughputExceeded", "PriorRequestNotComplete",
		"RequestTimeout", "RequestTimeoutException", "InternalError",
		"OperationAborted", NULL };

	return one_of(code, codes);
}

/* The keys, not what they may do, are refused. */
static bool
is_expired(const char *code)
{
	static const char *const codes[] = { "ExpiredToken",
		"ExpiredTokenException", "TokenRefreshRequired", "InvalidToken",
		"InvalidClientTokenId", "UnrecognizedClientException",
		"InvalidAccessKeyId", NULL };

	return one_of(code, codes);
}

static bool
is_skewed(const struct aws_fault *f)
{
	static const char *const codes[] = { "RequestTimeTooSkewed",
		"RequestExpired", "RequestInTheFuture", NULL };
	struct span text = span_str(f->message);

	return one_of(f->code, codes) ||
	       span_contains_nocase(text, SPAN("signature expired")) ||
	       span_contains_nocase(text, SPAN("signature not yet current"));
}

/* Set our idea of their clock by the answer's Date; false: it is as ours. */
static bool
learn_skew(struct aws *a, const struct http_response *r)
{
	struct span date = http_header_of(r, SPAN("Date"));
	char text[64];
	time_t at;
	int64_t skew;

	if (span_is_empty(date) || date.len >= sizeof(text))
		return false;
	memcpy(text, date.at, date.len);
	text[date.len] = '\0';
	at = curl_getdate(text, NULL);
	if (at <= 0)
		return false;
	skew = (int64_t)at * CIVIL_US_PER_S - clock_wall_us();
	if (llabs(skew - a->counts.skew_us) < SKEW_MIN_US)
		return false;
	a->counts.skew_us = skew;
	return true;
}

/* Try again at once after something was put right. */
static bool
put_right(
    struct call *k, const struct http_response *r, const struct aws_fault *f)
{
	if (!k->skewed && is_skewed(f) && learn_skew(k->client, r)) {
		k->skewed = true;
		return true;
	}
	if (!k->refreshed && is_expired(f->code)) {
		credentials_refuse(k->client->credentials, k->keys);
		k->refreshed = true;
		return true;
	}
	return false;
}

static void
describe(struct aws_answer *answer)
{
	const struct aws_fault *f = &answer->fault;
	char text[HTTP_TEXT_BYTES];

	if (f->code[0] != '\0')
		(void)snprintf(answer->text, sizeof(answer->text),
		    "%s%s%s (status %d)", f->code, f->message[0] ? ": " : "",
		    f->message, answer->response->status);
	else
		(void)snprintf(answer->text, sizeof(answer->text), "%s",
		    http_describe(answer->response, text));
}

static bool
is_going_on(const struct call *k, const struct http_response *r)
{
	return k->is.sink != NULL && r->status / 100 == 2 && r->received > 0 &&
	       k->attempts < ATTEMPTS_MOST;
}

static bool
on_piece(void *cookie, const struct http_response *head, struct span piece)
{
	struct call *k = cookie;

	return k->is.sink(k->is.cookie, head, piece);
}

static void
on_done(void *cookie, const struct http_response *r)
{
	struct call *k = cookie;
	struct aws_answer answer = { .response = r };

	k->request = 0;
	if (http_is_success(r)) {
		answer.outcome = AWS_DONE;
		finish(k, &answer);
		return;
	}
	aws_fault_read(r, &answer.fault);
	describe(&answer);
	if (put_right(k, r, &answer.fault)) {
		k->due_us = 0;
		return;
	}
	if (!http_is_retryable(r) && !is_throttled(answer.fault.code)) {
		answer.outcome =
		    r->outcome == HTTP_ANSWERED ? AWS_REFUSED : AWS_UNAVAILABLE;
		finish(k, &answer);
		return;
	}
	/* What goes on, if in small steps, is not given up. */
	k->failures = is_going_on(k, r) ? 1 : k->failures + 1;
	if (k->failures >= k->is.attempts) {
		answer.outcome = AWS_UNAVAILABLE;
		finish(k, &answer);
		return;
	}
	wait_more(k, (int64_t)http_retry_after_s(r) * CIVIL_US_PER_S);
}

/* --- attempts ------------------------------------------------------------- */

static void
without_keys(struct call *k, struct buf *error)
{
	static const struct http_response none;
	struct aws_answer answer = { .outcome = AWS_NO_CREDENTIALS,
		.response = &none };

	if (++k->failures < k->is.attempts) {
		wait_more(k, CIVIL_US_PER_S);
		return;
	}
	(void)snprintf(answer.text, sizeof(answer.text),
	    "no AWS credentials: %s", buf_text(error));
	finish(k, &answer);
}

static void
invalid(struct call *k)
{
	static const struct http_response none = { .outcome = HTTP_INVALID };
	struct aws_answer answer = { .outcome = AWS_REFUSED,
		.response = &none,
		.text = "no request can be made of it" };

	finish(k, &answer);
}

static void
send_signed(struct call *k, const struct sigv4_signed *s)
{
	char *method = span_to_str(k->is.method);

	ASSERT(method != NULL);
	k->request = http_start(
	    k->client->http, &(struct http_request){
				 .method = method,
				 .url = s->url,
				 .headers = s->headers,
				 .nheaders = s->nheaders,
				 .body = k->is.body,
				 .has_body = k->is.has_body,
				 .body_limit = k->is.body_limit,
				 .total_ms = k->is.total_ms,
				 .secret = true,
				 .sink = k->is.sink != NULL ? on_piece : NULL,
				 .done = on_done,
				 .cookie = k,
			     });
	free(method);
}

static void
attempt(struct call *k)
{
	struct aws *a = k->client;
	struct sigv4_keys keys;
	struct sigv4_signed s = { 0 };
	struct buf error = { 0 };
	size_t more = 0;

	k->attempts++;
	a->counts.retries += k->attempts > 1;
	if (credentials_get(a->credentials, &keys, &error) != STATUS_OK) {
		without_keys(k, &error);
		buf_done(&error);
		return;
	}
	k->keys = credentials_number(a->credentials);
	if (k->is.more != NULL)
		more = k->is.more(k->is.cookie, k->headers + k->is.nheaders);
	if (sigv4_sign(
		&(struct sigv4_request){
		    .keys = &keys,
		    .region = k->is.region,
		    .service = span_str(k->is.service),
		    .time_us = clock_wall_us() + a->counts.skew_us,
		    .method = k->is.method,
		    .scheme = k->is.scheme,
		    .host = k->is.host,
		    .path = k->is.path,
		    .s3 = strcmp(k->is.service, "s3") == 0,
		    .path_is_encoded = k->is.path_is_encoded,
		    .query = k->query,
		    .nquery = k->is.nquery,
		    .headers = k->headers,
		    .nheaders = k->is.nheaders + more,
		    .body = k->is.body,
		},
		&s) == STATUS_OK)
		send_signed(k, &s);
	else
		invalid(k);
	sigv4_done(&s);
	buf_done(&error);
}

static struct call *
find_due(const struct aws *a, int64_t now)
{
	for (size_t i = 0; i < a->ncalls; i++) {
		if (a->calls[i]->request == 0 && a->calls[i]->due_us <= now)
			return a->calls[i];
	}
	return NULL;
}

/* Attempts may end calls, and what is told of that may start some, so the
 * list is looked at anew after each. */
static void
start_due(struct aws *a)
{
	int64_t now = clock_mono_us();
	struct call *k;

	while ((k = find_due(a, now)) != NULL)
		attempt(k);
}

void
aws_run(struct aws *a, int wait_ms, int wake_fd)
{
	size_t before = a->ncalls;
	int64_t now, wait_us = (int64_t)wait_ms * US_PER_MS;

	free_ended(a);
	start_due(a);
	if (a->ncalls < before)
		wait_us = 0;
	now = clock_mono_us();
	for (size_t i = 0; i < a->ncalls; i++) {
		const struct call *k = a->calls[i];

		if (k->request == 0 && k->due_us - now < wait_us)
			wait_us = k->due_us > now ? k->due_us - now : 0;
	}
	http_run(
	    a->http, (int)((wait_us + US_PER_MS - 1) / US_PER_MS), wake_fd);
	start_due(a);
}

size_t
aws_under_way(const struct aws *a)
{
	return a->ncalls;
}

struct credentials *
aws_credentials(struct aws *a)
{
	return a->credentials;
}

struct aws_counts
aws_count(const struct aws *a)
{
	return a->counts;
}

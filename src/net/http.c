#include "net/http.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/escape.h"
#include "net/clock.h"

#define CONNECTIONS 32
#define CONNECT_MS 10000
#define IDLE_MS 30000
#define TOTAL_MS 300000
#define HEAD_BYTES ((size_t)64 * 1024)
#define BODY_BYTES ((size_t)16 * 1024 * 1024)
#define HEADERS_MAX 128
#define MS_PER_S 1000
#define US_PER_MS 1000
#define TROUBLE_BYTES 160
#define DETAIL_BYTES 96 /* of libcurl's own words */
#define ORIGIN_BYTES 80

struct transfer {
	struct transfer *next;
	struct http *owner;
	uint64_t number;
	CURL *easy;
	struct curl_slist *lines; /* headers to send */
	struct buf body;	  /* to send */
	struct http_request ask;  /* sink, done and limits alone */
	struct http_response r;
	struct buf head; /* header lines as they came */
	struct http_header headers[HEADERS_MAX];
	struct buf kept;
	char curl_error[CURL_ERROR_SIZE];
	char origin[ORIGIN_BYTES]; /* "https://host:port" */
	char trouble[TROUBLE_BYTES];
	bool head_whole; /* the empty line was seen */
	bool too_large, stopped, invalid;
	int sink_errno;
};

struct http {
	CURLM *multi;
	struct transfer *transfers; /* under way, newest first */
	size_t under_way;
	uint64_t last_number;
	char *ca_file, *user_agent;
};

/* --- memory ----------------------------------------------------------- */

static void
wipe(struct buf *b)
{
	if (b->at != NULL)
		explicit_bzero(b->at, b->size);
	buf_done(b);
}

static void
wipe_lines(struct curl_slist *lines)
{
	for (; lines != NULL; lines = lines->next)
		explicit_bzero(lines->data, strlen(lines->data));
}

static void
transfer_free(struct transfer *t)
{
	if (t->easy != NULL)
		curl_easy_cleanup(t->easy);
	if (t->ask.secret)
		wipe_lines(t->lines);
	curl_slist_free_all(t->lines);
	wipe(&t->body);
	wipe(&t->head);
	if (t->ask.secret)
		wipe(&t->kept);
	buf_done(&t->kept);
	free(t);
}

static void
unlink_transfer(struct transfer *t)
{
	struct transfer **at = &t->owner->transfers;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->owner->under_way--;
	if (t->easy != NULL && !t->invalid)
		(void)curl_multi_remove_handle(t->owner->multi, t->easy);
}

/* --- the answer's head ------------------------------------------------- */

static void
index_headers(struct transfer *t)
{
	struct span rest = buf_span(&t->head);

	t->r.headers = t->headers;
	t->r.nheaders = 0;
	while (rest.at != NULL && t->r.nheaders < HEADERS_MAX) {
		struct span line = span_cut(&rest, '\n');
		size_t colon = span_find(line, ':', 0);

		if (colon == line.len || colon == 0)
			continue;
		t->headers[t->r.nheaders++] = (struct http_header){
			span_first(line, colon),
			span_trim(span_skip(line, colon + 1)),
		};
	}
}

static void
start_head(struct transfer *t, struct span line)
{
	struct span code =
	    span_first(span_skip(line, span_find(line, ' ', 0) + 1), 3);
	uint64_t status = 0;

	buf_reset(&t->head);
	t->head_whole = false;
	t->r.nheaders = 0;
	if (code.len == 3 && span_to_u64(code, &status))
		t->r.status = (int)status;
}

static size_t
on_header(char *at, size_t size, size_t count, void *cookie)
{
	struct transfer *t = cookie;
	struct span line = span_of(at, size * count);

	if (span_starts(line, SPAN("HTTP/"))) {
		start_head(t, line);
	} else if (span_is_empty(span_trim(line))) {
		t->head_whole = true;
		index_headers(t);
	} else if (t->head_whole) {
		return line.len; /* a trailer: not part of the head */
	} else {
		if (t->head.len + line.len > t->ask.head_limit) {
			t->too_large = true;
			return 0;
		}
		buf_add(&t->head, line);
	}
	return line.len;
}

/* --- the answer's body ------------------------------------------------- */

static bool
write_fd(struct transfer *t, struct span piece)
{
	while (!span_is_empty(piece)) {
		ssize_t wrote = write(t->ask.fd, piece.at, piece.len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0) {
			t->sink_errno = errno;
			return false;
		}
		piece = span_skip(piece, (size_t)wrote);
	}
	return true;
}

static bool
sink_piece(struct transfer *t, struct span piece)
{
	if (t->ask.sink_limit > 0 && t->r.received > t->ask.sink_limit) {
		t->too_large = true;
		return false;
	}
	if (t->ask.sink != NULL)
		t->stopped = !t->ask.sink(t->ask.cookie, &t->r, piece);
	else
		t->stopped = !write_fd(t, piece);
	return !t->stopped;
}

static bool
keep_piece(struct transfer *t, struct span piece)
{
	if (piece.len > t->ask.body_limit - t->kept.len) {
		t->too_large = true;
		return false;
	}
	/* A secret is not to be left behind where the text grew. */
	if (t->ask.secret && t->kept.at == NULL) {
		t->kept.at = status_calloc(t->ask.body_limit + 1, 1);
		t->kept.size = t->ask.body_limit + 1;
	}
	buf_add(&t->kept, piece);
	return true;
}

static size_t
on_body(char *at, size_t size, size_t count, void *cookie)
{
	struct transfer *t = cookie;
	struct span piece = span_of(at, size * count);
	bool sunk =
	    (t->ask.sink != NULL || t->ask.to_fd) && t->r.status / 100 == 2;

	t->r.received += piece.len;
	if (sunk ? sink_piece(t, piece) : keep_piece(t, piece))
		return piece.len;
	return CURL_WRITEFUNC_ERROR;
}

/* --- the request ------------------------------------------------------- */

/* "https://host:port" of a URL with neither user nor strange bytes. */
static bool
find_origin(struct transfer *t, struct span url)
{
	struct span rest = url;
	size_t scheme = span_starts(url, SPAN("https://"))  ? 8
			: span_starts(url, SPAN("http://")) ? 7
							    : 0;
	size_t end;

	if (scheme == 0)
		return false;
	for (size_t i = 0; i < url.len; i++)
		if ((unsigned char)url.at[i] <= ' ' ||
		    (unsigned char)url.at[i] >= 0x7f || url.at[i] == '#')
			return false;
	for (end = scheme; end < rest.len; end++)
		if (rest.at[end] == '/' || rest.at[end] == '?')
			break;
	rest = span_first(rest, end);
	if (end == scheme || span_find(rest, '@', 0) < rest.len)
		return false;
	(void)snprintf(t->origin, sizeof(t->origin), "%.*s", SPAN_ARGS(rest));
	return true;
}

static bool
add_line(struct transfer *t, const struct http_header *h)
{
	struct buf line = { 0 };
	struct curl_slist *more;

	if (span_is_empty(h->name) || !http_is_line(h->name) ||
	    !http_is_line(h->value) || span_find(h->name, ':', 0) < h->name.len)
		return false;
	line.size = h->name.len + h->value.len + 4;
	line.at = status_calloc(line.size, 1);
	buf_add(&line, h->name);
	/* libcurl's way to say that a header is there, and empty. */
	buf_add_str(&line, span_is_empty(h->value) ? ";" : ": ");
	buf_add(&line, h->value);
	more = curl_slist_append(t->lines, buf_text(&line));
	wipe(&line);
	if (more != NULL)
		t->lines = more;
	return more != NULL;
}

/* What libcurl adds by itself and we did not ask for. */
static const struct {
	struct span name;
	const char *line;
} unasked[] = {
	{ SPAN_INIT("Accept"), "Accept:" },
	{ SPAN_INIT("Expect"), "Expect:" },
	{ SPAN_INIT("Content-Type"), "Content-Type:" },
};

static bool
add_lines(struct transfer *t, const struct http_request *q)
{
	for (size_t i = 0; i < q->nheaders; i++)
		if (!add_line(t, &q->headers[i]))
			return false;
	for (size_t i = 0; i < COUNTOF(unasked); i++) {
		bool asked = false;
		struct curl_slist *more;

		for (size_t at = 0; at < q->nheaders; at++)
			asked |= span_equal_nocase(
			    q->headers[at].name, unasked[i].name);
		if (asked)
			continue;
		more = curl_slist_append(t->lines, unasked[i].line);
		if (more == NULL)
			return false;
		t->lines = more;
	}
	return true;
}

static bool
is_method(const char *method)
{
	size_t len = strlen(method);

	for (size_t i = 0; i < len; i++)
		if (method[i] < 'A' || method[i] > 'Z')
			return false;
	return len > 0 && len < 16;
}

static long
or_default(unsigned value, long fallback)
{
	return value > 0 ? (long)value : fallback;
}

static void
set_times(CURL *easy, const struct http_request *q)
{
	long idle_ms = or_default(q->idle_ms, IDLE_MS);

	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    or_default(q->connect_ms, CONNECT_MS));
	(void)curl_easy_setopt(
	    easy, CURLOPT_TIMEOUT_MS, or_default(q->total_ms, TOTAL_MS));
	(void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	(void)curl_easy_setopt(
	    easy, CURLOPT_LOW_SPEED_TIME, (idle_ms + MS_PER_S - 1) / MS_PER_S);
}

static void
set_trust(const struct http *h, CURL *easy, const struct http_request *q)
{
	const char *ca = q->ca_file != NULL ? q->ca_file : h->ca_file;

	(void)curl_easy_setopt(
	    easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ca == NULL || ca[0] == '\0')
		ca = getenv("SSL_CERT_FILE");
	if (ca != NULL && ca[0] != '\0') {
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
		(void)curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, ca);
	}
	if (q->cert_file != NULL)
		(void)curl_easy_setopt(easy, CURLOPT_SSLCERT, q->cert_file);
	if (q->key_file != NULL)
		(void)curl_easy_setopt(easy, CURLOPT_SSLKEY, q->key_file);
}

static void
set_proxy(CURL *easy, const struct http_request *q)
{
	const char *lower = getenv("http_proxy");
	const char *upper = getenv("HTTP_PROXY");

	if (q->direct) {
		(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
		(void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	} else if (span_starts(q->url, SPAN("http://")) &&
		   (lower == NULL || lower[0] == '\0') && upper != NULL &&
		   upper[0] != '\0') {
		/* libcurl leaves this one out for the sake of CGI programs. */
		(void)curl_easy_setopt(easy, CURLOPT_PROXY, upper);
	}
}

static void
set_body(struct transfer *t, const struct http_request *q)
{
	bool has_body = q->has_body || q->body.len > 0;

	if (strcmp(q->method, "HEAD") == 0) {
		(void)curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
		return;
	}
	if (has_body) {
		(void)curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)t->body.len);
		(void)curl_easy_setopt(
		    t->easy, CURLOPT_POSTFIELDS, buf_text(&t->body));
	}
	(void)curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, q->method);
}

static void
set_callbacks(struct transfer *t)
{
	(void)curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->curl_error);
	(void)curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
}

static void
set_manners(const struct http *h, struct transfer *t)
{
	/* A path is a key of S3: "//" and ".." are part of it. */
	(void)curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
	(void)curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	(void)curl_easy_setopt(
	    t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	(void)curl_easy_setopt(t->easy, CURLOPT_USERAGENT, h->user_agent);
	(void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->lines);
}

/* Everything from the request into libcurl; false: no request. */
static bool
prepare(struct http *h, struct transfer *t, const struct http_request *q)
{
	char *url;
	CURLcode code;

	if (!find_origin(t, q->url) || !is_method(q->method) ||
	    !add_lines(t, q))
		return false;
	t->easy = curl_easy_init();
	if (t->easy == NULL)
		return false;
	if (q->body.len > 0) {
		t->body.size = q->body.len + 1;
		t->body.at = status_calloc(t->body.size, 1);
		buf_add(&t->body, q->body);
	}
	url = strndup(q->url.at, q->url.len);
	code = curl_easy_setopt(t->easy, CURLOPT_URL, url);
	explicit_bzero(url, q->url.len);
	free(url);
	set_times(t->easy, q);
	set_trust(h, t->easy, q);
	set_proxy(t->easy, q);
	set_body(t, q);
	set_callbacks(t);
	set_manners(h, t);
	return code == CURLE_OK &&
	       curl_multi_add_handle(h->multi, t->easy) == CURLM_OK;
}

/* --- the outcome ------------------------------------------------------- */

static const struct {
	CURLcode code;
	enum http_outcome outcome;
} outcomes[] = {
	{ CURLE_OK, HTTP_ANSWERED },
	{ CURLE_COULDNT_RESOLVE_HOST, HTTP_UNREACHABLE },
	{ CURLE_COULDNT_RESOLVE_PROXY, HTTP_UNREACHABLE },
	{ CURLE_COULDNT_CONNECT, HTTP_UNREACHABLE },
	{ CURLE_PROXY, HTTP_UNREACHABLE },
	{ CURLE_SSL_CONNECT_ERROR, HTTP_UNREACHABLE },
	{ CURLE_INTERFACE_FAILED, HTTP_UNREACHABLE },
	{ CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT },
	{ CURLE_PEER_FAILED_VERIFICATION, HTTP_UNTRUSTED },
	{ CURLE_SSL_CERTPROBLEM, HTTP_UNTRUSTED },
	{ CURLE_SSL_CACERT_BADFILE, HTTP_UNTRUSTED },
	{ CURLE_SSL_ISSUER_ERROR, HTTP_UNTRUSTED },
	{ CURLE_SSL_CIPHER, HTTP_UNTRUSTED },
	{ CURLE_URL_MALFORMAT, HTTP_INVALID },
	{ CURLE_BAD_FUNCTION_ARGUMENT, HTTP_INVALID },
};

/* The proxy's answer to CONNECT; 0: there was none. */
static long
proxy_status(const struct transfer *t)
{
	long status = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	return status;
}

static enum http_outcome
outcome_of(const struct transfer *t, CURLcode code)
{
	if (t->too_large)
		return HTTP_TOO_LARGE;
	if (t->stopped)
		return HTTP_STOPPED;
	if (code != CURLE_OK && proxy_status(t) >= 300)
		return HTTP_UNREACHABLE;
	for (size_t i = 0; i < COUNTOF(outcomes); i++)
		if (outcomes[i].code == code)
			return outcomes[i].outcome;
	/* The scheme was checked before: an unsupported protocol is what
	 * answers without HTTP's first line. */
	return HTTP_BROKEN;
}

/* libcurl's own words name host and certificate for these; for others they
 * might repeat what the server sent. */
static bool
is_telling(CURLcode code)
{
	return code == CURLE_COULDNT_RESOLVE_HOST ||
	       code == CURLE_COULDNT_RESOLVE_PROXY ||
	       code == CURLE_PEER_FAILED_VERIFICATION ||
	       code == CURLE_SSL_CERTPROBLEM ||
	       code == CURLE_SSL_CACERT_BADFILE;
}

static void
explain(struct transfer *t, CURLcode code)
{
	struct buf detail = { .limit = DETAIL_BYTES };
	long connect_code = proxy_status(t);

	if (t->r.outcome == HTTP_TOO_LARGE)
		buf_add_str(&detail, "the answer is too large");
	else if (t->r.outcome == HTTP_STOPPED)
		buf_add_str(&detail, t->sink_errno != 0
					 ? strerrordesc_np(t->sink_errno)
					 : "stopped by its reader");
	else if (connect_code >= 300)
		buf_printf(&detail, "the proxy answered %ld", connect_code);
	else
		escape_terminal(
		    span_str(is_telling(code) && t->curl_error[0] != '\0'
				 ? t->curl_error
				 : curl_easy_strerror(code)),
		    &detail);
	(void)snprintf(t->trouble, sizeof(t->trouble), "%.*s: %s",
	    ORIGIN_BYTES / 2 + 20, t->origin, buf_text(&detail));
	buf_done(&detail);
}

static void
finish(struct transfer *t, CURLcode code)
{
	void (*done)(void *, const struct http_response *) = t->ask.done;

	t->r.outcome = t->invalid ? HTTP_INVALID : outcome_of(t, code);
	t->r.body = buf_span(&t->kept);
	t->r.trouble = t->trouble;
	if (t->invalid)
		(void)snprintf(t->trouble, sizeof(t->trouble),
		    "not a request that can be made");
	else if (t->r.outcome != HTTP_ANSWERED)
		explain(t, code);
	unlink_transfer(t);
	if (done != NULL)
		done(t->ask.cookie, &t->r);
	transfer_free(t);
}

static size_t
finish_invalid(struct http *h)
{
	size_t finished = 0;

	for (;;) {
		struct transfer *t = h->transfers;

		while (t != NULL && !t->invalid)
			t = t->next;
		if (t == NULL)
			return finished;
		finish(t, CURLE_URL_MALFORMAT);
		finished++;
	}
}

static size_t
move(struct http *h)
{
	size_t finished = finish_invalid(h);
	CURLMsg *message;
	int running, left;

	(void)curl_multi_perform(h->multi, &running);
	while ((message = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct transfer *t = NULL;
		CURLcode code = message->data.result;

		(void)curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, &t);
		finish(t, code);
		finished++;
	}
	return finished;
}

/* --- signals ----------------------------------------------------------- */

/*
 * OpenSSL writes to sockets without MSG_NOSIGNAL.  The signal of a broken
 * connection is kept from this thread while libcurl works, whatever the
 * program does with it elsewhere.  POSIX leaves open what sigprocmask does in
 * a program with threads; on Linux the mask is the calling thread's own.
 */
struct pipe_guard {
	sigset_t before;
	bool was_pending;
};

static void
guard_pipe(struct pipe_guard *g)
{
	sigset_t pipe, pending;

	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	(void)sigpending(&pending);
	g->was_pending = sigismember(&pending, SIGPIPE) == 1;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): see above */
	(void)sigprocmask(SIG_BLOCK, &pipe, &g->before);
}

static void
unguard_pipe(const struct pipe_guard *g)
{
	const struct timespec at_once = { 0, 0 };
	sigset_t pipe;

	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	if (!g->was_pending)
		while (
		    sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
			;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): see above */
	(void)sigprocmask(SIG_SETMASK, &g->before, NULL);
}

/* --- public ------------------------------------------------------------ */

struct http *
http_new(const struct http_options *options)
{
	struct http *h = status_calloc(1, sizeof(*h));
	unsigned connections = options->connections_per_host > 0
				   ? options->connections_per_host
				   : CONNECTIONS;

	ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	h->multi = curl_multi_init();
	ASSERT(h->multi != NULL);
	(void)curl_multi_setopt(
	    h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)connections);
	(void)curl_multi_setopt(
	    h->multi, CURLMOPT_MAXCONNECTS, (long)connections * 2);
	if (options->ca_file != NULL)
		h->ca_file = strdup(options->ca_file);
	h->user_agent = strdup(options->user_agent != NULL
				   ? options->user_agent
				   : "nephoscope/" NEPHOSCOPE_VERSION);
	return h;
}

void
http_free(struct http *h)
{
	struct pipe_guard guard;

	if (h == NULL)
		return;
	guard_pipe(&guard);
	for (struct transfer *t = h->transfers, *next; t != NULL; t = next) {
		next = t->next;
		unlink_transfer(t);
		transfer_free(t);
	}
	(void)curl_multi_cleanup(h->multi);
	unguard_pipe(&guard);
	free(h->ca_file);
	free(h->user_agent);
	free(h);
	curl_global_cleanup();
}

uint64_t
http_start(struct http *h, const struct http_request *request)
{
	struct transfer *t = status_calloc(1, sizeof(*t));

	t->owner = h;
	t->number = ++h->last_number;
	t->ask = (struct http_request){
		.head_limit =
		    request->head_limit ? request->head_limit : HEAD_BYTES,
		.body_limit =
		    request->body_limit ? request->body_limit : BODY_BYTES,
		.sink_limit = request->sink_limit,
		.secret = request->secret,
		.sink = request->sink,
		.to_fd = request->to_fd,
		.fd = request->fd,
		.done = request->done,
		.cookie = request->cookie,
	};
	t->kept.limit = t->ask.body_limit;
	t->invalid = !prepare(h, t, request);
	t->next = h->transfers;
	h->transfers = t;
	h->under_way++;
	return t->number;
}

void
http_cancel(struct http *h, uint64_t number)
{
	struct pipe_guard guard;

	for (struct transfer *t = h->transfers; t != NULL; t = t->next) {
		if (t->number != number)
			continue;
		guard_pipe(&guard);
		unlink_transfer(t);
		transfer_free(t);
		unguard_pipe(&guard);
		return;
	}
}

void
http_run(struct http *h, int wait_ms, int wake_fd)
{
	struct curl_waitfd wake = { .fd = wake_fd, .events = CURL_WAIT_POLLIN };
	struct pipe_guard guard;

	guard_pipe(&guard);
	if (move(h) == 0 && wait_ms > 0) {
		(void)curl_multi_poll(h->multi, wake_fd >= 0 ? &wake : NULL,
		    wake_fd >= 0 ? 1 : 0, wait_ms, NULL);
		(void)move(h);
	}
	unguard_pipe(&guard);
}

size_t
http_under_way(const struct http *h)
{
	return h->under_way;
}

static bool
is_under_way(const struct http *h, uint64_t number)
{
	const struct transfer *t = h->transfers;

	while (t != NULL && t->number != number)
		t = t->next;
	return t != NULL;
}

void
http_fetch(struct http *h, const struct http_request *request)
{
	uint64_t number = http_start(h, request);

	/* libcurl ends it at its total_ms. */
	while (is_under_way(h, number))
		http_run(h, MS_PER_S, -1);
}

/*
 * The client against a server of its own on loopback: a child that answers
 * by path and is ended by its number.
 */
#include "net/http.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/clock.h"
#include "test.h"

#define CONNECTIONS 64
#define REQUEST_BYTES 65536
#define S(text) text, sizeof(text) - 1

/* --- the server -------------------------------------------------------- */

struct peer {
	int fd;
	unsigned number;
	size_t len;
	char request[REQUEST_BYTES];
};

static void
say(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t wrote = send(fd, at, len, MSG_NOSIGNAL);

		if (wrote <= 0)
			return;
		at += wrote;
		len -= (size_t)wrote;
	}
}

/* The request itself, and which connection it came by. */
static void
echo(const struct peer *p)
{
	char head[128];
	int len = snprintf(head, sizeof(head),
	    "HTTP/1.1 200 OK\r\nX-Connection: %u\r\nContent-Length: %zu\r\n"
	    "\r\n",
	    p->number, p->len);

	say(p->fd, head, (size_t)len);
	say(p->fd, p->request, p->len);
}

static void
flood(int fd, const char *piece)
{
	for (int i = 0; i < 10000; i++)
		say(fd, piece, strlen(piece));
}

static void
break_off(struct peer *p)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	(void)close(p->fd);
	p->fd = -1;
}

static void
end(struct peer *p)
{
	(void)close(p->fd);
	p->fd = -1;
}

static const struct {
	const char *path, *answer;
	size_t len;
	void (*then)(struct peer *);
} answers[] = {
	{ "/plain?",
	    S("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 5"
	      "\r\n\r\nhello"),
	    NULL },
	{ "/missing", S("HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone"),
	    NULL },
	{ "/busy",
	    S("HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 0"
	      "\r\n\r\n"),
	    NULL },
	{ "/away",
	    S("HTTP/1.1 302 No\r\nLocation: /plain?\r\n"
	      "Content-Length: 0\r\n\r\n"),
	    NULL },
	{ "/short", S("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"),
	    end },
	{ "/reset", S("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"),
	    break_off },
	{ "/nothing", "", 0, end },
	{ "/garbage", S("what is this\r\n\r\n"), end },
	{ "/continue",
	    S("HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n"
	      "HTTP/1.1 200 OK\r\nX-B: 2\r\n"
	      "Transfer-Encoding: chunked\r\n\r\n"
	      "5\r\nhello\r\n0\r\nX-C: 3\r\n\r\n"),
	    NULL },
	{ "/hang", "", 0, NULL },
};

static void
answer(struct peer *p)
{
	const char *path = strchr(p->request, ' ') + 1;

	for (size_t i = 0; i < COUNTOF(answers); i++) {
		if (strncmp(path, answers[i].path, strlen(answers[i].path)) !=
		    0)
			continue;
		say(p->fd, answers[i].answer, answers[i].len);
		if (answers[i].then != NULL)
			answers[i].then(p);
		return;
	}
	if (strncmp(path, "/large", 6) == 0) {
		say(p->fd, S("HTTP/1.1 200 OK\r\n\r\n"));
		flood(p->fd, "0123456789");
		end(p);
	} else if (strncmp(path, "/head", 5) == 0) {
		say(p->fd, S("HTTP/1.1 200 OK\r\n"));
		flood(p->fd, "X-A: 0123456789\r\n");
		end(p);
	} else {
		echo(p);
	}
}

static void
hear(struct peer *p)
{
	ssize_t got = recv(
	    p->fd, p->request + p->len, sizeof(p->request) - p->len - 1, 0);
	const char *head, *length;
	size_t whole;

	if (got <= 0) {
		end(p);
		return;
	}
	p->len += (size_t)got;
	p->request[p->len] = '\0';
	head = strstr(p->request, "\r\n\r\n");
	if (head == NULL)
		return;
	whole = (size_t)(head + 4 - p->request);
	length = strstr(p->request, "Content-Length: ");
	if (length != NULL)
		whole += strtoul(length + 16, NULL, 10);
	if (p->len < whole)
		return;
	answer(p);
	p->len = 0;
}

static void
serve(int listener)
{
	static struct peer peers[CONNECTIONS];
	unsigned accepted = 0;

	for (size_t i = 0; i < CONNECTIONS; i++)
		peers[i].fd = -1;
	for (;;) {
		struct pollfd polls[CONNECTIONS + 1];

		for (size_t i = 0; i < CONNECTIONS; i++)
			polls[i] = (struct pollfd){ peers[i].fd, POLLIN, 0 };
		polls[CONNECTIONS] = (struct pollfd){ listener, POLLIN, 0 };
		(void)poll(polls, CONNECTIONS + 1, -1);
		for (size_t i = 0; i < CONNECTIONS; i++) {
			if (peers[i].fd >= 0 && polls[i].revents != 0)
				hear(&peers[i]);
			if (peers[i].fd >= 0 || polls[CONNECTIONS].revents == 0)
				continue;
			polls[CONNECTIONS].revents = 0;
			peers[i].fd = accept(listener, NULL, NULL);
			peers[i].number = accepted++;
			peers[i].len = 0;
		}
	}
}

static struct {
	pid_t pid;
	unsigned port;
} server;

static int
start_server(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&at, len) != 0 ||
	    listen(listener, CONNECTIONS) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) != 0)
		return -1;
	server.port = ntohs(at.sin_port);
	server.pid = fork();
	if (server.pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener);
	}
	return close(listener);
}

static int
stop_server(void **state)
{
	(void)state;
	(void)kill(server.pid, SIGKILL);
	(void)waitpid(server.pid, NULL, 0);
	return 0;
}

/* --- the client's side -------------------------------------------------- */

/* What done() saw, copied. */
struct seen {
	unsigned times;
	enum http_outcome outcome;
	int status;
	struct buf body, sunk, trouble, etag, connection;
	uint64_t received;
	bool retryable;
	unsigned retry_after_s;
	size_t sink_limit; /* the sink refuses past so many bytes; 0: never */
};

static void
on_done(void *cookie, const struct http_response *r)
{
	struct seen *s = cookie;

	s->times++;
	s->outcome = r->outcome;
	s->status = r->status;
	s->received = r->received;
	s->retryable = http_is_retryable(r);
	s->retry_after_s = http_retry_after_s(r);
	buf_reset(&s->body);
	buf_add(&s->body, r->body);
	buf_reset(&s->trouble);
	buf_add_str(&s->trouble, r->trouble);
	buf_reset(&s->etag);
	buf_add(&s->etag, http_header_of(r, SPAN("etag")));
	buf_reset(&s->connection);
	buf_add(&s->connection, http_header_of(r, SPAN("x-connection")));
}

static bool
on_piece(void *cookie, const struct http_response *head, struct span piece)
{
	struct seen *s = cookie;

	assert_int_equal(head->status, 200);
	buf_add(&s->sunk, piece);
	return s->sink_limit == 0 || s->sunk.len <= s->sink_limit;
}

static void
seen_done(struct seen *s)
{
	buf_done(&s->body);
	buf_done(&s->sunk);
	buf_done(&s->trouble);
	buf_done(&s->etag);
	buf_done(&s->connection);
	*s = (struct seen){ 0 };
}

static struct http *
client(void)
{
	return http_new(&(struct http_options){ 0 });
}

static char *
url_of(const char *path)
{
	static char url[256];

	(void)snprintf(
	    url, sizeof(url), "http://127.0.0.1:%u%s", server.port, path);
	return url;
}

/* Fetch a path with more of the request given; one answer into *s. */
static void
fetch(const char *path, struct http_request more, struct seen *s)
{
	struct http *h = client();

	more.method = more.method ? more.method : "GET";
	if (span_is_empty(more.url))
		more.url = span_str(url_of(path));
	more.done = on_done;
	more.cookie = s;
	more.direct = true;
	http_fetch(h, &more);
	assert_int_equal(s->times, 1);
	assert_int_equal(http_under_way(h), 0);
	http_free(h);
}

static void
whole_answers(void **state)
{
	struct seen s = { 0 };

	(void)state;
	fetch("/plain?x", (struct http_request){ 0 }, &s);
	assert_int_equal(s.outcome, HTTP_ANSWERED);
	assert_int_equal(s.status, 200);
	assert_span_equal(buf_span(&s.body), SPAN("hello"));
	assert_span_equal(buf_span(&s.etag), SPAN("\"x\""));
	assert_false(s.retryable);
	seen_done(&s);
	fetch("/missing", (struct http_request){ .sink = on_piece }, &s);
	assert_int_equal(s.status, 404);
	assert_span_equal(buf_span(&s.body), SPAN("gone"));
	assert_false(s.retryable);
	seen_done(&s);
	fetch("/busy", (struct http_request){ 0 }, &s);
	assert_true(s.retryable);
	assert_int_equal(s.retry_after_s, 7);
	seen_done(&s);
	fetch("/continue", (struct http_request){ 0 }, &s);
	assert_int_equal(s.status, 200);
	assert_span_equal(buf_span(&s.body), SPAN("hello"));
	seen_done(&s);
	fetch("/plain?", (struct http_request){ .secret = true }, &s);
	assert_span_equal(buf_span(&s.body), SPAN("hello"));
	seen_done(&s);
}

static void
no_redirects(void **state)
{
	struct seen s = { 0 };

	(void)state;
	fetch("/away", (struct http_request){ 0 }, &s);
	assert_int_equal(s.status, 302);
	assert_int_equal(s.outcome, HTTP_ANSWERED);
	seen_done(&s);
}

static void
what_is_sent(void **state)
{
	const struct http_header headers[] = {
		{ SPAN("X-One"), SPAN("1") },
		{ SPAN("X-None"), SPAN("") },
		{ SPAN("Host"), SPAN("other.example") },
	};
	struct seen s = { 0 };

	(void)state;
	fetch("/a//b/../c/./d%2F?q=%20",
	    (struct http_request){
		.headers = headers, .nheaders = COUNTOF(headers) },
	    &s);
	assert_true(span_starts(buf_span(&s.body),
	    SPAN("GET /a//b/../c/./d%2F?q=%20 HTTP/1.1\r\n"
		 "Host: other.example\r\nUser-Agent: "
		 "nephoscope/" NEPHOSCOPE_VERSION "\r\nX-One: 1\r\nX-None:")));
	assert_false(span_contains_nocase(buf_span(&s.body), SPAN("accept")));
	seen_done(&s);
	fetch("/x",
	    (struct http_request){ .method = "POST", .body = SPAN("a=b") }, &s);
	assert_true(span_starts(buf_span(&s.body), SPAN("POST /x ")));
	assert_true(span_ends(buf_span(&s.body), SPAN("\r\n\r\na=b")));
	assert_false(
	    span_contains_nocase(buf_span(&s.body), SPAN("content-type")));
	seen_done(&s);
	fetch("/x", (struct http_request){ .method = "PUT", .has_body = true },
	    &s);
	assert_true(span_starts(buf_span(&s.body), SPAN("PUT /x ")));
	assert_true(span_contains_nocase(
	    buf_span(&s.body), SPAN("content-length: 0\r\n")));
	seen_done(&s);
}

static void
sinks(void **state)
{
	struct seen s = { 0 };
	FILE *file = tmpfile();
	char text[8] = { 0 };

	(void)state;
	fetch("/plain?", (struct http_request){ .sink = on_piece }, &s);
	assert_int_equal(s.body.len, 0);
	assert_int_equal(s.received, 5);
	assert_span_equal(buf_span(&s.sunk), SPAN("hello"));
	seen_done(&s);
	fetch("/plain?",
	    (struct http_request){ .to_fd = true, .fd = fileno(file) }, &s);
	assert_int_equal(pread(fileno(file), text, sizeof(text), 0), 5);
	assert_string_equal(text, "hello");
	(void)fclose(file);
	seen_done(&s);
	s.sink_limit = 50;
	fetch("/large", (struct http_request){ .sink = on_piece }, &s);
	assert_int_equal(s.outcome, HTTP_STOPPED);
	assert_false(s.retryable);
	seen_done(&s);
	fetch("/plain?", (struct http_request){ .to_fd = true, .fd = -1 }, &s);
	assert_int_equal(s.outcome, HTTP_STOPPED);
	seen_done(&s);
}

static void
bounds(void **state)
{
	struct seen s = { 0 };

	(void)state;
	fetch("/large", (struct http_request){ .body_limit = 99999 }, &s);
	assert_int_equal(s.outcome, HTTP_TOO_LARGE);
	assert_true(s.body.len <= 99999);
	seen_done(&s);
	fetch("/large", (struct http_request){ .body_limit = 100000 }, &s);
	assert_int_equal(s.outcome, HTTP_ANSWERED);
	assert_int_equal(s.body.len, 100000);
	seen_done(&s);
	fetch("/large",
	    (struct http_request){ .sink = on_piece, .sink_limit = 5000 }, &s);
	assert_int_equal(s.outcome, HTTP_TOO_LARGE);
	seen_done(&s);
	fetch("/head", (struct http_request){ 0 }, &s);
	assert_int_equal(s.outcome, HTTP_TOO_LARGE);
	seen_done(&s);
	fetch("/hang?secret", (struct http_request){ .total_ms = 50 }, &s);
	assert_int_equal(s.outcome, HTTP_TIMEOUT);
	assert_true(s.retryable);
	assert_false(
	    span_contains_nocase(buf_span(&s.trouble), SPAN("secret")));
	seen_done(&s);
}

static void
broken(void **state)
{
	static const char *const paths[] = { "/short", "/reset", "/nothing",
		"/garbage" };
	struct seen s = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(paths); i++) {
		fetch(paths[i], (struct http_request){ 0 }, &s);
		assert_int_equal(s.outcome, HTTP_BROKEN);
		assert_true(s.retryable);
		assert_true(span_starts(
		    buf_span(&s.trouble), SPAN("http://127.0.0.1:")));
		assert_false(span_contains_nocase(
		    buf_span(&s.trouble), span_str(paths[i])));
		seen_done(&s);
	}
	fetch(NULL,
	    (struct http_request){ .url = SPAN("http://127.0.0.1:1/x?y") }, &s);
	assert_int_equal(s.outcome, HTTP_UNREACHABLE);
	assert_true(s.retryable);
	assert_false(span_contains_nocase(buf_span(&s.trouble), SPAN("x?y")));
	seen_done(&s);
}

static void
impossible(void **state)
{
	static const struct span urls[] = {
		SPAN_INIT("ftp://127.0.0.1/"),
		SPAN_INIT("file:///etc/passwd"),
		SPAN_INIT("http://user:password@127.0.0.1/"),
		SPAN_INIT("http://127.0.0.1/a b"),
		SPAN_INIT("http://127.0.0.1/#x"),
		SPAN_INIT("http:///x"),
		SPAN_INIT("127.0.0.1"),
		SPAN_INIT("http://127.0.0.1/\r\nX: y"),
	};
	const struct http_header split = { SPAN("X-A"), SPAN("1\r\nX-B: 2") };
	const struct http_header colon = { SPAN("X-A: 1\n"), SPAN("2") };
	struct seen s = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(urls); i++) {
		fetch(NULL, (struct http_request){ .url = urls[i] }, &s);
		assert_int_equal(s.outcome, HTTP_INVALID);
		assert_false(s.retryable);
		assert_false(span_contains_nocase(
		    buf_span(&s.trouble), SPAN("password")));
		seen_done(&s);
	}
	fetch("/x", (struct http_request){ .headers = &split, .nheaders = 1 },
	    &s);
	assert_int_equal(s.outcome, HTTP_INVALID);
	seen_done(&s);
	fetch("/x", (struct http_request){ .headers = &colon, .nheaders = 1 },
	    &s);
	assert_int_equal(s.outcome, HTTP_INVALID);
	seen_done(&s);
	fetch("/x", (struct http_request){ .method = "GET /y" }, &s);
	assert_int_equal(s.outcome, HTTP_INVALID);
	seen_done(&s);
}

static struct http_request
request(const char *path, struct seen *s)
{
	return (struct http_request){
		.method = "GET",
		.url = span_str(url_of(path)),
		.direct = true,
		.done = on_done,
		.cookie = s,
	};
}

static void
many(void **state)
{
	struct http *h = client();
	struct seen s[20] = { 0 }, never = { 0 };
	struct http_request q = request("/hang", &never);
	uint64_t hanging = http_start(h, &q);

	(void)state;
	for (size_t i = 0; i < COUNTOF(s); i++) {
		q = request("/plain?", &s[i]);
		assert_true(http_start(h, &q) > hanging);
	}
	assert_int_equal(http_under_way(h), COUNTOF(s) + 1);
	while (http_under_way(h) > 1)
		http_run(h, 1000, -1);
	for (size_t i = 0; i < COUNTOF(s); i++) {
		assert_int_equal(s[i].times, 1);
		assert_int_equal(s[i].status, 200);
		seen_done(&s[i]);
	}
	http_cancel(h, hanging);
	http_cancel(h, hanging);
	assert_int_equal(http_under_way(h), 0);
	(void)http_start(h, &q);
	http_free(h);
	assert_int_equal(never.times, 0);
	assert_int_equal(s[COUNTOF(s) - 1].times, 0);
}

/* Two requests of one client come by the same connection. */
static void
kept_connections(void **state)
{
	struct http *h = client();
	struct seen s[2] = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(s); i++) {
		struct http_request q = request("/echo", &s[i]);

		http_fetch(h, &q);
		assert_int_equal(s[i].status, 200);
		assert_true(s[i].connection.len > 0);
	}
	assert_span_equal(
	    buf_span(&s[0].connection), buf_span(&s[1].connection));
	seen_done(&s[0]);
	seen_done(&s[1]);
	http_free(h);
}

static void
woken(void **state)
{
	struct http *h = client();
	struct seen s = { 0 };
	struct http_request q = request("/hang", &s);
	int64_t begun_us = clock_mono_us();
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	http_run(h, 60000, ends[0]);
	(void)http_start(h, &q);
	for (int i = 0; i < 3; i++)
		http_run(h, 60000, ends[0]);
	assert_true(clock_mono_us() - begun_us < 50 * (int64_t)1000000);
	assert_int_equal(s.times, 0);
	http_free(h);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* done() of one starts the next. */
struct relay {
	struct http *h;
	unsigned left;
};

static void
pass_on(void *cookie, const struct http_response *r)
{
	struct relay *relay = cookie;
	struct http_request q = request("/plain?", NULL);

	assert_int_equal(r->status, 200);
	q.done = pass_on;
	q.cookie = relay;
	if (relay->left-- > 0)
		(void)http_start(relay->h, &q);
}

static void
relayed(void **state)
{
	struct relay relay = { .h = client(), .left = 5 };
	struct http_request q = request("/plain?", NULL);

	(void)state;
	q.done = pass_on;
	q.cookie = &relay;
	(void)http_start(relay.h, &q);
	while (http_under_way(relay.h) > 0)
		http_run(relay.h, 1000, -1);
	assert_int_equal(relay.left, UINT_MAX);
	http_free(relay.h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		    "a whole answer is told with head and body", whole_answers),
		TEST("a redirect is an answer", no_redirects),
		TEST("what is asked for is sent, and nothing else",
		    what_is_sent),
		TEST("a body goes to a sink or a descriptor", sinks),
		TEST("head, body and time are bounded", bounds),
		TEST("what breaks is told without the URL", broken),
		TEST("no request is made of what is none", impossible),
		TEST("many at once, and cancelled ones are not called", many),
		TEST("a second request needs no second connection",
		    kept_connections),
		TEST("a readable descriptor ends the waiting", woken),
		TEST("a request may start the next", relayed),
	};

	return cmocka_run_group_tests_name(
	    "http", tests, start_server, stop_server);
}

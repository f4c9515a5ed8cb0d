#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "base/log.h"
#include "base/rng.h"
#include "test.h"

#define NOW_US ((int64_t)1795317690000000) /* 2026-11-22T03:21:30Z */
#define S_US ((int64_t)1000000)

/* A log into a pipe, and what came out of it. */
struct scene {
	struct log *log;
	int fds[2];
	char text[65536];
};

static void
begin(struct scene *s, struct log_options options)
{
	assert_int_equal(pipe2(s->fds, O_NONBLOCK), 0);
	options.fd = s->fds[1];
	s->log = log_new(&options);
}

static const char *
taken(struct scene *s)
{
	ssize_t got = read(s->fds[0], s->text, sizeof(s->text) - 1);

	s->text[got > 0 ? got : 0] = '\0';
	return s->text;
}

static void
end(struct scene *s)
{
	log_free(s->log);
	(void)close(s->fds[0]);
	(void)close(s->fds[1]);
}

static void
logfmt(void **state)
{
	const char *const fields[] = { "source", "metal-1", "detail",
		"a \"b\"=c\\d", "empty", "", "none", NULL, "bad key\n", "x",
		NULL };
	struct buf out = { 0 };

	(void)state;
	log_format(
	    &(struct log_entry){ NOW_US, LOG_WARNING, "refused", fields },
	    false, &out);
	assert_string_equal(buf_text(&out),
	    "time=2026-11-22T03:21:30.000Z level=warning msg=refused "
	    "source=metal-1 detail=\"a \\\"b\\\"=c\\\\d\" empty=\"\" "
	    "none=\"\" bad_key_=x\n");
	buf_done(&out);
}

static void
json(void **state)
{
	const char *const fields[] = { "detail", "line\nfeed \x1b[31m \xff \"",
		NULL };
	struct buf out = { 0 };
	json_t *root;

	(void)state;
	log_format(&(struct log_entry){ NOW_US, LOG_ERROR, "it broke", fields },
	    true, &out);
	assert_int_equal(span_find(buf_span(&out), '\n', 0), out.len - 1);
	assert_null(memchr(out.at, 0x1b, out.len));
	root = json_loads(buf_text(&out), 0, NULL);
	assert_non_null(root);
	assert_string_equal(
	    json_string_value(json_object_get(root, "level")), "error");
	assert_string_equal(
	    json_string_value(json_object_get(root, "msg")), "it broke");
	assert_string_equal(json_string_value(json_object_get(root, "detail")),
	    "line\nfeed \x1b[31m \xef\xbf\xbd \"");
	json_decref(root);
	buf_done(&out);
}

static void
hostile(void **state)
{
	struct buf out = { 0 };
	struct rng rng;
	int round;

	(void)state;
	rng_seed(&rng, 1);
	for (round = 0; round < 300; round++) {
		char key[32], value[3000];
		const char *const fields[] = { key, value, "b", value, "c",
			value, "d", value, NULL };
		size_t len = rng_below(&rng, sizeof(value) - 1);
		size_t i;
		json_t *root;

		for (i = 0; i < len; i++)
			value[i] = (char)(1 + rng_below(&rng, 255));
		value[len] = '\0';
		(void)snprintf(key, sizeof(key), "k%.*s", 20, value);
		buf_reset(&out);
		log_format(&(struct log_entry){ NOW_US, LOG_INFO, "m", fields },
		    true, &out);
		assert_true(out.len <= LOG_LINE_BYTES);
		assert_int_equal(
		    span_find(buf_span(&out), '\n', 0), out.len - 1);
		root = json_loads(buf_text(&out), 0, NULL);
		assert_non_null(root);
		json_decref(root);
		buf_reset(&out);
		log_format(&(struct log_entry){ NOW_US, LOG_INFO, "m", fields },
		    false, &out);
		assert_true(out.len <= LOG_LINE_BYTES);
		for (i = 0; i < out.len - 1; i++)
			assert_true((unsigned char)out.at[i] >= ' ');
	}
	buf_done(&out);
}

static void
levels(void **state)
{
	struct scene s;
	enum log_level level;

	(void)state;
	begin(&s, (struct log_options){ .level = LOG_WARNING });
	log_line(s.log, NOW_US, LOG_INFO, "quiet", NULL);
	assert_string_equal(taken(&s), "");
	log_line(s.log, NOW_US, LOG_WARNING, "loud", NULL);
	assert_non_null(strstr(taken(&s), "msg=loud\n"));
	end(&s);
	assert_true(log_level_of(SPAN("debug"), &level));
	assert_int_equal(level, LOG_DEBUG);
	assert_false(log_level_of(SPAN("verbose"), &level));
}

static int
lines_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void
rates(void **state)
{
	struct scene s;
	int i;

	(void)state;
	begin(&s, (struct log_options){
		      .level = LOG_INFO, .burst = 3, .per_second = 1 });
	for (i = 0; i < 100; i++)
		log_line(s.log, NOW_US + i, LOG_INFO, "often", NULL);
	log_line(s.log, NOW_US, LOG_INFO, "another", NULL);
	assert_int_equal(lines_of(taken(&s)), 4);
	assert_int_equal(log_count(s.log).suppressed, 97);
	/* What was left out is told before the next line of it. */
	log_line(s.log, NOW_US + 2 * S_US, LOG_INFO, "often", NULL);
	assert_non_null(strstr(taken(&s), "msg=often suppressed=97\n"));
	assert_int_equal(lines_of(s.text), 2);
	/* And without a next line too. */
	for (i = 0; i < 10; i++)
		log_line(s.log, NOW_US + 2 * S_US, LOG_INFO, "often", NULL);
	(void)taken(&s);
	log_tell(s.log, NOW_US + 2 * S_US);
	assert_string_equal(taken(&s), "");
	log_tell(s.log, NOW_US + 9 * S_US);
	assert_non_null(strstr(taken(&s), "msg=often suppressed="));
	log_tell(s.log, NOW_US + 20 * S_US);
	assert_string_equal(taken(&s), "");
	end(&s);
}

static void
clock_back(void **state)
{
	struct scene s;
	int i;

	(void)state;
	begin(&s, (struct log_options){
		      .level = LOG_INFO, .burst = 2, .per_second = 1 });
	for (i = 0; i < 5; i++)
		log_line(s.log, NOW_US, LOG_INFO, "m", NULL);
	log_line(s.log, NOW_US - 3600 * S_US, LOG_INFO, "m", NULL);
	assert_int_equal(lines_of(taken(&s)), 2);
	/* Time goes on from where it was set. */
	log_line(s.log, NOW_US - 3598 * S_US, LOG_INFO, "m", NULL);
	assert_int_equal(lines_of(taken(&s)), 2);
	end(&s);
}

static void
many_messages(void **state)
{
	struct scene s;
	char message[32];
	int i;

	(void)state;
	begin(&s, (struct log_options){ .level = LOG_INFO, .burst = 1 });
	for (i = 0; i < 5000; i++) {
		(void)snprintf(message, sizeof(message), "m%d", i);
		log_line(s.log, NOW_US + i, LOG_INFO, message, NULL);
		assert_int_equal(lines_of(taken(&s)), 1);
	}
	end(&s);
}

static void
full_pipe(void **state)
{
	struct scene s;
	uint64_t lost;
	int i;

	(void)state;
	begin(&s, (struct log_options){ .level = LOG_INFO, .burst = 100000 });
	for (i = 0; i < 5000; i++)
		log_line(s.log, NOW_US, LOG_INFO, "m", NULL);
	lost = log_count(s.log).lost;
	assert_true(lost > 0);
	assert_int_equal(log_count(s.log).written + lost, 5000);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a line of logfmt quotes what needs quotes", logfmt),
		TEST("a line of JSON is JSON whatever is in it", json),
		TEST("hostile bytes stay in one bounded line", hostile),
		TEST("what is below the level is not written", levels),
		TEST("a message's rate is bounded, the rest is told", rates),
		TEST("a clock that is set back owes nothing", clock_back),
		TEST("a table full of messages writes on", many_messages),
		TEST("a descriptor that takes nothing is counted", full_pipe),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}

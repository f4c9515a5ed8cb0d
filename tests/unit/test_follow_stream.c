#include <stdlib.h>

#include "base/rng.h"
#include "collect/follow.h"
#include "source_host.h"
#include "test.h"

/* As much of a source as streams need. */
struct scene {
	struct source_host_test host;
	struct follow follow;
	struct follow_file file;
	char path[64];
};

static void
begin(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	source_host_init(&s->host);
	s->follow.host = &s->host.host;
	(void)snprintf(s->path, sizeof(s->path), "/tmp/follow-XXXXXX");
	s->file.fd = mkstemp(s->path);
	assert_true(s->file.fd >= 0);
}

static void
end(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->follow.nstreams; i++)
		free(s->follow.streams[i]);
	free(s->follow.streams);
	(void)close(s->file.fd);
	(void)unlink(s->path);
	source_host_done(&s->host);
}

static void
put(struct scene *s, const char *text)
{
	assert_int_equal(ftruncate(s->file.fd, 0), 0);
	assert_int_equal(
	    pwrite(s->file.fd, text, strlen(text), 0), strlen(text));
	s->file.size = strlen(text);
}

static void
mark_of(const char *text, uint64_t mark[2], size_t lengths[2])
{
	assert_true(follow_stream_mark(span_str(text), false, mark, lengths));
}

static void
marks(void **state)
{
	uint64_t a[2], b[2];
	size_t lengths[2];
	const char *flow = "version account-id interface-id srcaddr\n2 1 eni\n";

	(void)state;
	mark_of("{\"a\":1}\n", a, lengths);
	assert_int_equal(lengths[0], 7);
	assert_int_equal(lengths[1], 0);
	/* What follows does not matter, what stands there does. */
	mark_of("{\"a\":1}\n{\"b\":2}\n", b, lengths);
	assert_memory_equal(a, b, sizeof(a));
	mark_of("{\"a\":2}\n", b, lengths);
	assert_memory_not_equal(a, b, sizeof(a));
	mark_of(flow, a, lengths);
	assert_int_equal(lengths[1], 40);
	/* No line yet, a header alone, an empty line: no mark. */
	assert_false(follow_stream_mark(SPAN("{\"a\":1}"), false, a, lengths));
	assert_true(follow_stream_mark(SPAN("{\"a\":1}"), true, b, lengths));
	assert_false(follow_stream_mark(
	    span_first(span_str(flow), 40), false, a, lengths));
	assert_false(follow_stream_mark(SPAN(""), true, a, lengths));
	assert_false(follow_stream_mark(SPAN("\nx\n"), true, a, lengths));
}

static void
cursors(void **state)
{
	struct scene s;
	struct buf key = { 0 }, cursor = { 0 };
	uint64_t mark[2];
	size_t lengths[2];
	struct follow_stream *first, *again;

	(void)state;
	begin(&s);
	put(&s, "one\ntwo\nthree\n");
	mark_of("one\n", mark, lengths);
	first = follow_stream_find(&s.follow, &s.file, mark, true);
	assert_int_equal(first->offset, 0);
	follow_stream_advance(first, SPAN("one\ntwo\n"));
	follow_stream_key(first, &key);
	follow_stream_cursor(first, &cursor);
	source_host_set_cursor(&s.host, buf_text(&key), buf_text(&cursor));
	/* A new process finds it in the store. */
	free(first);
	s.follow.nstreams = 0;
	again = follow_stream_find(&s.follow, &s.file, mark, true);
	assert_int_equal(again->offset, 8);
	assert_int_equal(again->turn, 0);
	/* Another log of the same first line is another stream. */
	put(&s, "one\nTWO\nthree\n");
	again = follow_stream_find(&s.follow, &s.file, mark, true);
	assert_int_equal(again->offset, 0);
	assert_int_equal(again->turn, 1);
	/* A shorter one may be a copy that is still being made. */
	put(&s, "one\n");
	again = follow_stream_known(&s.follow, mark, 1);
	again->offset = 8;
	assert_null(follow_stream_find(&s.follow, &s.file, mark, false));
	assert_int_equal(
	    follow_stream_find(&s.follow, &s.file, mark, true)->turn, 2);
	buf_done(&key);
	buf_done(&cursor);
	end(&s);
}

static void
broken_cursors(void **state)
{
	static const char *const broken[] = { "", "x", "8", "8 4", "8 4 zz",
		"8 4 00112233445566778", "-1 4 0011223344556677",
		"8 9999 0011223344556677", "8 4 0011223344556677 " };
	uint64_t mark[2];
	size_t lengths[2], i;

	(void)state;
	mark_of("one\n", mark, lengths);
	for (i = 0; i < COUNTOF(broken); i++) {
		struct follow_stream named = { .mark = { mark[0], mark[1] } };
		struct buf key = { 0 };
		struct scene s;

		begin(&s);
		follow_stream_key(&named, &key);
		source_host_set_cursor(&s.host, buf_text(&key), broken[i]);
		assert_null(follow_stream_known(&s.follow, mark, 0));
		buf_done(&key);
		end(&s);
	}
}

static void
any_head(void **state)
{
	struct rng rng;
	int round;

	(void)state;
	rng_seed(&rng, 3);
	for (round = 0; round < 3000; round++) {
		static const char bytes[] = "#{[\n\n srcaddr\xff";
		size_t len = rng_below(&rng, 3000);
		char *text = malloc(len + 1);
		uint64_t mark[2];
		size_t lengths[2];
		size_t i;

		for (i = 0; i < len; i++)
			text[i] = bytes[rng_below(&rng, sizeof(bytes) - 1)];
		if (follow_stream_mark(
			span_of(text, len), round & 1, mark, lengths)) {
			assert_true(lengths[0] <= len);
			assert_true(lengths[1] < lengths[0]);
		}
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a log is known by its first line", marks),
		TEST("a stream goes on where it was committed", cursors),
		TEST("a cursor that is none starts anew", broken_cursors),
		TEST("any head has a mark within it or none", any_head),
	};

	return cmocka_run_group_tests_name("follow_stream", tests, NULL, NULL);
}

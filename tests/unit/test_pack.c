#include <math.h>
#include <stdlib.h>

#include "base/pack.h"
#include "test.h"

static void
fill(struct buf *b)
{
	pack_u64(b, 0);
	pack_u64(b, UINT64_MAX);
	pack_i64(b, INT64_MIN);
	pack_f64(b, -0.5);
	pack_f64(b, (double)INFINITY);
	pack_span(b, SPAN("a\0b"));
	pack_span(b, span_of(NULL, 0));
	pack_bytes(b, "xyz", 3);
}

/* Read what fill() wrote; true when all of it was there. */
static bool
read_all(struct span packed)
{
	struct unpack u = unpack_of(packed);
	char three[3];

	(void)unpack_u64(&u);
	(void)unpack_u64(&u);
	(void)unpack_i64(&u);
	(void)unpack_f64(&u);
	(void)unpack_f64(&u);
	(void)unpack_span(&u);
	(void)unpack_span(&u);
	unpack_bytes(&u, three, sizeof(three));
	return unpack_is_whole(&u);
}

static void
round_trip(void **state)
{
	struct buf b = { 0 };
	struct unpack u;
	char three[3];

	(void)state;
	fill(&b);
	u = unpack_of(buf_span(&b));
	assert_int_equal(unpack_u64(&u), 0);
	assert_true(unpack_u64(&u) == UINT64_MAX);
	assert_true(unpack_i64(&u) == INT64_MIN);
	assert_true(unpack_f64(&u) == -0.5);
	assert_true(isinf(unpack_f64(&u)));
	assert_span_equal(unpack_span(&u), SPAN("a\0b"));
	assert_int_equal(unpack_span(&u).len, 0);
	assert_false(unpack_is_whole(&u));
	unpack_bytes(&u, three, sizeof(three));
	assert_memory_equal(three, "xyz", 3);
	assert_true(unpack_is_whole(&u));
	buf_done(&b);
}

static void
cut_anywhere(void **state)
{
	struct buf b = { 0 };

	(void)state;
	fill(&b);
	assert_true(read_all(buf_span(&b)));
	for (size_t len = 0; len < b.len; len++) {
		/* A block of its own, so that a byte too far is seen. */
		char *copy = malloc(len + 1);

		assert_non_null(copy);
		memcpy(copy, b.at, len);
		copy = realloc(copy, len ? len : 1);
		assert_false(read_all(span_of(copy, len)));
		free(copy);
	}
	pack_u64(&b, 1);
	assert_false(read_all(buf_span(&b)));
	buf_done(&b);
}

static void
hostile_lengths(void **state)
{
	static const uint64_t lengths[] = { 4, UINT64_MAX, UINT64_MAX - 7,
		(uint64_t)1 << 63, (uint64_t)1 << 32, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNTOF(lengths); i++) {
		struct buf b = { 0 };
		struct unpack u;

		pack_u64(&b, lengths[i]);
		pack_bytes(&b, "abc", 3);
		u = unpack_of(buf_span(&b));
		assert_int_equal(unpack_span(&u).len, 0);
		assert_true(u.failed);
		/* Whatever is asked then is nothing. */
		assert_int_equal(unpack_u64(&u), 0);
		assert_true(unpack_f64(&u) == 0.0);
		assert_false(unpack_is_whole(&u));
		buf_done(&b);
	}
}

static void
counts(void **state)
{
	struct buf b = { 0 };
	struct unpack u;

	(void)state;
	pack_u64(&b, 7);
	pack_u64(&b, 8);
	u = unpack_of(buf_span(&b));
	assert_int_equal(unpack_count(&u, 7), 7);
	assert_false(u.failed);
	assert_int_equal(unpack_count(&u, 7), 0);
	assert_true(u.failed);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what was packed is read again", round_trip),
		TEST("bytes that end anywhere else are a failure, and read no "
		     "further",
		    cut_anywhere),
		TEST("a length beyond the bytes is a failure and nothing",
		    hostile_lengths),
		TEST("a count above its bound is a failure and 0", counts),
	};

	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}

#include "net/backoff.h"

#include "test.h"

static void
ceiling(void **state)
{
	(void)state;
	assert_int_equal(backoff_ceiling_us(0, 100, 1000), 0);
	assert_int_equal(backoff_ceiling_us(1, 100, 1000), 100);
	assert_int_equal(backoff_ceiling_us(3, 100, 1000), 400);
	assert_int_equal(backoff_ceiling_us(5, 100, 1000), 1000);
	assert_int_equal(backoff_ceiling_us(4000000000u, 100, 1000), 1000);
	assert_int_equal(
	    backoff_ceiling_us(4000000000u, 1, INT64_MAX), INT64_MAX);
	assert_int_equal(backoff_ceiling_us(9, 0, 1000), 0);
	assert_int_equal(backoff_ceiling_us(1, 5000, 1000), 1000);
}

static void
spread(void **state)
{
	(void)state;
	assert_int_equal(backoff_spread_us(0, 77), 0);
	assert_int_equal(backoff_spread_us(-5, 77), 0);
	assert_int_equal(backoff_spread_us(10, 0), 0);
	assert_int_equal(backoff_spread_us(10, 10), 10);
	assert_int_equal(backoff_spread_us(10, 11), 0);
	assert_int_equal(backoff_spread_us(INT64_MAX, UINT64_MAX), INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the ceiling doubles up to its bound", ceiling),
		TEST(
		    "the wait is anywhere from nothing to the ceiling", spread),
	};

	return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}

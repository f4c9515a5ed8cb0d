/* Distinct things in an hour against the hours before. */
#include "test.h"

#include <math.h>

#include "base/civil.h"
#include "detect/sweep.h"

static void
an_hour_counts_each_thing_once(void **state)
{
	struct sweep s = { 0 };

	(void)state;
	assert_true(sweep_add(&s, 0, 1));
	assert_false(sweep_add(&s, CIVIL_US_PER_S, 1));
	assert_true(sweep_add(&s, CIVIL_US_PER_S, 2 * 0x9e3779b97f4a7c15u));
	assert_int_equal(s.distinct, 2);
	assert_true(sweep_add(&s, CIVIL_US_PER_HOUR, 1));
	assert_int_equal(s.distinct, 1);
	assert_true(fabs(sweep_usual(&s) - 2) < 0.01);
}

static void
fill(struct sweep *s, int64_t hour, uint64_t things)
{
	for (uint64_t i = 1; i <= things; i++)
		(void)sweep_add(
		    s, hour * CIVIL_US_PER_HOUR, i * 0x9e3779b97f4a7c15u);
}

static void
much_is_told_at_each_doubling_and_teaches_nothing(void **state)
{
	struct sweep s = { 0 };
	unsigned told = 0;

	(void)state;
	for (int64_t hour = 1; hour < 20; hour++)
		fill(&s, hour, 4);
	for (uint64_t i = 1; i <= 70; i++) {
		if (sweep_add(
			&s, 30 * CIVIL_US_PER_HOUR, i * 0x9e3779b97f4a7c15u))
			told += sweep_is_much(&s, 5, 3);
	}
	/* At 12, at 16, at 32 and at 64. */
	assert_int_equal(told, 4);
	fill(&s, 31, 4);
	assert_true(fabs(sweep_usual(&s) - 4) < 0.01);
}

static void
who_always_does_much_is_not_told(void **state)
{
	struct sweep s = { 0 };

	(void)state;
	for (int64_t hour = 1; hour < 20; hour++)
		fill(&s, hour, 30);
	fill(&s, 20, 60);
	assert_false(sweep_is_much(&s, 5, 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an hour counts each thing once",
		    an_hour_counts_each_thing_once),
		TEST("much is told at each doubling and teaches nothing",
		    much_is_told_at_each_doubling_and_teaches_nothing),
		TEST("who always does much is not told",
		    who_always_does_much_is_not_told),
	};

	return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}

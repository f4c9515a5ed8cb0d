/* What is usual stays known whoever floods: small caps, many strangers. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/rng.h"
#include "baseline/baseline.h"
#include "baseline/cells.h"
#include "test.h"

#define DAYS 30
#define MEMORY ((size_t)2 << 20)

static const struct baseline_options small = { .memory_bytes = MEMORY,
	.half_life_days = 21 };

static uint64_t
profile_of(uint64_t who)
{
	return baseline_profile(SCOPE_ACTOR, who, FEATURE_API);
}

/* A month of ten people who do six things each. */
static void
learn_a_month(struct baseline *b)
{
	for (int64_t day = 0; day < DAYS; day++) {
		for (uint64_t who = 1; who <= 10; who++) {
			for (uint64_t what = 1; what <= 6; what++)
				baseline_learn(b, profile_of(who),
				    hash_mix(who, what), day * 24 + 9, 1);
		}
	}
}

static void
expect_all_known(struct baseline *b, int32_t day, unsigned days)
{
	struct usual u;

	for (uint64_t who = 1; who <= 10; who++) {
		for (uint64_t what = 1; what <= 6; what++) {
			baseline_ask(
			    b, profile_of(who), hash_mix(who, what), day, &u);
			assert_int_equal(u.days, days);
			assert_int_equal(u.known_days, days);
			assert_true(u.n > 50);
		}
	}
}

static void
a_million_strangers_in_an_hour(void **state)
{
	struct baseline *b = baseline_new(&small);
	struct baseline_sizes sizes;
	struct usual u;

	(void)state;
	learn_a_month(b);
	for (uint64_t who = 1000; who < 1001000; who++)
		baseline_learn(
		    b, profile_of(who), hash_mix(who, 1), DAYS * 24, 1);
	baseline_sizes(b, &sizes);
	assert_true(sizes.bytes <= MEMORY);
	assert_true(sizes.overflow > 900000);
	assert_true(baseline_overflow(b) == sizes.overflow);
	expect_all_known(b, DAYS - 1, DAYS);
	/* After a week strangers who never came again give way. */
	baseline_learn(b, profile_of(77), 7, (DAYS + 9) * 24, 1);
	for (int64_t day = DAYS + 9; day < DAYS + 12; day++)
		baseline_learn(b, profile_of(78), 7, day * 24, 1);
	baseline_ask(b, profile_of(78), 7, DAYS + 12, &u);
	assert_int_equal(u.known_days, 3);
	expect_all_known(b, DAYS - 1, DAYS);
	baseline_free(b);
}

static void
a_million_names_of_one(void **state)
{
	struct baseline *b = baseline_new(&small);
	struct baseline_sizes sizes;
	struct usual u;

	(void)state;
	learn_a_month(b);
	for (uint64_t name = 1000; name < 1001000; name++)
		baseline_learn(b,
		    baseline_profile(SCOPE_ACTOR, 1, FEATURE_DOMAIN),
		    hash_mix(5, name), DAYS * 24, 1);
	baseline_sizes(b, &sizes);
	assert_true(sizes.overflow > 900000);
	/* One's share is used up, and there is room for all others. */
	expect_all_known(b, DAYS - 1, DAYS);
	for (uint64_t who = 20; who < 120; who++) {
		baseline_learn(
		    b, profile_of(who), hash_mix(who, 1), DAYS * 24 + 1, 1);
		baseline_ask(b, profile_of(who), hash_mix(who, 1), DAYS, &u);
		assert_int_equal(u.days, 1);
	}
	baseline_free(b);
}

static void
a_value_has_an_age(void **state)
{
	struct baseline *b = baseline_new(&small);
	struct usual u;

	(void)state;
	learn_a_month(b);
	baseline_learn(b, profile_of(1), 99, (DAYS - 3) * 24, 1);
	baseline_ask(b, profile_of(1), hash_mix(1, 1), DAYS, &u);
	assert_int_equal(u.age_days, DAYS);
	baseline_ask(b, profile_of(1), 99, DAYS, &u);
	assert_int_equal(u.age_days, 3);
	baseline_ask(b, profile_of(1), 100, DAYS, &u);
	assert_int_equal(u.age_days, 0);
	baseline_free(b);
}

/* Whatever keys they have: what is remembered does not depend on the key of
 * a store. */
static void
no_key_is_unlucky_while_there_is_room(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 36);
	for (int table = 0; table < 8000; table++) {
		struct cells *t = cells_new(65536);

		for (int i = 0; i < 1500; i++)
			assert_non_null(cells_add(t, rng_next(&r) | 1, 0));
		cells_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a million strangers in an hour drive out nobody",
		    a_million_strangers_in_an_hour),
		TEST("a million names of one leave room for others",
		    a_million_names_of_one),
		TEST("a value has an age", a_value_has_an_age),
		TEST("no key is unlucky while there is room",
		    no_key_is_unlucky_while_there_is_room),
	};

	return cmocka_run_group_tests_name("baseline", tests, NULL, NULL);
}

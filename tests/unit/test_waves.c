/* What many have at once is a wave; what one has, or two, is not. */
#include <stdlib.h>

#include "detect/waves.h"
#include "test.h"

static void
counts_actors_not_events(void **state)
{
	struct waves *w = status_calloc(1, sizeof(*w));

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(waves_add(w, 7, 1, 100), 1);
	assert_int_equal(waves_add(w, 7, 2, 100), 2);
	assert_int_equal(waves_add(w, 8, 3, 100), 1);
	assert_int_equal(waves_add(w, 7, 3, 101), 3);
	/* Two hours on it is another wave. */
	assert_int_equal(waves_add(w, 7, 4, 103), 1);
	for (uint64_t actor = 10; actor < 100; actor++)
		(void)waves_add(w, 9, actor, 100);
	assert_int_equal(waves_add(w, 9, 200, 100), WAVES_ACTORS);
	free(w);
}

static void
a_third_of_the_peers(void **state)
{
	(void)state;
	assert_false(waves_is_one(2, 2));
	assert_true(waves_is_one(3, 3));
	assert_true(waves_is_one(3, 9));
	assert_false(waves_is_one(3, 9.5));
	assert_false(waves_is_one(15, 100));
	assert_true(waves_is_one(WAVES_ACTORS, 100));
}

static void
a_flood_of_values_forgets_the_oldest(void **state)
{
	struct waves *w = status_calloc(1, sizeof(*w));

	(void)state;
	(void)waves_add(w, 1, 1, 100);
	(void)waves_add(w, 1, 2, 100);
	for (uint64_t key = 1000; key < 1000 + WAVES_MAX; key++)
		(void)waves_add(w, key, 9, 100);
	assert_int_equal(waves_add(w, 1, 3, 100), 1);
	free(w);
}

/* Two values are new in what is told of identity 50: both must be shared. */
static void
excused_when_all_of_it_is_shared(void **state)
{
	struct waves *w = status_calloc(1, sizeof(*w));
	const uint64_t both[] = { 7, 8 }, one[] = { 7 }, never[] = { 7, 9 };
	uint64_t identity = 0;
	size_t at = 0;

	(void)state;
	(void)waves_add(w, 7, 1, 100);
	(void)waves_add(w, 8, 1, 100);
	waves_note(w, 50, both, 2);
	waves_note(w, 50, one, 1);
	waves_note(w, 51, never, 2);
	waves_note(w, 52, one, 0);
	assert_true(waves_share(w, 7));
	assert_false(waves_share(w, 7));
	assert_false(waves_share(w, 9));
	assert_int_equal(waves_excused(w, 7, &at, &identity), 0);
	assert_true(waves_share(w, 8));
	at = 0;
	assert_int_equal(waves_excused(w, 8, &at, &identity), 2);
	assert_int_equal(identity, 50);
	assert_int_equal(waves_excused(w, 8, &at, &identity), 0);
	free(w);
}

static void
shared_until_it_is_usual(void **state)
{
	struct waves *w = status_calloc(1, sizeof(*w));

	(void)state;
	(void)waves_add(w, 7, 1, 100);
	assert_false(waves_is_shared(w, 7, 100));
	assert_true(waves_share(w, 7));
	assert_true(waves_is_shared(w, 7, 100 + WAVES_STAY));
	assert_false(waves_is_shared(w, 7, 101 + WAVES_STAY));
	assert_false(waves_is_shared(w, 8, 100));
	/* Who comes the next day is one more of them. */
	assert_int_equal(waves_add(w, 7, 2, 124), 2);
	free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a wave counts actors, not events",
		    counts_actors_not_events),
		TEST("a wave is a third of the peers", a_third_of_the_peers),
		TEST("a flood of values forgets the oldest",
		    a_flood_of_values_forgets_the_oldest),
		TEST("excused when all of it is shared",
		    excused_when_all_of_it_is_shared),
		TEST("shared until it is usual", shared_until_it_is_usual),
	};

	return cmocka_run_group_tests_name("waves", tests, NULL, NULL);
}

/* Stores of older and newer versions. */
#include "unit/store_folder.h"

/* A file as an older schema has it: back from 4 to 3, from 3 to 2. */
#define FROM_3                                                                 \
	"DROP TABLE commits; ALTER TABLE consumed DROP COLUMN sum;"            \
	"ALTER TABLE counter DROP COLUMN sum;"
#define FROM_2 "DROP TABLE told; DROP TABLE withdrawn;"

static void
versions(void **state)
{
	struct folder f;
	struct store *s;

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	store_begin(s);
	store_put_counter(s, "x", 7);
	write_now(s);
	store_close(s);
	sql(&f, FROM_3 FROM_2 "DROP TABLE feedback; PRAGMA user_version = 1");
	open_as(&(struct store_options){ .path = f.file, .read_only = true },
	    STATUS_UNSUPPORTED, "older nephoscope");
	store_close(open_at(&f));
	store_close(open_as(
	    &(struct store_options){ .path = f.file, .read_only = true },
	    STATUS_OK, NULL));
	sql(&f, "PRAGMA user_version = 99");
	open_as(&(struct store_options){ .path = f.file }, STATUS_UNSUPPORTED,
	    "newer nephoscope");
	folder_remove(&f);
}

struct seen {
	unsigned consumed, counters;
};

static void
see_consumed(void *cookie, const uint64_t hash[2], int64_t day)
{
	struct seen *seen = cookie;

	assert_true(hash[0] == 1 && hash[1] == 2);
	assert_int_equal(day, 1);
	seen->consumed++;
}

static void
see_counter(void *cookie, struct span name, uint64_t value)
{
	struct seen *seen = cookie;

	assert_true(span_equal(name, SPAN("c")));
	assert_int_equal(value, 3);
	seen->counters++;
}

/* What each older version wrote is there after the migration, and checks. */
static void
migrated(void **state)
{
	static const char *const older[] = {
		FROM_3 FROM_2 "DROP TABLE feedback; PRAGMA user_version = 1",
		FROM_3 FROM_2 "PRAGMA user_version = 2",
		FROM_3 "PRAGMA user_version = 3",
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(older); i++) {
		struct folder f;
		struct store *s;
		struct store_sizes sizes;
		struct seen seen = { 0 };
		struct buf error = { 0 };

		folder_make(&f);
		s = open_at(&f);
		fill(s);
		store_close(s);
		sql(&f, older[i]);
		s = open_at(&f);
		if (store_verify(s, &error) != STATUS_OK)
			fail_msg("%s", buf_text(&error));
		assert_int_equal(store_measure(s, &sizes, &error), STATUS_OK);
		assert_true(sizes.findings == 1 && sizes.signals == 1 &&
			    sizes.kept == 1 && sizes.owed == 1);
		assert_int_equal(
		    store_consumed(s, see_consumed, &seen, &error), STATUS_OK);
		assert_int_equal(
		    store_counters(s, see_counter, &seen, &error), STATUS_OK);
		assert_true(seen.consumed == 1 && seen.counters == 1);
		store_close(s);
		/* And what is damaged since is seen. */
		sql(&f, "UPDATE counter SET value = 4");
		s = open_at(&f);
		assert_int_equal(store_verify(s, &error), STATUS_MALFORMED);
		store_close(s);
		buf_done(&error);
		folder_remove(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an older schema is migrated, a newer one refused",
		    versions),
		TEST("what an older version wrote is there, and checked",
		    migrated),
	};

	return cmocka_run_group_tests_name("store schema", tests, NULL, NULL);
}

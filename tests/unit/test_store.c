/*
 * The file that everything outlives the program in.  What only damage or
 * another version can make is made with SQLite itself.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"
#include "test.h"
#include "unit/store_folder.h"

/* --- opening -------------------------------------------------------------- */

static void
made(void **state)
{
	struct folder f;
	struct store *s;
	struct hash_key key;
	struct stat about;

	(void)state;
	folder_make(&f);
	open_as(&(struct store_options){ .path = f.file, .read_only = true },
	    STATUS_NOT_FOUND, NULL);
	s = open_at(&f);
	key = *store_key(s);
	assert_int_equal(store_run(s), 0);
	store_close(s);
	assert_int_equal(stat(f.file, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	s = open_at(&f);
	assert_memory_equal(&key, store_key(s), sizeof(key));
	store_close(s);
	folder_remove(&f);
}

static void
foreign(void **state)
{
	struct folder f;
	FILE *file;

	(void)state;
	folder_make(&f);
	sql(&f, "CREATE TABLE theirs(x)");
	open_as(&(struct store_options){ .path = f.file }, STATUS_MALFORMED,
	    "not a nephoscope state file");
	(void)unlink(f.file);
	file = fopen(f.file, "w");
	assert_non_null(file);
	for (int i = 0; i < 4096; i++)
		assert_true(fputs("logs\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	open_as(&(struct store_options){ .path = f.file }, STATUS_MALFORMED,
	    "damaged");
	folder_remove(&f);
}

static void
exclusive(void **state)
{
	struct folder f;
	struct store_options one = { .path = f.file, .exclusive = true };
	struct store *s, *other;

	(void)state;
	folder_make(&f);
	s = open_as(&one, STATUS_OK, NULL);
	open_as(&one, STATUS_IO, "in use by another nephoscope");
	/* Who only looks, or sets a mark, may. */
	other = open_as(
	    &(struct store_options){ .path = f.file, .read_only = true },
	    STATUS_OK, NULL);
	store_close(other);
	store_close(open_at(&f));
	store_close(s);
	store_close(open_as(&one, STATUS_OK, NULL));
	folder_remove(&f);
}

/* --- commits -------------------------------------------------------------- */

static void
see_counter(void *cookie, struct span name, uint64_t value)
{
	uint64_t *sum = cookie;

	(void)name;
	*sum += value;
}

static uint64_t
counter_sum(struct store *s)
{
	struct buf error = { 0 };
	uint64_t sum = 0;

	assert_int_equal(
	    store_counters(s, see_counter, &sum, &error), STATUS_OK);
	return sum;
}

static void
tried_again(void **state)
{
	struct folder f;
	struct store *s, *other;
	struct buf error = { 0 };

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	store_begin(s);
	store_put_counter(s, "a", 1);
	store_put_cursor(s, SPAN("src"), SPAN("c"), SPAN("v"));
	/* A table that takes nothing stands for a disk that does not. */
	sql(&f, "CREATE TRIGGER full BEFORE INSERT ON cursor "
		"BEGIN SELECT raise(ABORT, 'no'); END");
	assert_int_not_equal(store_write(s, &error), STATUS_OK);
	assert_false(store_is_empty(s));
	assert_int_equal(counter_sum(s), 0);
	/* Others may use the file between two attempts. */
	other = open_at(&f);
	assert_int_equal(counter_sum(other), 0);
	store_close(other);
	sql(&f, "DROP TRIGGER full");
	write_now(s);
	assert_int_equal(counter_sum(s), 1);
	buf_done(&error);
	store_close(s);
	folder_remove(&f);
}

static void
runs(void **state)
{
	struct folder f;
	struct store *s;

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	store_begin(s);
	store_put_run(s, true);
	write_now(s);
	assert_int_equal(store_run(s), 1);
	store_close(s);
	/* It was never ended: the next one goes on with it. */
	s = open_at(&f);
	assert_true(store_run_is_open(s));
	store_begin(s);
	store_put_run(s, true);
	assert_int_equal(store_run(s), 1);
	store_put_run(s, false);
	write_now(s);
	store_begin(s);
	store_put_run(s, true);
	write_now(s);
	assert_int_equal(store_run(s), 2);
	store_close(s);
	folder_remove(&f);
}

/* --- deliveries that are kept --------------------------------------------- */

struct kept_seen {
	char places[256];
	uint64_t first;
};

static void
see_kept(void *cookie, const struct store_kept *kept)
{
	struct kept_seen *seen = cookie;
	size_t len = strlen(seen->places);

	if (len == 0)
		seen->first = kept->number;
	(void)snprintf(seen->places + len, sizeof(seen->places) - len,
	    "%.*s=%.*s ", SPAN_ARGS(kept->place), SPAN_ARGS(kept->body));
}

static struct kept_seen
kept_of(struct store *s)
{
	struct kept_seen seen = { 0 };
	struct buf error = { 0 };

	assert_int_equal(store_kept(s, see_kept, &seen, &error), STATUS_OK);
	return seen;
}

static void
keeps(void **state)
{
	const struct store_kept kept[] = {
		{ .source = SPAN_INIT("w"),
		    .place = SPAN_INIT("p1"),
		    .body = SPAN_INIT("b1") },
		{
		    .source = SPAN_INIT("w"),
		    .place = SPAN_INIT("p2"),
		    .body = SPAN_INIT("b\0"),
		},
		{ .source = SPAN_INIT("w"), .place = SPAN_INIT("p3") },
	};
	struct folder f;
	struct store *s;
	struct buf error = { 0 };
	uint64_t numbers[3];

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	assert_int_equal(store_keep(s, kept, numbers, 3, &error), STATUS_OK);
	store_close(s);
	s = open_at(&f);
	assert_memory_equal(kept_of(s).places, "p1=b1 p2=b", 10);
	assert_true(kept_of(s).first == numbers[0]);
	store_begin(s);
	store_drop_kept(s, numbers[0]);
	store_drop_kept(s, numbers[1]);
	assert_string_not_equal(kept_of(s).places, "p3= ");
	write_now(s);
	assert_string_equal(kept_of(s).places, "p3= ");
	/* A number is never given twice. */
	store_begin(s);
	store_drop_kept(s, numbers[2]);
	write_now(s);
	assert_int_equal(store_keep(s, kept, numbers, 1, &error), STATUS_OK);
	assert_true(numbers[0] > numbers[2]);
	store_close(s);
	folder_remove(&f);
}

/* --- findings and feeds --------------------------------------------------- */

static bool
see_id(void *cookie, const struct store_finding *f)
{
	struct buf *ids = cookie;

	buf_printf(
	    ids, "%s%s%s", ids->len ? " " : "", f->id, f->archived ? "*" : "");
	return true;
}

static void
expect_ids(struct store *s, const char *expected)
{
	struct buf ids = { 0 }, error = { 0 };

	assert_int_equal(store_findings(s, &(struct store_wanted){ 0 }, see_id,
			     &ids, &error),
	    STATUS_OK);
	assert_string_equal(buf_text(&ids), expected);
	buf_done(&ids);
}

static void
prefixes(void **state)
{
	struct folder f;
	struct store *s;
	struct buf ids = { 0 }, error = { 0 };

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	store_begin(s);
	put_finding(s, "abcd1", 2, NULL);
	put_finding(s, "abce2", 2, NULL);
	write_now(s);
	assert_int_equal(
	    store_finding(s, "abcd", see_id, &ids, &error), STATUS_OK);
	assert_string_equal(buf_text(&ids), "abcd1");
	assert_int_equal(
	    store_finding(s, "abc", see_id, &ids, &error), STATUS_INVALID);
	assert_int_equal(
	    store_finding(s, "abcd12", see_id, &ids, &error), STATUS_NOT_FOUND);
	/* No pattern: these are texts. */
	assert_int_equal(
	    store_finding(s, "abc_1", see_id, &ids, &error), STATUS_NOT_FOUND);
	assert_int_equal(
	    store_finding(s, "%", see_id, &ids, &error), STATUS_NOT_FOUND);
	buf_done(&ids);
	store_close(s);
	folder_remove(&f);
}

static void
archived(void **state)
{
	struct folder f;
	struct store *s;
	struct buf error = { 0 };

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	store_begin(s);
	put_finding(s, "aaaa", 2, NULL);
	write_now(s);
	assert_int_equal(store_archive(s, "aaaa", true, &error), STATUS_OK);
	expect_ids(s, "aaaa*");
	store_begin(s);
	put_finding(s, "aaaa", 2, NULL);
	write_now(s);
	expect_ids(s, "aaaa*");
	store_begin(s);
	put_finding(s, "aaaa", 8, NULL);
	write_now(s);
	expect_ids(s, "aaaa");
	store_close(s);
	folder_remove(&f);
}

static void
see_feedback(void *cookie, const struct store_feedback *feedback)
{
	struct buf *text = cookie;

	buf_printf(text, "%d %lld %.*s;", feedback->useful,
	    (long long)feedback->at_us, SPAN_ARGS(feedback->note));
}

static void
feedback(void **state)
{
	struct folder f;
	struct store *s;
	struct buf text = { 0 }, error = { 0 };

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	assert_int_equal(store_feedback(s, "a", see_feedback, &text, &error),
	    STATUS_NOT_FOUND);
	assert_int_equal(
	    store_feedback_put(
		s, "a", &(struct store_feedback){ .useful = true }, &error),
	    STATUS_OK);
	assert_int_equal(
	    store_feedback_put(s, "a",
		&(struct store_feedback){ .at_us = 5, .note = SPAN("why") },
		&error),
	    STATUS_OK);
	assert_int_equal(
	    store_feedback(s, "a", see_feedback, &text, &error), STATUS_OK);
	assert_string_equal(buf_text(&text), "0 5 why;");
	sql(&f, "UPDATE feedback SET note = 'eve'");
	assert_int_equal(store_feedback(s, "a", see_feedback, &text, &error),
	    STATUS_MALFORMED);
	assert_non_null(strstr(buf_text(&error), "feedback on a finding"));
	buf_done(&text);
	buf_done(&error);
	store_close(s);
	folder_remove(&f);
}

struct owed_seen {
	struct buf ids;
	uint64_t last;
};

static void
see_owed(void *cookie, const struct store_owed *owed)
{
	struct owed_seen *seen = cookie;

	assert_true(owed->number > seen->last);
	seen->last = owed->number;
	buf_printf(
	    &seen->ids, "%s%s", seen->ids.len ? " " : "", owed->finding.id);
}

/* What the feed is owed; the number of the last. */
static uint64_t
expect_owed(
    struct store *s, const struct store_debt *debt, const char *expected)
{
	struct owed_seen seen = { .last = debt->after };
	struct buf error = { 0 };

	assert_int_equal(
	    store_outbox(s, debt, see_owed, &seen, &error), STATUS_OK);
	assert_string_equal(buf_text(&seen.ids), expected);
	buf_done(&seen.ids);
	return seen.last;
}

static void
outbox(void **state)
{
	static const char *const both[] = { "siem", "chat", NULL };
	static const char *const one[] = { "siem", NULL };
	const struct store_debt siem = { "siem", 0, 10 };
	const struct store_debt chat = { "chat", 0, 10 };
	struct folder f;
	struct store *s;
	struct buf error = { 0 };
	uint64_t first;

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	store_begin(s);
	put_finding(s, "a", 2, both);
	put_finding(s, "b", 2, one);
	put_finding(s, "c", 2, both);
	put_finding(s, "d", 2, NULL);
	write_now(s);
	expect_owed(s, &chat, "a c");
	first = expect_owed(s, &(struct store_debt){ "siem", 0, 1 }, "a");
	expect_owed(s, &(struct store_debt){ "siem", first, 10 }, "b c");
	/* Told anew before it was delivered: once, behind the others. */
	store_begin(s);
	put_finding(s, "a", 5, one);
	write_now(s);
	expect_owed(s, &siem, "b c a");
	/* What went out meanwhile is not what is owed now. */
	assert_int_equal(store_delivered(s, "siem", first, &error), STATUS_OK);
	expect_owed(s, &siem, "b c a");
	first = expect_owed(s, &(struct store_debt){ "siem", 0, 2 }, "b c");
	assert_int_equal(store_delivered(s, "siem", first, &error), STATUS_OK);
	expect_owed(s, &siem, "a");
	expect_owed(s, &chat, "a c");
	store_close(s);
	folder_remove(&f);
}

/* --- forgetting, copying, checking ---------------------------------------- */

static void
prunes(void **state)
{
	static const uint64_t hashes[][2] = { { 1, 1 }, { 2, 2 }, { 3, 3 } };
	struct folder f;
	struct store *s;
	struct store_sizes sizes;
	struct buf error = { 0 };

	(void)state;
	folder_make(&f);
	s = open_at(&f);
	store_begin(s);
	for (int i = 0; i < 3; i++) {
		store_put_consumed(s, SPAN("s"), hashes[i], 100 + i);
		store_put_signal(s, SPAN("t"), 1000 + i, SPAN("signal"));
	}
	store_prune(s, 101, 1002);
	write_now(s);
	assert_int_equal(store_measure(s, &sizes, &error), STATUS_OK);
	assert_int_equal(sizes.consumed, 2);
	assert_int_equal(sizes.signals, 1);
	store_close(s);
	folder_remove(&f);
}

static void
backup(void **state)
{
	struct folder f, copy;
	struct store *s;
	struct buf error = { 0 };

	(void)state;
	folder_make(&f);
	folder_make(&copy);
	s = open_at(&f);
	fill(s);
	assert_int_equal(store_backup(s, copy.file, &error), STATUS_OK);
	/* Of the moment: what is written later is not in it. */
	store_begin(s);
	store_put_counter(s, "c", 4);
	write_now(s);
	store_close(s);
	s = open_as(
	    &(struct store_options){ .path = copy.file, .read_only = true },
	    STATUS_OK, NULL);
	assert_int_equal(store_verify(s, &error), STATUS_OK);
	assert_int_equal(counter_sum(s), 3);
	expect_ids(s, "abcd");
	store_close(s);
	s = open_at(&f);
	assert_int_equal(
	    store_backup(s, "/nonexistent/x.db", &error), STATUS_IO);
	store_close(s);
	buf_done(&error);
	folder_remove(&f);
	folder_remove(&copy);
}

static void
damaged(void **state)
{
	static const struct {
		const char *sql, *named;
	} cases[] = {
		{ "UPDATE finding SET body = body || x'00'", "a finding" },
		{ "UPDATE finding SET sum = sum + 1", "a finding" },
		{ "UPDATE signal SET body = x'00'", "a signal" },
		{ "UPDATE cursor SET value = x'00'", "a position of a source" },
		{ "UPDATE kept SET body = x'00'", "a kept delivery" },
		{ "UPDATE consumed SET identity = x'00'", "what was consumed" },
		{ "UPDATE consumed SET day = day + 1", "what was consumed" },
		{ "UPDATE consumed SET source = 'z'", "what was consumed" },
		{ "UPDATE counter SET value = 9", "a counter" },
		{ "UPDATE counter SET name = 'd'", "a counter" },
		{ "INSERT INTO tenant VALUES(1, 1, 'x')",
		    "the name of an account" },
		{ "INSERT INTO feedback VALUES('x', 1, 1, 1, 'x')",
		    "feedback on a finding" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct folder f;
		struct store *s;
		struct buf error = { 0 };

		folder_make(&f);
		s = open_at(&f);
		fill(s);
		assert_int_equal(store_verify(s, &error), STATUS_OK);
		store_close(s);
		sql(&f, cases[i].sql);
		s = open_at(&f);
		assert_int_equal(store_verify(s, &error), STATUS_MALFORMED);
		if (strstr(buf_text(&error), cases[i].named) == NULL)
			fail_msg("%s: %s", cases[i].sql, buf_text(&error));
		buf_done(&error);
		store_close(s);
		folder_remove(&f);
	}
}

static void
secret_damaged(void **state)
{
	struct folder f;

	(void)state;
	folder_make(&f);
	store_close(open_at(&f));
	sql(&f, "UPDATE meta SET value = zeroblob(16) WHERE name = 'key'");
	open_as(&(struct store_options){ .path = f.file }, STATUS_MALFORMED,
	    "its secret or run");
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a file is made for its owner, with one secret for ever",
		    made),
		TEST("a file that is not ours is refused as it is", foreign),
		TEST(
		    "one at a time builds commits, others may look", exclusive),
		TEST("a commit that failed left nothing, and can be tried "
		     "again",
		    tried_again),
		TEST("a run that was not ended goes on", runs),
		TEST("deliveries are kept in order until they are dropped",
		    keeps),
		TEST("a finding is found by the first digits of its id",
		    prefixes),
		TEST("an archived finding stays so until its severity changes",
		    archived),
		TEST("the latest feedback is kept", feedback),
		TEST("feeds are owed in order, each finding once", outbox),
		TEST("what is old is forgotten", prunes),
		TEST("a backup is whole and of its moment", backup),
		TEST("a row with a wrong checksum is named", damaged),
		TEST("a damaged secret is refused", secret_damaged),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}

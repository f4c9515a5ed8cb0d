/*
 * What a tenant knows, as regions and back, part by part.  The whole is
 * looked at by tests/scenarios/snapshot.c.
 */
#include <math.h>
#include <stdlib.h>

#include "baseline/baseline.h"
#include "detect/dedup.h"
#include "detect/lane.h"
#include "detect/lessons.h"
#include "detect/states.h"
#include "test.h"
#include "unit/image_box.h"

#define HOUR_US ((int64_t)3600 * 1000000)

/* Counts are kept in 24 bits, and rounded at each lesson. */
#define ROUNDING 2e-5

static struct image_box box;

static uint64_t
key_of(uint64_t n)
{
	return n * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

/* --- ids ------------------------------------------------------------------ */

static void
ids(void **state)
{
	struct dedup *plain = dedup_new(100), *stored = dedup_new(100);

	(void)state;
	for (uint64_t i = 0; i < 500; i++) {
		/* New ones, and what was seen 1, 90 and 250 ids ago. */
		static const uint64_t ago[] = { 0, 1, 90, 250 };

		for (size_t k = 0; k < COUNTOF(ago); k++) {
			uint64_t n = i >= ago[k] ? i - ago[k] : 0;
			const uint64_t key[2] = { key_of(n), n };
			struct image_writer w = image_box_writer(&box);
			struct image_reader r;

			assert_int_equal(
			    dedup_seen(plain, key), dedup_seen(stored, key));
			dedup_save(stored, &w, 3);
			dedup_free(stored);
			stored = dedup_new(100);
			r = image_box_reader(&box);
			assert_true(dedup_load(stored, &r, 3));
		}
	}
	dedup_free(plain);
	dedup_free(stored);
}

/* --- states --------------------------------------------------------------- */

static struct states *
states_again(struct states *old)
{
	struct states *fresh = states_new(8, 4000, HOUR_US);
	struct image_writer w = image_box_writer(&box);
	struct image_reader r;
	struct buf head = { 0 };
	struct unpack u;

	states_save(old, &w, 1, &head);
	states_free(old);
	u = unpack_of(buf_span(&head));
	r = image_box_reader(&box);
	assert_true(states_load(fresh, &r, 1, &u));
	assert_true(unpack_is_whole(&u));
	buf_done(&head);
	return fresh;
}

/* A table that is full, refuses, and lets go of the old. */
static void
full_states(void **state)
{
	struct states *plain = states_new(8, 4000, HOUR_US);
	struct states *stored = states_new(8, 4000, HOUR_US);

	(void)state;
	for (uint64_t i = 0; i < 3000; i++) {
		int64_t now_us = (int64_t)i * HOUR_US / 300;
		uint64_t key = i % 3 ? key_of(i) : key_of(i / 40);
		uint64_t *a = states_get(plain, key, now_us);
		uint64_t *b = states_get(stored, key, now_us);

		assert_int_equal(a != NULL, b != NULL);
		if (a != NULL && b != NULL) {
			assert_true(*a == *b);
			*a += i;
			*b += i;
		}
		assert_int_equal(states_refused(plain), states_refused(stored));
		stored = states_again(stored);
	}
	assert_true(states_refused(plain) > 0);
	states_free(plain);
	states_free(stored);
}

static void
broken_states(void **state)
{
	struct states *t = states_new(8, 4000, HOUR_US);
	struct image_writer w = image_box_writer(&box);
	struct image_reader r = image_box_reader(&box);
	struct buf head = { 0 };
	struct unpack u;

	(void)state;
	assert_non_null(states_get(t, 1, 0));
	states_save(t, &w, 1, &head);
	states_free(t);
	/* Room for more than there ever may be. */
	memset(head.at + 8, 0x7f, 8);
	t = states_new(8, 4000, HOUR_US);
	u = unpack_of(buf_span(&head));
	assert_true(states_load(t, &r, 1, &u));
	assert_true(states_bytes(t) < 100000);
	states_free(t);
	/* Not whole states; no head. */
	box.regions[0].bytes.len--;
	t = states_new(8, 4000, HOUR_US);
	u = unpack_of(buf_span(&head));
	assert_false(states_load(t, &r, 1, &u));
	states_free(t);
	t = states_new(8, 4000, HOUR_US);
	u = unpack_of(span_of(NULL, 0));
	assert_false(states_load(t, &r, 1, &u));
	states_free(t);
	buf_done(&head);
}

/* --- hours ---------------------------------------------------------------- */

static struct lane *
lane_again(struct lane *old)
{
	struct lane *fresh = lane_new(SOURCE_CLOUDTRAIL, 7, 20000);
	struct image_writer w = image_box_writer(&box);
	struct image_reader r;

	lane_save(old, &w, 64);
	lane_free(old);
	r = image_box_reader(&box);
	assert_true(lane_load(fresh, &r, 64));
	return fresh;
}

static void
add_up(void *cookie, struct lane *l, int64_t hour)
{
	struct buf *said = cookie;
	size_t count;
	struct activity_row *rows = activities_rows(l->open[hour & 1], &count);

	buf_printf(said, "%lld:", (long long)hour);
	for (size_t i = 0; i < count; i++) {
		const struct lesson *lessons =
		    activities_taught(l->open[hour & 1], &rows[i]);

		buf_printf(said, " %llx/%llu", (unsigned long long)rows[i].key,
		    (unsigned long long)rows[i].sums.count);
		for (size_t k = 0; k < rows[i].nlessons; k++)
			buf_printf(said, "+%llu",
			    (unsigned long long)lessons[k].value);
	}
	buf_add_char(said, '\n');
}

static void
event_of(struct lane *l, struct buf *said, uint64_t i)
{
	int64_t time_us = (int64_t)i * HOUR_US / 40 -
			  (i % 7 == 0 ? 2 * HOUR_US : 0) + 500000 * HOUR_US;
	bool late, fresh;
	struct activities *table;
	struct activity_row *row;
	struct lesson *lesson;

	lane_advance(l, time_us, add_up, said);
	table = lane_activities(l, time_us / HOUR_US, &late);
	row = activities_add(table, key_of(i * i % 90), &fresh);
	buf_printf(said, "%d%d%d ", late, fresh, row != NULL);
	if (row == NULL)
		return;
	row->sums.count++;
	lesson = fresh ? activities_lessons(table, 1) : NULL;
	if (lesson == NULL)
		return;
	lesson->profile = 1;
	lesson->value = i;
	activities_keep(table, row, 1);
}

static void
hours(void **state)
{
	struct lane *plain = lane_new(SOURCE_CLOUDTRAIL, 7, 20000);
	struct lane *stored = lane_new(SOURCE_CLOUDTRAIL, 7, 20000);
	struct buf one = { 0 }, other = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		event_of(plain, &one, i);
		event_of(stored, &other, i);
		stored = lane_again(stored);
	}
	assert_span_equal(buf_span(&one), buf_span(&other));
	assert_true(plain->late > 0 && plain->late == stored->late);
	assert_true(plain->newest_us == stored->newest_us);
	lane_free(plain);
	lane_free(stored);
	buf_done(&one);
	buf_done(&other);
}

/* --- what is usual -------------------------------------------------------- */

static const struct baseline_options small = { .memory_bytes = 1 << 19,
	.half_life_days = 21 };

static struct baseline *
baseline_again(struct baseline *old)
{
	struct baseline *fresh = baseline_new(&small);
	struct image_writer w = image_box_writer(&box);
	struct image_reader r;

	baseline_save(old, &w, 8);
	baseline_free(old);
	r = image_box_reader(&box);
	assert_true(baseline_load(fresh, &r, 8));
	return fresh;
}

static void
teach(struct baseline *b, uint64_t i)
{
	uint64_t profile = baseline_profile(
	    SCOPE_ACTOR, key_of(i % 50), (enum feature)(i % FEATURE_COUNT));
	uint64_t value = key_of(i * i % 999);

	baseline_name(b, value, SPAN("a value with a name"));
	baseline_learn(b, profile, value, 490000 + (int64_t)i / 20, 1);
	baseline_mark(b, value, 490000 + (int64_t)i / 20);
}

static void
expect_equal(struct baseline *a, struct baseline *b, uint64_t i)
{
	uint64_t profile = baseline_profile(
	    SCOPE_ACTOR, key_of(i % 50), (enum feature)(i % FEATURE_COUNT));
	int32_t day = (int32_t)((490000 + (int64_t)i / 20) / 24);
	struct usual x = { 0 }, y = { 0 };
	struct baseline_sizes sizes, others;

	baseline_ask(a, profile, key_of(i * i % 999), day, &x);
	baseline_ask(b, profile, key_of(i * i % 999), day, &y);
	assert_true(x.p == y.p && x.n == y.n && x.count == y.count);
	assert_int_equal(x.days, y.days);
	assert_int_equal(x.frequency, y.frequency);
	baseline_names(a, &x);
	baseline_names(b, &y);
	assert_int_equal(x.nnames, y.nnames);
	for (size_t k = 0; k < x.nnames; k++)
		assert_span_equal(x.names[k], y.names[k]);
	baseline_sizes(a, &sizes);
	baseline_sizes(b, &others);
	assert_int_equal(sizes.values, others.values);
	assert_int_equal(sizes.overflow, others.overflow);
}

static void
habits(void **state)
{
	struct baseline *plain = baseline_new(&small);
	struct baseline *stored = baseline_new(&small);
	struct baseline_sizes sizes;

	(void)state;
	for (uint64_t i = 0; i < 20000; i++) {
		teach(plain, i);
		teach(stored, i);
		if (i % 40 == 0)
			stored = baseline_again(stored);
		expect_equal(plain, stored, i);
	}
	baseline_sizes(plain, &sizes);
	assert_true(sizes.overflow > 0); /* it was full, too */
	baseline_free(plain);
	baseline_free(stored);
}

static void
broken_habits(void **state)
{
	struct baseline *b = baseline_new(&small);
	struct image_writer w = image_box_writer(&box);
	size_t count;

	(void)state;
	for (uint64_t i = 0; i < 300; i++)
		teach(b, i);
	baseline_save(b, &w, 8);
	baseline_free(b);
	count = box.count;
	for (size_t i = 0; i < count; i++) {
		struct image_reader r = image_box_reader(&box);

		/* One byte short, it is no table, or one of texts whose end is
		 * missing: refused either way. */
		box.regions[i].bytes.len--;
		b = baseline_new(&small);
		assert_false(baseline_load(b, &r, 8));
		baseline_free(b);
		box.regions[i].bytes.len++;
	}
}

/* --- lessons -------------------------------------------------------------- */

/* Joined or one by one, what is learned is the same. */
static void
joined(void **state)
{
	struct lessons *l = calloc(1, sizeof(*l));
	struct baseline *one = baseline_new(&small);
	struct baseline *other = baseline_new(&small);
	uint64_t profile = baseline_profile(SCOPE_ACTOR, 5, FEATURE_API);

	(void)state;
	assert_non_null(l);
	for (int64_t hour = 490000; hour < 490400; hour++) {
		for (uint64_t i = 0; i < 60; i++) {
			uint64_t value = key_of(i * i % (7 + i % 5));

			baseline_learn(one, profile, value, hour, 1);
			lessons_add(l, other, profile, value, hour);
		}
		lessons_finish(l, other);
	}
	for (uint64_t i = 0; i < 60; i++) {
		struct usual x, y;

		baseline_ask(one, profile, key_of(i), 490400 / 24, &x);
		baseline_ask(other, profile, key_of(i), 490400 / 24, &y);
		assert_true(fabs(x.p - y.p) <= x.p * ROUNDING);
		assert_true(fabs(x.n - y.n) <= x.n * ROUNDING);
		assert_true(fabs(x.count - y.count) <= x.n * ROUNDING);
		assert_int_equal(x.days, y.days);
	}
	free(l);
	baseline_free(one);
	baseline_free(other);
}

/* More different lessons than wait: they are told in between. */
static void
in_order(void **state)
{
	struct lessons *l = calloc(1, sizeof(*l));
	struct baseline *b = baseline_new(&(struct baseline_options){
	    .memory_bytes = 1 << 22, .half_life_days = 21 });
	struct baseline_sizes sizes;

	(void)state;
	assert_non_null(l);
	lessons_add(l, b, 9, 3, 490000);
	lessons_add(l, b, 9, 1, 490000);
	lessons_add(l, b, 9, 3, 490000);
	lessons_add(l, b, 9, 3, 490001);
	assert_int_equal(l->count, 3);
	assert_int_equal(l->waiting[0].value, 3);
	assert_int_equal(l->waiting[0].times, 2);
	assert_int_equal(l->waiting[1].value, 1);
	assert_int_equal(l->waiting[2].hour, 490001);
	for (uint64_t i = 0; i < LESSONS_JOINED + 10; i++)
		lessons_add(l, b, 8, key_of(i), 490000);
	baseline_sizes(b, &sizes);
	assert_int_equal(sizes.values, LESSONS_JOINED - 1);
	assert_int_equal(l->count, 13);
	lessons_finish(l, b);
	baseline_sizes(b, &sizes);
	assert_int_equal(sizes.values, LESSONS_JOINED + 12);
	assert_int_equal(l->count, 0);
	free(l);
	baseline_free(b);
}

static int
done(void **state)
{
	(void)state;
	image_box_done(&box);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("ids that were stored are known as if they never were",
		    ids),
		TEST("full tables of states refuse and forget the same",
		    full_states),
		TEST("states that do not fit are refused", broken_states),
		TEST("open hours go on, late records and lessons too", hours),
		TEST("what is usual is the same to the last bit", habits),
		TEST("a baseline that is cut is refused", broken_habits),
		TEST("joined lessons teach what single ones do", joined),
		TEST("lessons wait in the order in which they came", in_order),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, done);
}

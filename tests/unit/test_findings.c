/* Findings as bytes, and how signals join. */
#include <stdlib.h>

#include "base/pack.h"
#include "finding/findings.h"
#include "output/guardduty.h"
#include "test.h"
#include "unit/finding_fixture.h"

#define HOUR_US ((int64_t)3600 * 1000000)

/* A finding with a row of the table, lines of why, and many events. */
static void
rich(struct fixture *x)
{
	struct signal_why *w;

	fixture_init(x, "");
	x->signal.row = &detector_table[detector_count / 2];
	w = fixture_why(x, "image", SPAN("docker.io/x\0y"));
	w->profiled = true;
	w->usual[0] = SPAN("registry.example/a");
	w->usual[1] = SPAN("registry.example/\xff");
	w->nusual = 2;
	w->n = 412.5;
	w->days = 30;
	w->known_days = 28;
	w->frequency = FREQUENCY_RARE;
	w = fixture_why(x, "calls in an hour", span_of(NULL, 0));
	w->observed_number = 97;
	w->expected = 3.25;
	x->signal.identity = 77;
	x->finding.revision = 3;
	x->finding.told = 2;
}

static char *
json_of(const struct finding *f)
{
	struct buf text = { 0 };

	guardduty_write(f, NULL, &text);
	return text.at;
}

static void
round_trip(void **state)
{
	struct fixture x;
	struct buf packed = { 0 }, again = { 0 };
	struct finding *f;
	char *one, *other;

	(void)state;
	rich(&x);
	finding_pack(&x.finding, &packed);
	f = finding_unpack(buf_span(&packed));
	assert_non_null(f);
	one = json_of(&x.finding);
	other = json_of(f);
	assert_string_equal(one, other);
	finding_pack(f, &again);
	assert_span_equal(buf_span(&again), buf_span(&packed));
	assert_int_equal(f->revision, 3);
	assert_int_equal(f->told, 2);
	assert_int_equal(f->first->identity, 77);
	free(one);
	free(other);
	buf_done(&packed);
	buf_done(&again);
	finding_free(f);
}

static void
cut_anywhere(void **state)
{
	struct fixture x;
	struct buf packed = { 0 };

	(void)state;
	rich(&x);
	finding_pack(&x.finding, &packed);
	for (size_t len = 0; len < packed.len; len++) {
		char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, packed.at, len);
		assert_null(finding_unpack(span_of(copy, len)));
		free(copy);
	}
	buf_add_char(&packed, '\0');
	assert_null(finding_unpack(buf_span(&packed)));
	buf_done(&packed);
}

static void
flipped(void **state)
{
	struct fixture x;
	struct buf packed = { 0 };

	(void)state;
	rich(&x);
	finding_pack(&x.finding, &packed);
	for (size_t i = 0; i < packed.len; i++) {
		struct finding *f;

		packed.at[i] ^= (char)(1 << i % 8);
		f = finding_unpack(buf_span(&packed));
		if (f != NULL)
			free(json_of(f));
		finding_free(f);
		packed.at[i] ^= (char)(1 << i % 8);
	}
	buf_done(&packed);
}

static void
gone(void **state)
{
	static const struct detector_row other = { NULL, "no_such_detector",
		"x", "x", "" };
	struct fixture x;
	struct buf packed = { 0 };

	(void)state;
	rich(&x);
	x.row.name = other.name;
	x.signal.row = &x.row;
	finding_pack(&x.finding, &packed);
	assert_null(finding_unpack(buf_span(&packed)));
	buf_done(&packed);
}

/* --- joining -------------------------------------------------------------- */

static struct signal *
signal_at(int64_t hours, double severity, const char *id)
{
	struct fixture x;
	struct buf packed = { 0 };
	struct unpack u;
	struct signal *s;

	fixture_init(&x, "");
	x.signal.row = &detector_table[0];
	x.signal.time_us += hours * HOUR_US;
	x.signal.first_us = x.signal.event.time_us = x.signal.time_us;
	x.signal.severity = severity;
	x.signal.identity = 5;
	x.signal.event.id = span_str(id);
	signal_pack(&x.signal, &packed);
	u = unpack_of(buf_span(&packed));
	s = signal_unpack(&u);
	assert_non_null(s);
	buf_done(&packed);
	return s;
}

struct changes {
	unsigned seen, told;
};

static void
see(void *cookie, const struct finding *f, bool told)
{
	struct changes *c = cookie;

	(void)f;
	c->seen++;
	c->told += told;
}

static void
expect_changes(struct findings *f, unsigned seen, unsigned told)
{
	struct changes c = { 0 };

	findings_changed(f, see, &c);
	assert_int_equal(c.seen, seen);
	assert_int_equal(c.told, told);
}

static void
told_when_worth_it(void **state)
{
	struct findings *f = findings_new();

	(void)state;
	findings_take(f, signal_at(0, 5, "a"));
	expect_changes(f, 1, 1);
	expect_changes(f, 0, 0);
	findings_take(f, signal_at(1, 5, "b")); /* doubled: 2 */
	expect_changes(f, 1, 1);
	findings_take(f, signal_at(2, 5, "c")); /* 3: stored, not told */
	expect_changes(f, 1, 0);
	findings_take(f, signal_at(3, 8, "d")); /* worse */
	expect_changes(f, 1, 1);
	findings_grew(f, 5, 1, 0);
	expect_changes(f, 1, 0);
	findings_grew(f, 6, 1, 0);
	expect_changes(f, 0, 0);
	findings_free(f);
}

/* Store all and load them into new ones. */
static struct findings *
again(struct findings *old)
{
	struct findings *fresh = findings_new();
	size_t count;
	struct finding **list = findings_list(old, &count);

	for (size_t i = 0; i < count; i++) {
		struct buf packed = { 0 };
		struct finding *f;

		finding_pack(list[i], &packed);
		f = finding_unpack(buf_span(&packed));
		assert_non_null(f);
		findings_restore(fresh, f);
		buf_done(&packed);
	}
	findings_free(old);
	return fresh;
}

static void
go_on(void **state)
{
	static const int64_t hours[] = { 0, 1, 30, 31, 29, 80, 600, 601 };
	struct findings *plain = findings_new(), *stored = findings_new();
	size_t count, others;
	struct finding **list, **other;

	(void)state;
	for (size_t i = 0; i < COUNTOF(hours); i++) {
		const char id[] = { (char)('a' + i), '\0' };
		double severity = i % 2 ? 6 : 5;

		findings_take(plain, signal_at(hours[i], severity, id));
		findings_take(stored, signal_at(hours[i], severity, id));
		stored = again(stored);
	}
	list = findings_list(plain, &count);
	other = findings_list(stored, &others);
	assert_int_equal(count, 4);
	assert_int_equal(others, 4);
	for (size_t i = 0; i < count; i++) {
		char *a = json_of(list[i]), *b = json_of(other[i]);

		assert_string_equal(a, b);
		free(a);
		free(b);
	}
	expect_changes(stored, 0, 0);
	/* What no signal can join any more is let go. */
	findings_forget(stored);
	(void)findings_list(stored, &others);
	assert_int_equal(others, 1);
	findings_take(stored, signal_at(602, 5, "z"));
	(void)findings_list(stored, &others);
	assert_int_equal(others, 1);
	findings_free(plain);
	findings_free(stored);
}

/* --- taking back -----------------------------------------------------------
 */

struct last {
	bool told, suppressed, taken_back;
};

static void
see_last(void *cookie, const struct finding *f, bool told)
{
	*(struct last *)cookie =
	    (struct last){ told, f->suppressed != NULL, f->taken_back };
}

static void
what_many_share_is_taken_back(void **state)
{
	struct findings *f = findings_new();
	struct last last = { 0 };

	(void)state;
	findings_take(f, signal_at(0, 5, "a"));
	expect_changes(f, 1, 1);
	findings_take(f, signal_at(1, 5, "b"));
	assert_false(findings_excused(f, 4, 2));
	/* One of the two is no part of it. */
	assert_false(findings_excused(f, 5, 1));
	assert_true(findings_excused(f, 5, 2));
	findings_changed(f, see_last, &last);
	assert_true(last.told && last.suppressed && last.taken_back);
	/* What comes then is a finding of its own, and what is put aside is
	 * told of no more. */
	findings_take(f, signal_at(2, 5, "c"));
	findings_changed(f, see_last, &last);
	assert_true(last.told && !last.suppressed && !last.taken_back);
	assert_false(findings_excused(f, 5, 0));
	findings_free(f);
}

static void
what_nobody_was_told_needs_no_taking_back(void **state)
{
	struct findings *f = findings_new();
	struct last last = { 0 };

	(void)state;
	findings_take(f, signal_at(0, 5, "a"));
	assert_true(findings_excused(f, 5, 1));
	findings_changed(f, see_last, &last);
	assert_true(last.suppressed && !last.taken_back);
	findings_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a finding that was stored says the same", round_trip),
		TEST("a finding cut anywhere is none", cut_anywhere),
		TEST("a finding with a flipped bit harms nobody", flipped),
		TEST("a finding of a detector that is gone is none", gone),
		TEST("a finding is told when it is new, worse or doubled",
		    told_when_worth_it),
		TEST("findings that were stored go on as if they never were",
		    go_on),
		TEST("what many share is taken back",
		    what_many_share_is_taken_back),
		TEST("what nobody was told needs no taking back",
		    what_nobody_was_told_needs_no_taking_back),
	};

	return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}

#include <stdio.h>

#include "base/civil.h"
#include "collect/silence.h"
#include "test.h"

#define FIRST (494000 * CIVIL_US_PER_HOUR) /* some hour of 2026 */

static const struct silence_stream stream = { SPAN_INIT("111122223333"),
	SPAN_INIT("eu-west-1"), SPAN_INIT("CloudTrail") };

static unsigned told;
static int64_t since_us;

static void
tell(void *cookie, const struct silence_told *t)
{
	(void)cookie;
	told++;
	since_us = t->since_us;
	assert_span_equal(t->stream.account, SPAN("111122223333"));
	assert_span_equal(t->stream.service, SPAN("CloudTrail"));
}

static struct silence *
heard(unsigned hours, unsigned every)
{
	struct silence *s = silence_new(tell, NULL);

	told = 0;
	for (unsigned i = 0; i < hours; i += every)
		silence_note(s, &stream, FIRST + i * CIVIL_US_PER_HOUR + 1);
	return s;
}

static int64_t
hours_after(unsigned hours)
{
	return FIRST + hours * CIVIL_US_PER_HOUR;
}

static void
told_once(void **state)
{
	struct silence *s = heard(48, 1);

	(void)state;
	/* Hour 48 may come late until hour 52 has begun. */
	silence_judge(s, hours_after(51));
	assert_int_equal(told, 0);
	silence_judge(s, hours_after(52));
	assert_int_equal(told, 1);
	assert_int_equal(since_us, hours_after(48));
	silence_judge(s, hours_after(60));
	assert_int_equal(told, 1);
	/* Heard again, and silent again. */
	silence_note(s, &stream, hours_after(61));
	silence_judge(s, hours_after(80));
	assert_int_equal(told, 1); /* no longer regular: 12 of 62 missed */
	silence_free(s);
}

static void
irregular(void **state)
{
	struct silence *s = heard(72, 2);

	(void)state;
	silence_judge(s, hours_after(100));
	assert_int_equal(told, 0);
	silence_free(s);
}

static void
young(void **state)
{
	struct silence *s = heard(24, 1);

	(void)state;
	silence_judge(s, hours_after(100));
	assert_int_equal(told, 0);
	silence_free(s);
}

static void
long_ended(void **state)
{
	struct silence *s = heard(72, 1);

	(void)state;
	silence_judge(s, hours_after(72 + 200));
	assert_int_equal(told, 0);
	silence_free(s);
}

static void
standing_still(void **state)
{
	struct silence *s = heard(72, 1);

	(void)state;
	/* Listings reach no further than what was heard. */
	silence_judge(s, hours_after(72));
	silence_judge(s, hours_after(72));
	assert_int_equal(told, 0);
	silence_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a regular stream that stops is told once", told_once),
		TEST("an irregular one is not", irregular),
		TEST("nor one that is known for a day", young),
		TEST("nor one that ended before anybody listened", long_ended),
		TEST("nor while nothing is listed", standing_still),
	};

	return cmocka_run_group_tests_name("silence", tests, NULL, NULL);
}

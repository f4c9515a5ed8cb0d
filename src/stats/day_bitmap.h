/*
 * day_bitmap.h - on which of the last 64 days something was seen.
 *
 * Bit i is the day `anchor - i`; the anchor is the latest day ever marked.
 * Exact, mergeable, and explains itself ("on 2 of the last 30 days").  Zeroed
 * memory is the valid empty bitmap.  A day is civil_day() of a time.  No
 * pointers; snapshot it as bytes.  One thread at a time.
 */
#pragma once

#include <stdint.h>

#define DAY_BITMAP_SPAN 64

struct day_bitmap {
	uint64_t bits;
	int32_t anchor; /* meaningless while bits is 0 */
	uint32_t spare; /* 0: no padding in snapshots */
};

/* How usual a value is, in GuardDuty's words: RARE is less than once a
 * month, INFREQUENT a few times a month, FREQUENT daily to weekly. */
enum frequency {
	FREQUENCY_UNSEEN, /* not in the last 64 days */
	FREQUENCY_RARE,
	FREQUENCY_INFREQUENT,
	FREQUENCY_FREQUENT,
};

/* Record that it was seen on `day`; more than 63 days before the anchor is
 * ignored, so late events are safe. */
static inline void
day_bitmap_mark(struct day_bitmap *b, int32_t day)
{
	int64_t ahead = (int64_t)day - b->anchor;

	if (b->bits == 0) {
		b->anchor = day;
		b->bits = 1;
	} else if (ahead > 0) {
		b->bits = ahead < DAY_BITMAP_SPAN ? b->bits << ahead : 0;
		b->bits |= 1;
		b->anchor = day;
	} else if (-ahead < DAY_BITMAP_SPAN) {
		b->bits |= (uint64_t)1 << -ahead;
	}
}

/* The bits as seen from `today`: bit 0 is today.  Days after today are left
 * out. */
static inline uint64_t
day_bitmap_from(const struct day_bitmap *b, int32_t today)
{
	int64_t shift = (int64_t)today - b->anchor;

	if (shift >= DAY_BITMAP_SPAN || shift <= -DAY_BITMAP_SPAN)
		return 0;
	return shift >= 0 ? b->bits << shift : b->bits >> -shift;
}

/* Number of days on which it was seen, among the `span_days` days that end
 * with today (included); spans past 64 count as 64. */
static inline unsigned
day_bitmap_days(const struct day_bitmap *b, int32_t today, unsigned span_days)
{
	uint64_t bits = day_bitmap_from(b, today);

	if (span_days < DAY_BITMAP_SPAN)
		bits &= ((uint64_t)1 << span_days) - 1;
	return (unsigned)__builtin_popcountll(bits);
}

/* Of the last `weeks` weeks (at most 9), how many hold a day it was seen. */
static inline unsigned
day_bitmap_weeks(const struct day_bitmap *b, int32_t today, unsigned weeks)
{
	uint64_t bits = day_bitmap_from(b, today);
	unsigned seen = 0;

	for (unsigned i = 0; i < weeks && i < 9; i++)
		seen += (bits >> (7 * i) & 0x7f) != 0;
	return seen;
}

/* FREQUENT on five of the last 30 days or in three of the last four weeks;
 * INFREQUENT on two to four days; RARE if at all in 64 days. */
enum frequency day_bitmap_frequency(const struct day_bitmap *b, int32_t today);

/* Put what `other` saw into `b`: the days seen by either. */
void day_bitmap_merge(struct day_bitmap *b, const struct day_bitmap *other);

/* "UNSEEN", "RARE", "INFREQUENT", "FREQUENT". */
const char *frequency_text(enum frequency f);

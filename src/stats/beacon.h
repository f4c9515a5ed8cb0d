/*
 * beacon.h - does something call home at regular intervals?
 *
 * Two scorers.  beacon_score_times() is for sources with true timestamps
 * (DNS queries, CloudTrail): the four views of RITA v5 (regular intervals,
 * equal sizes, duration, even histogram), but regularity multiplies instead
 * of adding a quarter, since a Poisson stream has the other three for free,
 * and it folds missed beats (an interval near 2, 3 ... periods).
 * beacon_score_buckets() is for flow logs, which are aggregated over 1 to 10
 * minutes: counts in equal buckets, judged by the intervals between
 * non-empty buckets, by autocovariance with a trough test (as Elastic's
 * beaconing package, plus the trough), and by under-dispersion where a
 * beacon beats faster than the buckets.
 *
 * Rates over seeded worlds are in docs/statistics.md.  Pure functions, no
 * allocation, up to BEACON_MOST inputs (more: the first ones count).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define BEACON_MOST 1440
#define BEACON_FEWEST_TIMES 6

struct beacon_times {
	const int64_t *time_s; /* ascending */
	const double *bytes;   /* sent at each time, or NULL */
	size_t count;
	int64_t span_s; /* length of the window watched; 0: one day */
};

struct beacon_buckets {
	const uint16_t *count; /* a ring */
	unsigned buckets;
	unsigned oldest; /* index of the oldest bucket */
	unsigned bucket_s;
};

struct beacon {
	double score;	 /* 0..1; >= 0.7 is a beacon */
	double period_s; /* 0 when there is none */
	/* The views, each 0..1, for the evidence. */
	double regularity;
	double sizes;
	double duration;
	double evenness;
};

struct beacon beacon_score_times(const struct beacon_times *t);

struct beacon beacon_score_buckets(const struct beacon_buckets *b);

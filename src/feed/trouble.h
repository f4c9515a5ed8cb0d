/*
 * trouble.h - how a feed fails and comes back: the counts, one line of log
 * for each change, and pauses that grow.
 *
 * Part of a feed, on its thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collect/source.h"
#include "feed/feed.h"

struct trouble {
	const struct feed_host *host;
	const char *name; /* of the feed, borrowed from the config */
	struct feed_counts counts;
	unsigned failures;     /* in a row */
	int64_t not_before_us; /* clock_mono_us: no attempt earlier */
};

void trouble_init(struct trouble *t, const struct config_feed *config,
    const struct feed_host *host);

/*
 * An attempt failed: count it, say so where `why` is new, and set the pause,
 * which is at least `least_s` (a receiver's Retry-After; 0: none).
 */
void trouble_failed(struct trouble *t, const char *why, unsigned least_s);

/* The same without a pause for the feed: one finding is refused. */
void trouble_refused(struct trouble *t, const char *why);

/* Everything up to `number`, `count` findings, is delivered: tell the host. */
void trouble_delivered(struct trouble *t, uint64_t number, uint64_t count);

/* The receiver answers: no more pause, whether or not all is well. */
void trouble_answers(struct trouble *t);

/* All is well again. */
void trouble_over(struct trouble *t);

/* Milliseconds until the next attempt, at most `most`; 0: now. */
int trouble_pause_ms(const struct trouble *t, int most);

/* Sleep, for a feed that has nothing to wait on. */
void trouble_sleep(int ms);

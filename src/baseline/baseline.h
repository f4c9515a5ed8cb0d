/*
 * baseline.h - what is usual, for one tenant.
 *
 * Holds all profiles of a tenant within a memory cap: cells (one per value),
 * contexts (one per scope entity and feature: how many observations, how
 * they spread) and names (texts of values, for explaining).  Learning and
 * asking are separate: the engine learns whole activities when their hour is
 * over.  One thread, the shard's.  Time is event time only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/image.h"
#include "base/span.h"
#include "baseline/usual.h"

struct baseline;

struct baseline_options {
	size_t memory_bytes;
	double half_life_days;
};

struct baseline *baseline_new(const struct baseline_options *options);
void baseline_free(struct baseline *b); /* NULL is allowed */

/* The context key of a profile: scope entity (keyed hash) and feature. */
uint64_t baseline_profile(
    enum scope scope, uint64_t entity, enum feature feature);

/*
 * Learn that `value` was observed in `profile` in the hour `hour` (since
 * 1970), `times` times: once for each activity of the hour, however many
 * events it has.
 */
void baseline_learn(struct baseline *b, uint64_t profile, uint64_t value,
    int64_t hour, unsigned times);

/*
 * Remember that something happened on the day of `hour`, outside of any
 * profile; and on how many of the last 30 days up to `day` it did.
 */
void baseline_mark(struct baseline *b, uint64_t key, int64_t hour);
unsigned baseline_marked_days(struct baseline *b, uint64_t key, int32_t day);

/* Keep the text of a value for later explanations. */
void baseline_name(struct baseline *b, uint64_t value, struct span text);

/* These are about to be learned or asked for: first fetches where what is
 * known of them is to be found, `soon` then that.  Changes nothing. */
void baseline_expect(
    const struct baseline *b, uint64_t profile, uint64_t value, bool soon);

/* What `profile` says of `value`, as of `day`; without names. */
void baseline_ask(struct baseline *b, uint64_t profile, uint64_t value,
    int32_t day, struct usual *usual);

/* Fill in the names of usual->profile, unless there are some. */
void baseline_names(const struct baseline *b, struct usual *usual);

struct baseline_sizes {
	uint64_t values, profiles, names;
	uint64_t bytes;
	uint64_t overflow; /* observations that found no cell or context */
};

uint64_t baseline_overflow(const struct baseline *b);
void baseline_sizes(const struct baseline *b, struct baseline_sizes *sizes);

/*
 * The whole of it as BASELINE_REGIONS regions from `first` on.  Loading into
 * a new baseline is false when the bytes are not of this version or do not
 * fit; it is then to be freed.
 */
#define BASELINE_REGIONS 8
void baseline_save(
    const struct baseline *b, const struct image_writer *w, unsigned first);
bool baseline_load(
    struct baseline *b, const struct image_reader *r, unsigned first);

/*
 * contexts.h - one profile as a whole: how much is known, and how it spreads.
 *
 * A growing table of fixed-size contexts with a limit, indexed by key.  A full
 * table gives up those known on few days and not lately, never one known on
 * many days for one that is new.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/image.h"
#include "baseline/usual.h"
#include "stats/day_bitmap.h"
#include "stats/novelty.h"

struct context {
	uint64_t key;
	struct day_bitmap days;
	struct novelty novelty;
	/* The values with the largest counts, unordered. */
	uint64_t top[USUAL_NAMES_MAX];
	float top_count[USUAL_NAMES_MAX];
	uint32_t values; /* cells it holds: its share is bounded */
};

struct contexts;

struct contexts *contexts_new(size_t limit);
void contexts_free(struct contexts *t); /* NULL is allowed */

/* Valid until the next contexts_add(). */
struct context *contexts_find(struct contexts *t, uint64_t key);

/* The key is about to be asked for: first fetches where its context is to be
 * found, `soon` then the context. */
void contexts_expect(const struct contexts *t, uint64_t key, bool soon);

/* Found or made; NULL when the limit is reached and none may be given up. */
struct context *contexts_add(struct contexts *t, uint64_t key, int32_t today);

size_t contexts_count(const struct contexts *t);
size_t contexts_bytes(const struct contexts *t);

/* One region; into a new table, false when it is not what was saved. */
void contexts_save(
    const struct contexts *t, const struct image_writer *w, unsigned region);
bool contexts_load(
    struct contexts *t, const struct image_reader *r, unsigned region);

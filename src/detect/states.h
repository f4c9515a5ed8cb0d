/*
 * states.h - the states that one detector keeps for its entities.
 *
 * Fixed-size, zeroed at first use, forgotten when unused for the detector's
 * time to live.  Bounded: when full, expired states go first; if none has
 * expired there is no state for a new entity, which is counted.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/image.h"
#include "base/pack.h"

struct states;

struct states *states_new(
    size_t state_size, size_t limit_bytes, int64_t ttl_us);
void states_free(struct states *t); /* NULL is allowed */

/* The state of `key`, zeroed when new; NULL when there is no room.  Aligned
 * for any type; valid until the next call. */
void *states_get(struct states *t, uint64_t key, int64_t now_us);

/* It is about to be asked for: first fetches where its state is to be found,
 * `soon` then the state. */
void states_expect(const struct states *t, uint64_t key, bool soon);

uint64_t states_refused(const struct states *t);
size_t states_bytes(const struct states *t);

/*
 * One region, and in *head what decides when it lets go of the old; into a
 * new table of the same detector and version of its state, false when it
 * does not fit.
 */
void states_save(const struct states *t, const struct image_writer *w,
    unsigned region, struct buf *head);
bool states_load(struct states *t, const struct image_reader *r,
    unsigned region, struct unpack *head);
/* Read past the head of states that are not to be loaded. */
void states_skip(struct unpack *head);

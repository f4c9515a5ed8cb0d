/*
 * space_saving.h - the most frequent keys of a stream, in fixed memory.
 *
 * Space-Saving (Metwally, Agrawal and El Abbadi, ICDT 2005): 64 counters; a
 * new key takes over the smallest.  Any key with more than total/64 of the
 * weight is present; a count is at most `error` too high and never too low,
 * and error <= total/64.  Ties go to the first slot, so equal streams give
 * equal bytes.  Zeroed memory is valid and empty.  No pointers; one thread.
 */
#pragma once

#include <stdint.h>

#define SPACE_SAVING_SLOTS 64

struct space_saving {
	uint64_t key[SPACE_SAVING_SLOTS];
	uint32_t count[SPACE_SAVING_SLOTS]; /* saturates */
	uint32_t error[SPACE_SAVING_SLOTS];
	uint64_t total;
	uint32_t used;
	uint32_t spare; /* 0: no padding in snapshots */
};

/* Count `weight` for `key`.  Returns its slot; *evicted is the key that had
 * to go, or `key` itself when none had.  `evicted` may be NULL. */
unsigned space_saving_add(
    struct space_saving *s, uint64_t key, uint32_t weight, uint64_t *evicted);

/* Slot of the key, or SPACE_SAVING_SLOTS. */
unsigned space_saving_find(const struct space_saving *s, uint64_t key);

/* Upper bound of the key's count: its own, or that of any absent key. */
uint32_t space_saving_count(const struct space_saving *s, uint64_t key);

/* Slot of the `rank`th largest counter (0 the largest, ties by slot), or
 * SPACE_SAVING_SLOTS past the last. */
unsigned space_saving_rank(const struct space_saving *s, unsigned rank);

/* Halve all counts: decay by epochs.  The bounds hold for halved totals. */
void space_saving_halve(struct space_saving *s);

/*
 * waves.h - what is new to many of a peer group at once.
 *
 * A release, a move or a new tool is new to all who get it, within the hour;
 * an intruder is new alone.  For each value that was new to somebody lately,
 * who of its peers had it within this hour and the last.  A small ring: of
 * more values the oldest is forgotten, which makes nothing quieter.  Plain
 * bytes; one thread, the shard's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/image.h"

#define WAVES_MAX 256
#define WAVES_ACTORS 16 /* of a value that are told apart */
#define WAVES_LEAST 3	/* actors; fewer are no wave */

struct waves {
	struct wave_row {
		uint64_t key; /* of the peer group and the value; 0: free */
		int64_t hour; /* in which somebody new had it last */
		uint64_t actors[WAVES_ACTORS];
		uint32_t count, spare;
	} rows[WAVES_MAX];
	uint64_t next;
};

/* `actor` has the value of `key` in `hour`: how many have it by now, at most
 * WAVES_ACTORS. */
unsigned waves_add(struct waves *w, uint64_t key, uint64_t actor, int64_t hour);

/* Are so many of a group of `peers` a wave?  A third of it, or, as no more are
 * told apart, WAVES_ACTORS. */
bool waves_is_one(unsigned actors, double peers);

/* One region; false when it is not what was saved. */
void waves_save(
    const struct waves *w, const struct image_writer *to, unsigned region);
bool waves_load(
    struct waves *w, const struct image_reader *from, unsigned region);

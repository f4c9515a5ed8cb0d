/*
 * waves.h - what is new to many of a peer group at once.
 *
 * A release, a move or a new tool is new to all who get it, within the hour;
 * an intruder is new alone.  For each value that was new to somebody lately,
 * who of its peers had it within this hour and the last.  The first of them are
 * told before anybody can know that it is a wave; what was told of them is
 * noted, to be taken back.  Small rings: of more values the oldest is
 * forgotten, which makes nothing quieter.  Keys and identities are never 0.
 * Plain bytes; one thread, the shard's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/image.h"

#define WAVES_MAX 256
#define WAVES_ACTORS 16 /* of a value that are told apart */
#define WAVES_LEAST 3	/* actors; fewer are no wave */
#define WAVES_STAY 72	/* hours, until what it brought is usual */
#define WAVES_TOLD 128
#define WAVES_KEYS 8 /* values that are new in one event */

struct waves {
	struct wave_row {
		uint64_t key; /* of the peer group and the value; 0: free */
		int64_t hour; /* in which somebody new had it last */
		uint64_t actors[WAVES_ACTORS];
		uint32_t count;
		uint32_t is_shared; /* it is a wave */
	} rows[WAVES_MAX];
	uint64_t next;
	struct wave_told {
		uint64_t identity;	   /* of the finding; 0: free */
		uint64_t keys[WAVES_KEYS]; /* 0: none behind it */
	} told[WAVES_TOLD];
	uint64_t next_told;
};

/* `actor` has the value of `key` in `hour`: how many have it by now, at most
 * WAVES_ACTORS. */
unsigned waves_add(struct waves *w, uint64_t key, uint64_t actor, int64_t hour);

/* Are so many of a group of `peers` a wave?  A third of it, or, as no more are
 * told apart, WAVES_ACTORS. */
bool waves_is_one(unsigned actors, double peers);

/* A finding of `identity` was told of an event because of what is new in it;
 * more than WAVES_KEYS values are never all shared. */
void waves_note(
    struct waves *w, uint64_t identity, const uint64_t *keys, size_t count);

/* The value of `key` is a wave from now on, for WAVES_STAY hours after the
 * last who was new to it; false: it was one already. */
bool waves_share(struct waves *w, uint64_t key);
bool waves_is_shared(const struct waves *w, uint64_t key, int64_t hour);

/*
 * Of what was noted with `key`, from *at on: the next identity of which all
 * that was noted rests on waves alone, and how many events that were.  0: no
 * more.  An identity may come twice.
 */
size_t waves_excused(
    const struct waves *w, uint64_t key, size_t *at, uint64_t *identity);

/* One region; false when it is not what was saved. */
void waves_save(
    const struct waves *w, const struct image_writer *to, unsigned region);
bool waves_load(
    struct waves *w, const struct image_reader *from, unsigned region);

/*
 * cells.h - one small cell per remembered value of a profile.
 *
 * An open-addressed table of 32-byte cells, two a cache line, keyed by 64-bit
 * keyed hashes.  It doubles up to a limit; a full table gives up only cells
 * that were seen on few days and long ago, never one seen on many days for
 * one seen on few.  What finds no place is counted.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/image.h"
#include "stats/day_bitmap.h"

struct cell {
	uint64_t key;	/* 0: free */
	uint64_t bits;	/* day bitmap ... */
	int32_t anchor; /* ... and its anchor */
	int32_t hour;	/* of the last observation: what `count` is as of */
	float count;	/* decayed */
	int32_t first_day;
};

struct cells;

/* A table that never grows past `limit` cells (rounded down to a power of
 * two, at least 1024). */
struct cells *cells_new(size_t limit);
void cells_free(struct cells *t); /* NULL is allowed */

/* The cell of `key`, or NULL.  Valid until the next cells_add(). */
struct cell *cells_find(struct cells *t, uint64_t key);

/* The key is about to be asked for: fetches its cell. */
void cells_expect(const struct cells *t, uint64_t key);

/* The cell of `key`, made (zeroed but for the key) if there is room; NULL
 * when there is none: the caller accounts for the value in the aggregate. */
struct cell *cells_add(struct cells *t, uint64_t key, int32_t today);

size_t cells_count(const struct cells *t);
uint64_t cells_refused(const struct cells *t);
size_t cells_bytes(const struct cells *t);

/* One region; into a new table, false when it is not what was saved. */
void cells_save(
    const struct cells *t, const struct image_writer *w, unsigned region);
bool cells_load(struct cells *t, const struct image_reader *r, unsigned region);

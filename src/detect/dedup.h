/*
 * dedup.h - has this record been seen before?
 *
 * Remembers the 128-bit keys of at least the last `horizon` ids of a tenant,
 * in two generations.  Keys are keyed hashes of the ids: two different ids
 * are taken for one with a probability below 2^-80 even among 2^24 of them.
 * One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/image.h"

struct dedup;

/* Remember between `horizon` and twice that many ids. */
struct dedup *dedup_new(size_t horizon);
void dedup_free(struct dedup *d); /* NULL is allowed */

/* True when the key was seen within the horizon; else it is remembered. */
bool dedup_seen(struct dedup *d, const uint64_t key[2]);

/* It is about to be asked for: fetches what that will look at. */
void dedup_expect(const struct dedup *d, const uint64_t key[2]);

size_t dedup_bytes(const struct dedup *d);

/* Its regions are `first` .. `first` + DEDUP_REGIONS - 1.  Loading into a new
 * one is false when the bytes do not fit. */
#define DEDUP_REGIONS 3
void dedup_save(
    const struct dedup *d, const struct image_writer *w, unsigned first);
bool dedup_load(struct dedup *d, const struct image_reader *r, unsigned first);

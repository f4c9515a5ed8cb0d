/*
 * keys.h - a large set of texts, of which only hashes are kept.
 *
 * A keyed 64-bit hash stands for a text, which a caller who finds it has at
 * hand: of ten million entries and a billion questions one in two thousand
 * runs would see a false hit.  Filled by one thread, then sorted, then
 * read-only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct keys_entry {
	uint64_t hash;
	uint32_t expires_s; /* 0: never */
	uint16_t list;
	uint16_t unused;
};

struct keys {
	struct keys_entry *entries;
	size_t count, room;
};

void keys_done(struct keys *k); /* zeroed memory is valid and empty */

void keys_add(struct keys *k, uint64_t hash, uint16_t list, uint32_t expires_s);

/* Sort, and drop what a list says twice.  Nothing is added afterwards. */
void keys_finish(struct keys *k);

/* The entries of this hash stand together; the first, and how many. */
const struct keys_entry *keys_find(
    const struct keys *k, uint64_t hash, size_t *count);

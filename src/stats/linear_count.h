/*
 * linear_count.h - a small set of which only the size is asked.
 *
 * Linear counting (Whang, Vander-Zanden and Taylor, ACM TODS 15(2), 1990) in
 * 512 bits: n = -m ln(1 - set/m), within 3 % up to 500 members, saturating
 * near 3200.  Unlike HyperLogLog it answers "was this one new?" and the size
 * of a difference, where both sets were filled with the same hashes.
 *
 * Zeroed memory is valid and empty.  No pointers; one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define LINEAR_COUNT_BITS 512

struct linear_count {
	uint64_t bit[LINEAR_COUNT_BITS / 64];
};

/* Add the hash of a thing; true when its bit was not set before. */
bool linear_count_add(struct linear_count *c, uint64_t hash);

double linear_count_estimate(const struct linear_count *c);

/* How many are in `c` and not in `other`. */
double linear_count_without(
    const struct linear_count *c, const struct linear_count *other);

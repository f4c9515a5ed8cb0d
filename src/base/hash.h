/*
 * hash.h - keyed hashes, so that input cannot be crafted to collide.
 *
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
 * 2012; the 1-3 variant is what Rust and Python use for hash tables).  The
 * key is the store's secret; without a store the fixed HASH_KEY_DEFAULT, so
 * that two runs agree.  Pure functions, any thread.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

struct hash_key {
	uint64_t k0;
	uint64_t k1;
};

extern const struct hash_key HASH_KEY_DEFAULT;

/* The 64-bit hash of the bytes of `s`. */
uint64_t hash_span(const struct hash_key *key, struct span s);

/* The hash of `s` under another purpose: a different `seed` gives an
 * independent hash of the same bytes. */
uint64_t hash_seeded(const struct hash_key *key, uint64_t seed, struct span s);

/* Two independent hashes of `s`, together 128 bits, in one pass: SipHash's
 * own 128-bit form. */
void hash_pair(
    const struct hash_key *key, uint64_t seed, struct span s, uint64_t pair[2]);

/*
 * One hash of several texts in their order: begin, add each, end.  The same
 * texts cut elsewhere give another hash; an empty one counts.
 */
struct hash_state {
	uint64_t v0, v1, v2, v3;
};

struct hash_state hash_begin(const struct hash_key *key, uint64_t seed);
void hash_more(struct hash_state *h, struct span s);
uint64_t hash_end(struct hash_state *h);

/*
 * Combine two words into one.  Cheap; fine for joining values that are
 * themselves keyed hashes or small numbers.  Not symmetric.
 */
static inline uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a ^ 0x9e3779b97f4a7c15u) + b * 0xff51afd7ed558ccdu;

	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	x ^= x >> 29;
	x *= 0x94d049bb133111ebu;
	x ^= x >> 32;
	return x;
}

/*
 * hll.h - how many different things, in a few bytes.
 *
 * HyperLogLog (Flajolet et al., 2007) with one byte a register and Ertl's
 * estimator (arXiv 1702.01284, section 3), which needs no bias tables and
 * contains the linear counting of the small range.  Relative error is about
 * 1.04 / sqrt(2^p): 13 % for p = 6 (64 bytes), 6.5 % for p = 8 (256), 1.6 %
 * for p = 12 (4096); small counts are near exact.
 *
 * Zeroed memory is valid and empty.  Merging is commutative, associative and
 * idempotent.  No pointers; one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hll6 {
	uint8_t reg[64];
};

struct hll8 {
	uint8_t reg[256];
};

struct hll12 {
	uint8_t reg[4096];
};

/* Add the 64-bit hash of a thing; true when a register changed.  `p` is 4 to
 * 16 and `reg` has 2^p bytes. */
bool hll_add(uint8_t *reg, unsigned p, uint64_t hash);

double hll_estimate(const uint8_t *reg, unsigned p);

/* The union: whatever either has seen. */
void hll_merge(uint8_t *reg, const uint8_t *other, unsigned p);

static inline bool
hll6_add(struct hll6 *h, uint64_t hash)
{
	return hll_add(h->reg, 6, hash);
}

static inline double
hll6_estimate(const struct hll6 *h)
{
	return hll_estimate(h->reg, 6);
}

static inline void
hll6_merge(struct hll6 *h, const struct hll6 *other)
{
	hll_merge(h->reg, other->reg, 6);
}

static inline bool
hll8_add(struct hll8 *h, uint64_t hash)
{
	return hll_add(h->reg, 8, hash);
}

static inline double
hll8_estimate(const struct hll8 *h)
{
	return hll_estimate(h->reg, 8);
}

static inline void
hll8_merge(struct hll8 *h, const struct hll8 *other)
{
	hll_merge(h->reg, other->reg, 8);
}

static inline bool
hll12_add(struct hll12 *h, uint64_t hash)
{
	return hll_add(h->reg, 12, hash);
}

static inline double
hll12_estimate(const struct hll12 *h)
{
	return hll_estimate(h->reg, 12);
}

static inline void
hll12_merge(struct hll12 *h, const struct hll12 *other)
{
	hll_merge(h->reg, other->reg, 12);
}

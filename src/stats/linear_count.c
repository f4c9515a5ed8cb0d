#include "stats/linear_count.h"

#include <math.h>

#define WORDS (LINEAR_COUNT_BITS / 64)

static unsigned
ones(uint64_t x)
{
	unsigned n = 0;

	for (; x != 0; x &= x - 1)
		n++;
	return n;
}

static double
estimate(unsigned set)
{
	double free = LINEAR_COUNT_BITS - (set < LINEAR_COUNT_BITS ? set : 511);

	return LINEAR_COUNT_BITS * log(LINEAR_COUNT_BITS / free);
}

bool
linear_count_add(struct linear_count *c, uint64_t hash)
{
	unsigned at = (unsigned)(hash >> 55);
	uint64_t bit = UINT64_C(1) << (at % 64);
	bool fresh = !(c->bit[at / 64] & bit);

	c->bit[at / 64] |= bit;
	return fresh;
}

double
linear_count_estimate(const struct linear_count *c)
{
	unsigned set = 0;

	for (unsigned i = 0; i < WORDS; i++)
		set += ones(c->bit[i]);
	return estimate(set);
}

double
linear_count_without(
    const struct linear_count *c, const struct linear_count *other)
{
	unsigned both = 0, either = 0;

	for (unsigned i = 0; i < WORDS; i++) {
		both += ones(other->bit[i]);
		either += ones(c->bit[i] | other->bit[i]);
	}
	return estimate(either) - estimate(both);
}

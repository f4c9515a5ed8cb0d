#include "stats/hll.h"

#include <math.h>

#include "base/hash.h"
#include "base/status.h"

bool
hll_add(uint8_t *reg, unsigned p, uint64_t hash)
{
	/* Mixed once more, so that plain numbers may be given too. */
	uint64_t h = hash_mix(hash, 0x68796c);
	uint64_t rest = h << p | (uint64_t)1 << (p - 1);
	uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
	size_t i = (size_t)(h >> (64 - p));

	if (reg[i] >= rank)
		return false;
	reg[i] = rank;
	return true;
}

/* x + sum of x^(2^k) 2^(k-1): the registers still at zero. */
static double
sigma(double x)
{
	double y = 1, z = x, before;

	if (x >= 1)
		return INFINITY;
	do {
		before = z;
		x *= x;
		z += x * y;
		y += y;
	} while (z > before);
	return z;
}

/* (1 - x - sum of (1 - x^(2^-k))^2 2^-k) / 3: the saturated registers. */
static double
tau(double x)
{
	double y = 1, z = 1 - x, before;

	if (x <= 0 || x >= 1)
		return 0;
	do {
		before = z;
		x = sqrt(x);
		y /= 2;
		z -= (1 - x) * (1 - x) * y;
	} while (z < before);
	return z / 3;
}

double
hll_estimate(const uint8_t *reg, unsigned p)
{
	size_t m = (size_t)1 << p;
	unsigned q = 64 - p; /* the highest rank is q + 1 */
	unsigned count[66] = { 0 };
	double z;

	for (size_t i = 0; i < m; i++)
		count[reg[i] <= q + 1 ? reg[i] : q + 1]++;
	if (count[0] == m)
		return 0;
	z = (double)m * tau(1 - (double)count[q + 1] / (double)m);
	for (unsigned k = q; k >= 1; k--)
		z = (z + count[k]) / 2;
	z += (double)m * sigma((double)count[0] / (double)m);
	return (double)m * (double)m / (2 * M_LN2 * z);
}

void
hll_merge(uint8_t *reg, const uint8_t *other, unsigned p)
{
	for (size_t i = 0; i < (size_t)1 << p; i++)
		if (other[i] > reg[i])
			reg[i] = other[i];
}

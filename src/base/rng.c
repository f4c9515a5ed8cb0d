#include "base/rng.h"

#include <math.h>

#include "base/hash.h"
#include "base/status.h"

static uint64_t
splitmix(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint64_t
rotl(uint64_t x, unsigned bits)
{
	return (x << bits) | (x >> (64 - bits));
}

void
rng_seed(struct rng *r, uint64_t seed)
{
	for (size_t i = 0; i < COUNTOF(r->s); i++)
		r->s[i] = splitmix(&seed);
}

void
rng_fork(struct rng *r, uint64_t seed, struct span purpose)
{
	rng_seed(r, hash_seeded(&HASH_KEY_DEFAULT, seed, purpose));
}

uint64_t
rng_next(struct rng *r)
{
	uint64_t *s = r->s;
	uint64_t result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

uint64_t
rng_below(struct rng *r, uint64_t bound)
{
	ASSERT(bound > 0);
	/* The bias is below bound / 2^64: irrelevant for simulated worlds. */
	return rng_next(r) % bound;
}

double
rng_unit(struct rng *r)
{
	return (double)(rng_next(r) >> 11) * 0x1p-53;
}

double
rng_normal(struct rng *r)
{
	double u = 1.0 - rng_unit(r), v = rng_unit(r);

	return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

double
rng_exponential(struct rng *r, double mean)
{
	return -mean * log(1.0 - rng_unit(r));
}

uint64_t
rng_poisson(struct rng *r, double mean)
{
	double limit, product = 1.0;
	uint64_t k = 0;

	if (mean > 60.0) {
		double x = mean + sqrt(mean) * rng_normal(r);

		return x < 0.0 ? 0 : (uint64_t)(x + 0.5);
	}
	limit = exp(-mean);
	for (product = rng_unit(r); product > limit; k++)
		product *= rng_unit(r);
	return k;
}

/*
 * rng.h - repeatable random numbers for the simulator and the tests.
 *
 * xoshiro256** (Blackman and Vigna, 2018) seeded by splitmix64.  Never used
 * for secrets, never in detection.  One generator belongs to one thread.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

struct rng {
	uint64_t s[4];
};

/* Start a generator; the same seed gives the same numbers everywhere. */
void rng_seed(struct rng *r, uint64_t seed);

/* Start an independent generator for a named purpose of the same seed, so
 * that one part of a world can change without moving the others. */
void rng_fork(struct rng *r, uint64_t seed, struct span purpose);

uint64_t rng_next(struct rng *r);

/* Uniform in [0, bound); bound > 0. */
uint64_t rng_below(struct rng *r, uint64_t bound);

/* Uniform in [0, 1). */
double rng_unit(struct rng *r);

/* Standard normal. */
double rng_normal(struct rng *r);

/* Exponential with the given mean. */
double rng_exponential(struct rng *r, double mean);

/* Poisson with the given mean (0..1e6). */
uint64_t rng_poisson(struct rng *r, double mean);

/*
 * novelty.h - how surprising is this value of a feature, for this scope?
 *
 * One struct novelty per (scope, feature), beside whatever table holds the
 * values' own decayed counts.  It keeps the Pitman-Yor predictive
 *
 *	P(v)   = (n_v - s min(1, n_v)) / (n + t)
 *	P(new) = (t + s K) / (n + t),	K = sum of min(1, n_v)
 *
 * with t = NOVELTY_CONCENTRATION, s = NOVELTY_DISCOUNT; n is the decayed
 * number of observations, n_v that of value v.  With whole counts this is
 * the usual form (Pitman and Yor, Ann. Probab. 25, 1997); min(1, n_v) makes
 * a forgotten value weigh as little as it should, and all still sums to 1.
 * Who always does new things has a large P(new), so new is not surprising.
 *
 * The tail p is the probability of something no more likely than what was
 * seen, found from a histogram of the values' mass by octave of count: the
 * whole octave of the value counts as no more likely, so
 *	exact tail at count c <= novelty_p(c) <= exact tail at 2 c.
 *
 * Decay is forward (Cormode et al., "Forward decay", ICDE 2009): the counts
 * inside are in units of a landmark in the past, so nothing is visited to
 * decay; all counts that go in and out of this interface are the decayed
 * counts *as of the last novelty_advance()*.  A cell that keeps (count,
 * last_us) and multiplies its count by 2^(-elapsed/half-life) when it is
 * read agrees with that.  The landmark moves by whole octaves.
 *
 * Zeroed memory is a valid empty context without decay.  No pointers.  One
 * thread at a time.
 */
#pragma once

#include <stdint.h>

#define NOVELTY_OCTAVES 24
#define NOVELTY_DISCOUNT 0.4
#define NOVELTY_CONCENTRATION 1.0

struct novelty {
	int64_t time_us; /* of the last advance; 0: never */
	double age;	 /* half-lives since the landmark */
	double unit;	 /* 2^age, or 0 for 1: what a new count weighs */
	float mass[NOVELTY_OCTAVES];
	uint16_t values[NOVELTY_OCTAVES];
};

/* Let time pass: every count decays by half each `half_life_us`.  Earlier
 * times and half-lives <= 0 change nothing. */
void novelty_advance(struct novelty *n, int64_t time_us, double half_life_us);

/* A value's decayed count moved from `old_count` to `new_count`: 0 -> 1 for a
 * new value, c -> c + 1 for one more observation, c -> 0 for an eviction. */
void novelty_add(struct novelty *n, double old_count, double new_count);

/* Decayed number of observations, and K. */
double novelty_total(const struct novelty *n);
double novelty_distinct(const struct novelty *n);

/* P(new), and the tail p of observing a value whose count so far is `count`
 * (0: unseen).  1 for an empty context. */
double novelty_p_new(const struct novelty *n);
double novelty_p(const struct novelty *n, double count);

/* Back off to the peers while the entity is young: l p_entity + (1 - l)
 * p_peer with l = n / (n + m); m of 20 to 50 pseudo-observations. */
double novelty_backoff(
    double p_entity, double n_entity, double p_peer, double m);

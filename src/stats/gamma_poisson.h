/*
 * gamma_poisson.h - is this count too high for this key, now?
 *
 * The rate is unknown: Gamma(a0 + counts, b0 + windows), all decayed, so the
 * next count is negative binomial and the tail is an incomplete beta
 * function.  Cold start is the prior, without a special case.  Real series
 * are burstier than Poisson, so the squares are kept too: once there are
 * GAMMA_POISSON_MOMENTS_MIN windows and the variance exceeds the mean, the
 * negative binomial fitted by moments gives a second tail and the larger of
 * both is the answer.  Source: conjugate analysis (Gelman et al., BDA 2.6);
 * r = m^2 / (s^2 - m).
 *
 * Floors against trivial alerts (k >= 10, k >= 3 x usual, days of history)
 * are the caller's.  Zeroed memory is valid: nothing learned.  No pointers;
 * one thread at a time.
 */
#pragma once

#define GAMMA_POISSON_MOMENTS_MIN 5.0

struct gamma_poisson {
	double count;	/* decayed sum of counts */
	double windows; /* decayed number of windows watched */
	double square;	/* decayed sum of count^2 / windows */
};

/* What peers do: `events` seen in `windows`; 0.5 in 1 when nothing is known.
 */
struct gamma_prior {
	double events;
	double windows;
};

#define GAMMA_PRIOR_WEAK ((struct gamma_prior){ 0.5, 1 })

/* Learn `count` events in `windows` (1 = one window; 0.5 = half of one; a
 * seasonal factor multiplies it).  `keep` in (0, 1] is what stays of the
 * past: 2^(-elapsed/half-life), decay_mean_keep(). */
void gamma_poisson_add(
    struct gamma_poisson *g, double count, double windows, double keep);

/* Expected count in `windows`. */
double gamma_poisson_mean(
    const struct gamma_poisson *g, struct gamma_prior prior, double windows);

/* P(X >= k) in `windows` windows, and its natural logarithm. */
double gamma_poisson_tail(const struct gamma_poisson *g,
    struct gamma_prior prior, double k, double windows);
double gamma_poisson_log_tail(const struct gamma_poisson *g,
    struct gamma_prior prior, double k, double windows);

/* ln P(X >= k) of the negative binomial with this mean and variance;
 * Poisson when the variance is not above the mean. */
double gamma_poisson_moments_log_tail(double mean, double variance, double k);

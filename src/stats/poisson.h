/*
 * poisson.h - tails of a Poisson count with a known mean.
 *
 * Use it only where the variance is near the mean; else gamma_poisson.h.
 * Pure functions, any thread.
 */
#pragma once

/* P(X >= k) for X ~ Poisson(mean), and its natural logarithm; k is rounded
 * up.  1 for k <= 0, 0 for mean <= 0. */
double poisson_upper_tail(double k, double mean);
double poisson_log_upper_tail(double k, double mean);

/* P(X <= k): a feed that fell silent. */
double poisson_lower_tail(double k, double mean);

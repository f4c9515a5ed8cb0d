/*
 * decay_mean.h - a mean and a variance that forget.
 *
 * Exponentially weighted; while it is young it is the plain mean, so there
 * is no start-up bias (West, "Updating mean and variance estimates", CACM
 * 22(9), 1979, with decaying weights).  Also the tail of a volume under a
 * normal law of ln(1 + bytes).  Zeroed memory is valid and empty.  No
 * pointers; one thread at a time.
 */
#pragma once

#include <stdint.h>

struct decay_mean {
	double mean;
	double variance;
	double weight; /* decayed number of observations */
};

/* What stays after `elapsed_us`: 2^(-elapsed/half-life), in [0, 1].  Time
 * that runs backwards keeps everything. */
double decay_mean_keep(int64_t elapsed_us, double half_life_us);

/* Learn x after keeping the part `keep` of the past. */
void decay_mean_add(struct decay_mean *m, double x, double keep);

/* Standard deviations of x above the mean; the variance has a floor of
 * `least_deviation` squared.  0 while empty. */
double decay_mean_z(
    const struct decay_mean *m, double x, double least_deviation);

/* P(X >= x) and its logarithm under a normal law around the mean, widened
 * for the error of a mean of few values.  1 while fewer than 2. */
double decay_mean_tail(
    const struct decay_mean *m, double x, double least_deviation);
double decay_mean_log_tail(
    const struct decay_mean *m, double x, double least_deviation);

/* The same for a volume: learn ln(1 + bytes), ask for bytes.  Least
 * deviation is 0.35, a factor of 1.4.  Absolute floors are the caller's. */
void decay_mean_add_volume(struct decay_mean *m, double bytes, double keep);
double decay_mean_volume_log_tail(const struct decay_mean *m, double bytes);

/* The usual volume in bytes (the median of the log-normal). */
double decay_mean_volume(const struct decay_mean *m);

#include "stats/gamma_poisson.h"

#include <math.h>

#include "stats/poisson.h"
#include "stats/special.h"

void
gamma_poisson_add(
    struct gamma_poisson *g, double count, double windows, double keep)
{
	if (!(windows > 0) || !(count >= 0) || !(keep >= 0))
		return;
	keep = fmin(keep, 1);
	g->count = keep * g->count + count;
	g->windows = keep * g->windows + windows;
	g->square = keep * g->square + count * count / windows;
}

double
gamma_poisson_mean(
    const struct gamma_poisson *g, struct gamma_prior prior, double windows)
{
	return windows * (prior.events + g->count) /
	       fmax(prior.windows + g->windows, 1e-9);
}

double
gamma_poisson_moments_log_tail(double mean, double variance, double k)
{
	double r;

	if (!(k > 0))
		return 0;
	if (!(mean > 0))
		return -HUGE_VAL;
	if (variance <= mean * (1 + 1e-9))
		return poisson_log_upper_tail(k, mean);
	r = mean * mean / (variance - mean);
	return stats_log_beta(ceil(k), r, mean / (mean + r));
}

/* Variance of the count in one window, from the decayed sums.  Counts of
 * unequal windows enter as rates weighted by their length. */
static double
window_variance(const struct gamma_poisson *g)
{
	double spread = g->square - g->count * g->count / g->windows;

	return fmax(spread, 0) / (g->windows - 1);
}

double
gamma_poisson_log_tail(const struct gamma_poisson *g, struct gamma_prior prior,
    double k, double windows)
{
	double a = prior.events + g->count;
	double b = prior.windows + g->windows;
	double tail, mean, variance;

	if (!(k > 0))
		return 0;
	if (!(a > 0) || !(windows > 0))
		return -HUGE_VAL;
	tail = stats_log_beta(ceil(k), a, windows / (fmax(b, 0) + windows));
	if (g->windows < GAMMA_POISSON_MOMENTS_MIN)
		return tail;
	mean = gamma_poisson_mean(g, prior, windows);
	/* Rates vary between windows, not within: what exceeds the Poisson
	 * part grows with the square of the length.  The last term is the
	 * error of the mean itself. */
	variance = window_variance(g);
	variance = mean +
		   fmax(variance - mean / windows, 0) * windows * windows +
		   variance * windows * windows / g->windows;
	return fmax(tail, gamma_poisson_moments_log_tail(mean, variance, k));
}

double
gamma_poisson_tail(const struct gamma_poisson *g, struct gamma_prior prior,
    double k, double windows)
{
	return exp(gamma_poisson_log_tail(g, prior, k, windows));
}

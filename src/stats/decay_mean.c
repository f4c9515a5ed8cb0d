#include "stats/decay_mean.h"

#include <math.h>

#include "stats/special.h"

#define LEAST_VOLUME_DEVIATION 0.35

double
decay_mean_keep(int64_t elapsed_us, double half_life_us)
{
	if (elapsed_us <= 0 || !(half_life_us > 0))
		return 1;
	return exp2(-(double)elapsed_us / half_life_us);
}

void
decay_mean_add(struct decay_mean *m, double x, double keep)
{
	double old = m->weight * fmin(fmax(keep, 0), 1);
	double share, off = x - m->mean;

	if (!isfinite(x))
		return;
	m->weight = old + 1;
	share = 1 / m->weight;
	m->mean += share * off;
	m->variance = (1 - share) * (m->variance + share * off * off);
}

static double
deviation(const struct decay_mean *m, double least)
{
	/* Unbiased for few values, and wider by the mean's own error. */
	double n = fmax(m->weight, 1.5);
	double variance = m->variance * n / (n - 1);

	return sqrt(fmax(variance, least * least) * (1 + 1 / n) + 1e-300);
}

double
decay_mean_z(const struct decay_mean *m, double x, double least_deviation)
{
	if (!(m->weight > 0))
		return 0;
	return (x - m->mean) / deviation(m, least_deviation);
}

double
decay_mean_log_tail(
    const struct decay_mean *m, double x, double least_deviation)
{
	if (m->weight < 1.5)
		return 0;
	return stats_log_normal_tail(decay_mean_z(m, x, least_deviation));
}

double
decay_mean_tail(const struct decay_mean *m, double x, double least_deviation)
{
	return exp(decay_mean_log_tail(m, x, least_deviation));
}

void
decay_mean_add_volume(struct decay_mean *m, double bytes, double keep)
{
	decay_mean_add(m, log1p(fmax(bytes, 0)), keep);
}

double
decay_mean_volume_log_tail(const struct decay_mean *m, double bytes)
{
	return decay_mean_log_tail(
	    m, log1p(fmax(bytes, 0)), LEAST_VOLUME_DEVIATION);
}

double
decay_mean_volume(const struct decay_mean *m)
{
	return expm1(m->mean);
}

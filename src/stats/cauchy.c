#include "stats/cauchy.h"

#include <math.h>

#include "stats/special.h"

#define LARGEST_P 0.99
#define LEAST_P 1e-300

static double
clamp(double p, double most)
{
	return isnan(p) ? most : fmin(fmax(p, LEAST_P), most);
}

double
cauchy_combine(const double *p, const double *weight, size_t count)
{
	double sum = 0, weights = 0, t;

	for (size_t i = 0; i < count; i++) {
		double w = weight != NULL ? fmax(weight[i], 0) : 1;
		double q = clamp(p[i], LARGEST_P);

		/* tan loses all digits near its pole; 1/(pi p) does not. */
		sum += w * (q < 1e-8 ? 1 / (M_PI * q) : tan((0.5 - q) * M_PI));
		weights += w;
	}
	if (!(weights > 0))
		return 1;
	t = sum / weights;
	return t > 1e8 ? 1 / (M_PI * t) : 0.5 - atan(t) / M_PI;
}

double
cauchy_fisher(const double *p, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum -= log(clamp(p[i], 1));
	return count ? stats_gamma_q((double)count, sum) : 1;
}

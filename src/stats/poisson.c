#include "stats/poisson.h"

#include <math.h>

#include "stats/special.h"

double
poisson_log_upper_tail(double k, double mean)
{
	if (!(k > 0))
		return 0;
	if (!(mean > 0))
		return -HUGE_VAL;
	return stats_log_gamma_p(ceil(k), mean);
}

double
poisson_upper_tail(double k, double mean)
{
	return exp(poisson_log_upper_tail(k, mean));
}

double
poisson_lower_tail(double k, double mean)
{
	if (k < 0)
		return 0;
	return mean > 0 ? stats_gamma_q(floor(k) + 1, mean) : 1;
}

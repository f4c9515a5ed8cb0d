#include "stats/special.h"

#include <math.h>
#include <stdbool.h>

/* Past this shape the series need too many terms and Temme's leading term
 * is good to a few parts in a million. */
#define LARGE_SHAPE 1e5
#define MOST_TERMS 100000
#define TINY 1e-300
#define CLOSE_ENOUGH 1e-15

double
stats_log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

/* ln(1 - e^y) for y <= 0, without loss at either end. */
static double
log_complement(double y)
{
	if (y >= 0)
		return -HUGE_VAL;
	return y > -M_LN2 ? log(-expm1(y)) : log1p(-exp(y));
}

/* ln of the power series for P(a, x), used where x < a + 1. */
static double
gamma_series(double a, double x)
{
	double term = 1 / a, sum = term;

	for (int i = 1; i < MOST_TERMS; i++) {
		term *= x / (a + i);
		sum += term;
		if (term < sum * CLOSE_ENOUGH)
			break;
	}
	return a * log(x) - x - stats_log_gamma(a) + log(sum);
}

/* ln of the continued fraction for Q(a, x), used where x >= a + 1
 * (modified Lentz). */
static double
gamma_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1 / TINY, d = 1 / b, h = d;

	for (int i = 1; i < MOST_TERMS; i++) {
		double an = -i * (i - a), step;

		b += 2;
		d = an * d + b;
		d = fabs(d) < TINY ? TINY : d;
		c = b + an / c;
		c = fabs(c) < TINY ? TINY : c;
		d = 1 / d;
		step = d * c;
		h *= step;
		if (fabs(step - 1) < CLOSE_ENOUGH)
			break;
	}
	return a * log(x) - x - stats_log_gamma(a) + log(h);
}

/* ln of the tail on the far side of a for large a: the upper one when
 * x >= a, else the lower.  Never more than one half. */
static double
gamma_far_tail_large(double a, double x)
{
	double d = x / a - 1;
	double half = fmax(d - log1p(d), 0); /* eta^2 / 2 */
	double eta = copysign(sqrt(2 * half), d);
	double c0 = fabs(d) < 1e-4 ? -1.0 / 3 : 1 / d - 1 / eta;
	double z = fabs(eta) * sqrt(a);
	double log_tail = stats_log_normal_tail(z);
	double rest = copysign(1, d) * c0 *
		      exp(-a * half - log_tail - 0.5 * log(2 * M_PI * a));

	return log_tail + log1p(fmax(rest, -0.999));
}

/* ln P when `lower`, else ln Q. */
static double
log_gamma_side(double a, double x, bool lower)
{
	bool far_is_lower = x < a + 1;
	double far;

	if (!(x > 0) || !(a > 0))
		return (lower == (a > 0)) ? -HUGE_VAL : 0;
	if (isinf(x))
		return lower ? 0 : -HUGE_VAL;
	if (a > LARGE_SHAPE) {
		far_is_lower = x < a;
		far = gamma_far_tail_large(a, x);
	} else {
		far = far_is_lower ? gamma_series(a, x) : gamma_fraction(a, x);
	}
	far = fmin(far, 0);
	return lower == far_is_lower ? far : log_complement(far);
}

double
stats_log_gamma_p(double a, double x)
{
	return log_gamma_side(a, x, true);
}

double
stats_log_gamma_q(double a, double x)
{
	return log_gamma_side(a, x, false);
}

double
stats_gamma_p(double a, double x)
{
	return exp(stats_log_gamma_p(a, x));
}

double
stats_gamma_q(double a, double x)
{
	return exp(stats_log_gamma_q(a, x));
}

/* One step of the modified Lentz method. */
static void
lentz(double an, double *c, double *d, double *h)
{
	*d = 1 + an * *d;
	*d = 1 / (fabs(*d) < TINY ? TINY : *d);
	*c = 1 + an / *c;
	*c = fabs(*c) < TINY ? TINY : *c;
	*h *= *c * *d;
}

/* ln I_x(a, b) by the continued fraction, for x below its mean. */
static double
beta_fraction(double a, double b, double x)
{
	double d = 1 - (a + b) * x / (a + 1);
	double c = 1, h, front;

	d = 1 / (fabs(d) < TINY ? TINY : d);
	h = d;
	for (int i = 1; i < MOST_TERMS; i++) {
		double m = i, before;

		lentz(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), &c, &d,
		    &h);
		before = h;
		lentz(-(a + m) * (a + b + m) * x /
			  ((a + 2 * m) * (a + 2 * m + 1)),
		    &c, &d, &h);
		if (fabs(h - before) < fabs(h) * CLOSE_ENOUGH)
			break;
	}
	front = stats_log_gamma(a + b) - stats_log_gamma(a) -
		stats_log_gamma(b) + a * log(x) + b * log1p(-x);
	return front - log(a) + log(h);
}

double
stats_log_beta(double a, double b, double x)
{
	if (!(x > 0) || !(b > 0))
		return -HUGE_VAL;
	if (x >= 1 || !(a > 0))
		return 0;
	if (x <= (a + 1) / (a + b + 2))
		return fmin(beta_fraction(a, b, x), 0);
	return log_complement(fmin(beta_fraction(b, a, 1 - x), 0));
}

double
stats_beta(double a, double b, double x)
{
	return exp(stats_log_beta(a, b, x));
}

double
stats_normal_tail(double z)
{
	return isnan(z) ? 1 : 0.5 * erfc(z * M_SQRT1_2);
}

/* Past 30 the asymptotic series of Mills' ratio is exact to double. */
double
stats_log_normal_tail(double z)
{
	double w;

	if (z < 30)
		return log(stats_normal_tail(z));
	w = 1 / (z * z);
	return -z * z / 2 - log(z) - 0.5 * log(2 * M_PI) +
	       log1p(-w * (1 - 3 * w * (1 - 5 * w)));
}

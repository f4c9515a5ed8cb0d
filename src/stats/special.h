/*
 * special.h - the special functions behind the p-values.
 *
 * Regularised incomplete gamma and beta functions and the normal tail, each
 * also as a natural logarithm, which stays exact where the value itself
 * underflows.  Arguments out of their domain give the nearest limit (0 or 1)
 * and never NaN.  Pure functions, any thread.
 *
 * Sources: Abramowitz and Stegun 6.5, 26.5; the uniform expansion for large
 * shapes is N. M. Temme, "The asymptotic expansion of the incomplete gamma
 * functions", SIAM J. Math. Anal. 10 (1979).
 */
#pragma once

/* ln Gamma(x), x > 0. */
double stats_log_gamma(double x);

/* P(a, x) and Q(a, x) = 1 - P(a, x), a > 0, x >= 0. */
double stats_gamma_p(double a, double x);
double stats_gamma_q(double a, double x);
double stats_log_gamma_p(double a, double x);
double stats_log_gamma_q(double a, double x);

/* I_x(a, b), a > 0, b > 0, 0 <= x <= 1. */
double stats_beta(double a, double b, double x);
double stats_log_beta(double a, double b, double x);

/* P(Z >= z) of a standard normal Z. */
double stats_normal_tail(double z);
double stats_log_normal_tail(double z);

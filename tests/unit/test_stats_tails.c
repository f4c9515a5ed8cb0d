#include "test.h"

#include <math.h>

#include "base/civil.h"
#include "base/rng.h"
#include "stats/cauchy.h"
#include "stats/decay_mean.h"
#include "stats/gamma_poisson.h"
#include "stats/page_hinkley.h"
#include "stats/poisson.h"
#include "stats/season.h"
#include "stats/special.h"
#include "stats/trw.h"

static void
assert_close(double got, double want, double relative)
{
	if (!(fabs(got - want) <= relative * fabs(want) + 1e-300))
		fail_msg("got %.17g, expected %.17g", got, want);
}

static void
gamma_agrees_with_poisson_sums(void **state)
{
	static const double mean[] = { 0.01, 0.5, 1, 7.3, 40, 250, 700 };

	(void)state;
	for (size_t m = 0; m < COUNTOF(mean); m++) {
		double term = exp(-mean[m]), below = 0;

		for (int k = 1; k < 900; k++) {
			double tail = 0, t;

			below += term;
			term *= mean[m] / k;
			t = term;
			for (int j = k; j < k + 3000 && t > 0; j++) {
				tail += t;
				t *= mean[m] / (j + 1);
			}
			if (tail > 1e-290)
				assert_close(poisson_upper_tail(k, mean[m]),
				    fmin(tail, 1), 1e-9);
			assert_close(poisson_lower_tail(k - 1, mean[m]),
			    fmin(below, 1), 1e-9);
		}
	}
}

static void
gamma_large_shapes_are_smooth(void **state)
{
	/* The series just below the limit of shapes and Temme's expansion
	 * just above must agree with each other and with the normal law. */
	(void)state;
	for (double z = -6; z <= 6; z += 0.5) {
		double a = 1e5, b = 1e5 + 1;
		double low = stats_log_gamma_q(a, a + z * sqrt(a));
		double high = stats_log_gamma_q(b, b + z * sqrt(b));

		assert_true(fabs(low - high) < 2e-4 * (1 + fabs(low)));
	}
	assert_close(stats_gamma_q(1e8, 1e8), 0.5, 1e-4);
	assert_true(stats_log_gamma_p(1e9, 1e3) < -1e9);
}

static void
beta_agrees_with_binomial_sums(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 11);
	for (int round = 0; round < 500; round++) {
		int n = 1 + (int)rng_below(&r, 200);
		int k = 1 + (int)rng_below(&r, (uint64_t)n);
		double p = 0.001 + 0.998 * rng_unit(&r), tail = 0;

		/* P(Bin(n, p) >= k) = I_p(k, n - k + 1). */
		for (int j = k; j <= n; j++)
			tail += exp(stats_log_gamma(n + 1) -
				    stats_log_gamma(j + 1) -
				    stats_log_gamma(n - j + 1) + j * log(p) +
				    (n - j) * log1p(-p));
		assert_close(stats_beta(k, n - k + 1, p), fmin(tail, 1), 1e-8);
	}
}

static void
logs_go_where_values_underflow(void **state)
{
	(void)state;
	/* First terms dominate: ln of k-th term. */
	assert_close(
	    poisson_log_upper_tail(5000, 1), -1 - stats_log_gamma(5001), 1e-6);
	assert_close(
	    stats_log_normal_tail(29.999), stats_log_normal_tail(30.001), 1e-3);
	assert_close(stats_log_normal_tail(100), -5005.5242086942, 1e-9);
	assert_close(stats_normal_tail(1.959963984540054), 0.025, 1e-12);
	assert_true(stats_log_beta(1e6, 2, 0.1) < -2e6);
}

static void
domains_never_give_nan(void **state)
{
	static const double odd[] = { -1, 0, 1e-300, 0.5, 1, 1e6, 1e300,
		INFINITY, NAN };

	(void)state;
	for (size_t i = 0; i < COUNTOF(odd); i++) {
		for (size_t j = 0; j < COUNTOF(odd); j++) {
			double p = poisson_upper_tail(odd[i], odd[j]);

			assert_true(p >= 0 && p <= 1);
			p = stats_gamma_q(odd[i], odd[j]);
			assert_true(p >= 0 && p <= 1);
			p = stats_beta(odd[i], odd[j], 0.3);
			assert_true(p >= 0 && p <= 1);
			p = stats_beta(odd[i], 3, odd[j]);
			assert_true(p >= 0 && p <= 1);
		}
	}
}

static void
gamma_poisson_is_the_negative_binomial(void **state)
{
	struct gamma_poisson g = { 0 };
	struct gamma_prior prior = { 0.5, 1 };
	double a, p, below = 0, term;

	(void)state;
	gamma_poisson_add(&g, 3, 1, 1);
	gamma_poisson_add(&g, 5, 1, 1);
	a = 8.5;
	p = 1 / (3.0 + 1);
	term = pow(1 - p, a);
	for (int k = 0; k < 40; k++) {
		assert_true(fabs(gamma_poisson_tail(&g, prior, k, 1) -
				 (1 - below)) < 1e-13);
		below += term;
		term *= p * (a + k) / (k + 1);
	}
	assert_close(gamma_poisson_mean(&g, prior, 2), 17.0 / 3, 1e-12);
}

/* Of 20 000 windows, how often the tail is below `level`. */
static double
false_rate(uint64_t seed, double shape, double level)
{
	struct gamma_poisson g = { 0 };
	struct rng r;
	int low = 0;

	rng_seed(&r, seed);
	for (int i = 0; i < 20000; i++) {
		double rate = 10, k;

		if (shape > 0) { /* a gamma rate of integer shape */
			rate = 0;
			for (int j = 0; j < (int)shape; j++)
				rate += rng_exponential(&r, 10 / shape);
		}
		k = (double)rng_poisson(&r, rate);
		low += gamma_poisson_tail(&g, GAMMA_PRIOR_WEAK, k, 1) <= level;
		gamma_poisson_add(&g, k, 1, 0.995);
	}
	return low / 20000.0;
}

static void
gamma_poisson_is_calibrated(void **state)
{
	(void)state;
	/* Poisson counts: at most the nominal rate. */
	assert_true(false_rate(1, 0, 0.01) < 0.012);
	assert_true(false_rate(2, 0, 0.001) < 0.0015);
	/* Bursty counts, variance six times the mean: near it. */
	assert_true(false_rate(3, 2, 0.01) < 0.02);
	assert_true(false_rate(4, 2, 0.001) < 0.004);
}

static void
gamma_poisson_finds_a_burst(void **state)
{
	struct gamma_poisson g = { 0 };

	(void)state;
	for (int i = 0; i < 50; i++)
		gamma_poisson_add(&g, i % 5, 1, 0.98);
	assert_true(gamma_poisson_tail(&g, GAMMA_PRIOR_WEAK, 40, 1) < 1e-9);
	assert_true(gamma_poisson_tail(&g, GAMMA_PRIOR_WEAK, 5, 1) > 1e-3);
	assert_true(
	    isfinite(gamma_poisson_log_tail(&g, GAMMA_PRIOR_WEAK, 1e6, 1)));
}

static void
decay_mean_agrees_with_weights(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 12);
	for (int round = 0; round < 100; round++) {
		struct decay_mean m = { 0 };
		double x[60], weight = 1, sum = 0, total = 0, square = 0;
		double keep = 0.8 + 0.2 * rng_unit(&r);

		for (size_t i = 0; i < COUNTOF(x); i++) {
			x[i] = 1e3 + 10 * rng_normal(&r);
			decay_mean_add(&m, x[i], keep);
		}
		for (size_t i = COUNTOF(x); i-- > 0; weight *= keep) {
			total += weight;
			sum += weight * x[i];
		}
		weight = 1;
		for (size_t i = COUNTOF(x); i-- > 0; weight *= keep)
			square += weight * pow(x[i] - sum / total, 2);
		assert_close(m.mean, sum / total, 1e-12);
		assert_close(m.variance, square / total, 1e-8);
		assert_close(m.weight, total, 1e-12);
	}
	assert_close(decay_mean_keep(86400, 86400), 0.5, 1e-15);
	assert_close(decay_mean_keep(-5, 86400), 1, 1e-15);
}

static void
volume_tail_finds_exfiltration(void **state)
{
	struct decay_mean m = { 0 };
	struct rng r;

	(void)state;
	rng_seed(&r, 13);
	assert_close(decay_mean_volume_log_tail(&m, 1e12), 0, 0);
	for (int i = 0; i < 100; i++)
		decay_mean_add_volume(&m, exp(14 + 0.6 * rng_normal(&r)), 0.99);
	assert_true(decay_mean_volume_log_tail(&m, exp(14.5)) > log(0.01));
	assert_true(decay_mean_volume_log_tail(&m, 1e9) < log(1e-9));
	assert_true(fabs(log(decay_mean_volume(&m)) - 14) < 0.3);
}

static void
season_learns_the_day(void **state)
{
	struct season s = { 0 };
	int64_t monday = 1795392000LL * CIVIL_US_PER_S;

	(void)state;
	assert_int_equal(season_bin(monday), 0);
	assert_close(season_factor(&s, monday), 1, 0);
	for (int64_t h = 0; h < 24 * 28; h++) {
		int64_t t = monday + h * CIVIL_US_PER_HOUR;
		unsigned bin = season_bin(t);

		season_add(&s, t, bin >= 9 && bin < 17 ? 40 : 2);
	}
	assert_true(season_factor(&s, monday + 10 * CIVIL_US_PER_HOUR) > 2);
	assert_true(season_factor(&s, monday + 3 * CIVIL_US_PER_HOUR) < 0.4);
	assert_int_equal(season_bin(monday + 5 * CIVIL_US_PER_DAY), 24);
	season_decay(&s, 0);
	assert_close(season_factor(&s, monday), 1, 0);
}

static void
trw_decides_after_four_failures(void **state)
{
	const struct trw_params params = TRW_DEFAULTS;
	struct trw w = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    trw_add(&w, &params, TRW_FAILURE), TRW_PENDING);
	assert_int_equal(trw_add(&w, &params, TRW_FAILURE), TRW_SCANNER);
	assert_true(trw_p(&w) < 0.01);
	w = (struct trw){ 0 };
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    trw_add(&w, &params, TRW_SUCCESS), TRW_PENDING);
	assert_int_equal(trw_add(&w, &params, TRW_SUCCESS), TRW_BENIGN);
	assert_close(w.log_ratio, 0, 0);
}

static void
trw_has_its_error_rates(void **state)
{
	const struct trw_params params = TRW_DEFAULTS;
	struct rng r;
	int wrong = 0, found = 0;

	(void)state;
	rng_seed(&r, 14);
	for (int kind = 0; kind < 2; kind++)
		for (int i = 0; i < 20000; i++) {
			struct trw w = { 0 };
			enum trw_verdict v = TRW_PENDING;

			while (v == TRW_PENDING)
				v = trw_add(&w, &params,
				    rng_unit(&r) < (kind ? 0.2 : 0.8)
					? TRW_SUCCESS
					: TRW_FAILURE);
			wrong += kind == 0 && v == TRW_SCANNER;
			found += kind == 1 && v == TRW_SCANNER;
		}
	assert_true(wrong < 20000 / 100 * 1.2);
	assert_true(found > 20000 / 100 * 98.8);
}

static void
cauchy_combines_as_published(void **state)
{
	double same[] = { 1e-3, 1e-3, 1e-3 }, one[] = { 1e-6, 0.5, 0.5 };
	double tiny[] = { 1e-250, 1 }, weights[] = { 1, 0 };

	(void)state;
	assert_close(cauchy_combine(same, NULL, 3), 1e-3, 1e-9);
	assert_close(cauchy_combine(one, NULL, 3), 3e-6, 1e-4);
	assert_close(cauchy_combine(tiny, NULL, 2), 2e-250, 1e-6);
	assert_close(cauchy_combine(tiny, weights, 2), 1e-250, 1e-6);
	assert_close(cauchy_combine(NULL, NULL, 0), 1, 0);
	assert_close(cauchy_fisher(same, 1), 1e-3, 1e-9);
}

static void
cauchy_holds_under_dependence(void **state)
{
	struct rng r;
	int low_same = 0, low_mixed = 0, low_fisher = 0;

	(void)state;
	rng_seed(&r, 15);
	for (int i = 0; i < 100000; i++) {
		double shared = rng_normal(&r), p[5], q[5];

		for (size_t j = 0; j < 5; j++) {
			double own = rng_normal(&r);

			p[j] = stats_normal_tail(0.8 * shared + 0.6 * own);
			q[j] = stats_normal_tail(own);
		}
		low_same += cauchy_combine(p, NULL, 5) <= 0.001;
		low_mixed += cauchy_combine(q, NULL, 5) <= 0.001;
		low_fisher += cauchy_fisher(q, 5) <= 0.001;
	}
	assert_true(low_same < 150 && low_mixed < 150);
	assert_true(low_fisher > 60 && low_fisher < 150);
}

static void
page_hinkley_sees_a_rise(void **state)
{
	struct page_hinkley h = { 0 };
	struct rng r;
	int alarms = 0, after = 0;

	(void)state;
	rng_seed(&r, 16);
	for (int i = 0; i < 5000; i++)
		alarms += page_hinkley_add(&h, rng_normal(&r), 0.5, 20);
	assert_int_equal(alarms, 0);
	while (!page_hinkley_add(&h, 3 + rng_normal(&r), 0.5, 20))
		after++;
	assert_true(after < 20);
	assert_false(page_hinkley_add(&h, NAN, 0.5, 20));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("poisson tails agree with their sums",
		    gamma_agrees_with_poisson_sums),
		TEST("large gamma shapes join smoothly",
		    gamma_large_shapes_are_smooth),
		TEST("the incomplete beta agrees with binomial sums",
		    beta_agrees_with_binomial_sums),
		TEST("logarithms go on where values underflow",
		    logs_go_where_values_underflow),
		TEST("odd arguments never give NaN", domains_never_give_nan),
		TEST("gamma-poisson is the negative binomial",
		    gamma_poisson_is_the_negative_binomial),
		TEST("gamma-poisson raises few false alarms, also on bursts",
		    gamma_poisson_is_calibrated),
		TEST(
		    "gamma-poisson finds a burst", gamma_poisson_finds_a_burst),
		TEST("a decaying mean agrees with explicit weights",
		    decay_mean_agrees_with_weights),
		TEST("the volume tail finds an exfiltration",
		    volume_tail_finds_exfiltration),
		TEST(
		    "a season learns the hours of work", season_learns_the_day),
		TEST("a threshold random walk decides after four failures",
		    trw_decides_after_four_failures),
		TEST("a threshold random walk has its error rates",
		    trw_has_its_error_rates),
		TEST("cauchy combination gives the published values",
		    cauchy_combines_as_published),
		TEST("cauchy combination holds under dependence",
		    cauchy_holds_under_dependence),
		TEST("page-hinkley sees a rise and no noise",
		    page_hinkley_sees_a_rise),
	};

	return cmocka_run_group_tests_name("stats tails", tests, NULL, NULL);
}

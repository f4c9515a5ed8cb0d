#include "test.h"

#include <math.h>

#include "base/civil.h"
#include "base/rng.h"
#include "stats/fdr.h"

static void
levels_follow_the_formula(void **state)
{
	struct fdr f = { .alpha = 0.05, .eta = 0.5, .delta = 0.9 };
	double g1 = 0.0772 * log(2), g3;

	(void)state;
	/* The floor 1 - delta = 0.1 is above g_1 = 0.0535. */
	assert_true(fabs(fdr_level(&f) - 0.05 * 0.5 * 0.1) < 1e-15);
	assert_true(fdr_test(&f, 1e-9));
	assert_true(fabs(fdr_level(&f) - 0.05 * (0.05 + 0.9 * g1)) < 1e-15);
	assert_false(fdr_test(&f, 0.5));
	assert_false(fdr_test(&f, 0.5));
	g3 = 0.0772 * log(3) / (3 * exp(sqrt(log(3))));
	assert_true(
	    fabs(fdr_level(&f) - 0.05 * (0.05 + pow(0.9, 3) * g3)) < 1e-15);
}

static void
spending_sums_to_one(void **state)
{
	struct fdr f = { .alpha = 1, .eta = 1, .delta = 1 - 1e-12 };
	double sum = 0;

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		sum += fdr_level(&f);
		f.tests++;
	}
	/* The tail is heavy: past a million about half is left. */
	assert_true(sum > 0.4 && sum < 0.8);
}

static void
no_alpha_death(void **state)
{
	struct fdr f = { 0 };
	struct rng r;
	int found = 0;

	(void)state;
	rng_seed(&r, 21);
	for (int i = 0; i < 100000; i++)
		found += fdr_test(&f, rng_unit(&r));
	/* alpha eta (1 - delta) = 1e-3 a test, and the payouts. */
	assert_true(found > 50 && found < 200);
	assert_true(fdr_test(&f, 5e-4));
}

static void
false_share_is_bounded(void **state)
{
	struct fdr f = { 0 };
	struct rng r;
	int right = 0, wrong = 0, signals = 0;

	(void)state;
	rng_seed(&r, 22);
	for (int i = 0; i < 200000; i++) {
		bool real = rng_unit(&r) < 0.03;
		bool hit = fdr_test(&f, real ? 1e-8 : rng_unit(&r));

		signals += real;
		right += real && hit;
		wrong += !real && hit;
	}
	assert_int_equal(right, signals);
	assert_true(wrong < 0.1 * (right + wrong));
}

static void
budget_holds_over_nulls(void **state)
{
	static const double budgets[] = { 0.5, 1, 5, 20 };

	(void)state;
	for (size_t k = 0; k < COUNTOF(budgets); k++) {
		struct alert_budget b = { 0 };
		struct rng r;
		int raised = 0;

		rng_seed(&r, 23);
		for (int64_t day = 0; day < 200; day++)
			for (int i = 0; i < 1000; i++)
				raised += alert_budget_allows(&b, rng_unit(&r),
				    day * CIVIL_US_PER_DAY + i, budgets[k]);
		print_message("budget %4.1f a day: %d in 200 days of noise\n",
		    budgets[k], raised);
		assert_true(raised <= 0.2 * budgets[k] * 200 + 2);
	}
}

static void
budget_caps_each_day(void **state)
{
	struct alert_budget b = { 0 };

	(void)state;
	for (int64_t day = 0; day < 30; day++) {
		int raised = 0;

		for (int i = 0; i < 3000; i++)
			raised += alert_budget_allows(
			    &b, 1e-9, day * CIVIL_US_PER_DAY, 5);
		assert_int_equal(raised, 5);
	}
	assert_true(b.refused > 0);
	assert_false(alert_budget_allows(&b, 0, 0, 0));
}

static void
budget_lets_strong_signals_through(void **state)
{
	struct alert_budget b = { 0 };
	struct rng r;
	int found = 0;

	(void)state;
	rng_seed(&r, 24);
	for (int64_t day = 0; day < 100; day++)
		for (int i = 0; i < 1000; i++) {
			double p = i == 700 ? 1e-8 : rng_unit(&r);
			bool hit = alert_budget_allows(
			    &b, p, day * CIVIL_US_PER_DAY + i, 5);

			found += i == 700 && hit;
		}
	assert_int_equal(found, 100);
}

static void
budget_of_a_fraction_saves_up(void **state)
{
	struct alert_budget b = { 0 };
	int raised = 0;

	(void)state;
	for (int64_t day = 0; day < 100; day++)
		for (int i = 0; i < 10; i++)
			raised += alert_budget_allows(
			    &b, 1e-12, day * CIVIL_US_PER_DAY, 0.25);
	assert_true(raised >= 24 && raised <= 26);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("levels follow the published formula",
		    levels_follow_the_formula),
		TEST("the spending sequence stays below one",
		    spending_sums_to_one),
		TEST("a hundred thousand nulls do not kill the test",
		    no_alpha_death),
		TEST("the share of false discoveries is bounded",
		    false_share_is_bounded),
		TEST("noise spends a fifth of the budget at most",
		    budget_holds_over_nulls),
		TEST("no day exceeds the budget", budget_caps_each_day),
		TEST("strong signals pass the budget",
		    budget_lets_strong_signals_through),
		TEST("a budget below one a day saves up",
		    budget_of_a_fraction_saves_up),
	};

	return cmocka_run_group_tests_name("fdr", tests, NULL, NULL);
}

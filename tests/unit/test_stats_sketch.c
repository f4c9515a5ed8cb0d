#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "stats/day_bitmap.h"
#include "stats/ddsketch.h"
#include "stats/hll.h"
#include "stats/novelty.h"
#include "stats/space_saving.h"

#define DAY_US 86400000000

static void
bitmap_agrees_with_a_list(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 1);
	for (int round = 0; round < 300; round++) {
		struct day_bitmap b = { 0 };
		int32_t seen[40], latest = INT32_MIN;
		size_t n = (size_t)rng_below(&r, 40);
		int32_t start = 20000 - (int32_t)rng_below(&r, 200);

		for (size_t i = 0; i < n; i++) {
			int32_t day = start + (int32_t)rng_below(&r, 150);

			day_bitmap_mark(&b, day);
			latest = day > latest ? day : latest;
			seen[i] = day;
		}
		for (int32_t today = start; today < start + 200; today += 7) {
			unsigned span = (unsigned)rng_below(&r, 70), want = 0;
			unsigned reach = span < 64 ? span : 64;

			for (int32_t d = today - (int32_t)reach + 1; d <= today;
			     d++) {
				bool hit = false;

				for (size_t i = 0; i < n; i++)
					hit |= seen[i] == d;
				want += hit && d > latest - 64;
			}
			assert_int_equal(
			    day_bitmap_days(&b, today, span), want);
		}
	}
}

static void
bitmap_says_how_frequent(void **state)
{
	struct day_bitmap b = { 0 };

	(void)state;
	assert_int_equal(day_bitmap_frequency(&b, 100), FREQUENCY_UNSEEN);
	day_bitmap_mark(&b, 100);
	assert_int_equal(day_bitmap_frequency(&b, 101), FREQUENCY_RARE);
	assert_int_equal(day_bitmap_frequency(&b, 150), FREQUENCY_RARE);
	assert_int_equal(day_bitmap_frequency(&b, 164), FREQUENCY_UNSEEN);
	day_bitmap_mark(&b, 102);
	assert_int_equal(day_bitmap_frequency(&b, 103), FREQUENCY_INFREQUENT);
	day_bitmap_mark(&b, 109);
	day_bitmap_mark(&b, 116);
	assert_int_equal(day_bitmap_frequency(&b, 117), FREQUENCY_FREQUENT);
	day_bitmap_mark(&b, INT32_MAX);
	day_bitmap_mark(&b, INT32_MIN);
	assert_int_equal(day_bitmap_days(&b, INT32_MAX, 64), 1);
	assert_string_equal(frequency_text(FREQUENCY_RARE), "RARE");
}

static void
bitmap_merge_is_the_union(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 2);
	for (int round = 0; round < 300; round++) {
		struct day_bitmap a = { 0 }, b = { 0 }, both = { 0 }, ab, ba;

		for (int i = 0; i < 20; i++) {
			int32_t day = (int32_t)rng_below(&r, 60);

			day_bitmap_mark(rng_below(&r, 2) ? &a : &b, day);
			day_bitmap_mark(&both, day);
		}
		ab = a;
		day_bitmap_merge(&ab, &b);
		ba = b;
		day_bitmap_merge(&ba, &a);
		assert_true(ab.bits == both.bits && ba.bits == both.bits);
		assert_true(ab.anchor == both.anchor);
	}
}

/* The exact tail over an explicit list of decayed counts. */
static double
exact_tail(const double *count, size_t n, double seen)
{
	double total = NOVELTY_CONCENTRATION, distinct = 0, tail = 0, fresh;
	double limit;

	for (size_t i = 0; i < n; i++) {
		total += count[i];
		distinct += fmin(1, count[i]);
	}
	fresh = NOVELTY_CONCENTRATION + NOVELTY_DISCOUNT * distinct;
	limit = seen > 0 ? seen : fresh + NOVELTY_DISCOUNT;
	for (size_t i = 0; i < n; i++)
		if (count[i] <= limit)
			tail += count[i] - NOVELTY_DISCOUNT * fmin(1, count[i]);
	if (!(seen > 0) || seen >= fresh + NOVELTY_DISCOUNT)
		tail += fresh;
	return tail / total;
}

static void
check_tails(const struct novelty *n, const double *count, size_t values)
{
	double fresh = NOVELTY_CONCENTRATION + NOVELTY_DISCOUNT;

	for (size_t i = 0; i < values; i++)
		fresh += NOVELTY_DISCOUNT * fmin(1, count[i]);
	for (size_t i = 0; i <= values; i++) {
		double c = i < values ? count[i] : 0;
		double p = novelty_p(n, c);
		double low = exact_tail(count, values, c);
		double high =
		    exact_tail(count, values, c > 0 ? 2 * c : 2 * fresh);

		/* The slack is for float sums, and for the octave in which
		 * a count crosses 1. */
		assert_true(p >= low * 0.97 - 1e-3);
		assert_true(p <= high * 1.03 + 1e-3);
	}
}

static void
novelty_tail_is_within_an_octave(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 3);
	for (int round = 0; round < 200; round++) {
		struct novelty n = { 0 };
		double count[64] = { 0 };
		size_t values = 1 + (size_t)rng_below(&r, 64);
		int events = (int)rng_below(&r, 3000);

		for (int i = 0; i < events; i++) {
			double u = rng_unit(&r);
			size_t v = (size_t)(u * u * u * (double)values);

			novelty_add(&n, count[v], count[v] + 1);
			count[v] += 1;
		}
		check_tails(&n, count, values);
	}
}

static void
novelty_decays_like_its_cells(void **state)
{
	struct rng r;
	const double half_life = 21.0 * DAY_US;

	(void)state;
	rng_seed(&r, 4);
	for (int round = 0; round < 20; round++) {
		struct novelty n = { 0 };
		double count[32] = { 0 }, total = 0;
		int64_t time = DAY_US;

		novelty_advance(&n, time, half_life);
		for (int i = 0; i < 4000; i++) {
			int64_t gap =
			    (int64_t)(rng_exponential(&r, 0.2) * DAY_US);
			size_t v = (size_t)rng_below(&r, 1 + rng_below(&r, 32));

			time += gap;
			for (size_t k = 0; k < 32; k++)
				count[k] *= exp2(-(double)gap / half_life);
			novelty_advance(&n, time, half_life);
			novelty_add(&n, count[v], count[v] + 1);
			count[v] += 1;
		}
		for (size_t k = 0; k < 32; k++)
			total += count[k];
		assert_true(fabs(novelty_total(&n) - total) < total * 0.01);
		check_tails(&n, count, 32);
	}
}

static void
novelty_knows_who_does_new_things(void **state)
{
	struct novelty steady = { 0 }, explorer = { 0 };

	(void)state;
	assert_true(novelty_p(&steady, 0) >= 1);
	for (int i = 0; i < 500; i++) {
		double c = i / 5;

		novelty_add(&steady, c, c + 1);
		novelty_add(&explorer, 0, 1);
	}
	assert_true(novelty_p(&steady, 0) < 0.01);
	assert_true(novelty_p(&explorer, 0) > 0.3);
	assert_true(novelty_p_new(&steady) < novelty_p_new(&explorer));
	assert_true(fabs(novelty_backoff(0.01, 20, 0.5, 20) - 0.255) < 1e-12);
	assert_true(novelty_backoff(0.01, 0, 0.5, 20) >= 0.5);
}

/* Of a stream of Zipf-like values, the share of p <= level after the first
 * `warm` observations. */
static double
surprised(uint64_t seed, double exponent, double level)
{
	static double count[100000];
	struct novelty n = { 0 };
	struct rng r;
	int low = 0;

	memset(count, 0, sizeof count);
	rng_seed(&r, seed);
	for (int i = 0; i < 30000; i++) {
		double u = pow(1 - rng_unit(&r), -exponent) - 1;
		size_t v = u < 99999 ? (size_t)u : 99999;

		low += i >= 200 && novelty_p(&n, count[v]) <= level;
		novelty_add(&n, count[v], count[v] + 1);
		count[v] += 1;
	}
	return low / 29800.0;
}

static void
novelty_is_calibrated(void **state)
{
	static const double exponents[] = { 0.4, 0.7, 1, 1.5 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(exponents); i++) {
		double one = surprised(50 + i, exponents[i], 0.01);
		double less = surprised(60 + i, exponents[i], 0.001);

		print_message("novelty, tail exponent %.1f: p <= 0.01 %.4f, "
			      "p <= 0.001 %.5f\n",
		    exponents[i], one, less);
		assert_true(one < 0.015 && less < 0.0025);
	}
}

static void
novelty_eviction_takes_all_back(void **state)
{
	struct novelty n = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		novelty_add(&n, i, i + 1);
	novelty_add(&n, 0, 1);
	novelty_add(&n, 100, 0);
	assert_true(fabs(novelty_total(&n) - 1) < 1e-6);
	assert_true(fabs(novelty_distinct(&n) - 1) < 1e-6);
	novelty_advance(&n, 1, 1);
	novelty_advance(&n, INT64_MAX, 1);
	assert_true(novelty_total(&n) < 1e-6);
}

static void
hll_is_within_its_error(void **state)
{
	static struct hll12 big;
	struct rng r;
	double worst6 = 0, worst8 = 0;

	(void)state;
	rng_seed(&r, 5);
	for (int round = 0; round < 40; round++) {
		struct hll6 a = { { 0 } };
		struct hll8 b = { { 0 } };
		uint64_t n = 1 + rng_below(&r, 5000);

		for (uint64_t i = 0; i < n; i++) {
			uint64_t h = rng_next(&r);

			for (int twice = 0; twice < 2; twice++) {
				(void)hll6_add(&a, h);
				(void)hll8_add(&b, h);
			}
		}
		worst6 = fmax(worst6, fabs(hll6_estimate(&a) / (double)n - 1));
		worst8 = fmax(worst8, fabs(hll8_estimate(&b) / (double)n - 1));
	}
	assert_true(worst6 < 4 * 1.04 / 8);
	assert_true(worst8 < 4 * 1.04 / 16);
	assert_true(hll12_estimate(&big) <= 0);
	for (uint64_t i = 0; i < 100000; i++)
		(void)hll12_add(&big, i); /* plain numbers will do */
	assert_true(fabs(hll12_estimate(&big) / 1e5 - 1) < 0.06);
}

static void
hll_small_counts_are_near_exact(void **state)
{
	struct hll8 h = { { 0 } };

	(void)state;
	for (uint64_t i = 1; i <= 20; i++) {
		(void)hll8_add(&h, i * 77);
		assert_true(fabs(hll8_estimate(&h) - (double)i) < 2);
	}
}

static void
hll_survives_any_bytes(void **state)
{
	struct rng r;
	struct hll6 h;

	(void)state;
	rng_seed(&r, 6);
	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < sizeof h.reg; i++)
			h.reg[i] = (uint8_t)rng_next(&r);
		assert_true(hll6_estimate(&h) >= 0);
	}
	memset(h.reg, 255, sizeof h.reg);
	assert_true(hll6_estimate(&h) > 1e15);
}

static void
hll_merge_is_a_union(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (int round = 0; round < 100; round++) {
		struct hll6 a = { { 0 } }, b = { { 0 } }, c = { { 0 } };
		struct hll6 all = { { 0 } }, x, y;

		for (int i = 0; i < 200; i++) {
			uint64_t h = rng_next(&r);
			struct hll6 *const part[] = { &a, &b, &c };

			(void)hll6_add(part[rng_below(&r, 3)], h);
			(void)hll6_add(&all, h);
		}
		x = a;
		hll6_merge(&x, &b);
		hll6_merge(&x, &c);
		y = c;
		hll6_merge(&y, &b);
		hll6_merge(&y, &a);
		assert_memory_equal(&x, &y, sizeof x);
		assert_memory_equal(&x, &all, sizeof x);
		hll6_merge(&x, &y);
		assert_memory_equal(&x, &y, sizeof x);
	}
}

static void
space_saving_keeps_its_bounds(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 8);
	for (int round = 0; round < 30; round++) {
		struct space_saving s = { 0 };
		static uint32_t exact[2000];
		uint64_t total = 0;

		memset(exact, 0, sizeof exact);
		for (int i = 0; i < 5000; i++) {
			double u = rng_unit(&r);
			size_t key = (size_t)(u * u * u * u * 2000);
			uint32_t w = 1 + (uint32_t)rng_below(&r, 3);

			(void)space_saving_add(&s, key, w, NULL);
			exact[key] += w;
			total += w;
		}
		assert_int_equal(s.total, total);
		for (uint64_t key = 0; key < 2000; key++) {
			unsigned i = space_saving_find(&s, key);

			assert_true(space_saving_count(&s, key) >= exact[key]);
			if (i == SPACE_SAVING_SLOTS) {
				assert_true(exact[key] <= total / 64);
				continue;
			}
			assert_true(s.error[i] <= total / 64);
			assert_true(s.count[i] - s.error[i] <= exact[key]);
		}
		assert_true(s.count[space_saving_rank(&s, 0)] >=
			    s.count[space_saving_rank(&s, 1)]);
		assert_int_equal(space_saving_rank(&s, 64), 64);
	}
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
ddsketch_has_relative_error(void **state)
{
	static double x[4000];
	struct rng r;

	(void)state;
	rng_seed(&r, 9);
	for (int round = 0; round < 20; round++) {
		struct ddsketch d = { 0 };

		for (size_t i = 0; i < COUNTOF(x); i++) {
			x[i] = exp(3 * rng_normal(&r));
			ddsketch_add(&d, x[i], 1);
		}
		qsort(x, COUNTOF(x), sizeof *x, by_value);
		for (double q = 0.02; q < 1; q += 0.07) {
			double want =
			    x[(size_t)ceil(q * (double)COUNTOF(x)) - 1];
			double got = ddsketch_quantile(&d, q);

			assert_true(
			    fabs(got / want - 1) <= DDSKETCH_ERROR + 1e-6);
		}
		assert_true(fabs(ddsketch_tail(&d, ddsketch_quantile(&d, 0.9)) -
				 0.1) < 0.05);
	}
}

static void
ddsketch_collapses_low_ends(void **state)
{
	struct ddsketch d = { 0 };

	(void)state;
	assert_true(ddsketch_quantile(&d, 0.5) <= 0);
	for (int i = 0; i < 100; i++) {
		ddsketch_add(&d, 1e-8, 1);
		ddsketch_add(&d, 1e12, 1);
		ddsketch_add(&d, 1e-3, 1);
		ddsketch_add(&d, 0, 1);
	}
	assert_true(fabs(ddsketch_quantile(&d, 0.99) / 1e12 - 1) < 0.051);
	assert_true(ddsketch_quantile(&d, 0.1) <= 0);
	ddsketch_add(&d, INFINITY, 1);
	ddsketch_add(&d, 1e-8, 1);
	ddsketch_add(&d, NAN, 1);
	ddsketch_decay(&d, 0.5);
	assert_true(fabs(d.total - 201) < 1e-6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a day bitmap agrees with a list of days",
		    bitmap_agrees_with_a_list),
		TEST(
		    "a day bitmap says how frequent", bitmap_says_how_frequent),
		TEST("merging day bitmaps is the union",
		    bitmap_merge_is_the_union),
		TEST("the novelty tail is the exact one within an octave",
		    novelty_tail_is_within_an_octave),
		TEST("novelty decays as its cells do",
		    novelty_decays_like_its_cells),
		TEST("who always does new things is not surprising",
		    novelty_knows_who_does_new_things),
		TEST("a stationary stream surprises as rarely as it says",
		    novelty_is_calibrated),
		TEST("an evicted value leaves nothing behind",
		    novelty_eviction_takes_all_back),
		TEST("hyperloglog stays within four standard errors",
		    hll_is_within_its_error),
		TEST("hyperloglog is near exact for few things",
		    hll_small_counts_are_near_exact),
		TEST("hyperloglog survives any bytes", hll_survives_any_bytes),
		TEST("hyperloglog merging is commutative and idempotent",
		    hll_merge_is_a_union),
		TEST("space-saving keeps its error bounds",
		    space_saving_keeps_its_bounds),
		TEST("a ddsketch quantile has a bounded relative error",
		    ddsketch_has_relative_error),
		TEST("a ddsketch collapses its low end only",
		    ddsketch_collapses_low_ends),
	};

	return cmocka_run_group_tests_name("stats sketches", tests, NULL, NULL);
}

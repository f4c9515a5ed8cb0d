#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "stats/beacon.h"

#define DAY_S 86400
#define THRESHOLD 0.7

struct world {
	double period_s, jitter, missed;
};

static int
ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Beats with uniform jitter of each interval, some of them missed. */
static size_t
beat(struct rng *r, struct world w, int64_t *t)
{
	size_t n = 0;

	for (double at = rng_unit(r) * w.period_s; at < DAY_S;) {
		if (rng_unit(r) >= w.missed && n < BEACON_MOST)
			t[n++] = (int64_t)at;
		at += w.period_s * (1 + w.jitter * (2 * rng_unit(r) - 1));
	}
	return n;
}

static size_t
chance(struct rng *r, double mean_s, int64_t *t)
{
	size_t n = 0;

	for (double at = rng_exponential(r, mean_s); at < DAY_S;
	     at += rng_exponential(r, mean_s))
		if (n < BEACON_MOST)
			t[n++] = (int64_t)at;
	return n;
}

/* Sessions in working hours; within them think times spread over decades. */
static size_t
human(struct rng *r, int64_t *t)
{
	size_t n = 0, sessions = 2 + (size_t)rng_below(r, 10);

	for (size_t i = 0; i < sessions; i++) {
		double at = 8 * 3600 + rng_unit(r) * 10 * 3600;
		size_t clicks = 3 + (size_t)rng_below(r, 60);

		for (size_t k = 0; k < clicks && n < BEACON_MOST; k++) {
			t[n++] = (int64_t)at;
			at += exp(2.3 + 1.5 * rng_normal(r));
		}
	}
	qsort(t, n, sizeof *t, ascending);
	return n;
}

static double
times_score(const int64_t *t, size_t n, double *period)
{
	struct beacon_times in = { t, NULL, n, DAY_S };
	struct beacon b = beacon_score_times(&in);

	if (period != NULL)
		*period = b.period_s;
	return b.score;
}

static double
bucket_score(const int64_t *t, size_t n, unsigned bucket_s, double *period)
{
	uint16_t ring[BEACON_MOST] = { 0 };
	unsigned buckets = DAY_S / bucket_s, from = 37;
	struct beacon_buckets in = { ring, buckets, from, bucket_s };
	struct beacon b;

	for (size_t i = 0; i < n; i++)
		ring[((unsigned)t[i] / bucket_s + from) % buckets]++;
	b = beacon_score_buckets(&in);
	if (period != NULL)
		*period = b.period_s;
	return b.score;
}

static const struct world worlds[] = {
	{ 60, 0.0, 0.0 },
	{ 60, 0.2, 0.1 },
	{ 300, 0.05, 0.1 },
	{ 300, 0.2, 0.1 },
	{ 600, 0.2, 0.0 },
	{ 900, 0.1, 0.2 },
	{ 1800, 0.2, 0.1 },
	{ 3600, 0.2, 0.05 },
};

static void
beats_are_found(void **state)
{
	int64_t t[2 * BEACON_MOST];

	(void)state;
	for (size_t w = 0; w < COUNTOF(worlds); w++) {
		int found = 0, near = 0;
		struct rng r;

		rng_seed(&r, 100 + w);
		for (int i = 0; i < 200; i++) {
			double period, score;
			size_t n = beat(&r, worlds[w], t);

			score = times_score(t, n, &period);
			found += score >= THRESHOLD;
			near += fabs(period / worlds[w].period_s - 1) < 0.15;
		}
		print_message("times   %4.0f s jitter %2.0f%% missed %2.0f%%: "
			      "%3d of 200, period right %3d\n",
		    worlds[w].period_s, 100 * worlds[w].jitter,
		    100 * worlds[w].missed, found, near);
		assert_true(found >= 190);
		assert_true(near >= 190);
	}
}

static void
bursts_of_beats_are_found(void **state)
{
	int64_t t[BEACON_MOST], u[BEACON_MOST];
	int found = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (int i = 0; i < 200; i++) {
		size_t n = beat(&r, (struct world){ 600, 0.1, 0.05 }, t);
		size_t m = 0;

		for (size_t k = 0; k < n; k++)
			for (int64_t j = 0; j < 3; j++)
				u[m++] = t[k] + 2 * j;
		found += times_score(u, m, NULL) >= THRESHOLD;
	}
	assert_true(found >= 190);
}

static void
chance_and_people_are_not(void **state)
{
	static const double mean[] = { 60, 300, 900, 3600, 9000 };
	int64_t t[2 * BEACON_MOST];
	int wrong = 0, wrong_human = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 8);
	for (int i = 0; i < 1000; i++) {
		size_t n = chance(&r, mean[i % COUNTOF(mean)], t);

		wrong += times_score(t, n, NULL) >= THRESHOLD;
		n = human(&r, t);
		wrong_human += times_score(t, n, NULL) >= THRESHOLD;
	}
	print_message(
	    "times   chance %d, people %d of 1000\n", wrong, wrong_human);
	assert_true(wrong <= 5);
	assert_true(wrong_human <= 5);
}

/* Beats of 300 s under other traffic to the same peer. */
static void
beats_under_noise_are_found(void **state)
{
	static const double mean[] = { 6000, 3000, 1500 };
	int64_t t[2 * BEACON_MOST];

	(void)state;
	for (size_t k = 0; k < COUNTOF(mean); k++) {
		int times = 0, buckets = 0;
		struct rng r;

		rng_seed(&r, 500 + k);
		for (int i = 0; i < 100; i++) {
			size_t n =
			    beat(&r, (struct world){ 300, 0.1, 0.05 }, t);

			n += chance(&r, mean[k], t + n);
			qsort(t, n, sizeof *t, ascending);
			times += times_score(t, n, NULL) >= THRESHOLD;
			buckets += bucket_score(t, n, 600, NULL) >= THRESHOLD;
		}
		print_message("noise   %.0f %% beside a 300 s beacon: times "
			      "%d, buckets %d of 100\n",
		    30000 / mean[k], times, buckets);
		assert_true(k > 0 || times >= 90);
	}
}

/* A busy service: a day's wave, and each visit makes several look-ups. */
static size_t
service(struct rng *r, int kind, int64_t *t)
{
	double mean = exp(log(90) + log(40) * rng_unit(r));
	size_t n = 0;

	for (double at = 0; at < DAY_S; at += rng_exponential(r, mean)) {
		double wave = 0.5 + 0.5 * sin(at / DAY_S * 6.283);
		size_t burst = kind ? 1 + (size_t)rng_poisson(r, 3) : 1;

		if (rng_unit(r) > wave)
			continue;
		for (size_t k = 0; k < burst && n < BEACON_MOST; k++)
			t[n++] = (int64_t)(at + rng_exponential(r, 4));
	}
	qsort(t, n, sizeof *t, ascending);
	return n;
}

static void
services_are_not(void **state)
{
	int64_t t[2 * BEACON_MOST];
	int wrong[3] = { 0 };
	struct rng r;

	(void)state;
	rng_seed(&r, 11);
	for (int i = 0; i < 500; i++) {
		size_t n = service(&r, i % 2, t);

		wrong[0] += times_score(t, n, NULL) >= THRESHOLD;
		wrong[1] += bucket_score(t, n, 240, NULL) >= THRESHOLD;
		wrong[2] += bucket_score(t, n, 600, NULL) >= THRESHOLD;
	}
	print_message("services times %d, buckets %d %d of 500\n", wrong[0],
	    wrong[1], wrong[2]);
	assert_true(wrong[0] + wrong[1] + wrong[2] <= 8);
}

static void
bucketed_beats_are_found(void **state)
{
	int64_t t[2 * BEACON_MOST];

	(void)state;
	for (size_t w = 0; w < COUNTOF(worlds); w++) {
		int minute = 0, ten = 0;
		struct rng r;

		rng_seed(&r, 300 + w);
		for (int i = 0; i < 40; i++) {
			size_t n = beat(&r, worlds[w], t);

			minute += bucket_score(t, n, 240, NULL) >= THRESHOLD;
			ten += bucket_score(t, n, 600, NULL) >= THRESHOLD;
		}
		print_message("buckets %4.0f s jitter %2.0f%% missed %2.0f%%: "
			      "360 x 240 s %2d, 144 x 600 s %2d of 40\n",
		    worlds[w].period_s, 100 * worlds[w].jitter,
		    100 * worlds[w].missed, minute, ten);
		assert_true(minute >= 36);
		assert_true(ten >= 20);
	}
}

static void
bucketed_chance_is_not(void **state)
{
	static const double mean[] = { 60, 300, 900, 3600, 9000 };
	int64_t t[2 * BEACON_MOST];
	int wrong[2] = { 0 }, wrong_human[2] = { 0 };
	struct rng r;

	(void)state;
	rng_seed(&r, 9);
	for (int i = 0; i < 500; i++) {
		size_t n = chance(&r, mean[i % COUNTOF(mean)], t);

		wrong[0] += bucket_score(t, n, 240, NULL) >= THRESHOLD;
		wrong[1] += bucket_score(t, n, 600, NULL) >= THRESHOLD;
		n = human(&r, t);
		wrong_human[0] += bucket_score(t, n, 240, NULL) >= THRESHOLD;
		wrong_human[1] += bucket_score(t, n, 600, NULL) >= THRESHOLD;
	}
	print_message("buckets chance %d %d, people %d %d of 500\n", wrong[0],
	    wrong[1], wrong_human[0], wrong_human[1]);
	assert_true(wrong[0] + wrong[1] <= 5);
	assert_true(wrong_human[0] + wrong_human[1] <= 5);
}

static void
odd_input_is_safe(void **state)
{
	int64_t t[BEACON_MOST] = { 0 };
	uint16_t ring[BEACON_MOST];
	struct rng r;

	(void)state;
	for (size_t n = 0; n < 20; n++)
		assert_true(times_score(t, n, NULL) <= 0);
	rng_seed(&r, 10);
	for (int i = 0; i < 50; i++) {
		unsigned size = 1 + (unsigned)rng_below(&r, BEACON_MOST);
		struct beacon_buckets in = { ring, size,
			(unsigned)rng_below(&r, size), 60 };
		struct beacon b;

		for (size_t k = 0; k < size; k++)
			ring[k] = rng_below(&r, 3) ? 0 : (uint16_t)rng_next(&r);
		b = beacon_score_buckets(&in);
		assert_true(b.score >= 0 && b.score <= 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("jittered beats with gaps are found", beats_are_found),
		TEST("beats of three connections are found",
		    bursts_of_beats_are_found),
		TEST("chance and people are no beacons",
		    chance_and_people_are_not),
		TEST(
		    "beats under noise are found", beats_under_noise_are_found),
		TEST("services with waves and bursts are no beacons",
		    services_are_not),
		TEST("bucketed beats are found", bucketed_beats_are_found),
		TEST("bucketed chance and people are no beacons",
		    bucketed_chance_is_not),
		TEST("odd input is safe", odd_input_is_safe),
	};

	return cmocka_run_group_tests_name("beacon", tests, NULL, NULL);
}

#include "stats/fdr.h"

#include <math.h>

#include "base/civil.h"

#define TESTS_PER_DAY_ASSUMED 1000.0
#define USUAL_KEEP 0.8
#define STRONG_P 1e-6

/* Spending sequence; sums to 1 over j = 1, 2, ... */
static double
spend(double j)
{
	return 0.0772 * log(fmax(j, 2)) / (j * exp(sqrt(log(j))));
}

static double
or_default(double x, double otherwise)
{
	return x > 0 ? x : otherwise;
}

double
fdr_level(const struct fdr *f)
{
	double alpha = or_default(f->alpha, FDR_ALPHA);
	double delta = or_default(f->delta, FDR_DELTA);
	double now = (double)f->tests + 1, paid = 0;

	for (uint32_t i = 0; i < f->used && i < FDR_DISCOVERIES; i++) {
		double since = now - (double)f->at[i];

		if (since >= 1)
			paid += pow(delta, since) * spend(since);
	}
	return alpha *
	       (or_default(f->eta, FDR_ETA) * fmax(spend(now), 1 - delta) +
		   paid);
}

bool
fdr_test(struct fdr *f, double p)
{
	/* spend(1) is the largest: most p-values need no sum. */
	double ceiling = or_default(f->alpha, FDR_ALPHA) *
			 (or_default(f->eta, FDR_ETA) + spend(1) * f->used);
	bool found = p <= ceiling && p <= fdr_level(f);

	f->tests++;
	if (!found)
		return false;
	f->next %= FDR_DISCOVERIES;
	f->at[f->next] = f->tests;
	f->next = (f->next + 1) % FDR_DISCOVERIES;
	if (f->used < FDR_DISCOVERIES)
		f->used++;
	return true;
}

/* Close the days before `day` and fill up the tokens. */
static void
open_day(struct alert_budget *b, int64_t day, double most, double per_day)
{
	if (b->day == 0) {
		b->tokens = most;
		b->tests_usual = TESTS_PER_DAY_ASSUMED;
	} else {
		b->tests_usual = USUAL_KEEP * b->tests_usual +
				 (1 - USUAL_KEEP) * b->tests_today;
		b->tokens =
		    fmin(most, b->tokens + per_day * (double)(day - b->day));
	}
	b->tests_today = 0;
	b->day = day;
}

bool
alert_budget_allows(
    struct alert_budget *b, double p, int64_t time_us, double per_day)
{
	int64_t day = civil_day(time_us) + 1;
	double most = fmax(1, per_day), tests;

	if (!(per_day > 0))
		return false;
	if (b->day == 0 || day > b->day)
		open_day(b, day, most, per_day);
	b->tests_today += 1;
	tests = fmax(b->tests_usual, b->tests_today);
	b->fdr.delta = 1 - fmin(0.1, per_day / tests);
	if (b->tokens < 1 ||
	    (most >= 3 && b->tokens <= most / 3 && p > STRONG_P)) {
		/* Untold, so it does not pay for later ones either: a burst
		 * of one incident must not raise the level for noise. */
		b->refused += p <= fdr_level(&b->fdr);
		b->fdr.tests++;
		return false;
	}
	if (!fdr_test(&b->fdr, p))
		return false;
	b->tokens -= 1;
	return true;
}

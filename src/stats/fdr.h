/*
 * fdr.h - which of an endless stream of p-values to tell a human about.
 *
 * LORD with decaying memory (Rebjock, Kurt, Januschowski and Callot, "Online
 * false discovery rate control for anomaly detection in time series",
 * NeurIPS 2021): with discoveries at the tests r_j,
 *
 *	level_t = alpha eta max(g_t, 1 - delta)
 *	        + alpha sum_j delta^(t - r_j) g_(t - r_j)
 *	g_j     = 0.0772 ln(max(j, 2)) / (j exp(sqrt(ln j)))
 *
 * (g from Javanmard and Montanari, 2018).  It bounds the decayed, smoothed
 * false discovery rate V/(R + eta) by alpha for independent p-values, and
 * the floor 1 - delta keeps it alive for ever.  The last FDR_DISCOVERIES
 * discoveries are remembered; forgetting older ones only lowers the level.
 *
 * struct alert_budget puts a cap on it: so many a day of event time.  Zeroed
 * memory is valid for both.  No pointers; one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FDR_DISCOVERIES 64
#define FDR_ALPHA 0.1
#define FDR_ETA 1.0
#define FDR_DELTA 0.99

struct fdr {
	double alpha; /* wanted rate; 0: FDR_ALPHA */
	double eta;   /* smoothing; 0: FDR_ETA */
	double delta; /* memory; 0: FDR_DELTA */
	uint64_t tests;
	uint64_t at[FDR_DISCOVERIES]; /* test numbers, a ring */
	uint32_t next;
	uint32_t used;
};

/* The level at which the next test will be made. */
double fdr_level(const struct fdr *f);

/* Make the next test: true when `p` is a discovery. */
bool fdr_test(struct fdr *f, double p);

/*
 * The budget.  The memory of the FDR is set so that of `per_day` findings
 * about the share FDR_ALPHA is spent on noise, however many tests there are
 * in a day (that number is learned).
 */
struct alert_budget {
	struct fdr fdr;
	int64_t day; /* civil_day() + 1 of the open day; 0: none yet */
	double tokens;
	double tests_today;
	double tests_usual; /* decayed mean per day */
	uint64_t refused;   /* discoveries for which no token was left */
};

/*
 * May a finding with this calibrated `p` be raised at event time `time_us`,
 * when `per_day` are allowed?  At most max(1, per_day) in one day, and
 * per_day a day in the long run; the last third of a day's tokens is kept
 * for p <= 1e-6.  A late event counts for the open day.  Never for per_day
 * <= 0.  What is refused stays a signal, which is the caller's to keep.
 */
bool alert_budget_allows(
    struct alert_budget *b, double p, int64_t time_us, double per_day);

/*
 * trw.h - threshold random walk: does this source scan?
 *
 * Sequential test of Jung, Paxson, Berger and Balakrishnan (IEEE S&P 2004):
 * each *first contact* with a new target is a success or a failure; the
 * likelihood ratio of "scanner" to "benign" walks until it crosses a bound.
 * With the defaults four more failures than successes decide.  The caller
 * sees to it that only first contacts are given.  Zeroed memory is a valid
 * start.  No pointers; one thread at a time.
 */
#pragma once

struct trw {
	double log_ratio;
};

struct trw_params {
	double theta0; /* P(success | benign) */
	double theta1; /* P(success | scanner), < theta0 */
	double alpha;  /* wanted rate of false alarms */
	double beta;   /* wanted rate of detection */
};

#define TRW_DEFAULTS ((struct trw_params){ 0.8, 0.2, 0.01, 0.99 })

enum trw_outcome { TRW_SUCCESS, TRW_FAILURE };
enum trw_verdict { TRW_PENDING, TRW_SCANNER, TRW_BENIGN };

/*
 * Take one step.  TRW_BENIGN starts the walk anew, so that a long good past
 * cannot hide a scan; TRW_SCANNER stays for as long as the walk is above its
 * bound.  The walk is held within twice its bound.
 */
enum trw_verdict trw_add(
    struct trw *w, const struct trw_params *params, enum trw_outcome outcome);

/* exp(-log ratio), at most 1: by Wald's inequality a bound on the chance
 * that a benign source ever walks this high. */
double trw_p(const struct trw *w);

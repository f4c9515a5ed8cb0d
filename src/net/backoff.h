/*
 * backoff.h - how long to wait before the next attempt.
 *
 * Exponential with full jitter: a number drawn evenly between 0 and a ceiling
 * that doubles with each failure (M. Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015).  Pure; the caller brings the chance.
 */
#pragma once

#include <stdint.h>

/* The ceiling after `failures` in a row (1, 2, ...): first_us doubled
 * failures - 1 times, at most `most_us`.  0 failures: 0. */
int64_t backoff_ceiling_us(
    unsigned failures, int64_t first_us, int64_t most_us);

/* `chance` (any 64-bit number, evenly spread: clock_jitter(UINT64_MAX))
 * brought between 0 and `ceiling_us`, both possible. */
int64_t backoff_spread_us(int64_t ceiling_us, uint64_t chance);

/*
 * ddsketch.h - quantiles with a bounded relative error.
 *
 * DDSketch (Masson, Rim and Lee, VLDB 2019): bucket i holds the values in
 * (g^(i-1), g^i], g = (1 + e) / (1 - e), e = DDSKETCH_ERROR.  256 buckets
 * cover ten and a half decades; when the values need more, the lowest
 * collapse into one, so high quantiles stay right.  Counts may be decayed.
 * Zeroed memory is valid and empty.  No pointers; one thread at a time.
 */
#pragma once

#include <stdint.h>

#define DDSKETCH_BUCKETS 256
#define DDSKETCH_ERROR 0.05

struct ddsketch {
	double total;
	double zeros; /* values <= 1e-9 */
	int32_t base; /* index of bucket[0]; set by the first value */
	uint32_t started;
	float bucket[DDSKETCH_BUCKETS];
};

void ddsketch_add(struct ddsketch *d, double x, double weight);

/* A value within DDSKETCH_ERROR of the quantile q in [0, 1]; 0 while empty.
 */
double ddsketch_quantile(const struct ddsketch *d, double q);

/* Share of the weight at or above x, resolved to a bucket. */
double ddsketch_tail(const struct ddsketch *d, double x);

/* Keep the part `keep` of all weights. */
void ddsketch_decay(struct ddsketch *d, double keep);

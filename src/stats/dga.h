/*
 * dga.h - does a registered label look made by a program?
 *
 * A logistic combination of a trigram likelihood under a benign model and
 * ten features of the label.  Table and weights are generated
 * (docs/dga-table.md: sources, licence, command, held-out rates).  Equal
 * priors: the score is a likelihood ratio in disguise, not a verdict; sum
 * the log-odds over names that do not exist, per client.  Algorithms that
 * join dictionary words are not seen.  Pure functions, any thread.
 */
#pragma once

#include "base/span.h"

#define DGA_SYMBOLS 38 /* a-z 0-9 - and the border */
#define DGA_FEATURES 11
#define DGA_BITS_SCALE 16.0 /* table units a bit */

extern const double dga_weight[DGA_FEATURES];
extern const unsigned char dga_bits[DGA_SYMBOLS * DGA_SYMBOLS * DGA_SYMBOLS];

/*
 * ln(P(made) / P(benign)) of a label, as domain_split() gives it (any case;
 * at most 63 bytes count), held in [-10, 10].  Labels under 6 bytes and
 * punycode (xn--) say nothing: -4.
 */
double dga_log_odds(struct span label);

/* 1 / (1 + exp(-log odds)). */
double dga_score(struct span label);

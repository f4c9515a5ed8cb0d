/*
 * cauchy.h - many p-values of one entity and window into one.
 *
 * The Cauchy combination (Liu and Xie, JASA 115, 2020) holds under any
 * dependence, which is what detectors on the same events have.  Fisher's
 * method is sharper but only for independent groups.  Pure functions.
 */
#pragma once

#include <stddef.h>

/*
 * Combine `count` p-values with weights (NULL: equal; negative as 0).  A p
 * above 0.99 counts as 0.99, so that one exact 1 cannot erase the others
 * (the left-truncated form).  1 when there is nothing to combine.
 */
double cauchy_combine(const double *p, const double *weight, size_t count);

/* Fisher: -2 sum ln p is chi-square with 2 count degrees of freedom.  Only
 * for independent p-values. */
double cauchy_fisher(const double *p, size_t count);

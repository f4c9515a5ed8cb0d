/*
 * page_hinkley.h - has the level of a series moved up for good?
 *
 * Page (1954), Hinkley (1971): m_t = sum of (x_i - mean_i - delta); alarm
 * when m_t - min m exceeds lambda.  Zeroed memory is valid and empty.  No
 * pointers; one thread at a time.
 */
#pragma once

#include <stdbool.h>

struct page_hinkley {
	double count;
	double mean;
	double sum;
	double least;
};

/* Take x; true once the rise is beyond `lambda`, in the unit of x.  `delta`
 * is the drift that does not matter.  After true the test starts anew. */
bool page_hinkley_add(
    struct page_hinkley *h, double x, double delta, double lambda);

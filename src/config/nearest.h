/*
 * nearest.h - "did you mean": the closest of some names.
 *
 * Pure, any thread.
 */
#pragma once

#include <stddef.h>

#include "base/span.h"

/*
 * Letters to insert, delete, change or swap with their neighbour to make one
 * name of the other (optimal string alignment); names over 63 bytes are as
 * far as they are long.
 */
size_t nearest_distance(struct span a, struct span b);

/* Keeps the closest of the candidates offered; start from {0}. */
struct nearest {
	const char *name; /* NULL: none is close */
	size_t distance;
};

/* Offer one candidate for what the user wrote.  A candidate further than a
 * third of its letters (at least 1) or 3 is not close. */
void nearest_offer(struct nearest *n, struct span wrote, const char *name);

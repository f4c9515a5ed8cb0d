/*
 * sweep.h - how many different things somebody touches in an hour.
 *
 * Reading one secret is work, reading all of them is theft: a detector counts
 * distinct things per hour of event time and compares with the hours before.
 * Hours that were told teach nothing.  Zeroed memory is valid and empty; no
 * pointers, so that it may stand in a detector's state.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "stats/decay_mean.h"
#include "stats/linear_count.h"

struct sweep {
	int64_t hour;		  /* the open one; 0: none yet */
	struct linear_count seen; /* in the open hour */
	struct decay_mean usual;  /* things in an hour that had any */
	uint32_t distinct;	  /* in the open hour */
	bool told;		  /* of the open hour */
};

/* Note a thing by its hash; true when it is a new one of its hour. */
bool sweep_add(struct sweep *s, int64_t time_us, uint64_t thing);

/* How many there are in an hour that has any; 0 while nothing is known. */
double sweep_usual(const struct sweep *s);

/*
 * At least `least` things, and `times` as many as usual.  True once, when the
 * hour gets there, and again at each doubling: then the hour counts as told.
 */
bool sweep_is_much(struct sweep *s, double least, double times);

/*
 * lessons.h - what a closing hour teaches, equal lessons joined.
 *
 * Activities of one hour teach much the same: the same region, hour of day,
 * program.  The latest LESSONS_JOINED different lessons wait here and are
 * told to the baseline once, with how often they came.  In the order of the
 * hour's activities, so that what is learned depends on nothing else.
 * One thread.
 */
#pragma once

#include <stdint.h>

#include "baseline/baseline.h"

#define LESSONS_JOINED 2048

struct lessons {
	struct lesson_waiting {
		uint64_t profile, value;
		int64_t hour;
		unsigned times; /* 0: free */
	} waiting[LESSONS_JOINED];
};

/* One more observation; may teach another one that waited in its place. */
void lessons_add(struct lessons *l, struct baseline *b, uint64_t profile,
    uint64_t value, int64_t hour);

/* Teach all that waits. */
void lessons_finish(struct lessons *l, struct baseline *b);

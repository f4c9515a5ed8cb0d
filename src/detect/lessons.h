/*
 * lessons.h - what a closing hour teaches, equal lessons joined.
 *
 * Activities of one hour teach much the same: the same region, hour of day,
 * program.  Different lessons wait here, up to LESSONS_JOINED, and are told to
 * the baseline with how often they came, in the order in which they first
 * came: what is learned depends on the activities and on nothing else.
 * Zeroed memory is empty.  One thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "baseline/baseline.h"

#define LESSONS_JOINED 3072
#define LESSONS_SLOTS 4096

struct lessons {
	struct lesson_waiting {
		uint64_t profile, value;
		int64_t hour;
		unsigned times;
	} waiting[LESSONS_JOINED];
	size_t count;
	uint16_t slots[LESSONS_SLOTS]; /* positions + 1; 0: free */
};

/* One more observation; teaches what waits when there is no room for it. */
void lessons_add(struct lessons *l, struct baseline *b, uint64_t profile,
    uint64_t value, int64_t hour);

/* Teach all that waits. */
void lessons_finish(struct lessons *l, struct baseline *b);

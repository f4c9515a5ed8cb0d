/*
 * season.h - what the hour of the day does to a rate.
 *
 * 48 bins: 24 hours of working days, 24 of Saturday and Sunday, in UTC.  A
 * bin's factor multiplies the usual rate; sparse bins are drawn to 1 by
 * SEASON_SHRINKAGE pseudo-events.  Zeroed memory is valid: every factor is
 * 1.  No pointers; one thread at a time.
 */
#pragma once

#include <stdint.h>

#define SEASON_BINS 48
#define SEASON_SHRINKAGE 5.0

struct season {
	float events[SEASON_BINS];  /* decayed sum */
	float windows[SEASON_BINS]; /* decayed number of windows */
};

/* The bin of a time: 0..23 Monday to Friday, 24..47 the week-end. */
unsigned season_bin(int64_t time_us);

/* Learn that a window starting at `time_us` held `count` events. */
void season_add(struct season *s, int64_t time_us, double count);

/* Forget: keep the part `keep`; call it once a day or so. */
void season_decay(struct season *s, double keep);

/* (events + m) / (windows x overall mean + m), in [0.01, 100]. */
double season_factor(const struct season *s, int64_t time_us);

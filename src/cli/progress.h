/*
 * progress.h - one line that says how far it is, for a terminal.
 *
 * The only place that reads the wall clock.  One thread at a time: whoever
 * calls from several threads brings a lock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"

#define PROGRESS_INTERVAL_US ((int64_t)200000) /* five lines a second */

struct progress_state {
	uint64_t bytes;	      /* read so far, as stored */
	uint64_t bytes_total; /* 0: not known, as for a pipe */
	uint64_t events;
	uint64_t findings;
	double seconds; /* since the start; filled by progress_update() */
};

/*
 * "1.2 GiB of 4.0 GiB (30 %), 1.1 M events/s, 3 findings, 0:42 left", never
 * longer than `columns`.  Pure.
 */
void progress_format(
    const struct progress_state *s, unsigned columns, struct buf *out);

struct progress;

/* On `stream` when that is a terminal, else one that does nothing. */
struct progress *progress_new(FILE *stream);

/* Clears the line.  NULL is allowed. */
void progress_free(struct progress *p);

/* Show `s`, unless the last time was less than PROGRESS_INTERVAL_US ago. */
void progress_update(struct progress *p, const struct progress_state *s);

/* Take the line off the terminal before anything else is printed. */
void progress_clear(struct progress *p);

/* Seconds since progress_new(), on a terminal or not. */
double progress_seconds(const struct progress *p);

/*
 * silence.h - streams that were regular, and stay away.
 *
 * A stream is one service of one account in one region, or one cluster.  Which
 * hours of the last week it had logs for is kept as a bitmap; one that had some
 * in all but few hours of two days and more, and has none for an hour that is
 * long past, has fallen silent: told once for each silence, unless it began
 * more than a week ago.  The present is that up to which upstream has been
 * heard: a source that stands still tells of no silence.
 *
 * Pure but for what it tells; one thread.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

/* Logs come minutes late mostly, an hour rarely (CloudTrail's "typically
 * delivers logs within an average of about 5 minutes", flow logs' "may take
 * longer"); a silence is told after three. */
#define SILENCE_LATE_HOURS 3

struct silence;

struct silence_stream {
	struct span account, region, service;
};

struct silence_told {
	struct silence_stream stream; /* borrowed until the call returns */
	int64_t since_us;	      /* the first hour without anything */
	unsigned hours;		      /* had something, of the `of` before */
	unsigned of;
};

struct silence *silence_new(
    void (*tell)(void *cookie, const struct silence_told *told), void *cookie);
void silence_free(struct silence *s); /* NULL is allowed */

/* The stream had a log of that time. */
void silence_note(
    struct silence *s, const struct silence_stream *stream, int64_t time_us);

/* All logs up to then are known: tell of streams that fell silent. */
void silence_judge(struct silence *s, int64_t until_us);

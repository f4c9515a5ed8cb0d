/*
 * lister.h - what a bucket holds, listed no more than needed.
 *
 * Listings by folder (delimiter "/") find the streams: folders below which
 * days begin (layout.h), and folders that hold keys themselves.  Afterwards a
 * round lists single days of all streams.  Listings run some at a time; what
 * fails is tried again until it is listed, so a round that is over is
 * complete.  Runs within aws_run(); one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/s3.h"
#include "base/span.h"

struct lister;

struct lister_options {
	struct s3 *bucket;  /* borrowed */
	const char *prefix; /* NULL: all */
	bool digests;	    /* look at CloudTrail's digest files too */
	unsigned page_size; /* 0: 1,000 */
	/* An object of the round, in no order; `day` as lister_day() was
	 * told, 0 for keys without a day. */
	void (*object)(
	    void *cookie, const struct s3_object *object, int64_t day);
	/* A listing failed; it goes on trying. */
	void (*trouble)(
	    void *cookie, enum s3_outcome outcome, const char *text);
	void *cookie;
};

struct lister *lister_new(const struct lister_options *options);
/* Frees the listings under way too: the bucket is freed before it, or never
 * asked to run again.  NULL is allowed. */
void lister_free(struct lister *l);

/* Begin to look for streams, old and new; keys in folders without a day are
 * told on the way. */
void lister_discover(struct lister *l);

/* Begin to list a day (civil_day) of all streams known. */
void lister_day(struct lister *l, int64_t day);

/* Begin to list the folders that hold keys themselves: those that come behind
 * what is long known, where keys are in the order of time. */
void lister_flat(struct lister *l);

/* Start what can be started; call it before aws_run(). */
void lister_pump(struct lister *l);

/* Monotonic time at which lister_pump() has something to do; INT64_MAX: no
 * listing waits for time to pass. */
int64_t lister_due_us(const struct lister *l);

/* Everything that was begun is complete. */
bool lister_is_idle(const struct lister *l);

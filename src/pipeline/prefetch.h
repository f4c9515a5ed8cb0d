/*
 * prefetch.h - downloads of a plan's remote parcels, ahead of those who read.
 *
 * One thread downloads some at a time in the order of the plan, within a
 * bound of bytes, so that the network is busy while workers decode; a worker
 * that needs a parcel waits for that one alone.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "collect/plan.h"
#include "collect/remote.h"

struct prefetch;

struct prefetch_options {
	struct remote *remote; /* its own from now on, until it is freed */
	const struct plan *plan;
	const char *spool; /* folder of what is too large for memory */
};

/* NULL when no thread can be started.  Caller frees. */
struct prefetch *prefetch_new(const struct prefetch_options *options);

/* Ends the downloads under way.  Nobody may wait.  NULL is allowed. */
void prefetch_free(struct prefetch *p);

/*
 * The bytes of a parcel of the plan, each asked for once, roughly in its
 * order.  Waits; any thread.  The caller closes *fd.  False with *error.
 */
bool prefetch_take(struct prefetch *p, const struct parcel *parcel, int *fd,
    struct buf *error);

/*
 * backfill_remote.h - the part of a backfill that comes from buckets.
 */
#pragma once

#include "collect/remote.h"
#include "config/config.h"
#include "pipeline/archive.h"

struct backfill_remote;

/* NULL when no path is one of a bucket.  Caller frees. */
struct backfill_remote *backfill_remote_new(
    const struct config *config, const char *const *paths, size_t npaths);
void backfill_remote_free(struct backfill_remote *r); /* NULL is allowed */

/* For plan_options; NULL for NULL. */
struct remote *backfill_remote_of(struct backfill_remote *r);

/* After the plan was made: download its parcels, as the archive asks for
 * them.  The plan outlives it. */
void backfill_remote_start(struct backfill_remote *r, const struct plan *plan,
    struct archive_options *archive);

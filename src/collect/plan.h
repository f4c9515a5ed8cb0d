/*
 * plan.h - which parcels to read, in which order.
 *
 * The order decides the findings, so it depends on what is read and on
 * nothing else: not on the order of the arguments, of a directory listing,
 * or of time stamps on files.  Parcels are sorted by the time in their path
 * or name, else by the time of their first record; then by relative path.
 * Copies (the same bytes under whatever name) are read once: the shortest
 * relative path is kept, then the first in byte order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

struct parcel {
	char *path;  /* to open; "-" is standard input; or as of remote.h */
	char *place; /* relative to its argument: what findings show */
	uint64_t size;
	int64_t time_us; /* what it is sorted by */
	uint64_t copies; /* that are left out in its favour */
};

struct plan_skip {
	char *path;
	char *reason; /* one line */
	bool partial; /* counts for exit code 2; false for what is no log */
};

struct plan {
	struct parcel *parcels;
	size_t count;
	struct plan_skip *skips;
	size_t nskips;
	uint64_t bytes;	   /* sum of sizes */
	size_t duplicates; /* parcels left out as copies */
	uint64_t duplicate_bytes;
};

struct remote;

struct plan_options {
	const char *const *paths;
	size_t npaths;
	/* Lists what is in buckets (s3://...); NULL: there are no such paths.
	 * Objects are copies when their ETags are the same. */
	struct remote *remote;
	/* Told of each file found while walking; may be NULL. */
	void (*progress)(void *cookie, size_t files, uint64_t bytes);
	void *cookie;
};

/*
 * Walk the paths.  NOT_FOUND when an argument does not exist (*error names
 * it), UNAVAILABLE or INVALID for a bucket, else OK even when nothing was
 * found.  Caller frees with plan_free(). Unreadable folders and files, empty
 * files, digests, and names that are not logs become skips.  Symbolic links to
 * folders are not followed twice.
 */
NODISCARD enum status plan_make(
    const struct plan_options *options, struct plan **plan, struct buf *error);
void plan_free(struct plan *p); /* NULL is allowed */

/* Record one more skip (a parcel found unreadable later); copies the text. */
void plan_skip(
    struct plan *p, const char *path, const char *reason, bool partial);

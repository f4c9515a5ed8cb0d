/*
 * archive.h - a plan's parcels, one after the other, for a pipeline.
 *
 * Called under the pipeline's rules for an intake; otherwise one thread.
 */
#pragma once

#include "collect/plan.h"
#include "pipeline/pipeline.h"

struct archive;

struct archive_options {
	struct plan *plan; /* skips found while reading are added to it */
	enum decode_format format;
	const char *cluster; /* NULL: not said */
	/* With a ledger: was this parcel consumed by an earlier run?  And it
	 * is now.  NULL without. */
	bool (*consumed)(void *cookie, const struct parcel *p);
	void (*consume)(void *cookie, const struct parcel *p,
	    const struct pipeline_outcome *outcome);
	/* Asked before each parcel: is a commit due? */
	bool (*due)(void *cookie);
	void (*commit)(void *cookie, struct pipeline *pipeline);
	/* As in pipeline_intake, for parcels whose path is not a file. */
	bool (*fetch)(void *cookie, unsigned worker,
	    struct pipeline_parcel *parcel, struct buf *error);
	void *fetch_cookie; /* of fetch */
	void *cookie;	    /* of all else */
};

struct archive *archive_new(const struct archive_options *options);
void archive_free(struct archive *a); /* NULL is allowed */

/* For pipeline_options; borrows the archive. */
struct pipeline_intake archive_intake(struct archive *a);

/* Parcels that were left out because an earlier run had consumed them. */
size_t archive_known(const struct archive *a);

/*
 * pipeline.h - the whole way from a plan to findings, on some threads.
 *
 * Workers decompress and decode parcels in parallel; each shard takes its
 * batches strictly in plan order, on whichever worker is free.  What comes
 * out is the same for any number of workers.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/status.h"
#include "collect/plan.h"
#include "config/config.h"
#include "decode/decode.h"
#include "finding/finding.h"
#include "pipeline/shard.h"

struct pipeline_progress {
	uint64_t bytes_in; /* compressed, of plan->bytes */
	uint64_t events;
};

struct pipeline_options {
	const struct config *config;
	struct plan *plan; /* skips found while reading are added to it */
	unsigned jobs;	   /* 1..PIPELINE_JOBS_MAX */
	int64_t since_us, until_us; /* INT64_MIN, INT64_MAX: all */
	enum decode_format format;
	const char *cluster; /* NULL: not said */
	/* A record was refused; any worker, one at a time. */
	void (*reject)(void *cookie, struct span place, struct span record,
	    const char *reason);
	/* Called now and then by one worker at a time; may be NULL. */
	void (*progress)(void *cookie, const struct pipeline_progress *p);
	void *cookie;
};

#define PIPELINE_JOBS_MAX 64

struct pipeline;

/*
 * Read all of the plan.  INVALID with *error for a configuration that does
 * not fit the detectors; otherwise OK, whatever had to be skipped.  The
 * caller frees the result, which owns the findings.
 */
NODISCARD enum status pipeline_run(const struct pipeline_options *options,
    struct pipeline **result, struct buf *error);
void pipeline_free(struct pipeline *b); /* NULL is allowed */

/* All findings by time of their first event, then by type and id. */
const struct finding *const *pipeline_findings(
    const struct pipeline *b, size_t *count);

struct pipeline_counts {
	uint64_t bytes;	    /* read, as stored */
	uint64_t bytes_out; /* decompressed */
	struct decode_counts decoded;
	struct shard_counts shards;
	/* Records of parcels that were left out as copies; part of
	 * decoded.events too. */
	uint64_t copied;
	size_t parcels_partial; /* broken or with records too large */
};

void pipeline_count(const struct pipeline *b, struct pipeline_counts *counts);

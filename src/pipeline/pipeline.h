/*
 * pipeline.h - the whole way from parcels to findings, on some threads.
 *
 * Workers decompress and decode parcels in parallel; each shard takes its
 * batches strictly in the order in which the intake gave the parcels, on
 * whichever worker is free.  What comes out is the same for any number of
 * workers.
 *
 * The intake decides what comes next.  When it asks for a commit the
 * pipeline first lets all parcels given before pass every shard; then state
 * and what was consumed agree, and may be stored together.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/status.h"
#include "config/config.h"
#include "decode/decode.h"
#include "finding/finding.h"
#include "pipeline/shard.h"

#define PIPELINE_JOBS_MAX 64

struct pipeline;

/* Where the bytes of one parcel are; all of it is borrowed from the intake
 * until it is told that the parcel is finished. */
struct pipeline_parcel {
	struct span place; /* what findings call it */
	const char *path;  /* a file to open, "-": standard input; or NULL: */
	struct span body;  /* these bytes, when at is not NULL, or */
	int fd;		   /* this open file, closed by the pipeline */
	enum decode_format format;
	const char *cluster; /* NULL: not said */
	uint64_t copies;     /* left out in its favour: count as read */
	void *ticket;
};

/* What became of a parcel; texts are borrowed until the call returns. */
struct pipeline_outcome {
	const char *skipped; /* why it was not read to its end; NULL: it was */
	bool partial;	     /* and something may be lost by that */
	uint64_t refused;    /* records that could not be understood ... */
	const char *because; /* ... and why the first of them; or NULL */
	uint64_t bytes;	     /* read, as stored */
	uint64_t events[SOURCE_COUNT]; /* understood */
};

enum pipeline_next {
	PIPELINE_PARCEL, /* *parcel is filled */
	PIPELINE_LATER,	 /* nothing now: pipeline_wake() tells when */
	PIPELINE_COMMIT, /* call commit() once all given parcels are through */
	PIPELINE_END,	 /* nothing any more: commit() once more, then stop */
};

/* Called on any worker, but for fetch() one at a time. */
struct pipeline_intake {
	enum pipeline_next (*next)(
	    void *cookie, struct pipeline_parcel *parcel);
	/* Get the bytes of a parcel that has neither path nor body nor fd,
	 * into its body or fd, on worker `worker`; many at a time.  False with
	 * *error.  May be NULL. */
	bool (*fetch)(void *cookie, unsigned worker,
	    struct pipeline_parcel *parcel, struct buf *error);
	/* A parcel has passed all shards; in the order of next(). */
	void (*finished)(
	    void *cookie, void *ticket, const struct pipeline_outcome *outcome);
	/* No parcel is under way.  May be NULL. */
	void (*commit)(void *cookie, struct pipeline *pipeline);
	void *cookie;
};

struct pipeline_progress {
	uint64_t bytes_in; /* as stored */
	uint64_t events;
};

struct pipeline_options {
	const struct config *config;
	struct pipeline_intake intake;
	const struct hash_key *key; /* NULL: HASH_KEY_DEFAULT */
	unsigned jobs;		    /* 1..PIPELINE_JOBS_MAX */
	int64_t since_us, until_us; /* INT64_MIN, INT64_MAX: all */
	bool keep_signals;	    /* for pipeline_changed() */
	/* A record was refused; any worker, one at a time. */
	void (*reject)(void *cookie, struct span place, struct span record,
	    const char *reason);
	/* Called now and then by one worker at a time; may be NULL. */
	void (*progress)(void *cookie, const struct pipeline_progress *p);
	void *cookie;
};

/*
 * Make it ready.  INVALID with *error for a configuration that does not fit
 * the detectors.  The caller frees the result, which owns the findings.
 */
NODISCARD enum status pipeline_new(const struct pipeline_options *options,
    struct pipeline **result, struct buf *error);
void pipeline_free(struct pipeline *b); /* NULL is allowed */

/*
 * A tenant that an earlier run has left; before pipeline_work().  False when
 * its state is damaged or of another version: it begins without history.
 */
NODISCARD bool pipeline_restore(
    struct pipeline *b, struct span tenant, const struct image_reader *state);
/* Takes a finding of that tenant, as it was stored. */
void pipeline_restore_finding(
    struct pipeline *b, struct span tenant, struct finding *f);

/* Work until the intake gives PIPELINE_END; the caller's thread is the first
 * worker.  Findings are told how their activities grew before the last
 * commit. */
void pipeline_work(struct pipeline *b);

/* Within commit(): is it the last? */
bool pipeline_has_ended(const struct pipeline *b);

/* The intake has something again, or wants a commit.  Any thread. */
void pipeline_wake(struct pipeline *b);

/* Free the memory that waits to be used again: as much as the largest backlog
 * and the largest records needed.  Now and then, from any thread. */
void pipeline_trim(struct pipeline *b);

/*
 * Visit the tenants that took events since they were last visited, from
 * within commit() or after pipeline_work().
 */
void pipeline_changed(struct pipeline *b,
    void (*visit)(void *cookie, const struct shard_change *change),
    void *cookie);

/*
 * The signals so far, of which attack sequences are made; owned by the
 * pipeline.  Before pipeline_work(), from within commit() or after it; judged
 * there too, but by pipeline_findings(), which adds what follows.
 */
struct sequences *pipeline_sequences(struct pipeline *b);

/* All findings by time of their first event, then by type and id; after
 * pipeline_work(), valid until pipeline_free(). */
const struct finding *const *pipeline_findings(
    struct pipeline *b, size_t *count);

struct pipeline_counts {
	uint64_t bytes;	    /* read, as stored */
	uint64_t bytes_out; /* decompressed */
	struct decode_counts decoded;
	struct shard_counts shards;
	/* Records of parcels that were left out as copies; part of
	 * decoded.events too. */
	uint64_t copied[SOURCE_COUNT];
	size_t parcels_partial; /* broken or with records too large */
};

/* From within commit(), or after pipeline_work(). */
void pipeline_count(const struct pipeline *b, struct pipeline_counts *counts);

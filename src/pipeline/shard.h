/*
 * shard.h - the tenants that one thread works on at a time.
 *
 * All state of a tenant lives in one shard, chosen by the hash of its name;
 * nothing is shared between shards.  A shard is given batches strictly in
 * plan order, by whichever thread holds it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detect/engine.h"
#include "event/batch.h"
#include "finding/findings.h"
#include "sequence/sequences.h"

struct shard;

struct shard_options {
	const struct engine *engine; /* borrowed */
	const struct hash_key *key;  /* of tenants' names */
	unsigned index, count;	     /* this one of so many */
	int64_t since_us, until_us;  /* events outside are left out */
	bool keep_signals;	     /* for shard_changed() */
	const struct config *config; /* borrowed */
};

/* For engine_options: where the tenants of shards send their signals. */
void shard_emit(void *cookie, struct signal *signal);
void shard_grew(
    void *cookie, uint64_t identity, uint64_t more, int64_t last_us);
void shard_knew(
    void *cookie, uint64_t identity, const struct fact *facts, size_t count);
bool shard_excused(void *cookie, uint64_t identity, size_t signals);

struct shard *shard_new(const struct shard_options *options);
void shard_free(struct shard *s); /* NULL is allowed */

/* Take this shard's events of the batch. */
void shard_batch(struct shard *s, const struct batch *b);

/* Findings are told how the activities of the open hours grew. */
void shard_tell(struct shard *s);

/* Does this tenant live here? */
bool shard_owns(const struct shard *s, struct span tenant);

/* What an earlier run left of a tenant that lives here; false: damaged or of
 * another version, it begins without history. */
NODISCARD bool shard_restore(
    struct shard *s, struct span tenant, const struct image_reader *state);
void shard_restore_finding(/* takes it */
    struct shard *s, struct span tenant, struct finding *f);

/* A tenant that changed, and what it raised since it was last visited. */
struct shard_change {
	const struct tenant *tenant;
	struct findings *findings;
	/* Signals kept, each as pack_i64 of its time and pack_span of what
	 * signal_pack() made; those past SHARD_SIGNALS_MAX are counted. */
	struct span signals;
};

#define SHARD_SIGNALS_MAX 4096

void shard_changed(struct shard *s,
    void (*visit)(void *cookie, const struct shard_change *change),
    void *cookie);

/* Move what the signals so far say to whoever joins those of all shards. */
void shard_sequences(struct shard *s, struct sequences *to);

/* Append the shard's findings (borrowed) to a growing array. */
void shard_findings(struct shard *s, struct finding ***list, size_t *count);

struct shard_counts {
	struct engine_counts engine;
	uint64_t outside; /* events outside since..until */
	uint64_t tenants;
	uint64_t left_out; /* findings past the limit */
	uint64_t findings; /* so far */
	uint64_t bytes;	   /* of findings, and of the steps of sequences */
	uint64_t signals;  /* raised so far */
	uint64_t signals_left_out;
};

void shard_count(const struct shard *s, struct shard_counts *counts);

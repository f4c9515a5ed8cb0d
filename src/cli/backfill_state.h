/*
 * backfill_state.h - a backfill that remembers: what it has read, what it has
 * learned and found, in a state file.
 *
 * Killed at any moment and started again it goes on behind its last commit;
 * started with new logs it goes on with what it knows.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collect/plan.h"
#include "pipeline/archive.h"
#include "pipeline/pipeline.h"

struct backfill_state;

/* Open the state file; gives an exit code and has complained when not 0. */
int backfill_state_open(
    const char *path, double commit_ms, struct backfill_state **s);
void backfill_state_close(struct backfill_state *s); /* NULL is allowed */

const struct hash_key *backfill_state_key(const struct backfill_state *s);

/* The archive's side of it: consumed, consume, due, commit. */
void backfill_state_archive(
    struct backfill_state *s, struct archive_options *options);

/* Give the pipeline what is known; exit code.  When all of the plan was read
 * before, the last run is told once more. */
int backfill_state_restore(struct backfill_state *s, const struct plan *plan,
    struct pipeline *pipeline);

/* After the pipeline's work: could all be written?  Exit code. */
int backfill_state_finish(struct backfill_state *s);

/* The findings have reached the user: the run is over.  Until then it goes
 * on, and gives all its findings again, however often it is cut short. */
int backfill_state_end(struct backfill_state *s);

/* An earlier run was cut short, and this one went on with it. */
bool backfill_state_resumed(const struct backfill_state *s);

/* The counts of the whole run, those of its earlier parts included. */
void backfill_state_count(
    const struct backfill_state *s, struct pipeline_counts *counts);

/* The findings that the run raised or changed, in order; owned by the state.
 * Exit code. */
int backfill_state_findings(struct backfill_state *s,
    const struct finding *const **findings, size_t *count);

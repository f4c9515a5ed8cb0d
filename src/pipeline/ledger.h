/*
 * ledger.h - what a pipeline's commits write into the store, and what they
 * leave for the next run.
 *
 * Building a commit (ledger_consume .. ledger_collect) touches no file and
 * belongs to the pipeline's lock; ledger_write() may then be called on
 * another thread, and nothing may be built until it is done.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "pipeline/pipeline.h"
#include "store/store.h"

struct ledger;

struct ledger_options {
	const char *path;
	/* Names of the feeds that are owed findings, NULL-terminated, with
	 * their lowest severities; or NULL. */
	const char *const *feeds;
	const double *feed_severities;
	int64_t day;	   /* by the wall clock: how long identities last */
	int64_t keep_days; /* identities and signals; 0: for ever */
};

/* Opens the store.  *error says what to do. */
NODISCARD enum status ledger_open(const struct ledger_options *options,
    struct ledger **ledger, struct buf *error);
void ledger_close(struct ledger *l); /* NULL is allowed */

const struct hash_key *ledger_key(const struct ledger *l);
struct store *ledger_store(struct ledger *l);

/* Give the pipeline what is stored of tenants and findings, and begin a run
 * or go on with one that was not ended; `again`: with the last in any case. */
NODISCARD enum status ledger_restore(
    struct ledger *l, struct pipeline *pipeline, bool again, struct buf *error);

/* The run that began: its findings are those it raised or changed. */
uint64_t ledger_run(const struct ledger *l);
/* It goes on where an earlier one was ended before its time. */
bool ledger_resumed(const struct ledger *l);
/* Tenants whose state could not be used: they learn anew. */
size_t ledger_forgotten(const struct ledger *l);

/* Bytes that the identities take in memory. */
size_t ledger_bytes(const struct ledger *l);
/* Was this identity of a source consumed? */
bool ledger_seen(
    const struct ledger *l, struct span source, struct span identity);
/* The same, asked by who has it before him: what upstream still shows is not
 * forgotten.  Written with the next commit; as building one, under the
 * pipeline's lock, at any time. */
bool ledger_meet(struct ledger *l, struct span source, struct span identity);
/* Counters of findings, and of those that are suppressed, are named by this
 * and their type. */
#define LEDGER_FINDINGS "findings/"
#define LEDGER_SUPPRESSED "suppressed/"

/* A counter of the store, 0 at first. */
uint64_t ledger_counter(const struct ledger *l, const char *name);
/* Every counter whose name begins with `prefix`, with the rest of its name. */
void ledger_counters(const struct ledger *l, const char *prefix,
    void (*visit)(void *cookie, const char *rest, uint64_t value),
    void *cookie);
/* A source's position; false: none. */
bool ledger_cursor(const struct ledger *l, struct span source, struct span name,
    struct buf *value);

/* --- a commit --------------------------------------------------------------
 */

/* It is this day now, if it is later than before: what is consumed from now
 * on lasts from it on, and what is too old is forgotten with the commit. */
void ledger_today(struct ledger *l, int64_t day);
void ledger_consume(struct ledger *l, struct span source, struct span identity);
/* The same, of what upstream gives again soon or never: it lasts `days`, if
 * that is less. */
void ledger_consume_for(
    struct ledger *l, struct span source, struct span identity, int64_t days);
void ledger_move(
    struct ledger *l, struct span source, struct span name, struct span value);
void ledger_count(struct ledger *l, const char *name, uint64_t more);
void ledger_set(struct ledger *l, const char *name, uint64_t value);
void ledger_drop_kept(struct ledger *l, uint64_t number);
/* Add what changed in the pipeline. */
void ledger_collect(struct ledger *l, struct pipeline *pipeline);
/* The run has ended. */
void ledger_end(struct ledger *l);
/* As store_write(). */
NODISCARD enum status ledger_write(struct ledger *l, struct buf *error);

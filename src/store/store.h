/*
 * store.h - everything that must outlive the program, in one SQLite file.
 *
 * A commit is built while the pipeline stands still - what was consumed, the
 * changed parts of tenants' state, findings, signals, counts, what feeds owe -
 * and written in one transaction; only then may upstream be told.  The file is
 * in WAL mode with full synchronisation: what store_write() says is safe is
 * on the disk.
 *
 * Each row that holds bytes of ours carries their checksum.  A file that is
 * damaged is refused with the way out and never overwritten.
 *
 * Opening, building commits and writing them are for one thread at a time;
 * a reader (store_open with `read_only`) may be in any other process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/image.h"
#include "base/status.h"
#include "detect/engine.h"
#include "finding/finding.h"

struct store;

struct store_options {
	const char *path;
	bool read_only;	  /* must exist; nothing is written */
	bool exclusive;	  /* nobody else may be exclusive meanwhile: who
			   * builds commits must be */
	bool skip_checks; /* of the whole file; rows are checked when read */
};

/*
 * Open, making the file if there is none, bringing an older schema up to
 * date.  NOT_FOUND: read_only and no file; MALFORMED: damaged or no store;
 * UNSUPPORTED: made by a newer version; IO.  *error says what to do.
 */
NODISCARD enum status store_open(const struct store_options *options,
    struct store **store, struct buf *error);
void store_close(struct store *s); /* NULL is allowed */

/* The secret that keys this store's hashes; made with the file. */
const struct hash_key *store_key(const struct store *s);

/* Numbers of runs so far, and whether the last one has ended. */
uint64_t store_run(const struct store *s);
bool store_run_is_open(const struct store *s);

/* --- what is in it ---------------------------------------------------------
 */

/* Each tenant with its state.  MALFORMED with *error when a row is damaged. */
NODISCARD enum status store_tenants(struct store *s,
    void (*visit)(
	void *cookie, struct span name, const struct image_reader *state),
    void *cookie, struct buf *error);

struct store_finding {
	const char *id;
	struct span tenant;
	uint64_t run;	    /* in which it was changed last */
	struct span packed; /* finding_unpack() */
	bool archived;
};

/*
 * Findings changed in run `since_run` or later, and with `recent_us` those
 * whose last event is at most so much older than the newest of their tenant;
 * by first event, type and id.  `visit` is false to stop.
 */
struct store_wanted {
	uint64_t since_run;
	int64_t recent_us; /* 0: whatever their age */
};

NODISCARD enum status store_findings(struct store *s,
    const struct store_wanted *wanted,
    bool (*visit)(void *cookie, const struct store_finding *f), void *cookie,
    struct buf *error);

/* The one whose id begins with `prefix`: NOT_FOUND when there is none, and
 * INVALID when there are several. */
NODISCARD enum status store_finding(struct store *s, const char *prefix,
    bool (*visit)(void *cookie, const struct store_finding *f), void *cookie,
    struct buf *error);

struct store_signal {
	struct span tenant;
	int64_t time_us;
	struct span packed; /* signal_unpack() */
};

/* Signals from times_us[0] until times_us[1] (excluded), in order of time. */
NODISCARD enum status store_signals(struct store *s, const int64_t times_us[2],
    void (*visit)(void *cookie, const struct store_signal *signal),
    void *cookie, struct buf *error);

/* What a person thought of a finding; the latest replaces those before. */
struct store_feedback {
	bool useful; /* false: noise */
	int64_t at_us;
	struct span note; /* any bytes; may be empty */
};

/* The feedback on the finding of this whole id: NOT_FOUND when there is
 * none. */
NODISCARD enum status store_feedback(struct store *s, const char *id,
    void (*visit)(void *cookie, const struct store_feedback *feedback),
    void *cookie, struct buf *error);

/*
 * From when on signals are at most so much older than the newest; a few of a
 * wrong future time do not count as newest.  since_us becomes INT64_MIN when
 * there are no others.
 */
struct store_recent {
	int64_t recent_us, since_us;
};

NODISCARD enum status store_signals_recent(
    struct store *s, struct store_recent *recent, struct buf *error);

/* Every consumed identity as its 128-bit hash, and the day that was given. */
NODISCARD enum status store_consumed(struct store *s,
    void (*visit)(void *cookie, const uint64_t hash[2], int64_t day),
    void *cookie, struct buf *error);

NODISCARD enum status store_cursors(struct store *s,
    void (*visit)(
	void *cookie, struct span source, struct span name, struct span value),
    void *cookie, struct buf *error);

NODISCARD enum status store_counters(struct store *s,
    void (*visit)(void *cookie, struct span name, uint64_t value), void *cookie,
    struct buf *error);

/* A parcel whose bytes are kept because upstream cannot give them again. */
struct store_kept {
	uint64_t number;
	struct span source, place, identity, cluster, body;
	int64_t arrived_us;
};

NODISCARD enum status store_kept(struct store *s,
    void (*visit)(void *cookie, const struct store_kept *kept), void *cookie,
    struct buf *error);

struct store_owed {
	uint64_t number;
	uint64_t revision; /* as feeds count: it grows with each telling */
	struct store_finding finding;
	bool withdrawn; /* the finding was taken back and is as it was last */
};

/* What a feed is owed behind number `after`, at most `most`, in order. */
struct store_debt {
	const char *feed;
	uint64_t after;
	size_t most;
};

NODISCARD enum status store_outbox(struct store *s,
    const struct store_debt *debt,
    void (*visit)(void *cookie, const struct store_owed *owed), void *cookie,
    struct buf *error);

struct store_sizes {
	uint64_t file_bytes, wal_bytes;
	uint64_t tenants, findings, signals, consumed, kept, owed;
	uint64_t state_bytes;
};

NODISCARD enum status store_measure(
    struct store *s, struct store_sizes *sizes, struct buf *error);

/* Read and check everything. */
NODISCARD enum status store_verify(struct store *s, struct buf *error);

/* Copy it, whole and consistent, to a new file, while others write. */
NODISCARD enum status store_backup(
    struct store *s, const char *path, struct buf *error);

/* --- one commit ------------------------------------------------------------
 */

/* Start a commit; nothing of the last one may be unwritten. */
void store_begin(struct store *s);

void store_put_tenant(struct store *s, const struct tenant *t);
/* `feeds`, NULL-terminated, are owed it; or NULL. */
void store_put_finding(struct store *s, struct span tenant,
    const struct finding *f, const char *const *feeds);
/* It was never so: take it back, and what feeds are owed of it.  Those of
 * `feeds` (NULL-terminated, or NULL) that were owed a sequence before are owed
 * it once more, as withdrawn. */
void store_drop_finding(
    struct store *s, const char *id, const char *const *feeds);
/* A signal as signal_pack() made it. */
void store_put_signal(
    struct store *s, struct span tenant, int64_t time_us, struct span packed);
void store_put_consumed(
    struct store *s, struct span source, const uint64_t hash[2], int64_t day);
void store_put_cursor(
    struct store *s, struct span source, struct span name, struct span value);
void store_put_counter(struct store *s, const char *name, uint64_t value);
void store_drop_kept(struct store *s, uint64_t number);
/* Forget identities consumed before `day`, signals and what was withdrawn
 * older than `time_us`. */
void store_prune(struct store *s, int64_t day, int64_t time_us);
/* The run began, or ended; or the last one goes on after all. */
void store_put_run(struct store *s, bool open);
void store_resume_run(struct store *s);

bool store_is_empty(const struct store *s); /* nothing was put */

/*
 * Write what was put since store_begin().  IO: nothing was written, and it
 * may be tried again (no space, read-only); MALFORMED: the file is damaged;
 * INVALID: the system cannot promise that anything is on the disk (a failed
 * fsync): stop.  *error says why.
 */
NODISCARD enum status store_write(struct store *s, struct buf *error);

/* --- small transactions of their own ---------------------------------------
 */

/* Keep parcels; numbers[i] is what store_drop_kept() wants.  Errors as of
 * store_write(). */
NODISCARD enum status store_keep(struct store *s, const struct store_kept *kept,
    uint64_t *numbers, size_t count, struct buf *error);

/* A feed has delivered all up to `number`. */
NODISCARD enum status store_delivered(
    struct store *s, const char *feed, uint64_t number, struct buf *error);

/* Set or clear a finding's archived mark, which a change of its severity
 * clears too. */
NODISCARD enum status store_archive(
    struct store *s, const char *id, bool archived, struct buf *error);

/* Keep what a person thinks of the finding of this whole id. */
NODISCARD enum status store_feedback_put(struct store *s, const char *id,
    const struct store_feedback *feedback, struct buf *error);

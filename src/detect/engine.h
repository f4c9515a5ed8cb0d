/*
 * engine.h - runs the detectors over the events of one tenant at a time.
 *
 * struct engine holds the settings and is read-only after engine_new(); any
 * thread may use it.  A tenant belongs to the thread that holds its shard.
 * Everything a tenant does depends only on the events it is given and their
 * order: not on other tenants, threads, addresses or clocks.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/image.h"
#include "base/status.h"
#include "config/config.h"
#include "detect/signal.h"
#include "event/batch.h"
#include "inventory/inventory.h"

struct engine;
struct tenant;
struct engine_scratch;

struct engine_options {
	const struct config *config; /* borrowed for the engine's life */
	const struct hash_key *key;
	/*
	 * A signal was raised; the callee takes it.  `counted` tells whether
	 * the alert budget allows a finding.  Called on the tenant's thread.
	 */
	void (*emit)(void *cookie, struct signal *signal);
	/* An activity that raised `identity` grew by `more` events. */
	void (*grew)(
	    void *cookie, uint64_t identity, uint64_t more, int64_t last_us);
	/* Which pod a finding of `identity` is about has become known, and
	 * more of it: facts, borrowed for the call. */
	void (*knew)(void *cookie, uint64_t identity, const struct fact *facts,
	    size_t count);
	/* So many signals of `identity` tell of what many of their actor's
	 * peers share by now.  True when those are all of its finding. */
	bool (*excused)(void *cookie, uint64_t identity, size_t signals);
};

/*
 * Bind the detectors to the configuration.  INVALID when it names a type that
 * matches no detector or a parameter that does not exist; *error says where
 * and what to do.
 */
NODISCARD enum status engine_new(const struct engine_options *options,
    struct engine **engine, struct buf *error);
void engine_free(struct engine *e); /* NULL is allowed */

/* What the configuration says of one detector. */
struct engine_setting {
	bool enabled;
	double severity; /* the user's override; 0: none */
	double param[DETECT_PARAMS_MAX];
};

void engine_setting(const struct config *config, const struct detector_row *row,
    struct engine_setting *set);

/* A tenant without history.  `cookie` is passed to emit and its like. */
struct tenant *engine_tenant_new(
    const struct engine *e, struct span name, void *cookie);
void engine_tenant_free(struct tenant *t); /* NULL is allowed */

/* Room to judge one event in: one per shard, for all its tenants. */
struct engine_scratch *engine_scratch_new(void);
void engine_scratch_free(struct engine_scratch *s); /* NULL is allowed */

/*
 * The event is to be taken after some others: fetches where what that will
 * look at is to be found, and, called again when it is `soon`, that itself.
 * Changes nothing.
 */
void engine_expect(const struct tenant *t, const struct engine_scratch *scratch,
    const struct event *ev, bool soon);

/* Take one event, in plan order. */
void engine_event(struct tenant *t, struct engine_scratch *scratch,
    const struct batch *batch, const struct event *ev);

/* The input is over, for now: findings are told how the activities of the
 * open hours grew.  The hours stay open; told again, nothing is told twice.
 * True when anything was told. */
bool engine_tell(struct tenant *t);

/*
 * All that a tenant knows, as regions of plain bytes; and back, into a tenant
 * just made.  False when the bytes are damaged or of another version: the
 * tenant is then without history, and learns anew.  States of detectors that
 * are gone, or whose state has changed its version, are left out.
 */
void engine_tenant_save(const struct tenant *t, const struct image_writer *w);
NODISCARD bool engine_tenant_load(
    struct tenant *t, const struct image_reader *r);

/*
 * What a saved tenant's inventory knows, without the rest of it; `key` is the
 * store's.  False when the bytes are damaged.
 */
NODISCARD bool engine_known(const struct image_reader *r,
    const struct hash_key *key,
    void (*visit)(void *cookie, const struct inventory_row *row), void *cookie);

/* A source of a tenant: of audit logs, one cluster's. */
struct engine_stream {
	enum source source;
	uint64_t key;	  /* hash of the cluster's name; 0: none */
	unsigned carried; /* bits of enum carried; 0: not known yet */
};

/* The streams of a saved tenant, without the rest of it.  False when the bytes
 * are damaged or of another version. */
NODISCARD bool engine_streams(const struct image_reader *r,
    void (*visit)(void *cookie, const struct engine_stream *s), void *cookie);

struct span engine_tenant_name(const struct tenant *t);

struct engine_counts {
	uint64_t events; /* taken, duplicates not included */
	uint64_t duplicates[SOURCE_COUNT];
	uint64_t late[SOURCE_COUNT]; /* older than the hours that were open */
	/* Of the two what was loaded, not seen by this process. */
	uint64_t loaded_duplicates[SOURCE_COUNT], loaded_late[SOURCE_COUNT];
	uint64_t held;	   /* signals below the alert budget */
	uint64_t overflow; /* found no room in a bounded table */
	uint64_t values, profiles, bytes;
};

/* Add this tenant's numbers to *counts. */
void engine_count(const struct tenant *t, struct engine_counts *counts);

/*
 * engine_internal.h - what engine.c, tenant.c, detect.c and raise.c share.
 * Nobody else includes it.
 */
#pragma once

#include "baseline/baseline.h"
#include "detect/activities.h"
#include "detect/calls.h"
#include "detect/dedup.h"
#include "detect/engine.h"
#include "detect/facts.h"
#include "detect/lane.h"
#include "detect/lessons.h"
#include "detect/pod_spec.h"
#include "detect/states.h"
#include "detect/subject.h"
#include "detect/waiting.h"
#include "detect/waves.h"
#include "geo/geo.h"
#include "inventory/inventory.h"

/* A detector as configured. */
struct engine_row {
	const struct detector_row *row;
	double param[DETECT_PARAMS_MAX];
	double severity_set; /* 0: not overridden */
	size_t index;	     /* of its states in a tenant */
	bool silent;	     /* called for its family, but off itself */
};

struct engine {
	struct engine_options options;
	struct engine_row *rows; /* enabled detectors */
	size_t nrows;
	struct calls calls[SOURCE_COUNT];
	struct lists *lists; /* NULL: none */
	struct geo *geo;     /* NULL: none */
	size_t memory_bytes; /* per tenant */
};

struct tenant {
	const struct engine *engine;
	void *cookie;
	struct span name; /* owned */
	struct baseline *baseline;
	struct dedup *dedup;
	struct inventory *known;   /* what runs, who made and owns it */
	struct inventory *passing; /* sessions, answers, who was seen */
	struct waiting waiting;	   /* findings without their pod */
	struct waves *waves;	   /* NULL until somebody does a new thing */
	struct lane *lanes, *latest;
	struct states **states; /* by engine_row.index; NULL until used */
	uint64_t events, held;
	uint64_t duplicates[SOURCE_COUNT];
	/* What these and the lanes' were when they were loaded. */
	uint64_t loaded_duplicates[SOURCE_COUNT], loaded_late[SOURCE_COUNT];
};

/*
 * Keys of activities that were looked into before: most come again, hour
 * after hour, and naming and hashing is the slowest part of judging one.
 */
#define KEYS_KNOWN 32768
#define KEYS_KNOWN_AT(memo) ((memo) >> 20 & (KEYS_KNOWN - 1))

struct known_keys {
	uint64_t memo; /* of the event and its tenant; 0: free */
	bool named;    /* the baseline has the texts */
	struct subject_keys keys;
};

struct engine_scratch {
	struct known_keys known[KEYS_KNOWN];
	struct subject_keys keys; /* of the event */
	struct subject subject;
	struct geo_cache places; /* asked for last */
	struct pod_spec pod;	 /* that the event writes */
	struct facts facts;
	/* What the baseline said of the event's own values: asked once. */
	struct usual usual[SCOPE_COUNT][FEATURE_COUNT];
	uint32_t asked[SCOPE_COUNT]; /* bits of features */
	/* What is strange about the event: of each value that is new to the
	 * actor where waves.h keeps it, 0: not strange. */
	uint64_t strange[FEATURE_COUNT];
	bool any_strange;
	struct lessons lessons; /* of the hour that is being closed */
	struct calls_memo calls;
	/* Whom the event is shown to; here, as it would be cleared on the
	 * stack for each event. */
	const struct engine_row *called[CALLS_MAX];
};

/* The engine's side of one call of a detector. */
struct detect {
	struct tenant *tenant;
	const struct batch *batch;
	const struct event *ev;
	struct lane *lane;
	const struct engine_row *row;
	struct activity_row *activity; /* NULL: found no room */
	struct activity sums;	       /* of this event alone, then */
	struct engine_scratch *scratch;
	bool have_subject; /* scratch->subject is of this event */
	bool have_keys;	   /* ... and scratch->keys */
	bool have_pod;	   /* ... and `pod`: NULL or scratch->pod */
	struct pod_spec *pod;
	struct known_keys *known; /* where these are remembered, or NULL */
	uint64_t workload;	  /* entity of SCOPE_WORKLOAD; 0: none */
};

/* What tenant.c makes for its image: a lane, the states of a detector. */
struct lane *engine_lane_new(
    const struct tenant *t, enum source source, uint64_t key);
struct states *engine_states_of(struct tenant *t, const struct engine_row *row);
/* Back to a tenant without history. */
void engine_tenant_forget(struct tenant *t);

/* The baseline's profile.  Networks by AS number are profiles of their own:
 * who begins with a file of them must not find that all networks are new. */
uint64_t engine_profile(const struct engine *e, enum scope scope,
    uint64_t entity, enum feature feature);

/* Under which the event's keys are remembered; 0: they are not. */
uint64_t detect_memo(const struct tenant *t, const struct event *ev);
/* The keys of d->ev's subject, remembered or made at the first call. */
const struct subject_keys *detect_keys(struct detect *d);
/* Collect the facts of d->ev, and what the inventory adds, in d->scratch. */
void engine_facts(struct detect *d, const struct raise *r);
/* The signal just made of them may have to wait for its pod's record. */
void engine_wait(struct detect *d, const struct signal *s);
/* What the event teaches the inventory; tells findings that waited. */
void engine_learn(
    struct tenant *t, struct engine_scratch *scratch, const struct event *ev);

/* The subject of d->ev, made at the first call. */
struct subject *detect_subject(struct detect *d);

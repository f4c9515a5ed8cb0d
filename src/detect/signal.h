/*
 * signal.h - something a detector noticed.
 *
 * Self-contained: a signal owns one block of memory with all its texts, so
 * it outlives the batch, the shard and the tenant.  Made by detect_raise(),
 * merged into findings (finding/finding.h) or kept below the alert budget.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pack.h"
#include "base/span.h"
#include "detect/detector.h"
#include "event/entity.h"
#include "event/event.h"

struct config_suppress; /* config/config.h */

#define SIGNAL_FACTS_MAX 64
#define SIGNAL_WHY_MAX 12
#define SIGNAL_TEXT_BYTES 512 /* longer texts are cut, ending in "..." */

struct signal_why {
	struct span feature;
	struct span observed; /* empty: observed_number is meant */
	double observed_number;
	double expected; /* NAN: none */
	bool profiled;	 /* the fields below come from a profile */
	struct span usual[USUAL_NAMES_MAX];
	size_t nusual;
	double n;
	unsigned days, known_days;
	enum frequency frequency;
};

/* One raw record behind a signal. */
struct event_ref {
	enum source source;
	struct span id; /* empty where the log has none */
	int64_t time_us;
	struct span parcel;
};

struct signal {
	const struct detector_row *row;
	double p;
	double severity;
	double severity_set; /* the user's override; 0: none */
	double confidence;
	bool counted; /* false: the alert budget held it back */
	/* What the user said to expect; borrowed from the configuration, not
	 * packed; NULL: nothing. */
	const struct config_suppress *suppressed;
	struct span tenant, account, region, cluster;
	enum entity_kind actor_kind;
	struct span actor;
	enum entity_kind resource_kind;
	struct span resource;
	enum source source;
	int64_t time_us;   /* of the event that raised it */
	int64_t first_us;  /* of the activity */
	uint64_t count;	   /* events beyond what was told before */
	uint64_t identity; /* hash of type, cluster, actor and resource */
	struct fact facts[SIGNAL_FACTS_MAX]; /* names are static strings */
	size_t nfacts;
	struct signal_why why[SIGNAL_WHY_MAX];
	size_t nwhy;
	struct event_ref event;
};

void signal_free(struct signal *s); /* NULL is allowed */

/* The value of a fact, or empty. */
struct span signal_fact(const struct signal *s, const char *name);

/* The same signal with these facts besides; names it has stay as they are.
 * The caller frees it. */
struct signal *signal_with(
    const struct signal *s, const struct fact *facts, size_t count);

/*
 * As bytes that can be stored, and back: a signal of its own block again, or
 * NULL with u->failed when the bytes are damaged, or without when they name a
 * detector that is no longer there.
 */
void signal_pack(const struct signal *s, struct buf *out);
struct signal *signal_unpack(struct unpack *u);

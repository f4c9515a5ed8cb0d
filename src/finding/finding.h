/*
 * finding.h - what a human is told.
 *
 * Signals of the same type, tenant, cluster, actor and resource, each within
 * a day of the last, are one finding.  Its texts come from its first signal
 * of the highest severity; every occurrence keeps its event, up to
 * FINDING_EVENTS_MAX, the rest are counted.  One thread (the shard's) until
 * handed over; read-only afterwards.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "detect/signal.h"
#include "finding/chain.h"

#define FINDING_ID_BYTES 33
#define FINDING_EVENTS_MAX 32
#define FINDING_GAP_US (24 * (int64_t)3600 * 1000000)

/* What the user said to expect, as it stood when the finding was opened. */
struct suppressed {
	struct span reason, owner; /* owned with it; owner may be empty */
	int64_t until_us;	   /* 0: for ever */
};

struct finding {
	char id[FINDING_ID_BYTES]; /* 32 hex digits, deterministic */
	struct signal *first;	   /* owned; texts, facts and why */
	double severity;
	double severity_was; /* 0: not overridden */
	double p;	     /* smallest of its signals; 0 for a rule */
	double confidence;   /* highest */
	int64_t first_us, last_us;
	uint64_t count;
	struct event_ref *events; /* texts owned by the finding */
	size_t nevents;
	uint64_t events_left_out;
	struct chain *chain; /* owned; NULL unless it is a sequence */
	/* Owned; NULL mostly.  Then it is kept, and no feed is told, but for
	 * one that was told before: once more, not packed. */
	struct suppressed *suppressed;
	bool taken_back;
	/* How often it was told anew, and the count told then: a repetition is
	 * told again when the count has doubled or the severity has risen. */
	uint64_t revision, told;
	uint64_t stored; /* revision that was last stored */
	bool changed;	 /* since then */
	/* Not packed: put away by a person, or taken back because it does not
	 * follow from the logs any more. */
	bool archived;
};

void finding_free(struct finding *f); /* NULL is allowed */

/* It falls under this from now on; copied.  NULL: under nothing. */
struct config_suppress;
void finding_suppress(struct finding *f, const struct config_suppress *rule);

/* The same, as what it tells of is none of an attacker's doing. */
void finding_excuse(struct finding *f, struct span reason);

/* Keep the raw record, unless it is kept or there are enough: then it is
 * counted. */
void finding_add_event(struct finding *f, const struct event_ref *e);

/*
 * As bytes that can be stored, and back; NULL when they are damaged or name a
 * detector that is no longer there.
 */
struct buf;
void finding_pack(const struct finding *f, struct buf *out);
struct finding *finding_unpack(struct span packed);

/*
 * Give it the id that two words and these texts make.  It depends on what the
 * finding says, not on the store's secret: the same logs give the same ids on
 * every machine.
 */
void finding_set_id(struct finding *f, const uint64_t words[2],
    const struct span *parts, size_t count);

/* Shorthands over first. */
static inline const struct detector *
finding_detector(const struct finding *f)
{
	return f->first->row->detector;
}

/*
 * Orders of arrays of pointers to findings, for qsort(): the oldest first, and
 * the worst first, then the oldest.  The id settles what is left.
 */
int finding_oldest_first(const void *left, const void *right);
int finding_worst_first(const void *left, const void *right);

/*
 * Expand `{name}` of a template with the finding's facts and these: {actor},
 * {actor.kind}, {resource}, {account}, {region}, {cluster}, {time} (first),
 * {last}, {count}, {type}, {p}.  A missing one becomes "unknown ...", and
 * `{name|words}` the words; texts stay raw bytes: the output's encoder makes
 * them safe.
 */
void finding_expand(const struct finding *f, const char *text, struct buf *out);

/*
 * The description: the story, then what is usual instead in numbers, from
 * the three most telling lines of `why`.
 */
void finding_describe(const struct finding *f, struct buf *out);

/*
 * detector.h - what a detector is and what it may ask.
 *
 * A detector is one file detectors/AREA/NAME.c that holds one const
 * descriptor `DETECTOR(NAME) = { ... };` and its functions.  It sees events,
 * what is usual, and its own fixed-size state.  It has no clock, no I/O, no
 * allocation, no lock and no static variable: the engine owns time, state and
 * output.  Its thread is the shard's; nothing it is given outlives the call.
 *
 * An *activity* is one actor doing the same thing to the same target from
 * the same place with the same outcome within one hour of event time.  Most
 * events repeat one; a detector that judges what is unusual is called for the
 * first event of an activity and again whenever its count has doubled, so
 * that work per event is constant.  The baseline learns an activity once its
 * hour is over: judged is always against what was usual before.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "baseline/usual.h"
#include "detect/carried.h"
#include "detect/tactic.h"
#include "event/entity.h"
#include "event/event.h"

#define SOURCE_BIT(source) (1u << (source))
#define DETECT_CLOUDTRAIL SOURCE_BIT(SOURCE_CLOUDTRAIL)
#define DETECT_VPCFLOW SOURCE_BIT(SOURCE_VPCFLOW)
#define DETECT_DNS SOURCE_BIT(SOURCE_DNS)
#define DETECT_K8S_AUDIT SOURCE_BIT(SOURCE_K8S_AUDIT)
#define DETECT_NOTICE SOURCE_BIT(SOURCE_NOTICE)

/* GuardDuty's bands; a severity is a number in them. */
#define SEVERITY_LOW 2.0
#define SEVERITY_MEDIUM 5.0
#define SEVERITY_HIGH 8.0
#define SEVERITY_CRITICAL 9.0

#define DETECT_PARAMS_MAX 8

/*
 * Beside the bits of enum carried, which must be in the log: what must be
 * known or given for a detector to see.
 */
enum detect_need {
	DETECT_NEEDS_BASELINE = 1u << 24,  /* days of what is usual */
	DETECT_NEEDS_ADDRESSES = 1u << 25, /* `lists:` of kind ip ... */
	DETECT_NEEDS_NAMES = 1u << 26,	   /* ... domain ... */
	DETECT_NEEDS_IMAGES = 1u << 27,	   /* ... image or hash */
	DETECT_NEEDS_GEO = 1u << 28,	   /* `geo:` */
	DETECT_NEEDS_INVENTORY = 1u << 29, /* what runs at an address */
};

/* A stream known for fewer days says nothing is unusual. */
#define DETECT_KNOWN_DAYS 3
/* Pseudo-observations of the next wider scope (detection.md 3.2). */
#define DETECT_BACKOFF 30.0

struct detect; /* the engine's side of one call */

/* A number the user may set under `detectors: "TYPE": {params: ...}`. */
struct param {
	const char *name;
	double value; /* default */
	double low, high;
	const char *help; /* a sentence part */
};

enum detect_when {
	DETECT_FIRST,	 /* an activity's first event in its hour */
	DETECT_ACTIVITY, /* an activity's first event and each doubling */
	DETECT_EACH,	 /* each event that `match` accepts */
	DETECT_WHENS,
};

/* Whose state observe() is given. */
enum detect_key {
	DETECT_KEY_NONE, /* no state: `state` is NULL */
	DETECT_KEY_ACTOR,
	DETECT_KEY_ACTOR_PEER,	 /* flow: the pair of addresses; else the
				  * actor and the caller's network */
	DETECT_KEY_PEER,	 /* flow: the other address */
	DETECT_KEY_ACTOR_DOMAIN, /* DNS: client and registered domain */
	DETECT_KEY_DOMAIN,	 /* DNS: registered domain */
	DETECT_KEY_TENANT,	 /* the account or cluster */
};

struct detector {
	const char *type;  /* finding type, unique */
	const char *title; /* one line, may hold {placeholders} */
	const char *story; /* one or two sentences with {placeholders} */
	const char *mitre; /* "T1610 T1611": space-separated */
	enum tactic tactic;
	unsigned sources; /* DETECT_CLOUDTRAIL | ... */
	/* Bits of enum carried and enum detect_need: without one of `needs`
	 * it is blind, without one of `wants` it sees less or tells less
	 * apart.  Bits of the log hold for the sources that can have them. */
	unsigned needs, wants;
	double severity;   /* SEVERITY_...; raise may say otherwise */
	double confidence; /* 0..1 of a rule; 0 for a statistical detector,
			    * whose confidence comes from p and n */
	/* A statistical detector answers to the alert budget: what the
	 * budget does not allow is kept as a signal only. */
	bool statistical;
	bool off;   /* off unless the config enables it */
	bool lists; /* not called where the config names no lists */
	/* Only called for calls that serve `tactic`, and for refused ones. */
	bool by_tactic;
	/* Only called for records of acts: iam_act_match() of CloudTrail's,
	 * k8s_act_match() of audit logs, asked once an event. */
	bool acts_only;
	enum detect_when when;
	/*
	 * Which kinds of act it is about; NULL: all.  Asked once a kind and
	 * remembered: it may look at what event.kind is made of and at nothing
	 * else, which is service and name of a call (but for Insight's), and
	 * verb, api_group, resource and subresource of a request.
	 */
	bool (*of_kind)(const struct event *ev);
	/* Cheap test before anything else is looked up; NULL: all events of
	 * the kinds.  No state. */
	bool (*match)(const struct event *ev);
	/* As `match`, after it, for what depends on parameters or on what
	 * is usual: an event that fails it costs no state.  Or NULL. */
	bool (*select)(struct detect *d, const struct event *ev);
	enum detect_key key;
	uint32_t state_size;	/* fixed, no pointers inside; starts zeroed */
	uint16_t state_version; /* bump when the state's layout changes */
	uint32_t state_ttl_s;	/* forgotten when not used for so long */
	const struct param *params;
	size_t nparams;
	/* NULL: another detector of the same file raises this type. */
	void (*observe)(struct detect *d, const struct event *ev, void *state);
};

/*
 * Define the detector of this file: `DETECTOR(file_name) = { ... };`
 *
 * What is found in one way but has several types is a family: further
 * DETECTOR(file_name_more) above it, without observe(), that it raises by
 * raise.as.  Each has its own row, severity and switch; the file's
 * playbook and scenario are theirs.
 */
#define DETECTOR(name)                                                         \
	extern const struct detector detector_##name;                          \
	const struct detector detector_##name

struct detector_row {
	const struct detector *detector;
	const char *name; /* its own */
	const char *area; /* the folder's name */
	const char *file; /* the file's name: of playbook and scenario */
	/* How it is told: "Statistic" or "Rule" of the file's head comment. */
	const char *method;
};

/* Generated from detectors/, sorted by area and name. */
extern const struct detector_row detector_table[];
extern const size_t detector_count;

/* The row of that name, or NULL. */
const struct detector_row *detector_row_named(struct span name);

/* --- what observe() may ask ---------------------------------------------- */

/* The value of params[index], as configured. */
double detect_param(const struct detect *d, size_t index);

struct activity {
	uint64_t count; /* events of it so far, this one included */
	int64_t first_us, last_us;
	uint64_t bytes, packets; /* flows: sums; CloudTrail: bytes out */
};

/* This event's activity in its hour. */
const struct activity *detect_activity(const struct detect *d);

struct actor {
	enum entity_kind kind;
	struct span name;  /* normalised: the role, not the session */
	struct span peers; /* name of the peer group */
	uint64_t key, peers_key;
};

/* Who did it. */
const struct actor *detect_actor(struct detect *d);

/*
 * What is usual for `feature` of this event in `scope`.  The observation is
 * the event's own value, which detect_feature() gives as text (empty where
 * the event has none: then usual->p is 1 and n is 0).
 */
void detect_usual(struct detect *d, enum scope scope, enum feature feature,
    struct usual *usual);
struct span detect_feature(struct detect *d, enum feature feature);

/*
 * A keyed hash of detect_feature()'s text, 0 where that is empty; far cheaper
 * where the text itself is not needed.  Each store has another key: compare it
 * with its like, but let no filter or sketch take one for another by its bits,
 * which would differ from store to store.
 */
uint64_t detect_feature_key(struct detect *d, enum feature feature);

/* The pod, or template of pods, that the event writes, read once for all that
 * ask (pod_spec.h); NULL: none. */
struct pod_spec;
struct pod_spec *detect_pod(struct detect *d);

/* The same for a value the detector names, e.g. each image of a pod. */
void detect_usual_value(struct detect *d, enum scope scope,
    enum feature feature, struct span value, struct usual *usual);

/*
 * The probability of something this unusual, backed off from the actor to its
 * peers to the account or cluster (Pitman-Yor tails mixed by how much is known
 * at each level).  1 when the tenant is too young to say.
 */
double detect_novelty(struct detect *d, enum feature feature);

/* New values a day; the first was new as well and says nothing. */
double detect_new_a_day(const struct usual *usual);

/*
 * Whether it roams: so many of its days brought a value of this feature that it
 * was never seen with that another one says little.  Homes, phones, runners of
 * a build service.
 */
bool detect_roams(const struct usual *usual);

/*
 * Whether the hour is new or nearly so to an actor that roams over the hours,
 * and two hours of the clock or less from those of two days of the same kind.
 * Hours are an order, not names: who works at 9, 10 and 13 is no stranger at
 * 11, however many calls of those hours are known.
 */
bool detect_hour_is_near(struct detect *d);

/*
 * Whether the event's value says nothing, rare as it may be for its actor.
 *
 * It is new to a third of the actor's peers within this hour and the last
 * (three at least): a release, a move or a new tool, a change that somebody
 * made for all of them.  The actor is remembered as one of those who have it;
 * what came so is shared for three days more, until it is usual.  Or it is an
 * hour that is near.
 */
bool detect_expected(struct detect *d, enum feature feature);

/*
 * What is raised for the event rests on this value.  When all such values
 * prove shared by then, what was told of the first who had them is taken back:
 * suppressed, with the reason.  detect_novelty() says so by itself.
 */
void detect_strange(struct detect *d, enum feature feature);

/*
 * Teach one value of a profile now: for what activities do not carry.  Once
 * per value and hour is enough.
 */
void detect_learn(struct detect *d, enum scope scope, enum feature feature,
    struct span value);

/*
 * This very activity (same actor, act, target, origin, outcome) happened on
 * several of the last 30 days and was part of no finding: nothing about it is
 * new, though its amount may be.  CloudTrail and audit logs only.  Asked
 * first, it saves all the questions above for nearly all of what happens.
 */
bool detect_routine(struct detect *d);

/* Set the scope entity of SCOPE_WORKLOAD for this call: "ns/kind/name". */
void detect_workload(struct detect *d, struct span workload);

struct lists_hit; /* lists/lists.h */

/*
 * What the user's threat lists say of an address, or of a name and the
 * domains above it, at the event's time: see lists_address().  For families
 * whose descriptor says `lists`; detect/listed.h raises what is found.
 */
size_t detect_listed_address(
    const struct detect *d, const struct ip *ip, struct lists_hit *hits);
size_t detect_listed_name(
    const struct detect *d, struct span name, struct lists_hit *hits);
size_t detect_listed_image(
    const struct detect *d, struct span image, struct lists_hit *hits);

/*
 * How many observations of the tenant found no room in what is remembered, so
 * far.  Cheap enough for `select`.
 */
uint64_t detect_overflow(const struct detect *d);

struct geo_place; /* geo/geo.h */

/* Where an address is, as far as the files of `geo:` say; and whether they
 * tell AWS's own addresses from others.  detect/place.h compares two. */
void detect_place(
    struct detect *d, const struct ip *ip, struct geo_place *place);
bool detect_has_ranges(const struct detect *d);

/* Is it one of `accounts:`, so that what goes there stays at home? */
bool detect_is_own_account(const struct detect *d, struct span account);

/* --- what it may say ------------------------------------------------------ */

/* One line of `why`: something observed against what is usual. */
struct evidence {
	const char *feature;	   /* "API", "refused calls in an hour" */
	struct span observed;	   /* text; empty: `number` is meant */
	double number;		   /* observed number */
	double expected;	   /* usual number; NAN: none */
	const struct usual *usual; /* or NULL */
};

/* A fact for the texts and the playbook: {name} -> value. */
struct fact {
	const char *name;
	struct span value;
};

struct raise {
	const struct detector
	    *as;	 /* of the family; NULL: the detector itself */
	double p;	 /* how likely by chance; 0 for a rule */
	double severity; /* 0: the descriptor's */
	/* It is about the account or cluster as a whole: nobody's act, and no
	 * facts of the event at which it was seen, which goes on teaching. */
	bool of_tenant;
	enum entity_kind resource_kind; /* what it was done to ... */
	struct span resource;		/* ... part of the finding's identity */
	/* What makes one finding of signals about different resources, as the
	 * namespace of several pods; empty: the resource. */
	struct span joins;
	const struct evidence *why;
	size_t nwhy;
	const struct fact *facts;
	size_t nfacts;
};

/*
 * Raise what the detector has seen at this event.  Copies everything.  The
 * same type, cluster, actor and resource (or what joins them) within a day are
 * one finding whose count grows.  The activity teaches the baseline nothing
 * from now on.
 */
void detect_raise(struct detect *d, const struct raise *r);

/* Is what is raised as this told at all, or did the user switch it off? */
bool detect_tells(const struct detect *d, const struct detector *as);

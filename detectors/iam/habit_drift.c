/*
 * DefenseEvasion:Identity/HabitDrift - what somebody does, where and with what
 * was the same for weeks and is another thing by now, with nothing in it that
 * stood out.
 *
 * Whoever knows that what is new is told makes little new at a time, until the
 * baseline is theirs.  So its slow half is compared with its fast one: the
 * share of what the actor did not do a week ago, over the last days, against
 * the same share over weeks.
 *
 * Sources     CloudTrail, Kubernetes audit log
 * Key         actor
 * Statistic   for each of API, network, program and resource the daily share of
 *             activities with a young value, as two decayed means: half-lives
 *             of a day and a half, and of a month.  Young is what the actor has
 *             for a week at most, and its peers too: a team's change is
 *             nobody's drift.  Told when three of the four went from under a
 *             fifth to over half
 * References  https://attack.mitre.org/techniques/T1078/
 */
#include <stdio.h>

#include "base/civil.h"
#include "detect/detector.h"

enum { DAYS, MOVED };

static const struct param params[] = {
	[DAYS] = { "days", 14, 7, 60, "days of which the habit is known" },
	[MOVED] = { "moved", 3, 1, 4,
	    "how many of API, network, program and resource have moved" },
};

#define FEATURES 4
#define YOUNG_DAYS 7
#define KEEP_FAST 0.6
#define KEEP_SLOW 0.98
#define FAST_LEAST 0.5
#define SLOW_MOST 0.2
#define ACTIVITIES_LEAST 3 /* of a day that says something */

static const enum feature features[FEATURES] = { FEATURE_API, FEATURE_NETWORK,
	FEATURE_AGENT, FEATURE_RESOURCE };

struct state {
	double fast[FEATURES], slow[FEATURES];
	int32_t first_day, day, told_day;
	uint32_t days;			      /* that said something */
	uint32_t activities, young[FEATURES]; /* of the day */
	uint32_t spare;
};

static bool
match(const struct event *ev)
{
	return ev->outcome == OUTCOME_OK && (ev->source != SOURCE_CLOUDTRAIL ||
						!ev->cloudtrail->from_service);
}

/* A mean of all days at first, then of the latest. */
static void
follow(double *mean, double share, uint32_t days, double most)
{
	double keep = (double)days / ((double)days + 1);

	if (keep > most)
		keep = most;
	*mean = keep * *mean + (1 - keep) * share;
}

static void
close_day(struct state *st)
{
	for (size_t i = 0; i < FEATURES; i++) {
		double share = (double)st->young[i] / st->activities;

		follow(&st->fast[i], share, st->days, KEEP_FAST);
		follow(&st->slow[i], share, st->days, KEEP_SLOW);
		st->young[i] = 0;
	}
	st->days++;
	st->activities = 0;
}

static bool
has_moved(const struct state *st, size_t i)
{
	return st->fast[i] >= FAST_LEAST && st->slow[i] <= SLOW_MOST;
}

static bool
is_young(struct detect *d, enum feature f)
{
	struct usual own, peers;

	if (span_is_empty(detect_feature(d, f)))
		return false;
	detect_usual(d, SCOPE_ACTOR, f, &own);
	detect_usual(d, SCOPE_PEERS, f, &peers);
	return own.age_days <= YOUNG_DAYS && peers.age_days <= YOUNG_DAYS;
}

static void
tell(struct detect *d, const struct state *st)
{
	struct evidence why[FEATURES];
	char change[64] = "";
	size_t n = 0, len = 0;

	for (size_t i = 0; i < FEATURES; i++) {
		if (!has_moved(st, i))
			continue;
		why[n++] = (struct evidence){
			.feature = feature_text(features[i]),
			.number = st->fast[i],
			.expected = st->slow[i],
		};
		len += (size_t)snprintf(change + len, sizeof(change) - len,
		    "%s%s", n > 1 ? ", " : "", feature_text(features[i]));
		ASSERT(len < sizeof(change));
	}
	detect_raise(
	    d, &(struct raise){
		   .resource_kind = detect_actor(d)->kind,
		   .resource = detect_actor(d)->name,
		   .why = why,
		   .nwhy = n,
		   .facts = (struct fact[]){ { "change", span_str(change) } },
		   .nfacts = 1,
	       });
}

static void
judge(struct detect *d, struct state *st)
{
	size_t moved = 0;

	for (size_t i = 0; i < FEATURES; i++)
		moved += has_moved(st, i);
	if (st->days < detect_param(d, DAYS) ||
	    (double)moved < detect_param(d, MOVED) ||
	    (st->told_day != 0 && st->day - st->told_day < YOUNG_DAYS))
		return;
	st->told_day = st->day;
	tell(d, st);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	int32_t day = (int32_t)civil_day(ev->time_us);

	if (st->first_day == 0)
		st->first_day = day;
	/* In the first week all is young. */
	if (day - st->first_day <= YOUNG_DAYS)
		return;
	if (day > st->day) {
		st->day = day;
		if (st->activities >= ACTIVITIES_LEAST) {
			close_day(st);
			judge(d, st);
		}
	}
	st->activities++;
	for (size_t i = 0; i < FEATURES; i++)
		st->young[i] += is_young(d, features[i]);
}

DETECTOR(habit_drift) = {
	.type = "DefenseEvasion:Identity/HabitDrift",
	.title = "What {actor} does has become another thing within days",
	.story =
	    "{actor} did the same for weeks. Most of what it does by {time} "
	    "is not a week old, in {change}: a new task, or somebody who "
	    "takes the place over in small steps.",
	.mitre = "T1078",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL | DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.5,
	.when = DETECT_FIRST,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * UnauthorizedAccess:IAMUser/SessionInTwoPlaces - the temporary key of a
 * session is used from two places at about the same time.
 *
 * Sources     CloudTrail
 * Key         actor: its last sessions, and where each was used
 * Statistic   none: one temporary key within half an hour by two programs from
 *             two public networks that differ in their first sixteen bits, the
 *             second of which is new to the account. With databases of places:
 *             high where nobody can be in both, silent where somebody can.
 *             Machines' and functions' keys have detectors of their own
 * References  detection.md 3.12; https://attack.mitre.org/techniques/T1550/001/
 *             https://attack.mitre.org/techniques/T1078/004/
 */
#include "base/hash.h"
#include "detect/iam_act.h"
#include "detect/place.h"

#define SESSIONS_KEPT 12
#define TOGETHER_US ((int64_t)1800 * 1000000)

struct session {
	uint64_t key; /* hash of the access key; 0: free */
	uint64_t agent;
	struct ip from;
	int64_t time_us;
};

struct state {
	struct session list[SESSIONS_KEPT];
};

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_starts(ct->access_key, SPAN("ASIA")) && !ct->from_service &&
	       !ct->from_instance && ev->outcome != OUTCOME_FAILED &&
	       !ip_is_none(&ev->remote) && !ip_is_private(&ev->remote) &&
	       span_search(ct->agent, SPAN("exec-env/AWS_Lambda")) ==
		   ct->agent.len;
}

/* The key's row, or the one that was not used for longest, emptied. */
static struct session *
find(struct state *st, uint64_t key)
{
	struct session *oldest = &st->list[0];

	for (size_t i = 0; i < SESSIONS_KEPT; i++) {
		if (st->list[i].key == key)
			return &st->list[i];
		if (st->list[i].time_us < oldest->time_us)
			oldest = &st->list[i];
	}
	*oldest = (struct session){ .key = key };
	return oldest;
}

/* 0: one person may well be in both. */
static double
severity_of(
    struct detect *d, const struct session *before, const struct session *now)
{
	int64_t between_us = now->time_us - before->time_us;

	if (ip_is_none(&before->from) || between_us > TOGETHER_US ||
	    before->agent == now->agent)
		return 0;
	switch (place_apart(d, &before->from, &now->from, between_us)) {
	case PLACE_NEAR:
		return 0;
	case PLACE_FAR:
		return SEVERITY_HIGH;
	case PLACE_ABROAD:
		return SEVERITY_MEDIUM;
	case PLACE_UNKNOWN:
		break;
	}
	return place_is_other_network(&before->from, &now->from, 2)
		   ? SEVERITY_MEDIUM
		   : 0;
}

/* CloudShell runs at AWS in the session of whoever opened it in a browser.
 * Who has a key can say so, too: low, not silent, unless AWS's ranges tell. */
static bool
is_cloud_shell(struct detect *d, const struct event *ev)
{
	struct geo_place place;

	if (span_search(ev->cloudtrail->agent, SPAN("exec-env/CloudShell")) ==
	    ev->cloudtrail->agent.len)
		return false;
	if (!detect_has_ranges(d))
		return true;
	detect_place(d, &ev->remote, &place);
	return place.aws;
}

static bool
is_new_here(struct detect *d)
{
	struct usual place;

	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &place);
	return place.known_days >= DETECT_KNOWN_DAYS && !(place.count > 0);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	char text[PLACE_ADDRESS_BYTES];
	struct session now = {
		hash_span(&HASH_KEY_DEFAULT, ev->cloudtrail->access_key) | 1,
		detect_feature_key(d, FEATURE_AGENT), ev->remote, ev->time_us
	};
	struct session *before = find(state, now.key);
	double severity = severity_of(d, before, &now);

	if (severity > SEVERITY_LOW && is_cloud_shell(d, ev))
		severity = SEVERITY_LOW;
	if (severity > 0 && is_new_here(d)) {
		const struct fact facts[] = {
			{ "usual", place_address(d, &before->from, text) },
		};

		iam_act_raise(d, ev,
		    &(struct iam_act_report){ .severity = severity,
			.what = SPAN("one session is used in two places"),
			.target = ev->cloudtrail->access_key,
			.target_kind = ENTITY_ACCESS_KEY,
			.feature = "the same key within half an hour, from",
			.observed = facts[0].value,
			.facts = facts,
			.nfacts = COUNTOF(facts),
			.always = true });
		return; /* where it belongs is where it was before */
	}
	*before = now;
}

DETECTOR(session_two_places) = {
	.type = "UnauthorizedAccess:IAMUser/SessionInTwoPlaces",
	.title = "A session of {actor} is used in two places at once",
	.story = "The temporary key {access_key} of {actor} was used from "
		 "{remote} with {user_agent} for {service} {api}, within half "
		 "an hour of calls from {usual} by another program. A session "
		 "belongs to one place: somebody else may have its key.",
	.mitre = "T1550.001 T1078.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.wants = DETECT_NEEDS_GEO,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 7 * 24 * 3600,
	.observe = observe,
};

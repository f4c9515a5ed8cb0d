/*
 * UnauthorizedAccess:IAMUser/KeyUsedFromNewOrigin - a long-lived key comes
 * from a network and with a program that were never seen with it, nor the
 * network in the account.
 *
 * Sources     CloudTrail
 * Key         principal: new calls from the new network
 * Statistic   none: network and program both unseen, for a key whose actor
 *             comes from few networks and is known for days; where it came
 *             from one network alone, as servers do, three calls that it never
 *             made say as much as the program: a job that moves does there what
 *             it did here. Keys of laptops, which bring new networks all the
 *             time, are not judged.
 * References  https://attack.mitre.org/techniques/T1078/004/
 *             https://attack.mitre.org/techniques/T1552/001/
 */
#include "base/civil.h"
#include "detect/iam_act.h"
#include "stats/linear_count.h"

enum { DAYS, NETWORKS, CALLS };

static const struct param params[] = {
	[DAYS] = { "days", 5, 2, 30,
	    "of the last 30 on which the user must have been seen" },
	[NETWORKS] = { "networks", 3, 1, 50,
	    "a user of more networks than this is not judged" },
	[CALLS] = { "calls", 3, 1, 50,
	    "calls within a day that it never made, by its usual program" },
};

struct state {
	int64_t since_us;
	uint64_t network;
	uint32_t count;
	uint32_t unused;
	struct linear_count calls;
};

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->identity_type, SPAN("IAMUser")) &&
	       span_starts(ct->access_key, SPAN("AKIA")) && !ct->from_service &&
	       ev->outcome != OUTCOME_FAILED && !ip_is_none(&ev->remote) &&
	       !ip_is_private(&ev->remote);
}

/* The calls that are new to the actor at its new network, this one with them.
 */
static uint32_t
new_calls(struct detect *d, const struct event *ev, struct state *st)
{
	uint64_t network = detect_feature_key(d, FEATURE_NETWORK);
	struct usual call;

	if (st->network != network ||
	    ev->time_us - st->since_us > 24 * CIVIL_US_PER_HOUR)
		*st = (struct state){ .network = network,
			.since_us = ev->time_us };
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &call);
	if (!(call.count > 0))
		st->count += linear_count_add(
		    &st->calls, detect_feature_key(d, FEATURE_API));
	return st->count;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct usual place, of_account, agent;
	uint32_t calls;

	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &place);
	if (place.known_days < detect_param(d, DAYS) || place.count > 0 ||
	    place.distinct > detect_param(d, NETWORKS))
		return;
	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &of_account);
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &agent);
	if (of_account.count > 0)
		return;
	calls = new_calls(d, ev, state);
	if (agent.count > 0 &&
	    (place.distinct > 1 || calls < detect_param(d, CALLS)))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = agent.count > 0
			    ? SPAN("a key comes from a new place")
			    : SPAN("a key comes from a new place and program"),
		.facts = &(struct fact){ "odd", agent.count > 0
						    ? SPAN("what it does there")
						    : SPAN("the program") },
		.nfacts = 1,
		.target = ev->cloudtrail->access_key,
		.target_kind = ENTITY_ACCESS_KEY,
		.always = true });
}

DETECTOR(key_new_origin) = {
	.type = "UnauthorizedAccess:IAMUser/KeyUsedFromNewOrigin",
	.title = "Key of {actor} comes from {remote}, where it never was",
	.story = "{actor} called {service} {api} from {remote} with "
		 "{user_agent}. Its key was known from few networks: this one "
		 "is new, and so is {odd}. Somebody else may have the key.",
	.mitre = "T1078.004 T1552.001",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 2 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

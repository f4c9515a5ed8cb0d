/*
 * UnauthorizedAccess:IAMUser/KeyUsedFromNewOrigin - a long-lived key comes
 * from a network and with a program that were never seen with it, nor the
 * network in the account.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: network and program both unseen, for a key whose actor
 *             comes from few networks and is known for days. Keys of
 *             laptops, which bring new networks all the time, are not
 *             judged.
 * References  https://attack.mitre.org/techniques/T1078/004/
 *             https://attack.mitre.org/techniques/T1552/001/
 */
#include "detect/iam_act.h"

enum { DAYS, NETWORKS };

static const struct param params[] = {
	[DAYS] = { "days", 5, 2, 30,
	    "of the last 30 on which the user must have been seen" },
	[NETWORKS] = { "networks", 3, 1, 50,
	    "a user of more networks than this is not judged" },
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

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct usual place, of_account, agent;

	(void)state;
	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &place);
	if (place.known_days < detect_param(d, DAYS) || place.count > 0 ||
	    place.distinct > detect_param(d, NETWORKS))
		return;
	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &of_account);
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &agent);
	if (of_account.count > 0 || agent.count > 0)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = SPAN("a key comes from a new place and program"),
		.target = ev->cloudtrail->access_key,
		.target_kind = ENTITY_ACCESS_KEY,
		.always = true });
}

DETECTOR(key_new_origin) = {
	.type = "UnauthorizedAccess:IAMUser/KeyUsedFromNewOrigin",
	.title = "Key of {actor} comes from {remote}, with another "
		 "program",
	.story = "{actor} called {service} {api} from {remote} with "
		 "{user_agent}. Its key was known from few networks, "
		 "and neither this one nor the program is among "
		 "them: somebody else may have the key.",
	.mitre = "T1078.004 T1552.001",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.match = match,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

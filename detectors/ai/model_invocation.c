/*
 * Impact:IAMUser/AnomalousModelInvocation - somebody asks models who never
 * did.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   first such call of the actor and its peers, once the account
 *             is known for days; medium from a place and program that the
 *             account never saw
 * References  https://attack.mitre.org/techniques/T1496/004/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("bedrock")) &&
	       (span_starts(ct->name, SPAN("InvokeModel")) ||
		   span_starts(ct->name, SPAN("Converse")));
}

static bool
match(const struct event *ev)
{
	return iam_act_by_someone(ev);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct usual account, actor, peers;

	(void)state;
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &account);
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &actor);
	detect_usual(d, SCOPE_PEERS, FEATURE_API, &peers);
	if (account.known_days < DETECT_KNOWN_DAYS || actor.count > 0 ||
	    peers.count > 0)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_LOW,
		.what = SPAN("a model was asked"),
		.target = iam_act_short(
		    json_get_string(iam_act_request(ev), SPAN("modelId"))) });
}

DETECTOR(model_invocation) = {
	.type = "Impact:IAMUser/AnomalousModelInvocation",
	.title = "{actor} asks model {resource} for the first time",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Stolen keys are used to sell access to "
		 "models at the account's cost.",
	.mitre = "T1496.004",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

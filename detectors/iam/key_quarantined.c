/*
 * UnauthorizedAccess:IAMUser/KeyQuarantined - AWS found a key of the user in
 * public and limited what it can do.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the policy that AWS itself attaches to users whose key
 *             leaked
 * References  https://attack.mitre.org/techniques/T1552/001/
 *             https://attack.mitre.org/techniques/T1078/004/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("AttachUserPolicy")) ||
	       span_equal(ct->name, SPAN("PutUserPolicy"));
}

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ev->outcome == OUTCOME_OK && !ct->read_only;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	struct span policy = json_get_string(request, SPAN("policyArn"));

	(void)state;
	if (span_is_empty(policy)) /* the older way: an inline policy */
		policy = json_get_string(request, SPAN("policyName"));
	if (span_search(policy, SPAN("/AWSCompromisedKeyQuarantine")) ==
		policy.len &&
	    !span_starts(policy, SPAN("AWSCompromisedKeyQuarantine")) &&
	    !span_starts(policy, SPAN("AWSExposedCredentialPolicy")))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = SPAN("AWS limits a key that it found in public"),
		.target = json_get_string(request, SPAN("userName")),
		.target_kind = ENTITY_USER,
		.feature = "policy attached",
		.observed = policy,
		.always = true });
}

DETECTOR(key_quarantined) = {
	.type = "UnauthorizedAccess:IAMUser/KeyQuarantined",
	.title = "AWS found a key of {resource} in public",
	.story = "A key of {resource} was found in public, and "
		 "{actor} attached the policy by which AWS limits "
		 "leaked keys. It stops the costliest calls only: "
		 "what the key read or made before is not undone.",
	.mitre = "T1552.001 T1078.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.95,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

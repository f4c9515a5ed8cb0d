/*
 * UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.OutsideAWS - the
 * credentials of a function are used by another program at another place.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the record says that a function was given the key; the
 *             program does not say that it runs in Lambda, and neither it
 *             nor the network was seen with the role on earlier days. With
 *             AWS's ranges (`geo: {aws_ranges}`) no history is needed where
 *             the address is not AWS's, and one of AWS's is somebody else's
 *             machine: the type InsideAWS.
 * References  https://attack.mitre.org/techniques/T1552/005/
 *             https://attack.mitre.org/techniques/T1078/004/
 */
#include "detect/iam_act.h"
#include "detect/place.h"

/* It has a file of its own, for what needs no ranges. */
extern const struct detector detector_function_credentials_inside;

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return !span_is_empty(ct->function) &&
	       span_equal(ct->identity_type, SPAN("AssumedRole")) &&
	       !ct->from_service && ev->outcome != OUTCOME_FAILED &&
	       !ip_is_none(&ev->remote) && !ip_is_private(&ev->remote) &&
	       span_search(ct->agent, SPAN("exec-env/AWS_Lambda")) ==
		   ct->agent.len;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct usual place, program;
	struct geo_place where;
	const struct fact facts[] = {
		{ "elsewhere", SPAN("another place of AWS in") },
		{ "way", SPAN("which is an address of AWS in") },
	};
	bool young, outside, inside;

	(void)state;
	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &place);
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &program);
	detect_place(d, &ev->remote, &where);
	outside = detect_has_ranges(d) && !where.aws;
	/* By the number of AWS's network all its addresses are one place. */
	inside = where.aws_customer;
	young = place.known_days < DETECT_KNOWN_DAYS;
	if ((young && !outside) ||
	    (place.count > 0 && !(inside && where.asn != 0)) ||
	    program.count > 0 || (where.aws && !inside))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){
		.as = inside ? &detector_function_credentials_inside : NULL,
		.severity = young || inside ? SEVERITY_MEDIUM : SEVERITY_HIGH,
		.what = SPAN("the key of a function is used elsewhere"),
		.target = iam_act_short(ev->cloudtrail->function),
		.facts = facts,
		.nfacts = inside ? COUNTOF(facts) : 0,
		.who = span_str(where.aws_region),
		.always = true });
}

DETECTOR(function_credentials_outside) = {
	.type = "UnauthorizedAccess:IAMUser/"
		"ResourceCredentialExfiltration.OutsideAWS",
	.title = "Credentials of function {resource} are used from "
		 "{remote}",
	.story = "{actor} called {service} {api} from {remote} with "
		 "{user_agent}, by a key that function {resource} "
		 "was given. The function does not run there: "
		 "somebody carried the key away.",
	.mitre = "T1552.005 T1078.004",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.wants = DETECT_NEEDS_GEO,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

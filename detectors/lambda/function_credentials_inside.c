/*
 * UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.InsideAWS - the
 * credentials of a function are used through a network endpoint of another
 * account, or from a machine of EC2.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the record says that a function was given the key, and the
 *             account of the VPC endpoint is not the function's. A partner's
 *             account counts a band less. With AWS's ranges also an address of
 *             EC2, by a program new to the role that does not say that it runs
 *             in Lambda; function_credentials_outside tells it.
 * References  https://attack.mitre.org/techniques/T1552/005/
 *             https://attack.mitre.org/techniques/T1078/004/
 */
#include "detect/iam_act.h"

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ct->from_function &&
	       span_equal(ct->identity_type, SPAN("AssumedRole")) &&
	       !ct->from_service && !ct->from_instance &&
	       ev->outcome != OUTCOME_FAILED &&
	       !span_is_empty(ct->vpc_endpoint);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span account =
	    json_get_string(ev->record, SPAN("vpcEndpointAccountId"));

	(void)state;
	if (policy_reach_of(account, ev->cloudtrail->identity_account) !=
		POLICY_FOREIGN ||
	    span_equal(account, ev->account))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = SPAN("the key of a function is used in a network of "
			     "another account"),
		.target = iam_act_short(ev->cloudtrail->function),
		.feature = "account of the VPC endpoint",
		.observed = account,
		.who = account,
		.always = true });
}

DETECTOR(function_credentials_inside) = {
	.type = "UnauthorizedAccess:IAMUser/"
		"ResourceCredentialExfiltration.InsideAWS",
	.title = "Credentials of function {resource} are used in "
		 "{elsewhere|account} {subject}",
	.story = "{actor} called {service} {api} from {remote} "
		 "{way|through a VPC endpoint of account} {subject}, by a "
		 "key that function {resource} was given. The function does "
		 "not run there: somebody carried the key away.",
	.mitre = "T1552.005 T1078.004",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE | DETECT_NEEDS_GEO,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.match = match,
	.observe = observe,
};

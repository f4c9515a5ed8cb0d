/*
 * UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS - the
 * credentials of a machine are used through a network endpoint of another
 * account.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the account of the VPC endpoint is not the account of
 *             the machine. A partner's account counts a band less. With
 *             AWS's ranges also a second address of EC2, for which
 *             instance_credentials_outside keeps where a key was.
 * References  https://attack.mitre.org/techniques/T1552/005/
 *             https://attack.mitre.org/techniques/T1078/004/
 */
#include "detect/iam_act.h"
#include "event/normalise.h"

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ct->from_instance && !ct->from_service &&
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
		.what = SPAN("the key of a machine is used in a network of "
			     "another account"),
		.target = normalise_session_name(ev->cloudtrail),
		.target_kind = ENTITY_INSTANCE,
		.feature = "account of the VPC endpoint",
		.observed = account,
		.who = account,
		.always = true });
}

DETECTOR(instance_credentials_inside) = {
	.type = "UnauthorizedAccess:IAMUser/"
		"InstanceCredentialExfiltration.InsideAWS",
	.title = "Credentials of instance {session} are used in "
		 "{elsewhere|account} {subject}",
	.story = "{actor} called {service} {api} from {remote} "
		 "{way|through a VPC endpoint of account} {subject}, with "
		 "credentials of instance {session} in account "
		 "{account}: somebody carried the key into a network "
		 "of their own.",
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

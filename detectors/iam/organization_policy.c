/*
 * DefenseImpairment:Organizations/DisableOrModifyTools - a policy of the
 * organisation that limits its accounts was taken away.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1562/001/
 *             https://attack.mitre.org/techniques/T1484/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("organizations"), SPAN_INIT("DisablePolicyType"),
	    SEVERITY_HIGH,
	    SPAN_INIT("a kind of policy was switched off for the "
		      "organisation"),
	    SPAN_INIT("policyType") },
	{ SPAN_INIT("organizations"), SPAN_INIT("DetachPolicy"), SEVERITY_HIGH,
	    SPAN_INIT("a policy of the organisation was detached"),
	    SPAN_INIT("policyId") },
	{ SPAN_INIT("organizations"), SPAN_INIT("DeletePolicy"), SEVERITY_HIGH,
	    SPAN_INIT("a policy of the organisation was deleted"),
	    SPAN_INIT("policyId") },
	{ SPAN_INIT("organizations"), SPAN_INIT("DisableAWSServiceAccess"),
	    SEVERITY_HIGH,
	    SPAN_INIT("a service was taken off the organisation"),
	    SPAN_INIT("servicePrincipal") },
	{ SPAN_INIT("organizations"),
	    SPAN_INIT("DeregisterDelegatedAdministrator"), SEVERITY_MEDIUM,
	    SPAN_INIT("the account that manages a service for the "
		      "organisation was taken off"),
	    SPAN_INIT("servicePrincipal") },
};

static bool
of_kind(const struct event *ev)
{
	return iam_act_find(acts, COUNTOF(acts), ev->cloudtrail) != NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	iam_act_report_row(
	    d, ev, iam_act_find(acts, COUNTOF(acts), ev->cloudtrail));
}

DETECTOR(organization_policy) = {
	.type = "DefenseImpairment:Organizations/DisableOrModifyTools",
	.title = "Organisation: {what} ({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. What the policy forbade is allowed in "
		 "every account under it from now on.",
	.mitre = "T1562.001 T1484",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

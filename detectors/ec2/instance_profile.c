/*
 * PrivilegeEscalation:EC2/InstanceProfileReplaced - a machine got other rights
 * while it runs.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, low from a known place and medium
 *             from a new one; silent for who makes them every week
 * References  https://attack.mitre.org/techniques/T1098/003/
 *             https://attack.mitre.org/techniques/T1548/005/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("ec2"), SPAN_INIT("ReplaceIamInstanceProfileAssociation"),
	    SEVERITY_LOW,
	    SPAN_INIT("the role of a running instance was replaced"),
	    SPAN_INIT("IamInstanceProfile.Name") },
	{ SPAN_INIT("ec2"), SPAN_INIT("AssociateIamInstanceProfile"),
	    SEVERITY_LOW, SPAN_INIT("a running instance got a role"),
	    SPAN_INIT("IamInstanceProfile.Name") },
	{ SPAN_INIT("iam"), SPAN_INIT("AddRoleToInstanceProfile"), SEVERITY_LOW,
	    SPAN_INIT("a role was put into an instance profile"),
	    SPAN_INIT("roleName") },
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

DETECTOR(instance_profile) = {
	.type = "PrivilegeEscalation:EC2/InstanceProfileReplaced",
	.title = "In account {account} {what} ({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever is on the machine has the rights "
		 "of that role now.",
	.mitre = "T1098.003 T1548.005",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

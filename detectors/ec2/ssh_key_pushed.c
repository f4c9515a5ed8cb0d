/*
 * LateralMovement:EC2/RemoteServices - somebody pushes a key of their own to a
 * machine, or turns on its serial console.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1021/004/
 *             https://attack.mitre.org/techniques/T1021/008/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("ec2-instance-connect"), SPAN_INIT("SendSSHPublicKey"),
	    SEVERITY_MEDIUM, SPAN_INIT("an SSH key was pushed to a machine"),
	    SPAN_INIT("") },
	{ SPAN_INIT("ec2-instance-connect"),
	    SPAN_INIT("SendSerialConsoleSSHPublicKey"), SEVERITY_MEDIUM,
	    SPAN_INIT("a key for the serial console was pushed to a "
		      "machine"),
	    SPAN_INIT("") },
	{ SPAN_INIT("ec2"), SPAN_INIT("EnableSerialConsoleAccess"),
	    SEVERITY_LOW,
	    SPAN_INIT("the serial console was switched on for the account"),
	    SPAN_INIT("") },
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

DETECTOR(ssh_key_pushed) = {
	.type = "LateralMovement:EC2/RemoteServices",
	.title = "In account {account} {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever has the other half signs in within "
		 "a minute, with no key that the machine knew.",
	.mitre = "T1021.004 T1021.008",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

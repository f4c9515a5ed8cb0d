/*
 * Collection:EC2/TrafficMirrored - the traffic of a network interface is
 * copied to another.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1040/
 *             https://attack.mitre.org/techniques/T1020/001/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("ec2"), SPAN_INIT("CreateTrafficMirrorSession"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the traffic of an interface is copied elsewhere"),
	    SPAN_INIT("NetworkInterfaceId") },
	{ SPAN_INIT("ec2"), SPAN_INIT("ModifyTrafficMirrorSession"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("a copy of traffic was pointed elsewhere"),
	    SPAN_INIT("TrafficMirrorSessionId") },
	{ SPAN_INIT("ec2"), SPAN_INIT("CreateTrafficMirrorTarget"),
	    SEVERITY_LOW,
	    SPAN_INIT("a place was made that traffic can be copied to"),
	    SPAN_INIT("NetworkInterfaceId") },
	{ SPAN_INIT("ec2"), SPAN_INIT("CreateTrafficMirrorFilter"),
	    SEVERITY_LOW,
	    SPAN_INIT("it was chosen which traffic can be copied"),
	    SPAN_INIT("") },
	{ SPAN_INIT("ec2"), SPAN_INIT("CreateTrafficMirrorFilterRule"),
	    SEVERITY_LOW,
	    SPAN_INIT("it was chosen which traffic can be copied"),
	    SPAN_INIT("TrafficMirrorFilterId") },
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

DETECTOR(traffic_mirroring) = {
	.type = "Collection:EC2/TrafficMirrored",
	.title = "In account {account} {what} ({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever has the other end reads all that "
		 "is not encrypted, passwords among it.",
	.mitre = "T1040 T1020.001",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

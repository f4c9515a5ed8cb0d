/*
 * DefenseImpairment:EC2/DisableOrModifyTools - the record of the network was
 * deleted, or an instance was made hard to stop.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1562/008/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("ec2"), SPAN_INIT("DeleteFlowLogs"), SEVERITY_HIGH,
	    SPAN_INIT("flow logs were deleted"), SPAN_INIT("") },
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

DETECTOR(flow_logs_deleted) = {
	.type = "DefenseImpairment:EC2/DisableOrModifyTools",
	.title = "Flow logs were deleted in account {account}, "
		 "{region}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. From then on nobody can tell who talked to "
		 "whom in that network.",
	.mitre = "T1562.008",
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

/*
 * DefenseEvasion:IAMUser/BedrockLoggingDisabled - what models are asked and
 * answer is no longer recorded.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the call itself, a band lower for who makes it every
 *             week
 * References  https://attack.mitre.org/techniques/T1562/008/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("bedrock"),
	    SPAN_INIT("DeleteModelInvocationLoggingConfiguration"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the log of model invocations was switched off"),
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

DETECTOR(bedrock_logging_disabled) = {
	.type = "DefenseEvasion:IAMUser/BedrockLoggingDisabled",
	.title = "Bedrock no longer records what its models are "
		 "asked in account {account}, {region}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Who uses stolen keys to sell access to "
		 "models does this first.",
	.mitre = "T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

/*
 * DefenseEvasion:Bedrock/GuardrailChanged - what keeps a model from answering
 * anything was changed or deleted.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1562/001/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("bedrock"), SPAN_INIT("DeleteGuardrail"), SEVERITY_MEDIUM,
	    SPAN_INIT("a guardrail was deleted"),
	    SPAN_INIT("guardrailIdentifier") },
	{ SPAN_INIT("bedrock"), SPAN_INIT("UpdateGuardrail"), SEVERITY_LOW,
	    SPAN_INIT("a guardrail was changed"),
	    SPAN_INIT("guardrailIdentifier") },
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

DETECTOR(guardrail_changed) = {
	.type = "DefenseEvasion:Bedrock/GuardrailChanged",
	.title = "Bedrock in account {account}: {what} ({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Models that it guarded may answer what it "
		 "held back.",
	.mitre = "T1562.001",
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

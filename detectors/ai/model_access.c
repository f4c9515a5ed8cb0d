/*
 * Impact:Bedrock/ModelAccessEnabled - models are made usable in an account.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1496/004/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("bedrock"), SPAN_INIT("PutFoundationModelEntitlement"),
	    SEVERITY_MEDIUM, SPAN_INIT("a model was made usable"),
	    SPAN_INIT("") },
	{ SPAN_INIT("bedrock"), SPAN_INIT("CreateFoundationModelAgreement"),
	    SEVERITY_MEDIUM, SPAN_INIT("the terms of a model were accepted"),
	    SPAN_INIT("") },
	{ SPAN_INIT("bedrock"), SPAN_INIT("PutUseCaseForModelAccess"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("it was stated what a model is used for"),
	    SPAN_INIT("") },
	{ SPAN_INIT("bedrock"), SPAN_INIT("CreateProvisionedModelThroughput"),
	    SEVERITY_MEDIUM, SPAN_INIT("capacity for a model was bought"),
	    SPAN_INIT("") },
	{ SPAN_INIT("bedrock"), SPAN_INIT("CreateModelInvocationJob"),
	    SEVERITY_LOW,
	    SPAN_INIT("a batch of questions was given to a model"),
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

DETECTOR(model_access) = {
	.type = "Impact:Bedrock/ModelAccessEnabled",
	.title = "Bedrock in account {account}, {region}: {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Stolen keys are used to sell access to "
		 "models at the account's cost.",
	.mitre = "T1496.004",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

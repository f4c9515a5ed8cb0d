/*
 * Persistence:Lambda/ModifyAuthenticationProcess - a function got an address
 * on the internet that asks nobody who they are.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: a function URL whose authType is NONE, a band lower for
 *             who makes such every week
 * References  https://attack.mitre.org/techniques/T1556/
 *             https://attack.mitre.org/techniques/T1190/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_starts(ct->name, SPAN("CreateFunctionUrlConfig")) ||
	       span_starts(ct->name, SPAN("UpdateFunctionUrlConfig"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);

	(void)state;
	if (!span_equal(
		json_get_string(request, SPAN("authType")), SPAN("NONE")))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = SPAN("the function's address asks nobody who they are"),
		.target = iam_act_short(
		    json_get_string(request, SPAN("functionName"))) });
}

DETECTOR(lambda_url_public) = {
	.type = "Persistence:Lambda/ModifyAuthenticationProcess",
	.title = "Lambda {resource} answers the whole internet",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever finds the address calls the "
		 "function, which acts with its own role.",
	.mitre = "T1556 T1190",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

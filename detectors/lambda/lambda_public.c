/*
 * Persistence:Lambda/AccountManipulation - anyone, or another account, may
 * call or change a function or use its layer.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the principal of the permission, unless a source,
 *             account or organisation narrows it
 * References  https://attack.mitre.org/techniques/T1098/
 *             https://attack.mitre.org/techniques/T1537/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("lambda")) &&
	       (span_starts(ct->name, SPAN("AddPermission")) ||
		   span_starts(ct->name, SPAN("AddLayerVersionPermission")));
}

/* By a source, an account or an organisation; or it belongs to a function URL
 * without authentication, which lambda_url_public.c tells. */
static bool
is_narrowed(struct json_value request)
{
	static const struct span keys[] = { SPAN_INIT("sourceArn"),
		SPAN_INIT("sourceAccount"), SPAN_INIT("principalOrgID"),
		SPAN_INIT("organizationId"), SPAN_INIT("eventSourceToken") };

	for (size_t i = 0; i < COUNTOF(keys); i++) {
		if (!span_is_empty(json_get_string(request, keys[i])))
			return true;
	}
	return span_equal(json_get_string(request, SPAN("functionUrlAuthType")),
	    SPAN("NONE"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	bool layer = span_starts(ev->cloudtrail->name, SPAN("AddLayer"));
	struct span who = json_get_string(request, SPAN("principal"));
	enum policy_reach reach = policy_reach_of(who, ev->account);

	(void)state;
	if (reach == POLICY_OWN || is_narrowed(request))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){
		.severity = reach == POLICY_ANYONE && !layer ? SEVERITY_HIGH
							     : SEVERITY_MEDIUM,
		.what = layer ? SPAN("others may use the layer")
			      : SPAN("others may call the function"),
		.target = iam_act_short(json_get_string(
		    request, layer ? SPAN("layerName") : SPAN("functionName"))),
		.feature = "principal of the permission",
		.observed = who,
		.who = who });
}

DETECTOR(lambda_public) = {
	.type = "Persistence:Lambda/AccountManipulation",
	.title = "Lambda {resource} was opened to {subject}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever is let in calls it with what they "
		 "like, and it acts with its own role.",
	.mitre = "T1098 T1537",
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

/*
 * Persistence:Lambda/CodeReplaced - a function runs code that comes from
 * elsewhere.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: a layer of an account that this one never took layers
 *             from, or code that is replaced from a place and with a program
 *             that the account never saw. Deployments are neither. A user's
 *             long-lived key where releases are the work of roles is low,
 *             until it is a habit.
 * References  https://attack.mitre.org/techniques/T1525/
 *             https://attack.mitre.org/techniques/T1648/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("lambda")) &&
	       (span_starts(ct->name, SPAN("UpdateFunctionCode")) ||
		   span_starts(ct->name, SPAN("UpdateFunctionConfiguration")) ||
		   span_starts(ct->name, SPAN("CreateFunction2")));
}

static struct span
name_of(struct json_value request)
{
	return iam_act_short(json_get_string(request, SPAN("functionName")));
}

/* Not a session of a role, as pipelines and signed-in people have. */
static bool
is_by_user(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->identity_type, SPAN("IAMUser")) &&
	       span_starts(ct->access_key, SPAN("AKIA"));
}

/* Layers of accounts that no layer was taken from before; true when one was
 * told. */
static bool
judge_layers(
    struct detect *d, const struct event *ev, struct json_value request)
{
	struct json_value list = json_get(request, SPAN("layers"));
	struct json_iter it = json_iter(list);
	struct json_value item;
	bool told = false;

	while (json_is(list, JSON_ARRAY) && json_next_item(&it, &item)) {
		struct span layer = json_string(item);
		struct span account = policy_account(layer);
		struct usual usual, tenant;

		if (policy_reach_of(layer, ev->account) != POLICY_FOREIGN)
			continue;
		detect_usual(d, SCOPE_TENANT, FEATURE_API, &tenant);
		detect_usual_value(
		    d, SCOPE_TENANT, FEATURE_OBJECT, account, &usual);
		detect_learn(d, SCOPE_TENANT, FEATURE_OBJECT, account);
		if (usual.count > 0 || tenant.known_days < DETECT_KNOWN_DAYS)
			continue;
		told = true;
		iam_act_raise(d, ev,
		    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
			.what = SPAN("a layer of another account"),
			.target = name_of(request),
			.feature = "layer",
			.observed = layer,
			.who = layer });
	}
	return told;
}

static void
judge_user(struct detect *d, const struct event *ev, struct json_value request)
{
	struct json_iter it = json_iter(json_get(request, SPAN("layers")));
	struct json_value item;
	bool code =
	    span_starts(ev->cloudtrail->name, SPAN("UpdateFunctionCode"));
	bool layer = span_starts(ev->cloudtrail->name,
			 SPAN("UpdateFunctionConfiguration")) &&
		     json_is(json_get(request, SPAN("layers")), JSON_ARRAY) &&
		     json_next_item(&it, &item);

	if (!code && !layer)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_LOW,
		.what = code ? SPAN("its code was replaced with a user's "
				    "long-lived key")
			     : SPAN("a layer was put before it with a "
				    "user's long-lived key"),
		.target = name_of(request) });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);

	(void)state;
	if (judge_layers(d, ev, request))
		return;
	if (is_by_user(ev)) {
		judge_user(d, ev, request);
		return;
	}
	if (!span_starts(ev->cloudtrail->name, SPAN("UpdateFunctionCode")))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = SPAN("its code was replaced from a place and with a "
			     "program never seen here"),
		.target = name_of(request),
		.strange_only = true });
}

DETECTOR(lambda_code) = {
	.type = "Persistence:Lambda/CodeReplaced",
	.title = "Lambda {resource} runs other code: {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. It runs with the role of the function and "
		 "sees all it is given.",
	.mitre = "T1525 T1648",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

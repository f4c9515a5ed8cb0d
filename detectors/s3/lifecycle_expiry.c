/*
 * Impact:S3/DataDestruction - a rule makes all objects of a bucket expire
 * within days.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: an enabled rule for the whole bucket with few days
 * References  https://attack.mitre.org/techniques/T1485/001/
 *             https://attack.mitre.org/techniques/T1490/
 */
#include "detect/iam_act.h"

enum { DAYS };

static const struct param params[] = {
	[DAYS] = { "days", 3, 1, 365,
	    "a rule that lets objects expire after no more days is told" },
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_starts(ct->name, SPAN("PutBucketLifecycle"));
}

static bool
has_text(struct json_value v)
{
	return !span_is_empty(json_string(v)) || json_is(v, JSON_OBJECT);
}

/* It speaks of some of the objects only. */
static bool
is_filtered(struct json_value rule)
{
	struct json_value filter = json_get(rule, SPAN("Filter"));

	return has_text(json_get(rule, SPAN("Prefix"))) ||
	       has_text(json_get(filter, SPAN("Prefix"))) ||
	       has_text(json_get(filter, SPAN("Tag"))) ||
	       has_text(json_get(filter, SPAN("And")));
}

/* Days until all objects of the bucket expire by this rule; 0: they do not. */
static double
expires_after(struct json_value rule)
{
	if (!span_equal(
		json_get_string(rule, SPAN("Status")), SPAN("Enabled")) ||
	    is_filtered(rule))
		return 0;
	return json_number(
	    json_get(json_get(rule, SPAN("Expiration")), SPAN("Days")), 0);
}

static void
judge(struct detect *d, const struct event *ev, struct json_value rule)
{
	double days = expires_after(rule);

	if (days < 1 || days > detect_param(d, DAYS))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = SPAN("all objects of the bucket are to expire"),
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET,
		.feature = "days until objects expire",
		.number = days });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value rules = json_get(
	    json_get(iam_act_request(ev), SPAN("LifecycleConfiguration")),
	    SPAN("Rule"));
	struct json_iter it = json_iter(rules);
	struct json_value rule;

	(void)state;
	if (json_is(rules, JSON_OBJECT))
		judge(d, ev, rules);
	while (json_is(rules, JSON_ARRAY) && json_next_item(&it, &rule))
		judge(d, ev, rule);
}

DETECTOR(lifecycle_expiry) = {
	.type = "Impact:S3/DataDestruction",
	.title = "All objects of bucket {bucket} are to expire "
		 "within days",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. At the next midnight S3 begins to delete "
		 "what is older, without a record of its own for "
		 "each object.",
	.mitre = "T1485.001 T1490",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

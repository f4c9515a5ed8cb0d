/*
 * Stealth:S3/ServerAccessLoggingDisabled - a bucket no longer records who
 * reads it.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the call with an empty status, a band lower for who
 *             makes it every week
 * References  https://attack.mitre.org/techniques/T1562/008/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("PutBucketLogging"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value status =
	    json_get(iam_act_request(ev), SPAN("BucketLoggingStatus"));

	(void)state;
	if (!json_is(status, JSON_OBJECT) ||
	    json_is(json_get(status, SPAN("LoggingEnabled")), JSON_OBJECT))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_LOW,
		.what = SPAN("the access log of a bucket was switched off"),
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET });
}

DETECTOR(server_access_logging) = {
	.type = "Stealth:S3/ServerAccessLoggingDisabled",
	.title = "Bucket {bucket} no longer records who reads it",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Who reads bucket {bucket} leaves no trace "
		 "in its access log from now on.",
	.mitre = "T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

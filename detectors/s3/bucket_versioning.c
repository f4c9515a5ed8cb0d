/*
 * Impact:S3/VersioningSuspended - what is deleted or overwritten in a bucket
 * can no longer be brought back.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: versioning suspended, its second factor or replication
 *             taken away; a band lower for who does so every week
 * References  https://attack.mitre.org/techniques/T1490/
 *             https://attack.mitre.org/techniques/T1485/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("s3")) &&
	       (span_equal(ct->name, SPAN("PutBucketVersioning")) ||
		   span_equal(ct->name, SPAN("DeleteBucketReplication")));
}

/* What was taken away; empty: nothing. */
static struct span
harm_of(const struct event *ev, double *severity)
{
	struct json_value to =
	    json_get(iam_act_request(ev), SPAN("VersioningConfiguration"));
	struct span mfa = json_get_string(to, SPAN("MfaDelete"));

	*severity = SEVERITY_LOW;
	if (span_equal(ev->cloudtrail->name, SPAN("DeleteBucketReplication")))
		return SPAN("it is no longer copied elsewhere");
	if (span_equal(
		json_get_string(to, SPAN("Status")), SPAN("Suspended"))) {
		*severity = SEVERITY_MEDIUM;
		return SPAN("former versions are no longer kept");
	}
	if (span_equal(mfa, SPAN("Disabled")))
		return SPAN("deleting versions needs no second factor");
	return span_of(NULL, 0);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	double severity;
	struct span harm = harm_of(ev, &severity);

	(void)state;
	if (span_is_empty(harm))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = severity,
		.what = harm,
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET });
}

DETECTOR(bucket_versioning) = {
	.type = "Impact:S3/VersioningSuspended",
	.title = "Bucket {bucket}: {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. What is deleted or overwritten in it from "
		 "now on is gone.",
	.mitre = "T1490 T1485",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

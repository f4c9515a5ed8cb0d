/*
 * Policy:S3/BucketPublicAccessGranted - a bucket is opened to whoever has any
 * AWS account.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: an ACL grant to the AuthenticatedUsers group that S3
 *             accepted
 * References  https://attack.mitre.org/techniques/T1530/
 */
#include "detect/bucket_policy.h"
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("PutBucketAcl")) ||
	       span_equal(ct->name, SPAN("CreateBucket"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	if (bucket_policy_acl(iam_act_request(ev)) != BUCKET_AUTHENTICATED)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = SPAN("its ACL names the group of all AWS users"),
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET });
}

DETECTOR(bucket_authenticated) = {
	.type = "Policy:S3/BucketPublicAccessGranted",
	.title = "Bucket {bucket} was opened to everybody with an "
		 "AWS account",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Unless public access is blocked elsewhere, "
		 "anyone who signs up with AWS can use bucket "
		 "{bucket} now.",
	.mitre = "T1530",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

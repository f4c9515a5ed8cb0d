/*
 * Policy:S3/BucketBlockPublicAccessDisabled - a bucket may be opened to the
 * public again.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the block was deleted, or one of its four values is
 *             false
 * References  https://attack.mitre.org/techniques/T1562/007/
 *             https://attack.mitre.org/techniques/T1530/
 */
#include "detect/bucket_policy.h"
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("PutBucketPublicAccessBlock")) ||
	       span_equal(ct->name, SPAN("DeleteBucketPublicAccessBlock"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool deleted = span_starts(ev->cloudtrail->name, SPAN("Delete"));

	(void)state;
	if (!deleted && !bucket_policy_unblocks(iam_act_request(ev)))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_LOW,
		.what = deleted ? SPAN("the block of public access was deleted")
				: SPAN("the block of public access was "
				       "loosened"),
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET });
}

DETECTOR(bucket_public_block) = {
	.type = "Policy:S3/BucketBlockPublicAccessDisabled",
	.title = "The block of public access was taken off bucket "
		 "{bucket}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. A policy or ACL can open bucket {bucket} "
		 "to everybody now.",
	.mitre = "T1562.007 T1530",
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

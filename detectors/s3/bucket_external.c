/*
 * Exfiltration:S3/TransferDataToCloudAccount - a bucket speaks to another
 * account, or copies itself there.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the principals of the policy, the target of the
 *             replication. Accounts that this one has had to do with for
 *             days count a band less; those from which AWS delivers logs are
 *             its own.
 * References  https://attack.mitre.org/techniques/T1537/
 *             https://attack.mitre.org/techniques/T1530/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("PutBucketPolicy")) ||
	       span_equal(ct->name, SPAN("PutBucketReplication"));
}

/* The account that a replication goes to, when it is another. */
static struct span
copied_to(const struct event *ev, struct json_value request)
{
	struct span who = iam_act_text(
	    request, SPAN("ReplicationConfiguration.Rule.Destination.Account"));

	return policy_reach_of(who, ev->account) == POLICY_FOREIGN
		   ? who
		   : span_of(NULL, 0);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	struct json_value policy = json_get(request, SPAN("bucketPolicy"));
	bool copies =
	    span_equal(ev->cloudtrail->name, SPAN("PutBucketReplication"));
	struct span who = span_of(NULL, 0);

	(void)state;
	if (copies)
		who = copied_to(ev, request);
	else if (policy_reach(policy, ev->account, &who) != POLICY_FOREIGN)
		return;
	if (span_is_empty(who))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = copies ? SPAN("the bucket copies itself to another "
				      "account")
			       : SPAN("the bucket's policy names another "
				      "account"),
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET,
		.feature = copies ? "copied to" : "principal of the policy",
		.observed = who,
		.who = who });
}

DETECTOR(bucket_external) = {
	.type = "Exfiltration:S3/TransferDataToCloudAccount",
	.title = "Bucket {bucket} was opened to {subject}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever runs that account reads bucket "
		 "{bucket} with their own keys from now on.",
	.mitre = "T1537 T1530",
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

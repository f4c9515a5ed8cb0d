/*
 * Policy:S3/BucketAnonymousAccessGranted - a bucket is opened to everybody.
 *
 * Sources     CloudTrail (management)
 * Key         none
 * Statistic   none: an Allow to everyone without a condition that narrows it,
 *             or an ACL grant to the AllUsers group, that S3 accepted
 * References  https://attack.mitre.org/techniques/T1530/
 *             https://docs.aws.amazon.com/AmazonS3/latest/userguide/
 *             access-control-block-public-access.html
 */
#include <math.h>

#include "detect/bucket_policy.h"
#include "detect/detector.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("PutBucketPolicy")) ||
	       span_equal(ct->name, SPAN("PutBucketAcl")) ||
	       span_equal(ct->name, SPAN("CreateBucket"));
}

static bool
match(const struct event *ev)
{
	return ev->outcome == OUTCOME_OK;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request =
	    json_get(ev->record, SPAN("requestParameters"));
	struct span name = json_get_string(request, SPAN("bucketName"));
	bool by_acl = bucket_policy_acl(request) == BUCKET_ANYONE;
	bool by_policy = bucket_policy_access(json_get(
			     request, SPAN("bucketPolicy"))) == BUCKET_ANYONE;

	(void)state;
	if (!by_acl && !by_policy)
		return;
	const struct fact facts[] = {
		{ "bucket", name },
		{ "grant", by_policy ? SPAN("bucket policy") : SPAN("ACL") },
	};
	const struct evidence why[] = {
		{ .feature = by_policy ? "principal of the policy"
				       : "grantee of the ACL",
		    .observed = by_policy ? SPAN("*") : SPAN("AllUsers"),
		    .expected = NAN },
	};

	detect_raise(d, &(struct raise){ .resource_kind = ENTITY_BUCKET,
			    .resource = name,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts) });
}

DETECTOR(bucket_public) = {
	.type = "Policy:S3/BucketAnonymousAccessGranted",
	.title = "Bucket {bucket} was opened to everybody",
	.story = "{actor} called {api} from {remote} and gave everybody access "
		 "to bucket {bucket} by its {grant}. Unless public access is "
		 "blocked elsewhere, anyone on the internet can use it now.",
	.mitre = "T1530",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_CLOUDTRAIL,
	.severity = SEVERITY_HIGH,
	.confidence = 0.9,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

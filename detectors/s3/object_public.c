/*
 * Policy:S3/ObjectAnonymousAccessGranted - objects of a bucket are opened to
 * everybody one by one.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: an ACL grant to all users or to all of AWS that S3
 *             accepted
 * References  https://attack.mitre.org/techniques/T1530/
 */
#include "detect/bucket_policy.h"
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("PutObjectAcl"));
}

static bool
match(const struct event *ev)
{
	return iam_act_by_someone(ev);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);

	(void)state;
	if (bucket_policy_acl(request) == BUCKET_NAMED)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = SPAN("objects were opened to everybody"),
		.target = json_get_string(request, SPAN("bucketName")),
		.target_kind = ENTITY_BUCKET });
}

DETECTOR(object_public) = {
	.type = "Policy:S3/ObjectAnonymousAccessGranted",
	.title = "Objects of bucket {bucket} were opened to "
		 "everybody",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Unless public access is blocked elsewhere, "
		 "anyone who knows the name can read them.",
	.mitre = "T1530",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_CLOUDTRAIL,
	.needs = CARRIED_OBJECTS,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

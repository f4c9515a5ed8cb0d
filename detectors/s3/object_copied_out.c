/*
 * Exfiltration:S3/ObjectCopiedToOtherAccount - objects are written into a
 * bucket of another account.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the account of the bucket, as the record names it. A
 *             partner's account counts a band less; a band less for who does
 *             so every week.
 * References  https://attack.mitre.org/techniques/T1537/
 *             https://attack.mitre.org/techniques/T1567/002/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("s3")) &&
	       (span_equal(ct->name, SPAN("CopyObject")) ||
		   span_equal(ct->name, SPAN("PutObject")) ||
		   span_equal(ct->name, SPAN("CreateMultipartUpload")));
}

static bool
match(const struct event *ev)
{
	return iam_act_by_someone(ev);
}

/* The account of the first bucket that is of another one. */
static struct span
owner_of(const struct event *ev)
{
	struct json_value list = json_get(ev->record, SPAN("resources"));
	struct json_iter it = json_iter(list);
	struct json_value item;

	while (json_is(list, JSON_ARRAY) && json_next_item(&it, &item)) {
		struct span account = json_get_string(item, SPAN("accountId"));

		if (span_equal(json_get_string(item, SPAN("type")),
			SPAN("AWS::S3::Bucket")) &&
		    policy_reach_of(account, ev->account) == POLICY_FOREIGN)
			return account;
	}
	return span_of(NULL, 0);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span account = owner_of(ev);

	(void)state;
	if (span_is_empty(account))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = SPAN("objects are written to another account"),
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET,
		.feature = "account of the bucket",
		.observed = account,
		.who = account });
}

DETECTOR(object_copied_out) = {
	.type = "Exfiltration:S3/ObjectCopiedToOtherAccount",
	.title = "{actor} writes into bucket {bucket} of account "
		 "{subject}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever runs account {subject} has those "
		 "objects now.",
	.mitre = "T1537 T1567.002",
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

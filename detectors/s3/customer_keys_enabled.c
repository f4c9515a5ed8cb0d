/*
 * DefenseImpairment:S3/DisableOrModifyTools - objects of a bucket may be
 * encrypted with keys that only the caller has.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the list of blocked kinds of encryption is emptied, a
 *             band lower for who does so every week
 * References  https://attack.mitre.org/techniques/T1486/
 *             https://attack.mitre.org/techniques/T1562/001/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("PutBucketEncryption"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span blocked = iam_act_text(
	    iam_act_request(ev), SPAN("ServerSideEncryptionConfiguration.Rule."
				      "BlockedEncryptionTypes.EncryptionType"));

	(void)state;
	if (!span_equal(blocked, SPAN("NONE")))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = SPAN("customer-provided keys are no longer blocked"),
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET });
}

DETECTOR(customer_keys_enabled) = {
	.type = "DefenseImpairment:S3/DisableOrModifyTools",
	.title = "Bucket {bucket} takes keys that only the caller "
		 "has",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Objects that somebody overwrites with a "
		 "key of their own (SSE-C) are lost without that "
		 "key; so are buckets held to ransom.",
	.mitre = "T1486 T1562.001",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

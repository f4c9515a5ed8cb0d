/*
 * Impact:S3/ObjectsHeldToRansom - objects are overwritten with keys that only
 * somebody else has, or a note that asks for money is left.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: customer-provided keys from some number of objects on in
 *             an hour, KMS keys of another account at once; a band lower for
 *             who does so every week
 * References  https://attack.mitre.org/techniques/T1486/
 */
#include "detect/iam_act.h"

enum { OBJECTS };

static const struct param params[] = {
	[OBJECTS] = { "objects", 16, 1, 1e6,
	    "objects written with customer-provided keys in an hour" },
};

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

static bool
has_customer_key(const struct event *ev, struct json_value request)
{
	struct json_value more =
	    json_get(ev->record, SPAN("additionalEventData"));

	return !span_is_empty(json_get_string(request,
		   SPAN("x-amz-server-side-encryption-customer-algorithm"))) ||
	       span_equal(
		   json_get_string(more, SPAN("SSEApplied")), SPAN("SSE_C"));
}

/* Notes are named so that they are found, in all families alike. */
static bool
is_note(struct span key)
{
	static const struct span words[] = { SPAN_INIT("decrypt"),
		SPAN_INIT("ransom"), SPAN_INIT("restore_files"),
		SPAN_INIT("recover_files"), SPAN_INIT("your_files") };
	size_t slash = span_rfind(key, '/');
	struct span name = slash < key.len ? span_skip(key, slash + 1) : key;

	if (!span_ends(name, SPAN(".txt")) && !span_ends(name, SPAN(".html")))
		return false;
	for (size_t i = 0; i < COUNTOF(words); i++) {
		if (span_contains_nocase(name, words[i]))
			return true;
	}
	return false;
}

static void
raise(struct detect *d, const struct event *ev, double severity,
    struct span what, struct span key)
{
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = severity,
		.what = what,
		.target = ev->cloudtrail->resource,
		.target_kind = ENTITY_BUCKET,
		.feature = "objects written like this in an hour",
		.number = (double)detect_activity(d)->count,
		.who = key });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	struct span key = json_get_string(
	    request, SPAN("x-amz-server-side-encryption-aws-kms-key-id"));

	(void)state;
	if (policy_reach_of(key, ev->account) == POLICY_FOREIGN)
		raise(d, ev, SEVERITY_HIGH,
		    SPAN("objects are encrypted with a key of another "
			 "account"),
		    key);
	else if (has_customer_key(ev, request) &&
		 (double)detect_activity(d)->count >= detect_param(d, OBJECTS))
		raise(d, ev, SEVERITY_HIGH,
		    SPAN("objects are encrypted with a key that the account "
			 "does not have"),
		    span_of(NULL, 0));
	else if (is_note(json_get_string(request, SPAN("key"))))
		raise(d, ev, SEVERITY_MEDIUM,
		    SPAN("a note was left that tells how to get files back"),
		    span_of(NULL, 0));
}

DETECTOR(object_ransom) = {
	.type = "Impact:S3/ObjectsHeldToRansom",
	.title = "Objects of bucket {bucket} are held to ransom",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Without that key nobody reads them again.",
	.mitre = "T1486",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.needs = CARRIED_OBJECTS,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.match = match,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

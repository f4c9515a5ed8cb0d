/*
 * Stealth:IAMUser/CloudTrailLoggingDisabled - the record of what happens in
 * the account was stopped, deleted or narrowed.
 *
 * Sources     CloudTrail
 * Key         account: the buckets that trails write to, learned from who
 *             makes trails and from CloudTrail's own visits
 * Statistic   none: the calls that end or weaken a trail, when they succeed
 * References  https://attack.mitre.org/techniques/T1562/008/
 */
#include <math.h>

#include "base/hash.h"
#include "detect/detector.h"

#define BUCKETS_KEPT 8

struct state {
	uint64_t bucket[BUCKETS_KEPT]; /* hashes of names */
	uint32_t count;		       /* ever added; a ring */
};

static bool
is_any_of(struct span name, const struct span *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(name, names[i]))
			return true;
	}
	return false;
}

static bool
ends_bucket(struct span name)
{
	static const struct span names[] = { SPAN_INIT("DeleteBucket"),
		SPAN_INIT("DeleteBucketPolicy") };

	return is_any_of(name, names, COUNTOF(names));
}

static bool
by_cloudtrail(const struct cloudtrail *ct)
{
	struct span host = SPAN("cloudtrail.amazonaws.com");

	return span_equal(ct->invoked_by, host) || span_equal(ct->remote, host);
}

static bool
of_kind(const struct event *ev)
{
	static const struct span names[] = { SPAN_INIT("StopLogging"),
		SPAN_INIT("DeleteTrail"), SPAN_INIT("UpdateTrail"),
		SPAN_INIT("PutEventSelectors"), SPAN_INIT("CreateTrail"),
		SPAN_INIT("DeleteEventDataStore"),
		SPAN_INIT("StopEventDataStoreIngestion") };
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("s3")) ||
	       (span_equal(ct->service, SPAN("cloudtrail")) &&
		   is_any_of(ct->name, names, COUNTOF(names)));
}

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ev->outcome == OUTCOME_OK &&
	       (!span_equal(ct->service, SPAN("s3")) || by_cloudtrail(ct) ||
		   ends_bucket(ct->name));
}

static bool
knows(const struct state *st, struct span bucket)
{
	uint64_t hash = hash_span(&HASH_KEY_DEFAULT, bucket);

	for (uint32_t i = 0; i < BUCKETS_KEPT && i < st->count; i++) {
		if (st->bucket[i] == hash)
			return true;
	}
	return false;
}

static void
learn(struct state *st, struct span bucket)
{
	if (span_is_empty(bucket) || knows(st, bucket))
		return;
	st->bucket[st->count % BUCKETS_KEPT] =
	    hash_span(&HASH_KEY_DEFAULT, bucket);
	st->count++;
}

/* Something that was worth recording is recorded no more. */
static bool
update_weakens(struct json_value request)
{
	static const struct span flags[] = { SPAN_INIT("isMultiRegionTrail"),
		SPAN_INIT("includeGlobalServiceEvents"),
		SPAN_INIT("enableLogFileValidation"),
		SPAN_INIT("isOrganizationTrail") };

	for (size_t i = 0; i < COUNTOF(flags); i++) {
		if (json_is(json_get(request, flags[i]), JSON_FALSE))
			return true;
	}
	return false;
}

/* A basic selector that keeps management events, writes included. */
static bool
selector_keeps(struct json_value selector)
{
	return !json_is(json_get(selector, SPAN("includeManagementEvents")),
		   JSON_FALSE) &&
	       !span_equal(json_get_string(selector, SPAN("readWriteType")),
		   SPAN("ReadOnly"));
}

/* An advanced selector whose eventCategory is Management. */
static bool
advanced_keeps(struct json_value selector)
{
	struct json_iter it =
	    json_iter(json_get(selector, SPAN("fieldSelectors")));
	struct json_value field, item;

	while (json_next_item(&it, &field)) {
		struct json_iter values =
		    json_iter(json_get(field, SPAN("equals")));

		if (!span_equal(json_get_string(field, SPAN("field")),
			SPAN("eventCategory")))
			continue;
		while (json_next_item(&values, &item)) {
			if (span_equal(json_string(item), SPAN("Management")))
				return true;
		}
	}
	return false;
}

/* False when the selectors are given and none keeps management events. */
static bool
selectors_keep(struct json_value list, bool (*keeps)(struct json_value))
{
	struct json_iter it = json_iter(list);
	struct json_value item;

	if (!json_is(list, JSON_ARRAY))
		return true;
	while (json_next_item(&it, &item)) {
		if (keeps(item))
			return true;
	}
	return false;
}

/* What was done to the records, in words; empty when nothing bad was. */
static struct span
harm_of(const struct state *st, struct span api, struct json_value request)
{
	struct span bucket = json_get_string(request, SPAN("s3BucketName"));

	if (span_equal(api, SPAN("StopLogging")) ||
	    span_equal(api, SPAN("StopEventDataStoreIngestion")))
		return SPAN("stopped");
	if (span_starts(api, SPAN("Delete")))
		return SPAN("deleted");
	if (span_equal(api, SPAN("UpdateTrail"))) {
		if (update_weakens(request))
			return SPAN("weakened");
		if (st->count > 0 && !span_is_empty(bucket) &&
		    !knows(st, bucket))
			return SPAN("led to another bucket");
	}
	if (span_equal(api, SPAN("PutEventSelectors")) &&
	    (!selectors_keep(
		 json_get(request, SPAN("eventSelectors")), selector_keeps) ||
		!selectors_keep(
		    json_get(request, SPAN("advancedEventSelectors")),
		    advanced_keeps)))
		return SPAN("narrowed so that management events are missing");
	return span_of(NULL, 0);
}

static struct span
trail_of(struct json_value request)
{
	static const struct span keys[] = { SPAN_INIT("name"),
		SPAN_INIT("trailName"), SPAN_INIT("eventDataStore") };
	struct span name = span_of(NULL, 0);
	size_t slash;

	for (size_t i = 0; i < COUNTOF(keys) && span_is_empty(name); i++)
		name = json_get_string(request, keys[i]);
	slash = span_rfind(name, '/');
	return slash < name.len ? span_skip(name, slash + 1) : name;
}

static void
raise(struct detect *d, struct span harm, struct span target,
    enum entity_kind kind)
{
	const struct evidence why[] = {
		{ .feature = "what happened to the records",
		    .observed = harm,
		    .expected = NAN },
	};
	const struct fact facts[] = {
		{ "harm", harm },
		{ "trail", target },
	};

	detect_raise(d, &(struct raise){ .resource_kind = kind,
			    .resource = target,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts) });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct cloudtrail *ct = ev->cloudtrail;
	struct json_value request =
	    json_get(ev->record, SPAN("requestParameters"));
	struct state *st = state;
	struct span harm;

	if (span_equal(ct->service, SPAN("s3"))) {
		if (by_cloudtrail(ct))
			learn(st, ct->resource);
		else if (knows(st, ct->resource))
			raise(d, SPAN("put at risk with their bucket"),
			    ct->resource, ENTITY_BUCKET);
		return;
	}
	harm = harm_of(st, ct->name, request);
	if (!span_is_empty(harm))
		raise(d, harm, trail_of(request), ENTITY_ACCOUNT);
	else
		learn(st, json_get_string(request, SPAN("s3BucketName")));
}

DETECTOR(trail_disabled) = {
	.type = "Stealth:IAMUser/CloudTrailLoggingDisabled",
	.title = "CloudTrail records in account {account} were {harm}",
	.story = "{actor} called {api} on {trail} from {remote}: the account's "
		 "records were {harm}. What happened after this may be "
		 "missing from the logs.",
	.mitre = "T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.severity = SEVERITY_LOW,
	.confidence = 0.9,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_TENANT,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 90 * 24 * 3600,
	.observe = observe,
};

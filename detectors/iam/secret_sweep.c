/*
 * CredentialAccess:IAMUser/SecretsSwept - somebody reads secret after secret.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   distinct secrets and decrypted parameters in an hour against
 *             the actor's usual hours; asking for whole batches counts more.
 *             Half as many that the actor never read before are as much.  Low
 *             while nothing is known.
 * References  https://attack.mitre.org/techniques/T1555/006/
 *             https://attack.mitre.org/techniques/T1552/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/iam_act.h"
#include "detect/sweep.h"

enum { SECRETS, TIMES, UNREAD };

static const struct param params[] = {
	[SECRETS] = { "secrets", 20, 3, 10000,
	    "distinct secrets in an hour below which nothing is told" },
	[TIMES] = { "times", 3, 1, 100,
	    "how many times the usual of an hour is much" },
	[UNREAD] = { "unread", 10, 3, 10000,
	    "distinct secrets in an hour that the actor never read before" },
};

/* A call by filter brings up to twenty secrets, but names none. */
#define BATCH 5

struct state {
	struct sweep sweep;
	struct sweep unread; /* of which the actor never read before */
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	if (span_equal(ct->service, SPAN("secretsmanager")))
		return span_equal(ct->name, SPAN("GetSecretValue")) ||
		       span_equal(ct->name, SPAN("BatchGetSecretValue"));
	return span_equal(ct->service, SPAN("ssm")) &&
	       span_starts(ct->name, SPAN("GetParameter"));
}

static bool
match(const struct event *ev)
{
	return ev->outcome == OUTCOME_OK && !ev->cloudtrail->from_service;
}

/* Note one that is named; true when it is a new one of the hour. */
static bool
add(struct detect *d, struct state *st, const struct event *ev,
    struct span name)
{
	uint64_t hash = hash_seeded(&HASH_KEY_DEFAULT, 0, name);
	struct usual before;

	if (span_is_empty(name) || !sweep_add(&st->sweep, ev->time_us, hash))
		return false;
	detect_usual_value(d, SCOPE_ACTOR, FEATURE_OBJECT, name, &before);
	if (!(before.count > 0))
		(void)sweep_add(&st->unread, ev->time_us, hash);
	detect_learn(d, SCOPE_ACTOR, FEATURE_OBJECT, name);
	return true;
}

/* Names in an array; false when none is new. */
static bool
add_all(struct detect *d, struct state *st, const struct event *ev,
    struct json_value list)
{
	struct json_iter it = json_iter(list);
	struct json_value item;
	bool fresh = false;

	while (json_is(list, JSON_ARRAY) && json_next_item(&it, &item))
		fresh |= add(d, st, ev, json_string(item));
	return fresh;
}

/* Asked for by a filter: what came is not said. */
static bool
add_batch(struct state *st, const struct event *ev)
{
	bool fresh = false;

	for (uint64_t i = 0; i < BATCH; i++)
		fresh |= sweep_add(&st->sweep, ev->time_us,
		    hash_seeded(&HASH_KEY_DEFAULT, i + 1, ev->id));
	return fresh;
}

static bool
note(struct detect *d, struct state *st, const struct event *ev)
{
	struct json_value request = iam_act_request(ev);
	struct json_value list = json_get(request, SPAN("secretIdList"));
	bool fresh;

	if (span_equal(ev->cloudtrail->service, SPAN("ssm"))) {
		if (!json_is_true(json_get(request, SPAN("withDecryption"))))
			return false;
		fresh = add(d, st, ev, json_get_string(request, SPAN("name")));
		fresh |= add(d, st, ev, json_get_string(request, SPAN("path")));
		return add_all(d, st, ev, json_get(request, SPAN("names"))) ||
		       fresh;
	}
	if (span_equal(ev->cloudtrail->name, SPAN("GetSecretValue")))
		return add(
		    d, st, ev, json_get_string(request, SPAN("secretId")));
	return json_is(list, JSON_ARRAY) ? add_all(d, st, ev, list)
					 : add_batch(st, ev);
}

static void
tell(struct detect *d, const struct event *ev, const struct sweep *sweep,
    const char *feature, double severity)
{
	char count[16], usual[24];
	struct fact facts[] = { { "attempts", { NULL, 0 } },
		{ "usual", { NULL, 0 } } };

	(void)snprintf(count, sizeof(count), "%u", sweep->distinct);
	(void)snprintf(usual, sizeof(usual), "%.0f", sweep_usual(sweep));
	facts[0].value = span_str(count);
	facts[1].value = span_str(usual);
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = severity,
		.what = SPAN("secret after secret was read"),
		.feature = feature,
		.number = sweep->distinct,
		.facts = facts,
		.nfacts = COUNTOF(facts),
		.always = true });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	double times = detect_param(d, TIMES);
	struct state *st = state;
	struct usual account, actor;

	if (!note(d, st, ev))
		return;
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &account);
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &actor);
	if (sweep_is_much(&st->sweep, detect_param(d, SECRETS), times))
		tell(d, ev, &st->sweep, "distinct secrets in an hour",
		    account.known_days < DETECT_KNOWN_DAYS ? SEVERITY_LOW
							   : SEVERITY_MEDIUM);
	/* To somebody new all secrets are: an installation reads its own. */
	else if (account.known_days >= DETECT_KNOWN_DAYS &&
		 st->unread.hour == st->sweep.hour &&
		 sweep_is_much(&st->unread, detect_param(d, UNREAD), times))
		tell(d, ev, &st->unread,
		    "distinct secrets in an hour, never read before",
		    actor.known_days < DETECT_KNOWN_DAYS ? SEVERITY_LOW
							 : SEVERITY_MEDIUM);
}

DETECTOR(secret_sweep) = {
	.type = "CredentialAccess:IAMUser/SecretsSwept",
	.title = "{actor} reads one secret after the other",
	.story = "{actor} read {attempts} secrets within an hour "
		 "from {remote}, the last by {service} {api}; "
		 "{usual} is usual. So does who takes all there is.",
	.mitre = "T1555.006 T1552",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = CARRIED_READS,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 2,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * CredentialAccess:IAMUser/SecretsSwept - somebody reads secret after secret.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   distinct secrets and decrypted parameters in an hour against
 *             the actor's usual hours; asking for whole batches counts more.
 *             Low while nothing is known.
 * References  https://attack.mitre.org/techniques/T1555/006/
 *             https://attack.mitre.org/techniques/T1552/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/iam_act.h"
#include "detect/sweep.h"

enum { SECRETS, TIMES };

static const struct param params[] = {
	[SECRETS] = { "secrets", 20, 3, 10000,
	    "distinct secrets in an hour below which nothing is told" },
	[TIMES] = { "times", 3, 1, 100,
	    "how many times the usual of an hour is much" },
};

/* A call by filter brings up to twenty secrets, but names none. */
#define BATCH 5

struct state {
	struct sweep sweep;
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

static bool
add(struct state *st, const struct event *ev, uint64_t seed, struct span name)
{
	return !span_is_empty(name) &&
	       sweep_add(&st->sweep, ev->time_us,
		   hash_seeded(&HASH_KEY_DEFAULT, seed, name));
}

/* Names in an array; false when none is new. */
static bool
add_all(struct state *st, const struct event *ev, struct json_value list)
{
	struct json_iter it = json_iter(list);
	struct json_value item;
	bool fresh = false;

	while (json_is(list, JSON_ARRAY) && json_next_item(&it, &item))
		fresh |= add(st, ev, 0, json_string(item));
	return fresh;
}

static bool
note(struct state *st, const struct event *ev)
{
	struct json_value request = iam_act_request(ev);
	struct json_value list = json_get(request, SPAN("secretIdList"));
	bool fresh = false;

	if (span_equal(ev->cloudtrail->service, SPAN("ssm"))) {
		if (!json_is_true(json_get(request, SPAN("withDecryption"))))
			return false;
		fresh = add(st, ev, 0, json_get_string(request, SPAN("name")));
		fresh |= add(st, ev, 0, json_get_string(request, SPAN("path")));
		return add_all(st, ev, json_get(request, SPAN("names"))) ||
		       fresh;
	}
	if (span_equal(ev->cloudtrail->name, SPAN("GetSecretValue")))
		return add(
		    st, ev, 0, json_get_string(request, SPAN("secretId")));
	if (json_is(list, JSON_ARRAY))
		return add_all(st, ev, list);
	for (uint64_t i = 0; i < BATCH; i++)
		fresh |= add(st, ev, i + 1, ev->id);
	return fresh;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	char count[16], usual[24];
	struct usual account;
	struct fact facts[] = { { "attempts", { NULL, 0 } },
		{ "usual", { NULL, 0 } } };

	if (!note(st, ev) ||
	    !sweep_is_much(
		&st->sweep, detect_param(d, SECRETS), detect_param(d, TIMES)))
		return;
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &account);
	(void)snprintf(count, sizeof(count), "%u", st->sweep.distinct);
	(void)snprintf(usual, sizeof(usual), "%.0f", sweep_usual(&st->sweep));
	facts[0].value = span_str(count);
	facts[1].value = span_str(usual);
	iam_act_raise(d, ev,
	    &(struct iam_act_report){
		.severity = account.known_days < DETECT_KNOWN_DAYS
				? SEVERITY_LOW
				: SEVERITY_MEDIUM,
		.what = SPAN("secret after secret was read"),
		.feature = "distinct secrets in an hour",
		.number = st->sweep.distinct,
		.facts = facts,
		.nfacts = COUNTOF(facts),
		.always = true });
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
	.state_version = 1,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

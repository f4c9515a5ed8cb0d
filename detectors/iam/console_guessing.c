/*
 * CredentialAccess:IAMUser/ConsolePasswordGuessing - passwords of the console
 * are tried, for one user or for many, and perhaps found.
 *
 * Sources     CloudTrail
 * Key         network that tries
 * Statistic   none: failed sign-ins from one network within an hour; a sign-
 *             in that succeeds after that many, from there and for one of
 *             them, is high
 * References  https://attack.mitre.org/techniques/T1110/001/
 *             https://attack.mitre.org/techniques/T1110/003/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/iam_act.h"

enum { FAILURES, USERS, FOUND };

static const struct param params[] = {
	[FAILURES] = { "failures", 10, 3, 1000,
	    "failed sign-ins within an hour" },
	[USERS] = { "users", 5, 2, 1000,
	    "different users among the failed ones of an hour" },
	[FOUND] = { "found", 5, 2, 1000,
	    "failures of a user before one that succeeds is told" },
};

#define USERS_KEPT 16
#define WINDOW_US ((int64_t)3600 * 1000000)

struct victim {
	uint64_t user;
	uint32_t failures;
};

struct state {
	int64_t first_us; /* of the open window */
	struct victim list[USERS_KEPT];
	uint32_t users, failures;
	bool told;
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("ConsoleLogin")) &&
	       span_equal(ct->service, SPAN("signin"));
}

static bool
match(const struct event *ev)
{
	return ev->outcome != OUTCOME_DENIED;
}

static struct victim *
find(struct state *st, uint64_t user)
{
	for (uint32_t i = 0; i < USERS_KEPT && i < st->users; i++) {
		if (st->list[i].user == user)
			return &st->list[i];
	}
	return NULL;
}

static void
raise(struct detect *d, const struct event *ev, double severity,
    struct span what, uint32_t failures)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", failures);
	const struct fact facts[] = {
		{ "attempts", span_of(text, (size_t)len) },
	};

	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = severity,
		.what = what,
		.target = ev->cloudtrail->remote,
		.target_kind = ENTITY_ADDRESS,
		.feature = "failed sign-ins from there within an hour",
		.number = failures,
		.facts = facts,
		.nfacts = COUNTOF(facts),
		.always = true });
}

static void
note_failure(struct state *st, uint64_t user)
{
	struct victim *v = find(st, user);

	st->failures++;
	if (v != NULL) {
		v->failures++;
		return;
	}
	if (st->users < USERS_KEPT)
		st->list[st->users] = (struct victim){ user, 1 };
	st->users++;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	uint64_t user = detect_actor(d)->key;
	const struct victim *v;

	if (ev->time_us - st->first_us > WINDOW_US)
		*st = (struct state){ .first_us = ev->time_us };
	if (ev->outcome == OUTCOME_OK) {
		v = find(st, user);
		if (v != NULL && v->failures >= detect_param(d, FOUND))
			raise(d, ev, SEVERITY_HIGH,
			    SPAN("one of them was found"), v->failures);
		return;
	}
	note_failure(st, user);
	if (st->told)
		return;
	if (st->users >= detect_param(d, USERS))
		raise(d, ev, SEVERITY_MEDIUM, SPAN("those of many users"),
		    st->failures);
	else if (st->failures >= detect_param(d, FAILURES))
		raise(d, ev, SEVERITY_MEDIUM, SPAN("those of one user or few"),
		    st->failures);
	else
		return;
	st->told = true;
}

DETECTOR(console_guessing) = {
	.type = "CredentialAccess:IAMUser/ConsolePasswordGuessing",
	.title = "Console passwords are tried from {remote}: {what}",
	.story = "From {remote} {attempts} sign-ins to the console "
		 "of account {account} failed within an hour: "
		 "{what}.",
	.mitre = "T1110.001 T1110.003",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_PEER,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B - the same user signs in to
 * the console from two places at about the same time.
 *
 * Sources     CloudTrail
 * Key         user: the last sign-ins
 * Statistic   none: two successful sign-ins, the second with another browser
 *             and from a network that is new to the account. With a database
 *             of cities: so far apart that nobody travels it in the time
 *             between, at most twelve hours; with one of countries: from two
 *             within an hour. Else within an hour from networks that differ in
 *             their first bits: no list is needed.
 * References  https://attack.mitre.org/techniques/T1078/004/
 *             https://attack.mitre.org/techniques/T1550/004/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/iam_act.h"
#include "detect/place.h"

#define LOGINS_KEPT 4
#define TOGETHER_US ((int64_t)3600 * 1000000)
#define TRAVEL_US (12 * TOGETHER_US)

struct login {
	struct ip from;
	uint64_t agent;
	int64_t time_us;
};

struct state {
	struct login list[LOGINS_KEPT];
	uint32_t count; /* ever; a ring */
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("ConsoleLogin"));
}

static bool
match(const struct event *ev)
{
	return ev->outcome == OUTCOME_OK && !ip_is_none(&ev->remote);
}

static bool
is_far(struct detect *d, const struct login *before, const struct login *now)
{
	int64_t between_us = now->time_us - before->time_us;

	switch (place_apart(d, &before->from, &now->from, between_us)) {
	case PLACE_NEAR:
		return false;
	case PLACE_FAR:
		return true;
	case PLACE_ABROAD:
		return between_us <= TOGETHER_US;
	case PLACE_UNKNOWN:
		break;
	}
	return between_us <= TOGETHER_US &&
	       place_is_other_network(&before->from, &now->from, 1);
}

static void
raise(struct detect *d, const struct event *ev, const struct login *before)
{
	char text[PLACE_ADDRESS_BYTES], within[32];
	int64_t hours =
	    (ev->time_us - before->time_us + TOGETHER_US - 1) / TOGETHER_US;
	struct fact facts[] = {
		{ "usual", place_address(d, &before->from, text) },
		{ "within", SPAN("") },
	};

	if (hours > 1) {
		(void)snprintf(within, sizeof(within), "%d hours", (int)hours);
		facts[1].value = span_str(within);
	}

	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = SPAN("one user signed in from two places"),
		.feature = hours > 1 ? "signed in before, from"
				     : "signed in within the hour before, from",
		.observed = facts[0].value,
		.facts = facts,
		.nfacts = COUNTOF(facts),
		.always = true });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	struct login now = { ev->remote,
		hash_span(&HASH_KEY_DEFAULT, detect_feature(d, FEATURE_AGENT)),
		ev->time_us };
	struct usual place;

	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &place);
	for (uint32_t i = 0; i < LOGINS_KEPT && i < st->count; i++) {
		const struct login *l = &st->list[i];

		if (ev->time_us - l->time_us > TRAVEL_US ||
		    l->agent == now.agent ||
		    place.known_days < DETECT_KNOWN_DAYS || place.count > 0 ||
		    !is_far(d, l, &now))
			continue;
		raise(d, ev, l);
		break;
	}
	st->list[st->count++ % LOGINS_KEPT] = now;
}

DETECTOR(console_two_places) = {
	.type = "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B",
	.title = "{actor} signed in from two places within {within|an hour}",
	.story = "{actor} signed in to the console from {remote} "
		 "with another browser, within {within|an hour} of a sign-in "
		 "from {usual}. One person is rarely in both places.",
	.mitre = "T1078.004 T1550.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.wants = DETECT_NEEDS_GEO,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 45 * 24 * 3600,
	.observe = observe,
};

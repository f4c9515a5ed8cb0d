/*
 * UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B - the same user signs in to
 * the console from two places at about the same time.
 *
 * Sources     CloudTrail
 * Key         user: the last sign-ins
 * Statistic   none: two successful sign-ins within an hour from networks
 *             that differ in their first bits, the second with another
 *             browser and from a network that is new to the account. Says
 *             nothing of countries: no list is needed.
 * References  https://attack.mitre.org/techniques/T1078/004/
 *             https://attack.mitre.org/techniques/T1550/004/
 */
#include "base/hash.h"
#include "detect/iam_act.h"

#define LOGINS_KEPT 4
#define TOGETHER_US ((int64_t)3600 * 1000000)

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
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ev->outcome == OUTCOME_OK &&
	       span_equal(ct->name, SPAN("ConsoleLogin")) &&
	       !ip_is_none(&ev->remote);
}

/* Addresses that share not even their first bits belong to different
 * providers, mostly of different places. */
static bool
is_far(const struct ip *a, const struct ip *b)
{
	size_t first = ip_is_v4(a) ? 12 : 0, bytes = ip_is_v4(a) ? 1 : 4;

	return ip_is_v4(a) == ip_is_v4(b) &&
	       memcmp(a->byte + first, b->byte + first, bytes) != 0;
}

static void
raise(struct detect *d, const struct event *ev, const struct ip *before)
{
	char text[IP_TEXT_BYTES];
	const struct fact facts[] = {
		{ "usual", span_str(ip_format(before, text)) },
	};

	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = SPAN("one user signed in from two places"),
		.feature = "signed in within the hour before, from",
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

		if (ev->time_us - l->time_us > TOGETHER_US ||
		    l->agent == now.agent || !is_far(&l->from, &now.from) ||
		    place.known_days < DETECT_KNOWN_DAYS || place.count > 0)
			continue;
		raise(d, ev, &l->from);
		break;
	}
	st->list[st->count++ % LOGINS_KEPT] = now;
}

DETECTOR(console_two_places) = {
	.type = "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B",
	.title = "{actor} signed in from two places within an hour",
	.story = "{actor} signed in to the console from {remote} "
		 "with another browser, within an hour of a sign-in "
		 "from {usual}. One person is rarely in both places.",
	.mitre = "T1078.004 T1550.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 45 * 24 * 3600,
	.observe = observe,
};

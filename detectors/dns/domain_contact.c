/*
 * Backdoor:EC2/Beaconing!DNS - a host asks for a rare, new domain hour after
 * hour, day and night, as implants do that call home.
 *
 * Sources     DNS query logs: names that exist
 * Key         client and registered domain
 * Statistic   hours in a row with a query, of a domain that neither the
 *             account nor more than a few hosts had asked for before
 * References  detection.md 3.7; https://attack.mitre.org/techniques/T1071/004/
 *
 * Caches hide how often a program asks, but not that it asks each hour.
 * Rarity alone is low: it is a new vendor's agent as well.
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/lookups.h"

enum { HOURS, HOSTS, DAYS };

static const struct param params[] = {
	[HOURS] = { "hours", 14, 3, 60, "of the last hours in which it asked" },
	[HOSTS] = { "hosts", 2, 1, 1e6, "hosts that may ask for the domain" },
	[DAYS] = { "days", 3, 1, 29,
	    "days the account is known before the domain is" },
};

struct state {
	int64_t hour;
	uint64_t asked; /* a bit an hour, the latest lowest */
	int64_t told;	/* hour when last raised */
};

static bool
match(const struct event *ev)
{
	const struct domain *dom = &ev->dns->domain;

	return ev->outcome == OUTCOME_OK && !span_is_empty(dom->registered) &&
	       !dom->internal && !span_is_empty(dom->suffix);
}

static bool
is_rare_domain(struct detect *d, const struct event *ev)
{
	struct usual account, hosts;

	if (detect_activity(d)->count > 1)
		return false; /* once an hour will do */
	detect_usual(d, SCOPE_TENANT, FEATURE_DOMAIN, &account);
	if (account.known_days < account.days + detect_param(d, DAYS) ||
	    lookups_is_service(ev->dns->domain.registered))
		return false;
	detect_usual(d, SCOPE_RESOURCE, FEATURE_USER, &hosts);
	return hosts.distinct <= detect_param(d, HOSTS);
}

/* Hours with a query among the last `hours` and one in eight more. */
static unsigned
hours_of(const struct state *st, double hours)
{
	unsigned window = (unsigned)fmin(hours + hours / 8, 63);

	return (unsigned)__builtin_popcountll(
	    st->asked & ((UINT64_C(1) << window) - 1));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	int64_t hour = ev->time_us / INT64_C(3600000000);
	struct usual account;
	unsigned hours;
	char text[24];

	if (hour > st->hour) {
		st->asked =
		    hour - st->hour < 64 ? st->asked << (hour - st->hour) : 0;
		st->hour = hour;
	}
	st->asked |= 1;
	hours = hours_of(st, detect_param(d, HOURS));
	if (hours < detect_param(d, HOURS) || st->told + 24 > hour)
		return;
	st->told = hour;
	(void)snprintf(text, sizeof(text), "%u", hours);
	detect_usual(d, SCOPE_TENANT, FEATURE_DOMAIN, &account);
	struct evidence why[] = {
		{ "hours with a query", SPAN(""), hours, 0, NULL },
		{ "domain", detect_feature(d, FEATURE_DOMAIN), 0, NAN,
		    &account },
	};
	struct fact facts[] = { { "hours", span_str(text) } };

	detect_raise(d, &(struct raise){
			    .resource_kind = ENTITY_DOMAIN,
			    .resource = detect_feature(d, FEATURE_DOMAIN),
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

DETECTOR(domain_contact) = {
	.type = "Backdoor:EC2/Beaconing!DNS",
	.title = "{client} asks for {registered_domain} hour after hour",
	.story = "{client} ({instance}) asked for {domain} in {hours} hours in "
		 "a row. The domain is new, and hardly any other host asks for "
		 "it.",
	.mitre = "T1071.004",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_DNS,
	.needs = DETECT_NEEDS_BASELINE,
	.wants = CARRIED_RCODE,
	.severity = SEVERITY_LOW,
	.confidence = 0.4,
	.when = DETECT_ACTIVITY,
	.match = match,
	.select = is_rare_domain,
	.key = DETECT_KEY_ACTOR_DOMAIN,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 64 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * Trojan:EC2/DNSDataExfiltration - data is carried out in the names that a
 * host asks for.
 *
 * Sources     DNS query logs: names of 24 bytes and more
 * Key         client and registered domain
 * Statistic   log-odds of a tunnel (stats/tunnel.h): the information that
 *             different names can carry in an hour, their length, entropy,
 *             share of bulky record types, against what this client usually
 *             sends to this domain. For a slow one the same over a day, of
 *             a domain that is new to the account
 * References  arXiv 2307.02614; https://attack.mitre.org/techniques/T1048/003/
 *
 * What the account has asked for on many days, in like amount, is a service
 * that works this way (anti-virus clouds, telemetry, content networks).
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/lookups.h"
#include "stats/decay_mean.h"
#include "stats/domain.h"
#include "stats/tunnel.h"

#define HOUR_US INT64_C(3600000000)
#define DAY_US (24 * HOUR_US)
#define LEAST_NAME_BYTES 24
#define HALF_LIFE_HOURS (21.0 * 24)
/* A domain of so many days, on most days known, is somebody's service. */
#define OLD_DAYS 5

/*
 * A slow tunnel stays below what an hour may carry.  Over a day it has carried
 * enough; but so have ways of working that are nobody's tunnel, so that only a
 * domain counts that neither the account, itself known for so many days, nor
 * this client (names without an answer teach the account nothing) asked for
 * before; which is evidence, too.
 */
#define SLOW_LEAST_HOURS 4
#define SLOW_MOST_DAYS 1
#define SLOW_KNOWN_DAYS 3
#define SLOW_NAMES 150
#define SLOW_BYTES 4000
#define SLOW_LABEL_BYTES 16 /* "node-17.eu-west-1" says it in pieces */
#define SLOW_NEW_LOG_ODDS 2.5
#define SLOW_SURE_LOG_ODDS 1.0 /* above what is told */

enum { LOG_ODDS, BYTES, NAMES };

static const struct param params[] = {
	[LOG_ODDS] = { "log_odds", 3, 0, 20, "how sure of a tunnel" },
	[BYTES] = { "bytes", 600, 50, 1e9,
	    "bytes that the names of an hour can carry, never less" },
	[NAMES] = { "names", 15, 3, 1e6, "different names in an hour" },
};

struct state {
	int64_t hour;
	struct tunnel now;
	struct decay_mean usual; /* ln of bytes in hours of use */
	uint32_t judged;	 /* queries when last judged */
	uint32_t told;		 /* queries when last raised */
	struct tunnel slow;	 /* the hours before, of one day */
	int64_t first_us;	 /* of the first query ever */
};

static bool
match(const struct event *ev)
{
	const struct dns *q = ev->dns;

	return q->name.len >= LEAST_NAME_BYTES && !q->domain.internal &&
	       !span_is_empty(q->domain.subdomain);
}

static enum tunnel_record
record_of(struct span type)
{
	static const struct span usual[] = {
		{ "A", 1 },
		{ "AAAA", 4 },
		{ "PTR", 3 },
		{ "HTTPS", 5 },
		{ "NS", 2 },
		{ "SOA", 3 },
		{ "SVCB", 4 },
		{ "DS", 2 },
		{ "DNSKEY", 6 },
	};

	for (size_t i = 0; i < COUNTOF(usual); i++)
		if (span_equal(type, usual[i]))
			return TUNNEL_RECORD_USUAL;
	return TUNNEL_RECORD_BULKY;
}

static void
turn_hour(struct state *st, int64_t hour)
{
	double bytes = tunnel_information_bytes(&st->now);

	/* What was raised teaches nothing. */
	if (st->now.queries > 0 && st->told == 0)
		decay_mean_add_volume(&st->usual, bytes,
		    decay_mean_keep(hour - st->hour, HALF_LIFE_HOURS));
	if (st->now.last_us - st->slow.first_us > DAY_US)
		st->slow = (struct tunnel){ .queries = 0 };
	tunnel_join(&st->slow, &st->now);
	st->now = (struct tunnel){ .queries = 0 };
	st->hour = hour;
	st->judged = st->told = 0;
}

/* Judge at each quarter more queries: constant work a query. */
static bool
is_due(struct state *st)
{
	uint32_t queries = (uint32_t)fmin(st->now.queries, 4e9);

	if (queries < 15 || queries < st->judged + st->judged / 4)
		return false;
	st->judged = queries;
	return true;
}

static double
usual_bytes(struct detect *d, const struct state *st)
{
	struct usual account;

	if (st->usual.weight >= 3)
		return decay_mean_volume(&st->usual);
	detect_usual(d, SCOPE_TENANT, FEATURE_DOMAIN, &account);
	/* Known to the account of old, new to this client: a pod that came
	 * and went.  All its like do the same. */
	if (account.days >= OLD_DAYS && account.count > 50)
		return tunnel_information_bytes(&st->now);
	return 0;
}

struct amount {
	const struct tunnel *t;
	double usual; /* bytes; NAN: not asked */
	double odds, severity;
	const char *within;
};

static void
raise_tunnel(struct detect *d, const struct domain *dom, const struct amount *c)
{
	const struct tunnel *t = c->t;
	char names[24], bytes[32], sample[DOMAIN_BYTES];
	struct usual account;

	(void)snprintf(names, sizeof(names), "%.0f", tunnel_names(t));
	(void)snprintf(bytes, sizeof(bytes), "%.1f kB",
	    tunnel_information_bytes(t) / 1000);
	(void)snprintf(sample, sizeof(sample), "%.*s", SPAN_ARGS(dom->name));
	struct evidence why[] = {
		{ "different names", SPAN(""), round(tunnel_names(t)), NAN,
		    NULL },
		{ "bytes they can carry", SPAN(""),
		    round(tunnel_information_bytes(t)), c->usual, NULL },
		{ "bits a character", SPAN(""), tunnel_mean_entropy(t), NAN,
		    NULL },
		{ "domain", dom->registered, 0, 0, &account },
	};
	struct fact facts[] = {
		{ "query_count", span_str(names) },
		{ "carried", span_str(bytes) },
		{ "sample", span_str(sample) },
		{ "within", span_str(c->within) },
	};

	detect_usual(d, SCOPE_TENANT, FEATURE_DOMAIN, &account);
	detect_raise(d, &(struct raise){
			    .p = 1 / (1 + exp(c->odds)),
			    .severity = c->severity,
			    .resource_kind = ENTITY_DOMAIN,
			    .resource = dom->registered,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

/* Is it a tunnel by this hour? */
static bool
judge_hour(struct detect *d, const struct domain *dom, struct state *st)
{
	double odds;

	if (!is_due(st) || tunnel_names(&st->now) < detect_param(d, NAMES) ||
	    tunnel_information_bytes(&st->now) < detect_param(d, BYTES))
		return false;
	odds = tunnel_log_odds(&st->now, usual_bytes(d, st));
	if (odds < detect_param(d, LOG_ODDS))
		return false;
	raise_tunnel(d, dom,
	    &(struct amount){ &st->now,
		st->usual.weight > 0 ? decay_mean_volume(&st->usual) : 0, odds,
		SEVERITY_HIGH, "an hour" });
	return true;
}

/* And by what the hours before it have carried together? */
static bool
judge_day(struct detect *d, const struct domain *dom, const struct state *st)
{
	const struct tunnel *t = &st->slow;
	int64_t span_us = t->last_us - t->first_us;
	struct usual account;
	char within[24];
	double odds;

	if (span_us < SLOW_LEAST_HOURS * HOUR_US ||
	    st->now.first_us - t->first_us > DAY_US + HOUR_US ||
	    t->first_us - st->first_us > SLOW_MOST_DAYS * DAY_US ||
	    tunnel_names(t) < SLOW_NAMES ||
	    tunnel_mean_label(t) < SLOW_LABEL_BYTES ||
	    tunnel_information_bytes(t) < SLOW_BYTES)
		return false;
	detect_usual(d, SCOPE_TENANT, FEATURE_DOMAIN, &account);
	if (account.age_days > SLOW_MOST_DAYS ||
	    account.known_days < account.age_days + SLOW_KNOWN_DAYS)
		return false;
	odds = tunnel_log_odds(t, 0) + SLOW_NEW_LOG_ODDS;
	if (odds < detect_param(d, LOG_ODDS))
		return false;
	(void)snprintf(within, sizeof(within), "%d hours",
	    (int)((span_us + HOUR_US / 2) / HOUR_US));
	raise_tunnel(d, dom,
	    &(struct amount){ t, NAN, odds,
		odds < detect_param(d, LOG_ODDS) + SLOW_SURE_LOG_ODDS
		    ? SEVERITY_MEDIUM
		    : SEVERITY_HIGH,
		within });
	return true;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct dns *q = ev->dns;
	struct state *st = state;
	const struct domain *dom = &ev->dns->domain;
	int64_t hour = ev->time_us / HOUR_US;
	bool turned = hour > st->hour;

	if (span_is_empty(dom->registered) || dom->internal ||
	    span_is_empty(dom->subdomain) || lookups_is_service(dom->name))
		return;
	if (turned)
		turn_hour(st, hour);
	if (st->first_us == 0)
		st->first_us = ev->time_us;
	tunnel_add(&st->now, dom->subdomain, record_of(q->type),
	    q->nanswers > 0 ? TUNNEL_ANSWER_FOUND : TUNNEL_ANSWER_NONE,
	    ev->time_us);
	if (judge_hour(d, dom, st))
		st->told = st->judged;
	else if (turned && judge_day(d, dom, st))
		st->told = 1;
}

DETECTOR(dns_exfiltration) = {
	.type = "Trojan:EC2/DNSDataExfiltration",
	.title = "{client} carries data out in names below {registered_domain}",
	.story =
	    "{client} ({instance}) asked for {query_count} different "
	    "names below {registered_domain} within {within}, which "
	    "can carry {carried}; one was {sample}. This is how data leaves "
	    "a network that lets nothing but DNS through.",
	.mitre = "T1048.003 T1071.004",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_DNS,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_ANSWERS,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_ACTOR_DOMAIN,
	.state_size = sizeof(struct state),
	.state_version = 2,
	.state_ttl_s = 14 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * Behavior:EC2/NXDomainUnusual!DNS - a host asks for many domains that do not
 * exist, far more than it usually does: programs that search for a master by
 * lists of words, or whose master is gone.
 *
 * Sources     DNS query logs: answers that say the domain does not exist
 * Key         the client
 * Statistic   distinct registered domains in an hour, upper tail of the
 *             negative binomial around the client's own hours
 * References  detection.md 3.4 and 3.11;
 * https://attack.mitre.org/techniques/T1568/002/
 *
 * Search suffixes add no domain: all that is below a firm's own suffix is
 * one.  Mail filters, crawlers and resolvers do this every hour.  Names that
 * look made by a program are dga_domain's: not counted here, they would be
 * told twice.
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "stats/decay_mean.h"
#include "stats/dga.h"
#include "stats/gamma_poisson.h"
#include "stats/linear_count.h"

#define HOUR_US INT64_C(3600000000)
#define HALF_LIFE_HOURS (14.0 * 24)

enum { DOMAINS, P_VALUE, TIMES };

static const struct param params[] = {
	[DOMAINS] = { "domains", 40, 5, 3000,
	    "domains that do not exist, never less" },
	[P_VALUE] = { "p_value", 1e-5, 1e-30, 0.1, "how rare is too rare" },
	[TIMES] = { "times", 4, 1, 1e6, "times the usual number" },
};

struct state {
	int64_t hour, first_hour;
	struct linear_count domains;
	struct gamma_poisson usual;
	double told;
};

static bool
match(const struct event *ev)
{
	const struct domain *dom = &ev->dns->domain;

	return span_equal(ev->dns->rcode, SPAN("NXDOMAIN")) &&
	       !span_is_empty(dom->registered) && !dom->internal &&
	       !dom->is_customer && !span_is_empty(dom->suffix);
}

/* An hour is over; the quiet ones between it and `hour` count as such. */
static void
turn(struct state *st, int64_t hour)
{
	double hours = (double)(hour - st->hour);

	if (st->first_hour == 0)
		st->first_hour = hour;
	else if (st->told == 0)
		gamma_poisson_add(&st->usual,
		    linear_count_estimate(&st->domains), fmin(hours, 168),
		    decay_mean_keep(hour - st->hour, HALF_LIFE_HOURS));
	st->hour = hour;
	st->told = 0;
	st->domains = (struct linear_count){ { 0 } };
}

static void
raise_errors(struct detect *d, double count, double usual, double log_p)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%.0f", count);
	struct evidence why[] = {
		{ "domains that do not exist in an hour", SPAN(""), count,
		    usual, NULL },
	};
	struct fact facts[] = { { "domain_count", span_str(text) } };

	detect_raise(d, &(struct raise){
			    .p = exp(log_p),
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	int64_t hour = ev->time_us / HOUR_US;
	struct usual account;
	double count, usual, log_p;

	if (hour > st->hour)
		turn(st, hour);
	if (dga_log_odds(ev->dns->domain.label) > 0)
		return;
	if (!linear_count_add(&st->domains,
		hash_span(&HASH_KEY_DEFAULT, ev->dns->domain.registered)))
		return;
	count = round(linear_count_estimate(&st->domains));
	if (count < detect_param(d, DOMAINS) || count < 1.25 * st->told)
		return;
	usual = gamma_poisson_mean(&st->usual, GAMMA_PRIOR_WEAK, 1);
	detect_usual(d, SCOPE_TENANT, FEATURE_DOMAIN, &account);
	if (count < detect_param(d, TIMES) * usual ||
	    account.known_days < DETECT_KNOWN_DAYS)
		return;
	log_p = gamma_poisson_log_tail(&st->usual, GAMMA_PRIOR_WEAK, count, 1);
	if (log_p > log(detect_param(d, P_VALUE)))
		return;
	st->told = count;
	raise_errors(d, count, usual, log_p);
}

DETECTOR(name_errors_unusual) = {
	.type = "Behavior:EC2/NXDomainUnusual!DNS",
	.title = "{client} asks for {domain_count} domains that do not exist",
	.story = "{client} ({instance}) asked for {domain_count} domains that "
		 "do not exist within an hour, among them {domain}, far more "
		 "than it usually does.",
	.mitre = "T1568.002",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_DNS,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_RCODE,
	.severity = SEVERITY_MEDIUM,
	.statistical = true,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 2,
	.state_ttl_s = 14 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * Trojan:EC2/DGADomainRequest.B - a host asks for one made-up domain after
 * the other, none of which exists, as malware does that looks for its
 * master.
 *
 * Sources     DNS query logs: answers that say the domain does not exist
 * Key         the client
 * Statistic   log-odds that a label was made by a program (stats/dga.h),
 *             summed over different registered domains that nobody in the
 *             account has asked for before, fading by half each hour: a
 *             sequential test over names, so that one odd name is none
 * References  detection.md 3.11; https://attack.mitre.org/techniques/T1568/002/
 *
 * Search suffixes, the bane of Kubernetes, add no domain: what is below
 * cluster.local or a firm's own suffix is one domain, however many names.
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "stats/decay_mean.h"
#include "stats/dga.h"
#include "stats/domain.h"
#include "stats/linear_count.h"

#define HALF_LIFE_US 3.6e9
#define EXAMPLES 3
#define EXAMPLE_BYTES 64
/* What one name may say at most: several must agree. */
#define NAME_MOST 3.0
#define NAME_LEAST (-3.0)

enum { LOG_ODDS, DOMAINS };

static const struct param params[] = {
	[LOG_ODDS] = { "log_odds", 12, 3, 1000,
	    "summed log-odds of the names within hours" },
	[DOMAINS] = { "domains", 8, 2, 10000,
	    "different domains that do not exist" },
};

struct state {
	int64_t last_us;
	double sum;	/* log-odds */
	double domains; /* that look made */
	double told;	/* domains when last raised */
	struct linear_count seen;
	uint32_t nexamples;
	char examples[EXAMPLES][EXAMPLE_BYTES];
};

static bool
match(const struct event *ev)
{
	return span_equal(ev->dns->rcode, SPAN("NXDOMAIN")) &&
	       ev->dns->name.len >= 9;
}

/* Start anew when the past has faded, so that `seen` stays small. */
static void
fade(struct state *st, int64_t now_us)
{
	double keep = st->last_us
			  ? decay_mean_keep(now_us - st->last_us, HALF_LIFE_US)
			  : 0;

	if (now_us > st->last_us)
		st->last_us = now_us;
	st->sum *= keep;
	st->domains *= keep;
	st->told *= keep;
	if (keep < 0.1 || linear_count_estimate(&st->seen) > 1000) {
		double sum = st->sum, domains = st->domains, told = st->told;

		*st = (struct state){ .last_us = st->last_us,
			.sum = sum,
			.domains = domains,
			.told = told };
	}
}

static void
keep_example(struct state *st, struct span name)
{
	char *to;

	if (st->nexamples >= EXAMPLES || name.len >= EXAMPLE_BYTES)
		return;
	to = st->examples[st->nexamples++];
	memcpy(to, name.at, name.len);
	to[name.len] = '\0';
}

static void
raise_dga(struct detect *d, const struct state *st)
{
	char count[24], names[EXAMPLES * (EXAMPLE_BYTES + 2)];
	size_t len = 0;
	(void)snprintf(count, sizeof(count), "%.0f", st->domains);
	struct evidence why[] = {
		{ "made-up domains that do not exist", SPAN(""),
		    round(st->domains), 0, NULL },
		{ "log-odds of being made by a program", SPAN(""),
		    round(st->sum), NAN, NULL },
	};
	struct fact facts[] = {
		{ "domain_count", span_str(count) },
		{ "domains", SPAN("") },
	};

	for (uint32_t i = 0; i < st->nexamples; i++) {
		size_t n = strlen(st->examples[i]);

		if (i > 0) {
			memcpy(names + len, ", ", 2);
			len += 2;
		}
		memcpy(names + len, st->examples[i], n);
		len += n;
	}
	facts[1].value = span_of(names, len);
	detect_raise(d, &(struct raise){
			    .p = exp(-st->sum),
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
	const struct domain *dom = &ev->dns->domain;
	struct usual account;
	double odds;

	if (span_is_empty(dom->registered) || dom->internal ||
	    dom->is_customer || span_is_empty(dom->suffix))
		return;
	fade(st, ev->time_us);
	if (!linear_count_add(
		&st->seen, hash_span(&HASH_KEY_DEFAULT, dom->registered)))
		return;
	detect_usual(d, SCOPE_TENANT, FEATURE_DOMAIN, &account);
	if (account.days > 0)
		return;
	odds = dga_log_odds(dom->label);
	st->sum = fmax(st->sum + fmin(fmax(odds, NAME_LEAST), NAME_MOST), 0);
	if (odds <= 0)
		return;
	st->domains += 1;
	keep_example(st, dom->registered);
	if (st->sum < detect_param(d, LOG_ODDS) ||
	    st->domains < detect_param(d, DOMAINS) ||
	    st->domains < 1.25 * st->told)
		return;
	st->told = st->domains;
	raise_dga(d, st);
}

DETECTOR(dga_domain) = {
	.type = "Trojan:EC2/DGADomainRequest.B",
	.title = "{client} asks for made-up domains",
	.story = "{client} ({instance}) asked for {domain_count} domains that "
		 "do not exist and look made by a program, such as {domains}. "
		 "Malware finds its control server this way.",
	.mitre = "T1568.002",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_DNS,
	.needs = CARRIED_RCODE,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 12 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

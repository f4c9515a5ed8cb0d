/*
 * Backdoor:EC2/Spambot - a host that never delivered mail calls many mail
 * servers.
 *
 * Sources     VPC flow logs: calls of port 25 at public addresses
 * Key         the host
 * Statistic   distinct servers called in an hour by a host without a history
 *             of that port; refused calls count, clouds refuse port 25
 * References  https://attack.mitre.org/techniques/T1566/
 *
 * Mail servers have a history; where others of the account have one, a new
 * one may join them, and the finding is low.  Programs that send through a
 * relay call one server,
 * mostly at port 587.
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "detect/flows.h"
#include "stats/linear_count.h"

#define SMTP 25

enum { SERVERS, DAYS };

static const struct param params[] = {
	[SERVERS] = { "servers", 5, 2, 3000,
	    "mail servers called within an hour" },
	[DAYS] = { "days", 3, 1, 30, "days the account must be known" },
};

struct state {
	int64_t hour;
	struct linear_count servers;
	double told;
};

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->service_port == SMTP && f->protocol == FLOWS_TCP &&
	       f->initiated && flows_is_sent(f) && !ip_is_private(&f->peer);
}

static double
severity_of(struct detect *d, struct usual *port)
{
	struct usual account;

	detect_usual(d, SCOPE_ACTOR, FEATURE_PORT, port);
	detect_usual(d, SCOPE_TENANT, FEATURE_PORT, &account);
	if (port->days > 0 || account.known_days < detect_param(d, DAYS))
		return 0;
	return account.days > 0 ? SEVERITY_LOW : SEVERITY_MEDIUM;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	const struct ip *peer = &ev->flow->peer;
	int64_t hour = ev->time_us / INT64_C(3600000000);
	struct usual port;
	double count, severity;
	char text[24];

	if (hour != st->hour)
		*st = (struct state){ .hour = hour };
	if (flows_is_relayed(ev->flow) ||
	    !linear_count_add(&st->servers,
		hash_span(&HASH_KEY_DEFAULT,
		    span_of((const char *)peer->byte, sizeof(peer->byte)))))
		return;
	count = round(linear_count_estimate(&st->servers));
	if (count < detect_param(d, SERVERS) || count < 1.25 * st->told)
		return;
	severity = severity_of(d, &port);
	if (!(severity > 0))
		return;
	st->told = count;
	(void)snprintf(text, sizeof(text), "%.0f", count);
	struct evidence why[] = {
		{ "mail servers called in an hour", SPAN(""), count, 0, NULL },
		{ "port", detect_feature(d, FEATURE_PORT), 0, NAN, &port },
	};
	struct fact facts[] = { { "host_count", span_str(text) } };

	detect_raise(d, &(struct raise){
			    .severity = severity,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

DETECTOR(spambot) = {
	.type = "Backdoor:EC2/Spambot",
	.title = "{local} delivers mail to {host_count} servers",
	.story = "{local} ({instance}) called {host_count} mail servers at "
		 "port 25 within an hour and had never called one before. Bots "
		 "send spam and phishing that way.",
	.mitre = "T1566 T1496",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_VPCFLOW,
	.needs = DETECT_NEEDS_BASELINE,
	.wants = CARRIED_COUNTS | CARRIED_PKT_ADDRESS,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 2 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

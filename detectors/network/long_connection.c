/*
 * Behavior:EC2/LongConnection - a host holds one connection to a rare, new
 * place for many hours, as remote control and tunnels do.
 *
 * Sources     VPC flow logs: calls that a host began to a public address
 * Key         the pair of addresses
 * Statistic   hours in a row in which the same client port talks; the place
 *             is one that few hosts of the account talk to and that it has
 *             begun to talk to only lately
 * References  detection.md 3.7 (RITA);
 * https://attack.mitre.org/techniques/T1572/
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/flows.h"

#define HOUR_US INT64_C(3600000000)

enum { HOURS, HOSTS, NEW_DAYS };

static const struct param params[] = {
	[HOURS] = { "hours", 8, 2, 240, "hours it must last" },
	[HOSTS] = { "hosts", 3, 1, 1e6, "hosts that may talk to the place" },
	[NEW_DAYS] = { "new_days", 3, 0, 29,
	    "days the account is known before the place is" },
};

struct state {
	int64_t since_us;
	int64_t hour;
	uint16_t port; /* client's */
	uint16_t told; /* hours when last raised */
	uint32_t unused;
};

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->initiated && f->action == FLOW_ACCEPT && flows_is_sent(f) &&
	       f->src_port != 0 && f->service_port != 123 &&
	       flows_is_tcp_or_udp(f) && !ip_is_private(&f->peer) &&
	       !flows_is_relayed(f);
}

static bool
is_rare_place(struct detect *d, const struct event *ev)
{
	struct usual hosts, account;

	(void)ev;
	if (detect_activity(d)->count > 1)
		return false; /* once an hour will do */
	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, &account);
	if (account.known_days < account.days + detect_param(d, NEW_DAYS))
		return false;
	detect_usual(d, SCOPE_RESOURCE, FEATURE_USER, &hosts);
	return hosts.distinct <= detect_param(d, HOSTS);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	int64_t hour = ev->time_us / HOUR_US;
	double hours;
	char text[24], peer[IP_TEXT_BYTES];

	if (ev->flow->src_port != st->port || hour > st->hour + 1)
		*st = (struct state){ .since_us = ev->time_us,
			.port = ev->flow->src_port };
	if (hour > st->hour)
		st->hour = hour;
	hours = (double)(ev->time_us - st->since_us) / (double)HOUR_US;
	if (hours < detect_param(d, HOURS) || hours < 2.0 * st->told)
		return;
	st->told = (uint16_t)fmin(hours, 60000);
	(void)snprintf(text, sizeof(text), "%.0f", hours);
	struct usual account;

	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, &account);
	struct evidence why[] = {
		{ "hours of one connection", SPAN(""), round(hours), 0, NULL },
		{ "destination", detect_feature(d, FEATURE_PEER), 0, NAN,
		    &account },
	};
	struct fact facts[] = { { "hours", span_str(text) } };

	detect_raise(
	    d, &(struct raise){
		   .resource_kind = ENTITY_ADDRESS,
		   .resource = span_str(ip_format(&ev->flow->peer, peer)),
		   .why = why,
		   .nwhy = COUNTOF(why),
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

DETECTOR(long_connection) = {
	.type = "Behavior:EC2/LongConnection",
	.title = "{local} holds a connection to {peer} for {hours} hours",
	.story = "{local} ({instance}) has held one connection to {peer} at "
		 "port {port} for {hours} hours. Hardly any other host of the "
		 "account talks to that place, and it is new.",
	.mitre = "T1572 T1219",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_VPCFLOW,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_ACTION | CARRIED_COUNTS,
	.wants = CARRIED_PKT_ADDRESS,
	.severity = SEVERITY_LOW,
	.confidence = 0.5,
	.when = DETECT_ACTIVITY,
	.match = match,
	.select = is_rare_place,
	.key = DETECT_KEY_ACTOR_PEER,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 3 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

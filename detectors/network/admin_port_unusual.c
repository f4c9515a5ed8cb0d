/*
 * LateralMovement:EC2/AdminPortUnusual - a host that never administers others
 * is answered at a port of administration inside the network.
 *
 * Sources     VPC flow logs: answered calls between private addresses
 * Key         the host
 * Statistic   first contact: the host has been known for days and has not
 *             used this port; one new peer is low, several within an hour are
 *             medium, and so are many of those it talks to at other ports
 * References  https://attack.mitre.org/techniques/T1021/
 *
 * Bastions, managers and monitors use these ports on other days too.  A port
 * that nobody in the account uses is Behavior:EC2/NetworkPortUnusual's.
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "detect/flows.h"
#include "detect/ports.h"
#include "stats/linear_count.h"

enum { DAYS, PEERS, KNOWN };

static const struct param params[] = {
	[DAYS] = { "days", 7, 1, 30, "days the host must be known" },
	[PEERS] = { "peers", 2, 1, 1000,
	    "hosts reached within an hour that make it medium" },
	[KNOWN] = { "known_peers", 4, 1, 1000,
	    "the same, of hosts that it talks to at other ports" },
};

struct state {
	int64_t hour;
	struct linear_count peers;
};

static bool
is_admin_port(unsigned port)
{
	return port == 22 || port == 23 || port == 135 || port == 445 ||
	       port == 2375 || port == 2376 || port == 2379 || port == 3389 ||
	       port == 5900 || port == 5985 || port == 5986 || port == 10250;
}

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->initiated && f->protocol == FLOWS_TCP &&
	       is_admin_port(f->service_port) && ip_is_private(&f->peer) &&
	       !ip_is_multicast(&f->peer) && flows_is_answered(f) &&
	       !flows_is_relayed(f);
}

/* The port is not of this host's habits. */
static bool
is_new(struct detect *d, const struct event *ev)
{
	struct usual port, account;

	(void)ev;
	detect_usual(d, SCOPE_ACTOR, FEATURE_PORT, &port);
	if (port.days > 0 || port.known_days < detect_param(d, DAYS))
		return false;
	detect_usual(d, SCOPE_TENANT, FEATURE_PORT, &account);
	return account.days > 0;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	const struct ip *peer = &ev->flow->peer;
	int64_t hour = ev->time_us / INT64_C(3600000000);
	const char *name = ports_name(ev->flow->service_port);
	struct usual port, place;
	char text[48];
	double count, several;

	if (hour != st->hour)
		*st = (struct state){ .hour = hour };
	(void)linear_count_add(&st->peers,
	    hash_span(&HASH_KEY_DEFAULT,
		span_of((const char *)peer->byte, sizeof(peer->byte))));
	count = round(linear_count_estimate(&st->peers));
	/* Its usual peers at another port may be a new duty; all of them in
	 * an hour are a round. */
	detect_usual(d, SCOPE_ACTOR, FEATURE_PEER, &place);
	several = detect_param(d, place.days > 0 ? KNOWN : PEERS);
	if (place.days > 0 && count < several)
		return;
	(void)snprintf(text, sizeof(text), "%u%s%s%s", ev->flow->service_port,
	    name[0] ? " (" : "", name, name[0] ? ")" : "");
	detect_usual(d, SCOPE_ACTOR, FEATURE_PORT, &port);
	struct evidence why[] = {
		{ "port", detect_feature(d, FEATURE_PORT), 0, NAN, &port },
		{ "hosts reached in this hour", SPAN(""), count, 0, NULL },
	};
	struct fact facts[] = { { "service", span_str(text) } };

	detect_raise(d,
	    &(struct raise){
		.severity = count >= several ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.why = why,
		.nwhy = COUNTOF(why),
		.facts = facts,
		.nfacts = COUNTOF(facts),
	    });
}

DETECTOR(admin_port_unusual) = {
	.type = "LateralMovement:EC2/AdminPortUnusual",
	.title = "{local} administers {peer} at port {service}",
	.story = "{local} ({instance}) was answered by {peer} at port "
		 "{service}. It had never used that port before: an intruder "
		 "moves on like that.",
	.mitre = "T1021",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_VPCFLOW,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_ACTION | CARRIED_COUNTS,
	.wants = CARRIED_TCP_FLAGS | CARRIED_PKT_ADDRESS,
	.severity = SEVERITY_LOW,
	.confidence = 0.5,
	.when = DETECT_ACTIVITY,
	.match = match,
	.select = is_new,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 2 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * Impact:EC2/PortSweep - one of our hosts tries one port on many hosts, in
 * the internet or, as worms do, inside.
 *
 * Sources     VPC flow logs
 * Key         the host; within it a lane for each port and side
 * Statistic   distinct hosts tried in vain in an hour against hosts that
 *             answered (threshold random walk): crawlers, resolvers, mail
 *             servers and monitors talk to many hosts, and are answered
 * References  Jung et al., IEEE S&P 2004;
 * https://attack.mitre.org/techniques/T1046/
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "detect/flows.h"
#include "detect/ports.h"
#include "detect/scan_habit.h"
#include "stats/linear_count.h"

#define LANES 6
#define STEP 1.386294 /* TRW's step of a failure: ln 4 */

enum { HOSTS, ANSWERED };

static const struct param params[] = {
	[HOSTS] = { "hosts", 25, 5, 3000,
	    "hosts tried in vain at one port within an hour" },
	[ANSWERED] = { "answered", 0.5, 0, 10,
	    "at most so many hosts that answer for each that does not" },
};

struct lane {
	int64_t hour;
	struct linear_count tried, answered;
	uint16_t port, protocol;
	uint8_t inside, used;
	uint16_t vain; /* hosts */
	uint32_t told; /* hosts in vain when last raised */
	uint32_t unused;
};

struct state {
	struct lane lanes[LANES];
};

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->initiated && f->service_port != 0 &&
	       f->service_port < PORTS_EPHEMERAL && flows_is_tcp_or_udp(f);
}

static struct lane *
find_lane(struct state *st, const struct flow *f, bool inside)
{
	for (unsigned i = 0; i < LANES; i++) {
		struct lane *l = &st->lanes[i];

		if (l->used && l->port == f->service_port &&
		    l->protocol == f->protocol && l->inside == inside)
			return l;
	}
	return NULL;
}

/* The lane that tells least: an old one, else that of fewest failures. */
static struct lane *
take_lane(struct state *st, const struct flow *f, bool inside)
{
	struct lane *least = &st->lanes[0];

	for (unsigned i = 1; i < LANES; i++) {
		struct lane *l = &st->lanes[i];

		if (l->hour < least->hour ||
		    (l->hour == least->hour && l->vain < least->vain))
			least = l;
	}
	*least = (struct lane){
		.port = f->service_port,
		.protocol = f->protocol,
		.inside = inside,
		.used = 1,
	};
	return least;
}

static void
raise_sweep(struct detect *d, const struct event *ev, const struct lane *l,
    double vain, double answered)
{
	char count[24], port[48];
	const char *name = ports_name(l->port);
	(void)snprintf(count, sizeof(count), "%.0f", vain);
	(void)snprintf(port, sizeof(port), "%u%s%s%s", l->port,
	    name[0] ? " (" : "", name, name[0] ? ")" : "");
	struct evidence why[] = {
		{ "hosts tried in vain in an hour", SPAN(""), round(vain), 0,
		    NULL },
		{ "hosts that answered", SPAN(""), round(answered), NAN, NULL },
	};
	struct fact facts[] = {
		{ "host_count", span_str(count) },
		{ "service", span_str(port) },
		{ "where", l->inside ? SPAN("inside the network")
				     : SPAN("in the internet") },
	};

	(void)ev;
	detect_raise(d, &(struct raise){
			    .p = exp(-STEP * fmax(vain - answered, 0)),
			    .severity = scan_habit_severity(d, SEVERITY_HIGH),
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

static struct lane *
open_lane(struct state *st, const struct event *ev, bool vain)
{
	int64_t hour = ev->time_us / INT64_C(3600000000);
	bool inside = ip_is_private(&ev->flow->peer);
	struct lane *l = find_lane(st, ev->flow, inside);

	if (l == NULL && vain)
		l = take_lane(st, ev->flow, inside);
	if (l == NULL || hour <= l->hour)
		return l;
	l->hour = hour;
	l->vain = 0;
	l->told = 0;
	l->tried = l->answered = (struct linear_count){ { 0 } };
	return l;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct flow *f = ev->flow;
	const struct activity *act = detect_activity(d);
	bool answered = flows_is_answered(f) || act->bytes > 200 * act->count;
	uint64_t hash;
	struct lane *l;
	double vain, reached;

	if (flows_is_relayed(f) || ip_is_multicast(&f->peer) ||
	    (!answered && !flows_is_vain(f)))
		return;
	l = open_lane(state, ev, !answered);
	if (l == NULL)
		return;
	hash = hash_span(&HASH_KEY_DEFAULT,
	    span_of((const char *)f->peer.byte, sizeof(f->peer.byte)));
	(void)linear_count_add(answered ? &l->answered : &l->tried, hash);
	vain = linear_count_without(&l->tried, &l->answered);
	reached = linear_count_estimate(&l->answered);
	l->vain = (uint16_t)fmax(vain, 0);
	if (answered || vain < detect_param(d, HOSTS) ||
	    reached > detect_param(d, ANSWERED) * vain || vain < 1.1 * l->told)
		return;
	l->told = l->vain;
	raise_sweep(d, ev, l, vain, reached);
}

DETECTOR(port_sweep) = {
	.type = "Impact:EC2/PortSweep",
	.title = "{local} tries port {service} on many hosts {where}",
	.story = "{local} ({instance}) tried port {service} on {host_count} "
		 "hosts {where} within an hour and got no answer. This is how "
		 "a compromised host looks for the next ones.",
	.mitre = "T1046",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_VPCFLOW,
	.wants = CARRIED_ACTION | CARRIED_COUNTS | CARRIED_TCP_FLAGS |
		 CARRIED_PKT_ADDRESS,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
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

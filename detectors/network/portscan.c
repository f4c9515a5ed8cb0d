/*
 * Recon:EC2/Portscan - one of our hosts tries many ports of one other host.
 *
 * Sources     VPC flow logs
 * Key         the pair of addresses
 * Statistic   distinct ports tried in vain in an hour against ports that
 *             answered: each step of a threshold random walk, whose end
 *             does not depend on the order of the rows
 * References  Jung et al., IEEE S&P 2004;
 * https://attack.mitre.org/techniques/T1046/
 *
 * One finding a host, however many it scans.  Only calls that our side began
 * count: what the internet tries at our edge is its noise.  Ports that clients
 * are given (32768 and above) do not count: late packets of closed connections
 * go there.
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "detect/flows.h"
#include "detect/ports.h"
#include "detect/scan_habit.h"
#include "stats/linear_count.h"

#define EXAMPLES 8
/* ln((1 - 0.2) / (1 - 0.8)): TRW's step of a failure. */
#define STEP 1.386294

enum { PORTS, ANSWERED };

static const struct param params[] = {
	[PORTS] = { "ports", 12, 3, 60000,
	    "ports of one host tried in vain within an hour" },
	[ANSWERED] = { "answered", 0.5, 0, 10,
	    "at most so many ports that answer for each that does not" },
};

struct state {
	int64_t hour;
	struct linear_count tried, answered;
	uint16_t examples[EXAMPLES];
	uint32_t nexamples;
	uint32_t told; /* ports in vain when last raised */
};

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->initiated && f->service_port != 0 &&
	       f->service_port < PORTS_EPHEMERAL && flows_is_tcp_or_udp(f);
}

static void
raise_scan(
    struct detect *d, const struct state *st, double vain, double answered)
{
	char tried[24], list[FLOWS_PORTS_BYTES];
	size_t len = flows_list_ports(st->examples, st->nexamples, list);
	(void)snprintf(tried, sizeof(tried), "%.0f", vain);
	struct evidence why[] = {
		{ "ports tried in vain in an hour", SPAN(""), round(vain), 0,
		    NULL },
		{ "ports that answered", SPAN(""), round(answered), NAN, NULL },
	};
	struct fact facts[] = {
		{ "ports", span_of(list, len) },
		{ "port_count", span_str(tried) },
	};

	detect_raise(d, &(struct raise){
			    .p = exp(-STEP * fmax(vain - answered, 0)),
			    .severity = scan_habit_severity(d, SEVERITY_MEDIUM),
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

static void
count_port(struct state *st, const struct flow *f, bool answered)
{
	uint64_t hash = hash_mix(f->service_port, f->protocol);

	if (answered) {
		(void)linear_count_add(&st->answered, hash);
		return;
	}
	if (linear_count_add(&st->tried, hash) && st->nexamples < EXAMPLES)
		st->examples[st->nexamples++] = f->service_port;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	const struct activity *act = detect_activity(d);
	int64_t hour = ev->time_us / INT64_C(3600000000);
	bool answered =
	    flows_is_answered(ev->flow) || act->bytes > 200 * act->count;
	double vain, reached;

	if (flows_is_relayed(ev->flow) ||
	    (!answered && !flows_is_vain(ev->flow)))
		return;
	if (hour > st->hour)
		*st = (struct state){ .hour = hour };
	count_port(st, ev->flow, answered);
	if (answered)
		return;
	vain = linear_count_without(&st->tried, &st->answered);
	reached = linear_count_estimate(&st->answered);
	if (vain < detect_param(d, PORTS) ||
	    reached > detect_param(d, ANSWERED) * vain || vain < 1.1 * st->told)
		return;
	st->told = (uint32_t)vain;
	raise_scan(d, st, vain, reached);
}

DETECTOR(portscan) = {
	.type = "Recon:EC2/Portscan",
	.title = "{local} scans the ports of {peer}",
	.story = "{local} ({instance}) tried {port_count} ports of {peer} "
		 "within an hour and got no answer, among them {ports}. "
		 "Programs know the port they want; scanners look for one.",
	.mitre = "T1046",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_VPCFLOW,
	.wants = CARRIED_ACTION | CARRIED_COUNTS | CARRIED_TCP_FLAGS |
		 CARRIED_PKT_ADDRESS,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR_PEER,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 2 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

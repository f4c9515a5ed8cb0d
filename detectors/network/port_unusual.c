/*
 * Behavior:EC2/NetworkPortUnusual - a host calls a service port that neither
 * it nor any other host of its account uses.
 *
 * Sources     VPC flow logs
 * Statistic   novelty of the port (direction, protocol, number), backed off
 *             from the host to the account, joined with that of the place
 * References  https://attack.mitre.org/techniques/T1571/
 *
 * Ports that clients are given say nothing, nor do web, name and time
 * service; Kubernetes' node ports change with each service and are left out
 * inside the network.  Only calls that were answered count.  Inside the network
 * a new port is a new service more often than not: Low; ports by which hosts
 * are administered have a detector of their own (admin_port_unusual).
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/flows.h"
#include "detect/ports.h"

enum { P_VALUE, DAYS, LEARNED };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 1e-3, 1e-12, 0.5,
	    "how rare a port must be for host and account" },
	[DAYS] = { "days", 3, 1, 30,
	    "days the account must be known before this speaks" },
	[LEARNED] = { "learned", 200, 10, 1e6,
	    "hours of conversations the account must have had" },
};

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->initiated && f->action == FLOW_ACCEPT &&
	       f->service_port != 0 && f->service_port < PORTS_EPHEMERAL &&
	       !ports_is_everyday(f->service_port) && flows_is_tcp_or_udp(f);
}

/*
 * A new port at a place that is unusual too is rarer than either.  Fisher's
 * method for two: x (1 - ln x) of the product x.
 */
static double
with_place(struct detect *d, double p)
{
	double place = detect_novelty(d, FEATURE_PEER), both = p * place;

	if (!(both > 0))
		return p;
	return fmin(p, both * (1 - log(both)));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct flow *f = ev->flow;
	const struct activity *act = detect_activity(d);
	struct usual host, account;
	struct evidence why[2] = { { .feature = NULL } };
	char service[48];
	const char *name = ports_name(f->service_port);
	double p;

	(void)state;
	if (!flows_is_answered(f) && act->bytes <= 200 * act->count)
		return;
	if (flows_is_relayed(f) ||
	    (f->service_port >= PORTS_NODE && ip_is_private(&f->peer)))
		return;
	detect_usual(d, SCOPE_TENANT, FEATURE_PORT, &account);
	if (account.known_days < detect_param(d, DAYS) ||
	    account.n < detect_param(d, LEARNED) || account.days > 0)
		return;
	detect_usual(d, SCOPE_ACTOR, FEATURE_PORT, &host);
	p = with_place(d, detect_novelty(d, FEATURE_PORT));
	if (p > detect_param(d, P_VALUE))
		return;
	(void)snprintf(service, sizeof(service), "%u%s%s%s", f->service_port,
	    name[0] ? " (" : "", name, name[0] ? ")" : "");
	why[0] = (struct evidence){ "port called by this host",
		span_str(service), 0, 0, &host };
	why[1] = (struct evidence){ "port called in the account",
		span_str(service), 0, 0, &account };
	detect_raise(
	    d, &(struct raise){
		   .p = p,
		   .severity = ip_is_private(&f->peer) ? SEVERITY_LOW : 0,
		   .why = why,
		   .nwhy = 2,
		   .facts = (struct fact[]){ { "service", span_str(service) } },
		   .nfacts = 1,
	       });
}

DETECTOR(port_unusual) = {
	.type = "Behavior:EC2/NetworkPortUnusual",
	.title = "{local} talks to port {service}, which nobody here uses",
	.story = "{local} ({instance}) opened a connection to port {service} "
		 "of {peer}. Neither it nor any other host of the account has "
		 "used that port before.",
	.mitre = "T1571",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_VPCFLOW,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_ACTION | CARRIED_COUNTS,
	.wants = CARRIED_TCP_FLAGS | CARRIED_PKT_ADDRESS,
	.severity = SEVERITY_MEDIUM,
	.statistical = true,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_NONE,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

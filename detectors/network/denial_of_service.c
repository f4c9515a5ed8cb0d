/*
 * Backdoor:EC2/DenialOfService.Udp and its kin - one of our hosts floods
 * somebody in the internet, as bots do on command.
 *
 * Sources     VPC flow logs: rows of 200 packets and more to or from a public
 *             address
 * Key         the pair of addresses
 * Statistic   packets sent in 10 to 20 minutes that are not answered, against a
 *             bound and against what this pair usually has.  Calls, tunnels
 *             and QUIC are answered packet by packet, downloads likewise; of
 *             TCP only connections that are never opened count.
 * References  https://attack.mitre.org/techniques/T1498/
 *
 * Streams that nobody answers, as of sensors and statistics, go to the same
 * place for days: that place is known to the account.
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/flows.h"
#include "stats/decay_mean.h"

#define WINDOW_US INT64_C(600000000)
#define WINDOWS_A_DAY 144
#define LEAST_PACKETS 200
#define USUAL_WINDOWS 6.0
#define TCP_SYN 2u
#define TCP_ACK 16u
#define TCP_FIN 1u
#define SYN_BYTES 80

enum { PACKETS, SYN_PACKETS, ANSWERED, TIMES };

static const struct param params[] = {
	[PACKETS] = { "packets", 300000, 1000, 1e12,
	    "packets sent in 10 to 20 minutes" },
	[SYN_PACKETS] = { "syn_packets", 30000, 100, 1e12,
	    "packets in 10 to 20 minutes that open no TCP connection" },
	[ANSWERED] = { "answered", 0.02, 0, 1,
	    "at most so many packets back for each sent" },
	[TIMES] = { "times", 5, 1, 1e6, "times what the pair usually has" },
};

struct state {
	int64_t window;
	double sent, got; /* packets in this window */
	double sent_before, got_before;
	double told;
	struct decay_mean usual; /* packets per window with any */
};

static bool
is_vain_tcp(const struct flow *f)
{
	return f->bytes <= f->packets * SYN_BYTES &&
	       (f->tcp_flags == FLOW_NO_FLAGS ||
		   (f->tcp_flags & (TCP_SYN | TCP_FIN | TCP_ACK)) == TCP_SYN);
}

/* Addresses of tunnels, routing and diagnosis have their own protocols. */
static bool
is_usual_protocol(unsigned protocol)
{
	return protocol == 1 || protocol == 4 || protocol == 41 ||
	       protocol == 47 || protocol == 50 || protocol == 51 ||
	       protocol == 58 || protocol == 132;
}

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	return f->packets >= LEAST_PACKETS && f->action != FLOW_REJECT &&
	       !ip_is_private(&f->peer) && !is_usual_protocol(f->protocol) &&
	       (f->protocol != FLOWS_TCP || !flows_is_sent(f) ||
		   is_vain_tcp(f));
}

/* Services that run over TCP and never over UDP. */
static bool
is_tcp_port(unsigned port)
{
	static const uint16_t ports[] = { 20, 21, 22, 23, 25, 110, 139, 143,
		445, 465, 587, 993, 995, 1433, 1521, 3306, 5432, 5985, 6379,
		8080, 9200, 27017 };

	for (size_t i = 0; i < COUNTOF(ports); i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}

/* What all types of the family are. */
#define FLOOD                                                                  \
	.tactic = TACTIC_IMPACT, .sources = DETECT_VPCFLOW,                    \
	.needs = CARRIED_COUNTS,                                               \
	.wants =                                                               \
	    DETECT_NEEDS_BASELINE | CARRIED_TCP_FLAGS | CARRIED_PKT_ADDRESS,   \
	.severity = SEVERITY_HIGH, .confidence = 0.8, .when = DETECT_EACH

DETECTOR(denial_of_service_tcp) = {
	.type = "Backdoor:EC2/DenialOfService.Tcp",
	.title = "{local} floods {peer} with calls to port {port}",
	.story = "{local} ({instance}) sent {sent} to {peer} at port {port} "
		 "within minutes without opening a connection.",
	.mitre = "T1498.001",
	FLOOD,
};

DETECTOR(denial_of_service_dns) = {
	.type = "Backdoor:EC2/DenialOfService.Dns",
	.title = "{local} floods the name server {peer}",
	.story = "{local} ({instance}) sent {sent} to {peer} at port 53 within "
		 "minutes and hardly anything came back.",
	.mitre = "T1498.002",
	FLOOD,
};

DETECTOR(denial_of_service_udp_on_tcp) = {
	.type = "Backdoor:EC2/DenialOfService.UdpOnTcpPorts",
	.title = "{local} floods {peer} with UDP at port {port}",
	.story = "{local} ({instance}) sent {sent} by UDP to {peer} within "
		 "minutes, at port {port}, where services speak TCP alone.",
	.mitre = "T1498.001",
	FLOOD,
};

DETECTOR(denial_of_service_protocol) = {
	.type = "Backdoor:EC2/DenialOfService.UnusualProtocol",
	.title = "{local} floods {peer} with packets of protocol {protocol}",
	.story = "{local} ({instance}) sent {sent} of IP protocol {protocol} "
		 "to {peer} within minutes; hosts hardly ever use it.",
	.mitre = "T1498.001",
	FLOOD,
};

extern const struct detector detector_denial_of_service;

static const struct detector *
type_of(const struct flow *f)
{
	if (f->protocol == FLOWS_TCP)
		return &detector_denial_of_service_tcp;
	if (f->protocol != FLOWS_UDP)
		return &detector_denial_of_service_protocol;
	if (f->dst_port == 53)
		return &detector_denial_of_service_dns;
	return is_tcp_port(f->dst_port) ? &detector_denial_of_service_udp_on_tcp
					: &detector_denial_of_service;
}

static void
raise_flood(struct detect *d, const struct event *ev, double packets,
    double got, double usual)
{
	char sent[40], peer[IP_TEXT_BYTES];
	(void)snprintf(sent, sizeof(sent), "%.0f packets", packets);
	struct evidence why[] = {
		{ "packets sent in 10 to 20 minutes", SPAN(""), packets, usual,
		    NULL },
		{ "packets that came back", SPAN(""), got, NAN, NULL },
	};
	struct fact facts[] = { { "sent", span_str(sent) } };

	detect_raise(
	    d, &(struct raise){
		   .as = type_of(ev->flow),
		   .resource_kind = ENTITY_ADDRESS,
		   .resource = span_str(ip_format(&ev->flow->peer, peer)),
		   .why = why,
		   .nwhy = COUNTOF(why),
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

static void
turn(struct state *st, int64_t window)
{
	bool next = window == st->window + 1;

	if (st->sent > 0 && st->told == 0)
		decay_mean_add(&st->usual, st->sent,
		    decay_mean_keep(window - st->window, 14 * WINDOWS_A_DAY));
	st->sent_before = next ? st->sent : 0;
	st->got_before = next ? st->got : 0;
	st->window = window;
	st->sent = st->got = st->told = 0;
}

/* The account has known the place for days. */
static bool
is_known_place(struct detect *d)
{
	struct usual place;

	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, &place);
	return place.days > 2;
}

static double
least_of(const struct detect *d, const struct state *st, const struct flow *f)
{
	double least =
	    detect_param(d, f->protocol == FLOWS_TCP ? SYN_PACKETS : PACKETS);

	if (st->usual.weight < USUAL_WINDOWS)
		return least;
	return fmax(least, detect_param(d, TIMES) * st->usual.mean);
}

/* What came before this row, whose answers may follow it. */
static void
judge(struct detect *d, const struct event *ev, struct state *st)
{
	double sent = st->sent + st->sent_before;
	double got = st->got + st->got_before;

	if (sent < least_of(d, st, ev->flow) || sent < 1.5 * st->told ||
	    got > detect_param(d, ANSWERED) * sent ||
	    flows_is_relayed(ev->flow) || is_known_place(d))
		return;
	st->told = sent;
	raise_flood(d, ev, sent, got, st->usual.mean);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct flow *f = ev->flow;
	struct state *st = state;
	int64_t window = ev->time_us / WINDOW_US;

	if (window > st->window)
		turn(st, window);
	if (!flows_is_sent(f)) {
		st->got += (double)f->packets;
		return;
	}
	judge(d, ev, st);
	st->sent += (double)f->packets;
}

DETECTOR(denial_of_service) = {
	.type = "Backdoor:EC2/DenialOfService.Udp",
	.title = "{local} floods {peer} with UDP",
	.story = "{local} ({instance}) sent {sent} by UDP to {peer} at port "
		 "{port} within minutes and hardly anything came back.",
	.mitre = "T1498.001",
	.match = match,
	.key = DETECT_KEY_ACTOR_PEER,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 7 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
	FLOOD,
};

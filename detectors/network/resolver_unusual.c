/*
 * DefenseEvasion:EC2/UnusualDNSResolver and its kin - a host that is known
 * begins to ask a name server of the internet that nobody else in the account
 * asks, and goes on: its queries are in no log of the resolver.
 *
 * Sources     VPC flow logs: calls of ports 53 and 853 at public addresses,
 *             and of 443 at the addresses of public DNS over HTTPS
 * Key         the host
 * Statistic   none: a place new to host and account, asked again an hour and
 *             more later by this host alone.  A resolver of one's own asks many
 *             servers within minutes: who asks more than a few is one, and is
 *             never told.  Hosts and accounts must be known for days
 * References  https://attack.mitre.org/techniques/T1071/004/,
 *             https://attack.mitre.org/techniques/T1572/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/flows.h"

#define DNS 53
#define DNS_TLS 853
#define HTTPS 443
#define HOUR_US INT64_C(3600000000)
#define SERVERS 4

enum { DAYS, HOURS };

static const struct param params[] = {
	[DAYS] = { "days", 3, 1, 30, "days host and account must be known" },
	[HOURS] = { "hours", 1, 1, 72, "hours for which it goes on" },
};

/* A name server that was new when the host asked it first. */
struct server {
	struct ip peer;
	int64_t first_us;
	uint32_t port;
	uint32_t told;
};

struct state {
	struct server servers[SERVERS];
	uint32_t count;	      /* of servers, the first SERVERS kept */
	uint32_t is_resolver; /* past that */
};

/* Cloudflare, Google, Quad9, OpenDNS, AdGuard, from their documents. */
static const char *const https_servers[] = { "1.1.1.1", "1.0.0.1", "1.1.1.2",
	"1.1.1.3", "8.8.8.8", "8.8.4.4", "9.9.9.9", "9.9.9.10", "9.9.9.11",
	"149.112.112.112", "208.67.222.222", "208.67.220.220", "94.140.14.14",
	"94.140.15.15", "2606:4700:4700::1111", "2606:4700:4700::1001",
	"2001:4860:4860::8888", "2001:4860:4860::8844", "2620:fe::fe",
	"2620:fe::9" };

static bool
is_https_server(const struct ip *peer)
{
	struct ip ip;

	for (size_t i = 0; i < COUNTOF(https_servers); i++) {
		if (ip_parse(span_str(https_servers[i]), &ip) &&
		    ip_equal(&ip, peer))
			return true;
	}
	return false;
}

/* Few networks hold one of them: a test that nearly all traffic fails. */
static bool
may_be_https_server(const struct ip *peer)
{
	const uint8_t *b = peer->byte;

	if (!ip_is_v4(peer))
		return (b[0] == 0x26 && (b[1] == 0x06 || b[1] == 0x20)) ||
		       (b[0] == 0x20 && b[1] == 0x01);
	return b[12] == 1 || b[12] == 8 || b[12] == 9 || b[12] == 149 ||
	       b[12] == 208 || b[12] == 94;
}

static bool
match(const struct event *ev)
{
	const struct flow *f = ev->flow;

	if (!f->initiated || f->action != FLOW_ACCEPT ||
	    !flows_is_tcp_or_udp(f))
		return false;
	if (f->service_port == HTTPS)
		return may_be_https_server(&f->peer) &&
		       is_https_server(&f->peer);
	return (f->service_port == DNS || f->service_port == DNS_TLS) &&
	       !ip_is_private(&f->peer);
}

/* What all types of the family are. */
#define RESOLVER_UNUSUAL                                                       \
	.tactic = TACTIC_DEFENSE_EVASION, .sources = DETECT_VPCFLOW,           \
	.needs = DETECT_NEEDS_BASELINE | CARRIED_ACTION,                       \
	.severity = SEVERITY_MEDIUM, .confidence = 0.5,                        \
	.when = DETECT_ACTIVITY

DETECTOR(resolver_unusual_https) = {
	.type = "DefenseEvasion:EC2/UnusualDoHActivity",
	.title = "{local} asks names of {peer} over HTTPS",
	.story = "{local} ({instance}) called {peer}, a public server of DNS "
		 "over HTTPS, over hours, which nobody else in the account "
		 "does. What it asks there is in no log of names.",
	.mitre = "T1572",
	RESOLVER_UNUSUAL,
};

DETECTOR(resolver_unusual_tls) = {
	.type = "DefenseEvasion:EC2/UnusualDoTActivity",
	.title = "{local} asks names of {peer} over TLS",
	.story = "{local} ({instance}) called {peer} at port 853, DNS over "
		 "TLS, which nobody in the account used before. What it asks "
		 "there is in no log of names.",
	.mitre = "T1572",
	RESOLVER_UNUSUAL,
};

extern const struct detector detector_resolver_unusual;

static const struct detector *
type_of(unsigned port)
{
	if (port == HTTPS)
		return &detector_resolver_unusual_https;
	return port == DNS_TLS ? &detector_resolver_unusual_tls
			       : &detector_resolver_unusual;
}

/* The server's row; NULL: the host asks too many to be no resolver. */
static struct server *
server_of(struct state *st, const struct flow *f, bool *fresh)
{
	*fresh = false;
	for (uint32_t i = 0; i < st->count; i++) {
		if (ip_equal(&st->servers[i].peer, &f->peer) &&
		    st->servers[i].port == f->service_port)
			return &st->servers[i];
	}
	if (st->count == SERVERS) {
		st->is_resolver = 1;
		return NULL;
	}
	*fresh = true;
	st->servers[st->count].peer = f->peer;
	st->servers[st->count].port = f->service_port;
	return &st->servers[st->count++];
}

static bool
is_new(struct detect *d)
{
	struct usual account, host, ports;

	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, &account);
	detect_usual(d, SCOPE_ACTOR, FEATURE_PEER, &host);
	detect_usual(d, SCOPE_ACTOR, FEATURE_PORT, &ports);
	return account.known_days >= detect_param(d, DAYS) &&
	       ports.known_days >= detect_param(d, DAYS) && account.days == 0 &&
	       host.days == 0;
}

/* All that the account knows of the place is from this host. */
static bool
is_alone(struct detect *d, struct usual *account)
{
	struct usual host;

	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, account);
	detect_usual(d, SCOPE_ACTOR, FEATURE_PEER, &host);
	return account->count <= 1.01 * host.count;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	struct usual account;
	struct server *s;
	char text[IP_TEXT_BYTES];
	bool fresh;

	if (flows_is_relayed(ev->flow) || st->is_resolver)
		return;
	s = server_of(st, ev->flow, &fresh);
	if (s == NULL)
		return;
	if (fresh) {
		s->first_us = is_new(d) ? ev->time_us : 0;
		return;
	}
	if (s->told || s->first_us == 0 ||
	    (double)(ev->time_us - s->first_us) <
		detect_param(d, HOURS) * (double)HOUR_US ||
	    !is_alone(d, &account))
		return;
	s->told = 1;
	struct evidence why[] = {
		{ "name server", detect_feature(d, FEATURE_PEER), 0, NAN,
		    &account },
	};

	detect_raise(d, &(struct raise){
			    .as = type_of(ev->flow->service_port),
			    .resource_kind = ENTITY_ADDRESS,
			    .resource = span_str(ip_format(&s->peer, text)),
			    .why = why,
			    .nwhy = COUNTOF(why),
			});
}

DETECTOR(resolver_unusual) = {
	.type = "DefenseEvasion:EC2/UnusualDNSResolver",
	.title = "{local} asks the name server {peer} in the internet",
	.story = "{local} ({instance}) called the name server {peer}, which "
		 "nobody in the account used before. What it asks there is in "
		 "no log of names.",
	.mitre = "T1071.004",
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
	RESOLVER_UNUSUAL,
};

/*
 * DefenseEvasion:EC2/UnusualDNSResolver and its kin - a host asks a name
 * server of the internet that nobody in the account asks: its queries are in
 * no log of the resolver.
 *
 * Sources     VPC flow logs: calls of ports 53 and 853 at public addresses,
 *             and of 443 at the addresses of public DNS over HTTPS
 * Key         the host
 * Statistic   first contact: neither host nor account had used the place;
 *             the account must have been known for days
 * References  https://attack.mitre.org/techniques/T1071/004/,
 *             https://attack.mitre.org/techniques/T1572/
 *
 * A resolver of one's own asks many name servers: past a few it is one, and
 * not told.
 */
#include <math.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "detect/flows.h"
#include "stats/linear_count.h"

#define DNS 53
#define DNS_TLS 853
#define HTTPS 443

enum { DAYS, SERVERS };

static const struct param params[] = {
	[DAYS] = { "days", 3, 1, 30, "days the account must be known" },
	[SERVERS] = { "servers", 4, 1, 1000,
	    "a host that asks more servers than this is a resolver" },
};

struct state {
	struct linear_count servers;
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

DETECTOR(resolver_unusual_https) = {
	.type = "DefenseEvasion:EC2/UnusualDoHActivity",
	.title = "{local} asks names of {peer} over HTTPS",
	.story = "{local} ({instance}) called {peer}, a public server of DNS "
		 "over HTTPS, which nobody in the account used before. What it "
		 "asks there is in no log of names.",
	.mitre = "T1572",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_VPCFLOW,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.5,
	.when = DETECT_ACTIVITY,
};

DETECTOR(resolver_unusual_tls) = {
	.type = "DefenseEvasion:EC2/UnusualDoTActivity",
	.title = "{local} asks names of {peer} over TLS",
	.story = "{local} ({instance}) called {peer} at port 853, DNS over "
		 "TLS, which nobody in the account used before. What it asks "
		 "there is in no log of names.",
	.mitre = "T1572",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_VPCFLOW,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.5,
	.when = DETECT_ACTIVITY,
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

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	const struct ip *peer = &ev->flow->peer;
	struct usual account, host;
	char text[IP_TEXT_BYTES];

	if (flows_is_relayed(ev->flow))
		return;
	(void)linear_count_add(&st->servers,
	    hash_span(&HASH_KEY_DEFAULT,
		span_of((const char *)peer->byte, sizeof(peer->byte))));
	if (linear_count_estimate(&st->servers) > detect_param(d, SERVERS))
		return;
	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, &account);
	detect_usual(d, SCOPE_ACTOR, FEATURE_PEER, &host);
	if (account.known_days < detect_param(d, DAYS) || account.days > 0 ||
	    host.days > 0)
		return;
	struct evidence why[] = {
		{ "name server", detect_feature(d, FEATURE_PEER), 0, NAN,
		    &account },
	};

	detect_raise(d, &(struct raise){
			    .as = type_of(ev->flow->service_port),
			    .resource_kind = ENTITY_ADDRESS,
			    .resource = span_str(ip_format(peer, text)),
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
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_VPCFLOW,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.5,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

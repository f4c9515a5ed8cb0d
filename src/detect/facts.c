#include "detect/facts.h"

#include <inttypes.h>
#include <stdio.h>

static void
add(struct facts *f, const char *name, struct span value)
{
	if (span_is_empty(value) || f->count == FACTS_MAX)
		return;
	f->list[f->count++] = (struct fact){ name, value };
}

/* Copy a text into the room, for values that no field of the event holds. */
static struct span
keep(struct facts *f, struct span s)
{
	char *at = f->room + f->used;

	s = span_first(s, FACTS_ROOM_BYTES - f->used);
	if (s.len > 0)
		memcpy(at, s.at, s.len);
	f->used += s.len;
	return span_of(at, s.len);
}

/* Append two texts to those of `size` bytes that end at `len`; what does not
 * fit is cut.  Returns where they end now. */
static size_t
append(char *text, size_t size, size_t len, const char *between, struct span s)
{
	const struct span parts[] = { span_str(between), s };

	for (size_t i = 0; i < COUNTOF(parts); i++) {
		struct span part = span_first(parts[i], size - len);

		if (part.len > 0)
			memcpy(text + len, part.at, part.len);
		len += part.len;
	}
	return len;
}

static void
add_number(struct facts *f, const char *name, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	add(f, name, keep(f, span_str(text)));
}

static void
add_ip(struct facts *f, const char *name, const struct ip *ip)
{
	char text[IP_TEXT_BYTES];

	add(f, name, keep(f, span_str(ip_format(ip, text))));
}

static void
of_cloudtrail(struct facts *f, const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;
	size_t slash = span_rfind(ct->arn, '/');

	add(f, "api", ct->name);
	add(f, "service", ct->service);
	add(f, "user_agent", ct->agent);
	add(f, "remote", ct->remote);
	add(f, "error", ct->error);
	add(f, "identity_type", ct->identity_type);
	add(f, "user_name", ct->user_name);
	add(f, "access_key", ct->access_key);
	add(f, "principal_id", ct->principal_id);
	add(f, "arn", ct->arn);
	if (span_equal(ct->identity_type, SPAN("AssumedRole")) &&
	    slash < ct->arn.len)
		add(f, "session", span_skip(ct->arn, slash + 1));
	add(f, "issuer_arn", ct->issuer_arn);
	add(f, "role_name", ct->issuer_name);
	add(f, "mfa", ct->mfa ? SPAN("true") : SPAN("false"));
	add(f, "invoked_by", ct->invoked_by);
	add(f, "bucket", ct->resource);
	add(f, "category", ct->category);
}

static void
add_groups(struct facts *f, unsigned groups)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ AUDIT_GROUP_MASTERS, "system:masters" },
		{ AUDIT_GROUP_NODES, "system:nodes" },
		{ AUDIT_GROUP_SERVICE_ACCOUNTS, "system:serviceaccounts" },
		{ AUDIT_GROUP_AUTHENTICATED, "system:authenticated" },
		{ AUDIT_GROUP_UNAUTHENTICATED, "system:unauthenticated" },
	};
	char text[160];
	size_t len = 0;

	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (groups & names[i].bit)
			len = append(text, sizeof(text), len, len ? "," : "",
			    span_str(names[i].name));
	}
	add(f, "groups", keep(f, span_of(text, len)));
}

static void
of_audit(struct facts *f, const struct event *ev)
{
	const struct audit *a = ev->audit;
	struct span user = a->user, rest;

	add(f, "user", user);
	add(f, "impersonated", a->impersonated);
	add(f, "verb", a->verb);
	add(f, "resource_type", a->resource);
	add(f, "subresource", a->subresource);
	add(f, "namespace", a->ns);
	add(f, "name", a->name);
	add(f, "uri", a->uri);
	if (a->code > 0)
		add_number(f, "code", (uint64_t)a->code);
	add(f, "remote", a->remote);
	add(f, "proxy", a->proxy);
	add(f, "user_agent", a->agent);
	add(f, "decision", a->decision);
	add(f, "reason", a->reason);
	add_groups(f, a->groups);
	if (span_starts(user, SPAN("system:serviceaccount:"))) {
		rest = span_skip(user, sizeof("system:serviceaccount:") - 1);
		add(f, "service_account_namespace", span_cut(&rest, ':'));
		add(f, "service_account", rest);
	}
}

static struct span
protocol_name(struct facts *f, unsigned protocol)
{
	char text[8];

	switch (protocol) {
	case 1:
		return SPAN("icmp");
	case 6:
		return SPAN("tcp");
	case 17:
		return SPAN("udp");
	case 58:
		return SPAN("icmp6");
	default:
		(void)snprintf(text, sizeof(text), "%u", protocol & 0xffff);
		return keep(f, span_str(text));
	}
}

static void
of_flow(struct facts *f, const struct event *ev)
{
	const struct flow *flow = ev->flow;
	bool local_is_src = ip_equal(&flow->local, &flow->src);

	add_ip(f, "local", &flow->local);
	add_ip(f, "peer", &flow->peer);
	add_number(
	    f, "local_port", local_is_src ? flow->src_port : flow->dst_port);
	add_number(
	    f, "peer_port", local_is_src ? flow->dst_port : flow->src_port);
	add_number(f, "port", flow->service_port);
	add(f, "protocol", protocol_name(f, flow->protocol));
	add(f, "direction",
	    flow->initiated ? SPAN("outbound") : SPAN("inbound"));
	if (flow->action != FLOW_UNKNOWN)
		add(f, "action",
		    flow->action == FLOW_REJECT ? SPAN("REJECT")
						: SPAN("ACCEPT"));
	add(f, "interface", flow->interface_id);
	add(f, "instance", flow->instance_id);
	add(f, "vpc", flow->vpc_id);
	add(f, "subnet", flow->subnet_id);
	add_number(f, "bytes", flow->bytes);
	add_number(f, "packets", flow->packets);
}

static void
of_dns(struct facts *f, const struct event *ev, const struct subject *subject)
{
	const struct dns *q = ev->dns;
	char text[512];
	size_t len = 0;

	add_ip(f, "client", &q->client);
	add(f, "domain", q->name);
	add(f, "registered_domain", subject->text[FEATURE_DOMAIN]);
	add(f, "query_type", q->type);
	add(f, "rcode", q->rcode);
	add(f, "instance", q->instance_id);
	add(f, "vpc", q->vpc_id);
	for (size_t i = 0; i < q->nanswers && i < 4; i++)
		len = append(text, sizeof(text), len, len ? " " : "",
		    span_first(q->answers[i], 100));
	add(f, "answers", keep(f, span_of(text, len)));
}

static void
of_notice(struct facts *f, const struct event *ev)
{
	const struct notice *n = ev->notice;
	size_t slash = span_find(n->resource, '/', 0);

	add(f, "bucket", span_first(n->resource, slash));
	if (slash < n->resource.len)
		add(f, "log", span_skip(n->resource, slash + 1));
	for (enum notice_fact i = 0; i < NOTICE_FACTS; i++)
		add(f, notice_fact_text(i), n->fact[i]);
}

void
facts_of(struct facts *f, const struct event *ev, const struct subject *subject,
    struct span tenant, struct span parcel)
{
	f->count = f->used = 0;
	add(f, "account", ev->account);
	add(f, "region", ev->region);
	add(f, "cluster", ev->cluster);
	add(f, "tenant", tenant);
	add(f, "actor", subject->actor.name);
	add(f, "actor_kind", span_str(entity_kind_text(subject->actor.kind)));
	add(f, "event_id", ev->id);
	add(f, "parcel", parcel);
	add(f, "source", span_str(source_text(ev->source)));
	switch (ev->source) {
	case SOURCE_CLOUDTRAIL:
		of_cloudtrail(f, ev);
		break;
	case SOURCE_VPCFLOW:
		of_flow(f, ev);
		break;
	case SOURCE_DNS:
		of_dns(f, ev, subject);
		break;
	case SOURCE_K8S_AUDIT:
		of_audit(f, ev);
		break;
	case SOURCE_NOTICE:
		of_notice(f, ev);
		break;
	case SOURCE_COUNT:
		break;
	}
}

static void
add_degrees(struct facts *f, const char *name, float degrees)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%.4f", (double)degrees);
	add(f, name, keep(f, span_str(text)));
}

void
facts_place(struct facts *f, const struct geo_place *p)
{
	if (!p->known)
		return;
	add(f, "country", keep(f, span_str(p->country)));
	add(f, "country_name", keep(f, span_str(p->country_name)));
	add(f, "city", keep(f, span_str(p->city)));
	if (p->located) {
		add_degrees(f, "latitude", p->latitude);
		add_degrees(f, "longitude", p->longitude);
	}
	if (p->asn != 0)
		add_number(f, "asn", p->asn);
	add(f, "organisation", keep(f, span_str(p->organisation)));
	add(f, "aws_region", keep(f, span_str(p->aws_region)));
}

struct span
facts_copy(struct facts *f, struct span value)
{
	return keep(f, value);
}

struct span
facts_keep(struct facts *f, const char *name, struct span value)
{
	struct span kept = keep(f, value);

	add(f, name, kept);
	return kept;
}

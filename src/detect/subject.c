#include "detect/subject.h"

#include <stdio.h>

#include "base/civil.h"
#include "detect/flows.h"
#include "event/normalise.h"

/* Flow and DNS logs count for their actor; CloudTrail and audit logs know
 * who, from where, with what. */
static const struct profile_kind cloudtrail_profiles[] = {
	{ SCOPE_ACTOR, FEATURE_API },
	{ SCOPE_ACTOR, FEATURE_AGENT },
	{ SCOPE_ACTOR, FEATURE_NETWORK },
	{ SCOPE_ACTOR, FEATURE_REGION },
	{ SCOPE_ACTOR, FEATURE_RESOURCE },
	{ SCOPE_ACTOR, FEATURE_HOUR },
	{ SCOPE_PEERS, FEATURE_API },
	{ SCOPE_PEERS, FEATURE_AGENT },
	{ SCOPE_PEERS, FEATURE_NETWORK },
	{ SCOPE_PEERS, FEATURE_REGION },
	{ SCOPE_PEERS, FEATURE_RESOURCE },
	{ SCOPE_PEERS, FEATURE_HOUR },
	{ SCOPE_PEERS, FEATURE_USER },
	{ SCOPE_TENANT, FEATURE_API },
	{ SCOPE_TENANT, FEATURE_AGENT },
	{ SCOPE_TENANT, FEATURE_NETWORK },
	{ SCOPE_TENANT, FEATURE_REGION },
	{ SCOPE_TENANT, FEATURE_RESOURCE },
	{ SCOPE_TENANT, FEATURE_HOUR },
	{ SCOPE_TENANT, FEATURE_USER },
	{ SCOPE_RESOURCE, FEATURE_USER },
	{ SCOPE_ACTOR, FEATURE_COUNTRY },
	{ SCOPE_PEERS, FEATURE_COUNTRY },
	{ SCOPE_TENANT, FEATURE_COUNTRY },
};

static const struct profile_kind audit_profiles[] = {
	{ SCOPE_ACTOR, FEATURE_API },
	{ SCOPE_ACTOR, FEATURE_AGENT },
	{ SCOPE_ACTOR, FEATURE_NETWORK },
	{ SCOPE_ACTOR, FEATURE_RESOURCE },
	{ SCOPE_ACTOR, FEATURE_OBJECT },
	{ SCOPE_ACTOR, FEATURE_HOUR },
	{ SCOPE_PEERS, FEATURE_API },
	{ SCOPE_PEERS, FEATURE_AGENT },
	{ SCOPE_PEERS, FEATURE_NETWORK },
	{ SCOPE_PEERS, FEATURE_RESOURCE },
	{ SCOPE_PEERS, FEATURE_OBJECT },
	{ SCOPE_PEERS, FEATURE_HOUR },
	{ SCOPE_PEERS, FEATURE_USER },
	{ SCOPE_TENANT, FEATURE_API },
	{ SCOPE_TENANT, FEATURE_AGENT },
	{ SCOPE_TENANT, FEATURE_NETWORK },
	{ SCOPE_TENANT, FEATURE_RESOURCE },
	{ SCOPE_TENANT, FEATURE_OBJECT },
	{ SCOPE_TENANT, FEATURE_HOUR },
	{ SCOPE_TENANT, FEATURE_USER },
	{ SCOPE_RESOURCE, FEATURE_USER },
	{ SCOPE_RESOURCE, FEATURE_API },
	{ SCOPE_ACTOR, FEATURE_COUNTRY },
	{ SCOPE_PEERS, FEATURE_COUNTRY },
	{ SCOPE_TENANT, FEATURE_COUNTRY },
};

static const struct profile_kind flow_profiles[] = {
	{ SCOPE_ACTOR, FEATURE_PORT },
	{ SCOPE_ACTOR, FEATURE_PEER },
	{ SCOPE_TENANT, FEATURE_PORT },
	{ SCOPE_TENANT, FEATURE_PEER },
	{ SCOPE_RESOURCE, FEATURE_USER },
};

static const struct profile_kind dns_profiles[] = {
	{ SCOPE_ACTOR, FEATURE_DOMAIN },
	{ SCOPE_TENANT, FEATURE_DOMAIN },
	{ SCOPE_RESOURCE, FEATURE_USER },
};

const struct profile_kind *
subject_profiles(enum source source, size_t *count)
{
	static const struct {
		const struct profile_kind *rows;
		size_t count;
	} of[SOURCE_COUNT] = {
		[SOURCE_CLOUDTRAIL] = { cloudtrail_profiles,
		    COUNTOF(cloudtrail_profiles) },
		[SOURCE_VPCFLOW] = { flow_profiles, COUNTOF(flow_profiles) },
		[SOURCE_DNS] = { dns_profiles, COUNTOF(dns_profiles) },
		[SOURCE_K8S_AUDIT] = { audit_profiles,
		    COUNTOF(audit_profiles) },
	};

	*count = of[source].count;
	return of[source].rows;
}

bool
subject_teaches(const struct event *ev)
{
	switch (ev->source) {
	case SOURCE_VPCFLOW:
		/* What was refused or in vain, and who knocks from outside,
		 * says nothing of our habits. */
		return ev->flow->action != FLOW_REJECT &&
		       !flows_is_vain(ev->flow) &&
		       (ev->flow->initiated || ip_is_private(&ev->flow->peer));
	case SOURCE_DNS:
		return !span_equal_nocase(ev->dns->rcode, SPAN("NXDOMAIN"));
	case SOURCE_CLOUDTRAIL:
	case SOURCE_K8S_AUDIT:
		return ev->outcome == OUTCOME_OK;
	case SOURCE_NOTICE: /* nobody did it that we know of */
	case SOURCE_COUNT:
		break;
	}
	return false;
}

/* "AS64500 Example", as put_network() writes it. */
static bool
is_as(struct span s)
{
	return s.len > 2 && s.at[0] == 'A' && s.at[1] == 'S' &&
	       s.at[2] >= '1' && s.at[2] <= '9';
}

uint64_t
subject_value_key(
    const struct hash_key *key, enum feature feature, struct span value)
{
	uint64_t h;

	if (span_is_empty(value))
		return 0;
	if (feature == FEATURE_NETWORK && is_as(value))
		value.len = span_find(value, ' ', 0);
	h = hash_seeded(key, (uint64_t)feature + 0x100, value);
	return h ? h : 1;
}

/* Copy two texts with `sep` between into the feature's room. */
static void
put(struct subject *s, enum feature f, struct span a, const char *sep,
    struct span b)
{
	const struct span parts[] = { a, span_str(sep), b };
	size_t len = 0;

	if (span_is_empty(a) && span_is_empty(b))
		return;
	for (size_t i = 0; i < COUNTOF(parts); i++) {
		size_t n = parts[i].len;

		if (n > SUBJECT_FEATURE_BYTES / 2 - 2)
			n = SUBJECT_FEATURE_BYTES / 2 - 2;
		if (n > 0)
			memcpy(s->room[f] + len, parts[i].at, n);
		len += n;
	}
	s->text[f] = span_of(s->room[f], len);
}

static void
put_one(struct subject *s, enum feature f, struct span text)
{
	put(s, f, text, "", span_of(NULL, 0));
}

struct span
subject_hour(int64_t time_us, char room[SUBJECT_HOUR_BYTES])
{
	struct civil c = civil_of(time_us);

	memcpy(room, civil_weekday(time_us) >= 5 ? "weekend " : "weekday ", 8);
	room[8] = (char)('0' + c.hour / 10);
	room[9] = (char)('0' + c.hour % 10);
	memcpy(room + 10, ":00 UTC", 7);
	return span_of(room, 17);
}

static void
put_hour(struct subject *s, int64_t time_us)
{
	char room[SUBJECT_HOUR_BYTES];

	put_one(s, FEATURE_HOUR, subject_hour(time_us, room));
}

/* The network of an address; else the host name as it stands. */
static void
put_network(struct subject *s, const struct ip *ip, struct span raw)
{
	char text[IP_TEXT_BYTES + 8], as[GEO_ASN_BYTES + 4];
	const struct geo_place *place = NULL;

	if (s->geo != NULL && !ip_is_none(ip)) {
		place = geo_recall(s->geo, s->places, ip);
		put_one(s, FEATURE_COUNTRY, span_str(place->country));
	}
	if (place != NULL && place->asn != 0) {
		(void)snprintf(as, sizeof(as), "AS%u", place->asn);
		put(s, FEATURE_NETWORK, span_str(as),
		    place->organisation[0] ? " " : "",
		    span_str(place->organisation));
	} else if (ip_is_none(ip))
		put_one(s, FEATURE_NETWORK, raw);
	else
		put_one(
		    s, FEATURE_NETWORK, span_str(normalise_network(ip, text)));
}

static void
put_agent(struct subject *s, struct span raw)
{
	put_one(s, FEATURE_AGENT, normalise_agent(raw, &s->scratch));
}

static void
name_principal(
    struct subject *s, const struct cloudtrail *ct, const struct hash_key *key)
{
	uint64_t hash =
	    hash_mix(hash_seeded(key, ct->identity_type.len, ct->arn),
		hash_span(key, ct->issuer_arn));
	struct subject_principal *p = &s->principals[hash % SUBJECT_PRINCIPALS];

	if (p->hash == hash) {
		s->actor.name = span_of(p->name, p->name_len);
		s->actor.peers = span_of(p->peers, p->peers_len);
		return;
	}
	s->actor.name = normalise_principal(ct, &s->name);
	s->actor.peers = normalise_peer_group(ct, &s->peers);
	/* The hash holds all that names of people and roles depend on. */
	if (ct->arn.len == 0 || ct->invoked_by.len > 0 ||
	    ct->web_provider.len > 0 || s->actor.name.len == 0 ||
	    s->actor.peers.len == 0 ||
	    s->actor.name.len > SUBJECT_PRINCIPAL_BYTES ||
	    s->actor.peers.len > SUBJECT_PRINCIPAL_BYTES)
		return;
	p->hash = hash;
	p->name_len = (uint8_t)s->actor.name.len;
	p->peers_len = (uint8_t)s->actor.peers.len;
	memcpy(p->name, s->actor.name.at, p->name_len);
	memcpy(p->peers, s->actor.peers.at, p->peers_len);
}

static void
of_cloudtrail(
    struct subject *s, const struct event *ev, const struct hash_key *key)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	s->actor.kind = ENTITY_PRINCIPAL;
	name_principal(s, ct, key);
	put(s, FEATURE_API, ct->service, ":", ct->name);
	put_agent(s, ct->agent);
	put_network(s, &ev->remote, ct->remote);
	put_one(s, FEATURE_REGION, ev->region);
	put_one(s, FEATURE_RESOURCE, ct->resource);
	put_one(s, FEATURE_USER, s->actor.name);
	put_hour(s, ev->time_us);
}

/* What a secret or an exec was aimed at; other objects come and go. */
static void
put_object(struct subject *s, const struct audit *a)
{
	if (span_equal(a->resource, SPAN("secrets")))
		put(s, FEATURE_OBJECT, a->ns, "/",
		    span_is_empty(a->name) ? SPAN("*") : a->name);
	else if (span_equal(a->subresource, SPAN("exec")) ||
		 span_equal(a->subresource, SPAN("attach")))
		put(s, FEATURE_OBJECT, a->ns, "/", normalise_workload(a->name));
}

static void
of_audit(struct subject *s, const struct event *ev)
{
	const struct audit *a = ev->audit;
	struct span user =
	    span_is_empty(a->impersonated) ? a->user : a->impersonated;
	char resource[160];

	s->actor.kind = span_starts(user, SPAN("system:serviceaccount:"))
			    ? ENTITY_SERVICE_ACCOUNT
			    : ENTITY_USER;
	s->actor.name = normalise_k8s_user(user, &s->name);
	s->actor.peers = normalise_k8s_peer_group(user, &s->peers);
	if (span_is_empty(a->resource)) {
		struct span path =
		    span_first(a->uri, span_find(a->uri, '?', 0));

		put(s, FEATURE_API, a->verb, " ", path);
	} else {
		(void)snprintf(resource, sizeof(resource), "%.*s%s%.*s",
		    SPAN_ARGS(span_first(a->resource, 64)),
		    span_is_empty(a->subresource) ? "" : "/",
		    SPAN_ARGS(span_first(a->subresource, 64)));
		put(s, FEATURE_API, a->verb, " ", span_str(resource));
	}
	put_agent(s, a->agent);
	put_network(s, &ev->remote, a->remote);
	put_one(s, FEATURE_RESOURCE, a->ns);
	put_object(s, a);
	put_one(s, FEATURE_USER, s->actor.name);
	put_hour(s, ev->time_us);
}

static const char *
protocol_text(unsigned protocol, char *room, size_t size)
{
	switch (protocol) {
	case 1:
		return "icmp";
	case 6:
		return "tcp";
	case 17:
		return "udp";
	default:
		(void)snprintf(room, size, "protocol %u", protocol);
		return room;
	}
}

static void
of_flow(struct subject *s, const struct event *ev)
{
	const struct flow *f = ev->flow;
	char local[IP_TEXT_BYTES], peer[IP_TEXT_BYTES + 8], room[24], port[48];

	(void)ip_format(&f->local, local);
	/* An instance id is not in every format; the address always is. */
	s->actor.kind = ENTITY_ADDRESS;
	buf_reset(&s->name);
	buf_add_str(&s->name, local);
	s->actor.name = buf_span(&s->name);
	s->actor.peers = f->vpc_id;
	/* Whoever calls it may knock at many ports, which makes no port that
	 * it calls itself less new. */
	if (f->initiated)
		(void)snprintf(port, sizeof(port), "out %s/%u",
		    protocol_text(f->protocol, room, sizeof(room)),
		    f->service_port);
	put_one(
	    s, FEATURE_PORT, f->initiated ? span_str(port) : SPAN("incoming"));
	if (ip_is_private(&f->peer))
		put_one(s, FEATURE_PEER, span_str(ip_format(&f->peer, peer)));
	else
		put_one(s, FEATURE_PEER,
		    span_str(normalise_network(&f->peer, peer)));
	put_one(s, FEATURE_USER, s->actor.name);
}

static void
of_dns(struct subject *s, const struct event *ev)
{
	const struct dns *q = ev->dns;
	char client[IP_TEXT_BYTES];

	s->actor.kind = ENTITY_ADDRESS;
	buf_reset(&s->name);
	buf_add_str(&s->name, ip_format(&q->client, client));
	if (s->name.len == 0) {
		s->actor.kind = ENTITY_INSTANCE;
		buf_add(&s->name, q->instance_id);
	}
	s->actor.name = buf_span(&s->name);
	s->actor.peers = q->vpc_id;
	put_one(s, FEATURE_DOMAIN, q->domain.registered);
	put_one(s, FEATURE_USER, s->actor.name);
}

/* The entities whose profiles the event belongs to. */
static void
set_entities(
    struct subject *s, const struct event *ev, const struct hash_key *key)
{
	uint64_t stream = hash_mix((uint64_t)ev->source + 1,
	    ev->source == SOURCE_K8S_AUDIT ? hash_span(key, ev->cluster) : 0);
	enum feature resource = FEATURE_RESOURCE;

	if (!span_is_empty(s->actor.name))
		s->actor.key = hash_mix(
		    stream, hash_seeded(key, SCOPE_ACTOR, s->actor.name));
	if (!span_is_empty(s->actor.peers))
		s->actor.peers_key = hash_mix(
		    stream, hash_seeded(key, SCOPE_PEERS, s->actor.peers));
	if (ev->source == SOURCE_VPCFLOW)
		resource = FEATURE_PEER;
	else if (ev->source == SOURCE_DNS)
		resource = FEATURE_DOMAIN;
	s->entity[SCOPE_ACTOR] = s->actor.key;
	s->entity[SCOPE_PEERS] = s->actor.peers_key;
	s->entity[SCOPE_TENANT] = hash_mix(stream, 1);
	if (s->key[resource] != 0)
		s->entity[SCOPE_RESOURCE] = hash_mix(stream, s->key[resource]);
}

void
subject_of(
    struct subject *s, const struct event *ev, const struct hash_key *key)
{
	s->actor = (struct actor){ 0 };
	memset(s->text, 0, sizeof(s->text));
	memset(s->entity, 0, sizeof(s->entity));
	switch (ev->source) {
	case SOURCE_CLOUDTRAIL:
		of_cloudtrail(s, ev, key);
		break;
	case SOURCE_VPCFLOW:
		of_flow(s, ev);
		break;
	case SOURCE_DNS:
		of_dns(s, ev);
		break;
	case SOURCE_K8S_AUDIT:
		of_audit(s, ev);
		break;
	case SOURCE_NOTICE:
	case SOURCE_COUNT:
		break;
	}
	for (enum feature f = 0; f < FEATURE_COUNT; f++)
		s->key[f] = subject_value_key(key, f, s->text[f]);
	set_entities(s, ev, key);
}

void
subject_done(struct subject *s)
{
	buf_done(&s->name);
	buf_done(&s->peers);
	buf_done(&s->scratch);
}

void
subject_take_keys(const struct subject *s, struct subject_keys *keys)
{
	memcpy(keys->key, s->key, sizeof(keys->key));
	memcpy(keys->entity, s->entity, sizeof(keys->entity));
	keys->actor = s->actor.key;
}

uint64_t
subject_memo(const struct event *ev)
{
	uint64_t more = ev->within;

	switch (ev->source) {
	case SOURCE_CLOUDTRAIL:
		/* An activity tells these callers less apart than names do. */
		if (ev->cloudtrail->invoked_by.len > 0 ||
		    ev->cloudtrail->web_provider.len > 0 ||
		    ev->cloudtrail->arn.len == 0)
			return 0;
		more = ev->cloudtrail->identity_type.len;
		break;
	case SOURCE_K8S_AUDIT:
		/* Reads of secrets are one activity, whichever is read. */
		if (span_equal(ev->audit->resource, SPAN("secrets")))
			return 0;
		break;
	case SOURCE_VPCFLOW:
	case SOURCE_DNS:
		break;
	case SOURCE_NOTICE:
	case SOURCE_COUNT:
		return 0;
	}
	return hash_mix(ev->activity, more + 1);
}

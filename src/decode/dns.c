/* DNS queries in JSON: Route 53 Resolver query logs and Zeek's dns.log. */
#include "base/ip.h"
#include "decode/decoder.h"

struct reading {
	struct dns q;
	struct span account, region, time, client;
	struct json_value answers, ids;
};

struct zeek {
	struct dns q;
	struct span client, query;
	struct json_value time, answers;
};

#define STRING(name, member)                                                   \
	FIELD_AT(struct reading, name, member, FIELD_STRING)
#define VALUE(name, member) FIELD_AT(struct reading, name, member, FIELD_VALUE)

static const struct field fields[] = {
	STRING("query_name", q.name),
	STRING("query_type", q.type),
	STRING("rcode", q.rcode),
	STRING("transport", q.transport),
	STRING("vpc_id", q.vpc_id),
	STRING("firewall_rule_action", q.firewall_action),
	STRING("account_id", account),
	STRING("region", region),
	STRING("query_timestamp", time),
	STRING("srcaddr", client),
	VALUE("answers", answers),
	VALUE("srcids", ids),
};

static const struct field zeek_fields[] = {
	{ SPAN_INIT("query"), offsetof(struct zeek, query), FIELD_STRING },
	{ SPAN_INIT("qtype_name"), offsetof(struct zeek, q.type),
	    FIELD_STRING },
	{ SPAN_INIT("rcode_name"), offsetof(struct zeek, q.rcode),
	    FIELD_STRING },
	{ SPAN_INIT("proto"), offsetof(struct zeek, q.transport),
	    FIELD_STRING },
	{ SPAN_INIT("id.orig_h"), offsetof(struct zeek, client), FIELD_STRING },
	{ SPAN_INIT("ts"), offsetof(struct zeek, time), FIELD_VALUE },
	{ SPAN_INIT("answers"), offsetof(struct zeek, answers), FIELD_VALUE },
};

void
dns_maps(struct decoder *d)
{
	fields_index(&d->dns_map, fields, COUNTOF(fields));
	fields_index(&d->zeek_map, zeek_fields, COUNTOF(zeek_fields));
}

static enum outcome
outcome_of(const struct dns *q)
{
	if (span_equal(q->firewall_action, SPAN("BLOCK")) ||
	    span_equal(q->rcode, SPAN("REFUSED")) ||
	    span_equal(q->rcode, SPAN("NOTAUTH")))
		return OUTCOME_DENIED;
	if (q->rcode.len == 0 || span_equal(q->rcode, SPAN("NOERROR")))
		return OUTCOME_OK;
	return OUTCOME_FAILED;
}

static uint64_t
activity_of(const struct decoder *d, const struct dns *q)
{
	struct hash_state sum = decode_activity(d, SOURCE_DNS);

	if (ip_is_none(&q->client))
		hash_more(&sum, q->instance_id);
	else
		hash_more(&sum, span_of((const char *)q->client.byte,
				    sizeof(q->client.byte)));
	hash_more(&sum, q->domain.registered);
	hash_more(&sum, q->type);
	hash_more(&sum, q->rcode);
	return hash_end(&sum);
}

static struct span
cluster_of(const struct decoder *d, const struct dns *q,
    const struct decode_context *cx)
{
	const struct config_cluster *c = NULL;

	if (d->place.cluster_named)
		return d->place.cluster;
	if (cx->cluster.len > 0 || d->options.config == NULL)
		return cx->cluster;
	if (q->vpc_id.len > 0)
		c = config_cluster_of_vpc(d->options.config, q->vpc_id);
	if (c == NULL && !ip_is_none(&q->client))
		c = config_cluster_of_address(d->options.config, &q->client);
	return c != NULL ? span_str(c->name) : d->place.cluster;
}

static bool
has_capitals(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] >= 'A' && name.at[i] <= 'Z')
			return true;
	}
	return false;
}

/* Split a name in lower case, and remember where. */
static void
split_anew(struct name_parts *p, uint64_t hash, struct span name)
{
	char room[DOMAIN_BYTES];
	struct domain d;

	*p = (struct name_parts){ .hash = hash };
	p->valid = domain_split(name, room, &d) && d.name.len == name.len;
	if (!p->valid)
		return;
	p->suffix = (uint8_t)(name.len - d.suffix.len);
	p->registered = (uint8_t)(name.len - d.registered.len);
	p->label_len = (uint8_t)d.label.len;
	p->internal = d.internal;
	p->is_customer = d.is_customer;
}

/* The parts of a name as they were found before. */
static void
take_parts(const struct name_parts *p, struct span name, struct domain *d)
{
	if (!p->valid)
		return;
	d->name = name;
	d->suffix = span_skip(name, p->suffix);
	d->registered = span_skip(name, p->registered);
	d->label = span_first(d->registered, p->label_len);
	d->subdomain =
	    span_first(name, p->registered > 0 ? p->registered - 1u : 0);
	d->internal = p->internal;
	d->is_customer = p->is_customer;
}

static void
split_name(struct decoder *d, struct dns *q)
{
	struct span name = q->name;
	struct name_parts *p;
	uint64_t hash;
	char *room;

	if (name.len == 0 || name.len >= DOMAIN_BYTES)
		return;
	if (has_capitals(name)) {
		room = arena_alloc(d->batch->arena, name.len + 1);
		if (room != NULL)
			(void)domain_split(name, room, &q->domain);
		return;
	}
	hash = hash_seeded(&d->key, name.len, name) | 1;
	p = &d->names[hash / 2 % DECODE_NAMES];
	if (p->hash != hash)
		split_anew(p, hash, name);
	take_parts(p, name, &q->domain);
}

void
dns_add(struct decoder *d, struct dns *from, struct span account,
    const struct decode_context *cx)
{
	struct dns *q = arena_alloc(d->batch->arena, sizeof(*q));
	struct event *ev;

	if (q == NULL) {
		decode_reject(d, from->name, "no memory for the record");
		return;
	}
	*q = *from;
	/* The root's own name is a dot. */
	if (q->name.len > 1 && q->name.at[q->name.len - 1] == '.')
		q->name.len--;
	split_name(d, q);
	ev = decode_event(d, SOURCE_DNS);
	ev->dns = q;
	ev->outcome = outcome_of(q);
	ev->activity = activity_of(d, q);
	ev->region = cx->region.len > 0 ? cx->region : d->place.region;
	ev->cluster = cluster_of(d, q, cx);
	ev->within = span_tail(q->vpc_id);
	ev->remote = q->client;
	decode_tenant(d, ev, account, cx);
}

static void
read_answers(struct dns *q, struct json_value answers)
{
	struct json_iter it = json_iter(answers);
	struct json_value item;

	if (!json_is(answers, JSON_ARRAY))
		return;
	while (json_next_item(&it, &item)) {
		struct span text = json_is(item, JSON_STRING)
				       ? json_string(item)
				       : json_get_string(item, SPAN("Rdata"));

		if (q->nanswers < DNS_ANSWERS_MAX)
			q->answers[q->nanswers] = text;
		q->nanswers++;
	}
}

static bool
read_zeek(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct zeek r = { 0 };
	struct decode_context timed = *cx;
	double seconds;
	size_t at;

	(void)fields_read(&d->zeek_map, v, &r);
	if (r.query.len == 0 || (r.client.len == 0 && r.q.type.len == 0))
		return false;
	r.q.name = r.query;
	(void)ip_parse(r.client, &r.q.client);
	read_answers(&r.q, r.answers);
	seconds = json_number(r.time, 0);
	if (seconds > 0 && seconds < 4e10)
		timed.time_us = (int64_t)(seconds * 1e6);
	at = d->batch->count;
	dns_add(d, &r.q, SPAN(""), &timed);
	if (d->batch->count == at)
		return true;
	d->batch->events[at].record = v;
	decode_set_time(d, &d->batch->events[at],
	    decode_time_of(d, json_string(r.time), &timed));
	return true;
}

bool
dns_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct reading r = { 0 };
	struct decode_context here = *cx;
	size_t at = d->batch->count;

	(void)fields_read(&d->dns_map, v, &r);
	if (r.q.name.len == 0)
		return read_zeek(d, v, cx);
	if (r.client.len > 0)
		(void)ip_parse(r.client, &r.q.client);
	if (r.ids.tape != NULL)
		r.q.instance_id = json_get_string(r.ids, SPAN("instance"));
	if (r.region.len > 0)
		here.region = r.region;
	read_answers(&r.q, r.answers);
	dns_add(d, &r.q, r.account, &here);
	if (d->batch->count == at)
		return true;
	d->batch->events[at].record = v;
	decode_set_time(
	    d, &d->batch->events[at], decode_time_of(d, r.time, &here));
	return true;
}

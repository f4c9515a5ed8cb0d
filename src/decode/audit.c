/* Kubernetes audit events, audit.k8s.io/v1 and v1beta1. */
#include "decode/audit.h"
#include "base/ip.h"

struct reading {
	struct audit a;
	struct span id, kind, version, received, staged, beta;
	struct json_value user, impersonated, sources, object, status;
	struct json_value annotations, metadata;
};

#define STRING(name, member)                                                   \
	FIELD_AT(struct reading, name, member, FIELD_STRING)
#define VALUE(name, member) FIELD_AT(struct reading, name, member, FIELD_VALUE)

#define SOURCES_MAX 64

/* The first ones are those that an audit event is told by. */
enum { TELLING = 7 };

static const struct field fields[] = {
	STRING("auditID", id),
	STRING("verb", a.verb),
	STRING("stage", a.stage),
	STRING("requestURI", a.uri),
	VALUE("objectRef", object),
	VALUE("responseStatus", status),
	VALUE("user", user),
	STRING("kind", kind),
	STRING("apiVersion", version),
	STRING("level", a.level),
	STRING("userAgent", a.agent),
	STRING("requestReceivedTimestamp", received),
	STRING("stageTimestamp", staged),
	STRING("timestamp", beta),
	VALUE("impersonatedUser", impersonated),
	VALUE("sourceIPs", sources),
	VALUE("annotations", annotations),
	VALUE("metadata", metadata),
};

void
audit_maps(struct decoder *d)
{
	fields_index(&d->audit_map, fields, COUNTOF(fields));
}

static unsigned
group_of(struct span name)
{
	static const struct {
		struct span name;
		unsigned bit;
	} groups[] = {
		{ SPAN_INIT("system:masters"), AUDIT_GROUP_MASTERS },
		{ SPAN_INIT("system:authenticated"),
		    AUDIT_GROUP_AUTHENTICATED },
		{ SPAN_INIT("system:unauthenticated"),
		    AUDIT_GROUP_UNAUTHENTICATED },
		{ SPAN_INIT("system:nodes"), AUDIT_GROUP_NODES },
		{ SPAN_INIT("system:serviceaccounts"),
		    AUDIT_GROUP_SERVICE_ACCOUNTS },
	};

	for (size_t i = 0; i < COUNTOF(groups); i++) {
		if (span_equal(name, groups[i].name))
			return groups[i].bit;
	}
	return 0;
}

static void
read_user(struct reading *r)
{
	struct json_iter it = json_iter(r->user);
	struct json_value member, group;
	struct span key;

	if (!json_is(r->user, JSON_OBJECT))
		return;
	while (json_next_member(&it, &key, &member)) {
		if (span_equal(key, SPAN("username"))) {
			r->a.user = json_string(member);
		} else if (span_equal(key, SPAN("groups"))) {
			struct json_iter names = json_iter(member);

			while (json_is(member, JSON_ARRAY) &&
			       json_next_item(&names, &group))
				r->a.groups |= group_of(json_string(group));
		}
	}
}

static void
read_object(struct reading *r)
{
	struct json_iter it = json_iter(r->object);
	struct audit *a = &r->a;
	struct json_value member;
	struct span key;

	if (!json_is(r->object, JSON_OBJECT))
		return;
	while (json_next_member(&it, &key, &member)) {
		if (span_equal(key, SPAN("resource")))
			a->resource = json_string(member);
		else if (span_equal(key, SPAN("namespace")))
			a->ns = json_string(member);
		else if (span_equal(key, SPAN("name")))
			a->name = json_string(member);
		else if (span_equal(key, SPAN("apiGroup")))
			a->api_group = json_string(member);
		else if (span_equal(key, SPAN("subresource")))
			a->subresource = json_string(member);
	}
}

static void
read_annotations(struct reading *r)
{
	static const struct span prefix = SPAN_INIT("authorization.k8s.io/");
	struct json_iter it = json_iter(r->annotations);
	struct json_value member;
	struct span key;

	if (!json_is(r->annotations, JSON_OBJECT))
		return;
	while (json_next_member(&it, &key, &member)) {
		if (!span_starts(key, prefix))
			continue;
		key = span_skip(key, prefix.len);
		if (span_equal(key, SPAN("decision")))
			r->a.decision = json_string(member);
		else if (span_equal(key, SPAN("reason")))
			r->a.reason = json_string(member);
	}
}

static void
read_status(struct reading *r)
{
	struct json_iter it = json_iter(r->status);
	struct json_value member;
	struct span key;
	int64_t code = 0;

	if (!json_is(r->status, JSON_OBJECT))
		return;
	while (json_next_member(&it, &key, &member)) {
		if (span_equal(key, SPAN("code")))
			code = json_int(member, 0);
		else if (code == 0 && span_equal(key, SPAN("reason")) &&
			 span_equal(json_string(member), SPAN("Forbidden")))
			code = 403;
	}
	r->a.code = code > 0 && code < 1000 ? (int)code : 0;
}

/*
 * All but the last address may be the caller's own invention (X-Forwarded-For).
 * Proxies in front of the API server are mostly private: who calls is the last
 * public one, or just the last.
 */
static void
read_sources(struct reading *r)
{
	struct json_iter it = json_iter(r->sources);
	struct span last = json_string(r->sources), public = { NULL, 0 };
	struct json_value item;
	size_t count = 0;
	struct ip ip;

	while (json_is(r->sources, JSON_ARRAY) && count++ < SOURCES_MAX &&
	       json_next_item(&it, &item)) {
		last = json_string(item);
		if (ip_parse(last, &ip) && !ip_is_private(&ip))
		public = last;
	}
	r->a.remote = public.len > 0 ? public : last;
	if (!span_equal(r->a.remote, last))
		r->a.proxy = last;
}

static bool
is_event(uint64_t found, const struct reading *r)
{
	uint64_t telling = found & (((uint64_t)1 << TELLING) - 1);

	if (span_starts(r->version, SPAN("audit.k8s.io/")))
		return !span_equal(r->kind, SPAN("EventList"));
	/* Two members of an audit event's own. */
	return (telling & (telling - 1)) != 0;
}

static struct span
time_of(const struct reading *r)
{
	struct span created;

	if (r->received.len > 0)
		return r->received;
	if (r->staged.len > 0)
		return r->staged;
	created = json_get_string(r->metadata, SPAN("creationTimestamp"));
	return r->beta.len > 0 ? r->beta : created;
}

bool
audit_is_write(struct span verb)
{
	static const struct span writes[] = { SPAN_INIT("create"),
		SPAN_INIT("update"), SPAN_INIT("patch"), SPAN_INIT("delete") };

	for (size_t i = 0; i < COUNTOF(writes); i++) {
		if (span_equal(verb, writes[i]))
			return true;
	}
	return false;
}

enum outcome
audit_outcome(const struct audit *a)
{
	if (a->code == 401 || a->code == 403 ||
	    (a->code == 0 && span_equal(a->decision, SPAN("forbid"))))
		return OUTCOME_DENIED;
	if (a->code >= 400 || span_equal(a->stage, SPAN("Panic")))
		return OUTCOME_FAILED;
	return OUTCOME_OK;
}

/* Reads are told by the kind of object, writes by the object: who looks at
 * ten thousand pods does one thing, who deletes them does not. */
static void
set_activity(const struct decoder *d, const struct audit *a, struct event *ev)
{
	struct hash_state sum = decode_activity(d, SOURCE_K8S_AUDIT);

	hash_more(&sum, a->verb);
	hash_more(&sum, a->resource);
	hash_more(&sum, a->subresource);
	hash_more(&sum, a->api_group);
	ev->kind = decode_kind(sum);
	hash_more(&sum, a->user);
	hash_more(&sum, a->impersonated);
	hash_more(&sum, a->ns);
	hash_more(&sum, a->agent);
	hash_more(&sum, a->remote);
	if (a->resource.len == 0)
		hash_more(&sum, span_first(a->uri, span_find(a->uri, '?', 0)));
	else if (a->subresource.len > 0 || audit_is_write(a->verb))
		hash_more(&sum, a->name);
	ev->activity = hash_mix(hash_end(&sum), audit_outcome(a));
}

struct span
audit_cluster(const struct decoder *d, const struct decode_context *cx)
{
	if (d->place.cluster_named)
		return d->place.cluster;
	if (cx->cluster.len > 0)
		return cx->cluster;
	if (d->place.cluster.len > 0)
		return d->place.cluster;
	return d->place.folder.len > 0 ? d->place.folder : SPAN("kubernetes");
}

struct event *
audit_add(struct decoder *d, const struct audit *from,
    const struct decode_context *cx)
{
	struct audit *a = arena_alloc(d->batch->arena, sizeof(*a));
	struct event *ev;

	if (a == NULL)
		return NULL;
	*a = *from;
	a->query = span_skip(a->uri, span_find(a->uri, '?', 0) + 1);
	ev = decode_event(d, SOURCE_K8S_AUDIT);
	ev->audit = a;
	ev->outcome = audit_outcome(a);
	set_activity(d, a, ev);
	ev->region = cx->region.len > 0 ? cx->region : d->place.region;
	ev->cluster = audit_cluster(d, cx);
	ev->within = span_tail(ev->cluster) ^ ev->cluster.len;
	if (a->remote.len > 0)
		(void)ip_parse(a->remote, &ev->remote);
	decode_tenant(d, ev, SPAN(""), cx);
	return ev;
}

bool
audit_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct reading r = { 0 };
	uint64_t found = fields_read(&d->audit_map, v, &r);
	struct event *ev;

	if (!is_event(found, &r))
		return false;
	read_user(&r);
	read_object(&r);
	read_annotations(&r);
	read_status(&r);
	read_sources(&r);
	r.a.impersonated = json_get_string(r.impersonated, SPAN("username"));
	ev = audit_add(d, &r.a, cx);
	if (ev == NULL) {
		decode_reject_value(d, v, "no memory for the record");
		return true;
	}
	ev->record = v;
	decode_id(d, ev, r.id, r.a.stage);
	decode_set_time(d, ev, decode_time_of(d, time_of(&r), cx));
	return true;
}

/*
 * Google Cloud audit log entries of the Kubernetes API (GKE), mapped to the
 * Kubernetes form: methodName "io.k8s.core.v1.pods.exec.create" and
 * resourceName "core/v1/namespaces/NS/pods/NAME/exec".
 */
#include "decode/audit.h"

struct reading {
	struct audit a;
	struct span id, time, method, name, principal, agent, caller;
	struct json_value payload, resource, labels;
	struct json_value who, request, status, grants;
};

#define STRING(name, member)                                                   \
	FIELD_AT(struct reading, name, member, FIELD_STRING)
#define VALUE(name, member) FIELD_AT(struct reading, name, member, FIELD_VALUE)

/* Of the entry and of its protoPayload: no key is in both. */
static const struct field fields[] = {
	STRING("insertId", id),
	STRING("timestamp", time),
	VALUE("protoPayload", payload),
	VALUE("resource", resource),
	VALUE("labels", labels),
	STRING("methodName", method),
	STRING("resourceName", name),
	VALUE("authenticationInfo", who),
	VALUE("requestMetadata", request),
	VALUE("status", status),
	VALUE("authorizationInfo", grants),
};

void
gke_maps(struct decoder *d)
{
	fields_index(&d->gke_map, fields, COUNTOF(fields));
}

/* "io.k8s.[GROUP...].VERSION.RESOURCE.[SUBRESOURCE.]VERB" */
static void
read_method(struct audit *a, struct span method)
{
	struct span rest = method, part;
	bool versioned = false;
	size_t dot = span_rfind(method, '.');

	a->verb = span_skip(method, dot == method.len ? 0 : dot + 1);
	rest = span_first(method, dot == method.len ? 0 : dot);
	while (rest.at != NULL) {
		part = span_cut(&rest, '.');
		if (!versioned) {
			versioned = part.len >= 2 && part.at[0] == 'v' &&
				    part.at[1] >= '1' && part.at[1] <= '9';
		} else if (a->resource.len == 0) {
			a->resource = part;
		} else {
			a->subresource = part;
		}
	}
}

/* "GROUP/VERSION[/namespaces/NS]/RESOURCE/NAME[/SUBRESOURCE]" */
static void
read_name(struct audit *a, struct span path)
{
	struct span rest = path, part;

	part = span_cut(&rest, '/');
	if (!span_equal(part, SPAN("core")))
		a->api_group = part;
	(void)span_cut(&rest, '/');
	while (rest.at != NULL) {
		part = span_cut(&rest, '/');
		if (span_equal(part, SPAN("namespaces")))
			a->ns = span_cut(&rest, '/');
		else if (span_equal(part, a->resource))
			a->name = span_cut(&rest, '/');
	}
}

/* google.rpc.Code as the HTTP status that it stands for. */
static int
http_code(int64_t rpc)
{
	static const int codes[] = { 200, 499, 500, 400, 504, 404, 409, 403,
		429, 400, 409, 400, 501, 500, 503, 500, 401 };

	if (rpc < 0)
		return 500;
	if ((uint64_t)rpc < COUNTOF(codes))
		return codes[rpc];
	return rpc < 1000 ? (int)rpc : 500;
}

static void
read_payload(struct decoder *d, struct reading *r)
{
	struct audit *a = &r->a;

	fields_read(&d->gke_map, r->payload, r);
	read_method(a, r->method);
	read_name(a, r->name);
	a->user = json_get_string(r->who, SPAN("principalEmail"));
	a->remote = json_get_string(r->request, SPAN("callerIp"));
	a->agent = json_get_string(r->request, SPAN("callerSuppliedUserAgent"));
	a->uri = r->name;
	a->stage = SPAN("ResponseComplete");
	a->code = http_code(json_int(json_get(r->status, SPAN("code")), 0));
	a->decision =
	    json_get_string(r->labels, SPAN("authorization.k8s.io/decision"));
	a->reason =
	    json_get_string(r->labels, SPAN("authorization.k8s.io/reason"));
	if (span_starts(a->user, SPAN("system:node:")))
		a->groups |= AUDIT_GROUP_NODES;
	if (span_starts(a->user, SPAN("system:serviceaccount:")))
		a->groups |= AUDIT_GROUP_SERVICE_ACCOUNTS;
	a->groups |= span_equal(a->user, SPAN("system:anonymous"))
			 ? AUDIT_GROUP_UNAUTHENTICATED
			 : AUDIT_GROUP_AUTHENTICATED;
}

bool
gke_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct reading r = { 0 };
	struct decode_context inner = *cx;
	struct json_value labels;
	struct event *ev;

	(void)fields_read(&d->gke_map, v, &r);
	if (!json_is(r.payload, JSON_OBJECT))
		return false;
	if (!span_starts(json_get_string(r.payload, SPAN("methodName")),
		SPAN("io.k8s.")))
		return false;
	read_payload(d, &r);
	labels = json_get(r.resource, SPAN("labels"));
	inner.cluster = json_get_string(labels, SPAN("cluster_name"));
	inner.account = json_get_string(labels, SPAN("project_id"));
	inner.region = json_get_string(labels, SPAN("location"));
	ev = audit_add(d, &r.a, &inner);
	if (ev == NULL) {
		decode_reject_value(d, v, "no memory for the record");
		return true;
	}
	ev->record = v;
	decode_id(d, ev, r.id, SPAN(""));
	decode_set_time(d, ev, decode_time_of(d, r.time, cx));
	return true;
}

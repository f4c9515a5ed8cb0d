/*
 * What the audit log of a cluster teaches: pods with their address, node,
 * image and controller, workloads with who changed them, nodes, owners.
 *
 * Bodies are there at the levels Request and RequestResponse; below them the
 * names of pods must do.
 */
#include "base/civil.h"
#include "base/status.h"
#include "detect/k8s_request.h"
#include "detect/learn.h"
#include "event/normalise.h"

#define TEXT_BYTES INVENTORY_NAME_BYTES
#define LABELS_MOST 64
#define ADDRESSES_MOST 8

/* A pod being learned. */
struct pod {
	const struct learn *l;
	struct span ns, name;
	struct span path; /* NAMESPACE/POD, in text */
	struct json_value meta, spec, status, owners;
	char text[TEXT_BYTES];
};

/* "A/B" into text; empty when it is too long. */
static struct span
join(char *text, struct span a, struct span b)
{
	if (a.len + b.len + 1 > TEXT_BYTES)
		return SPAN("");
	if (a.len > 0)
		memcpy(text, a.at, a.len);
	text[a.len] = '/';
	if (b.len > 0)
		memcpy(text + a.len + 1, b.at, b.len);
	return span_of(text, a.len + 1 + b.len);
}

/* "A/B/C" into text. */
static struct span
join3(char *text, struct span a, struct span b, struct span c)
{
	struct span head = join(text, a, b);

	if (span_is_empty(head) || head.len + 1 + c.len > TEXT_BYTES)
		return SPAN("");
	text[head.len] = '/';
	if (c.len > 0)
		memcpy(text + head.len + 1, c.at, c.len);
	return span_of(text, head.len + 1 + c.len);
}

static void
know(const struct learn *l, enum inventory_relation relation, struct span name,
    struct span value)
{
	learn_fact(l, l->known,
	    &(struct learn_fact){
		relation, INVENTORY_SAID, false, name, value, 0 });
}

static struct json_value
first_of(struct json_value list)
{
	struct json_iter it = json_iter(list);
	struct json_value item = { NULL, NULL, 0 };

	if (json_is(list, JSON_ARRAY))
		(void)json_next_item(&it, &item);
	return item;
}

static void
read_labels(struct learn_owner *o, struct json_value labels)
{
	struct json_iter it = json_iter(labels);
	struct json_value member;
	struct span key;

	if (!json_is(labels, JSON_OBJECT))
		return;
	for (size_t i = 0;
	     i < LABELS_MOST && json_next_member(&it, &key, &member); i++)
		learn_owner_offer(o, key, json_string(member));
}

static void
learn_owners(const struct learn *l, struct json_value meta, struct span name)
{
	struct learn_owner o = { 0 };

	read_labels(&o, json_get(meta, SPAN("labels")));
	read_labels(&o, json_get(meta, SPAN("annotations")));
	learn_owner_keep(l, &o, name, false);
}

/* --- pods ----------------------------------------------------------------- */

/* Kinds that make pods; a ReplicaSet or Job of another is that other. */
static const struct span kinds[] = { SPAN_INIT("Deployment"),
	SPAN_INIT("StatefulSet"), SPAN_INIT("DaemonSet"),
	SPAN_INIT("ReplicaSet"), SPAN_INIT("Job"), SPAN_INIT("CronJob"),
	SPAN_INIT("ReplicationController"), SPAN_INIT("Rollout") };

/* "NAMESPACE/KIND/NAME" of what made the pod, by its controller. */
static struct span
workload_of_owner(const struct pod *p, char *text)
{
	struct json_iter it = json_iter(p->owners);
	struct json_value item = { 0 };
	struct span kind, name, stem;

	while (json_next_item(&it, &item) &&
	       !json_is_true(json_get(item, SPAN("controller"))))
		;
	if (!json_is(p->owners, JSON_ARRAY) ||
	    !json_is_true(json_get(item, SPAN("controller"))))
		return SPAN("");
	kind = json_get_string(item, SPAN("kind"));
	name = json_get_string(item, SPAN("name"));
	stem = normalise_workload(p->name);
	if (span_equal(kind, SPAN("ReplicaSet")) && stem.len < name.len &&
	    span_starts(name, stem)) {
		kind = SPAN("Deployment");
		name = stem;
	} else if (span_equal(kind, SPAN("Job"))) {
		size_t dash = span_rfind(name, '-');

		if (dash < name.len &&
		    span_to_u64(span_skip(name, dash + 1), &(uint64_t){ 0 })) {
			kind = SPAN("CronJob");
			name = span_first(name, dash);
		}
	}
	return join3(text, p->ns, kind, name);
}

/* By the name alone: the workload of that name that is known, if any. */
static struct span
guess_workload(const struct pod *p, char *text)
{
	const struct learn *l = p->l;
	struct span stem = normalise_workload(p->name);
	struct inventory_row row;

	for (size_t i = 0; i < COUNTOF(kinds); i++) {
		struct span path = join3(text, p->ns, kinds[i], stem);

		if (inventory_find(l->known,
			&(struct inventory_question){ INVENTORY_WORKLOAD_PERSON,
			    l->ev->cluster, path, l->ev->time_us },
			&row) ||
		    inventory_find(l->known,
			&(struct inventory_question){ INVENTORY_WORKLOAD_IMAGE,
			    l->ev->cluster, path, l->ev->time_us },
			&row))
			return path;
	}
	return join3(text, p->ns,
	    stem.len < p->name.len ? SPAN("Workload") : SPAN("Pod"), stem);
}

static void
learn_workload(const struct pod *p)
{
	const struct learn *l = p->l;
	struct learn_fact f = { INVENTORY_POD_WORKLOAD, INVENTORY_SAID, false,
		p->path, SPAN(""), 0 };
	struct inventory_row row;
	char text[TEXT_BYTES];

	f.value = workload_of_owner(p, text);
	if (span_is_empty(f.value)) {
		if (inventory_find(l->known,
			&(struct inventory_question){ f.relation,
			    l->ev->cluster, p->path, l->ev->time_us },
			&row) &&
		    row.to_us == INVENTORY_FOREVER)
			return;
		f.sure = INVENTORY_GUESSED;
		f.value = guess_workload(p, text);
	}
	learn_fact(l, l->known, &f);
	learn_owners(l, p->meta, f.value);
}

static void
learn_image(const struct pod *p)
{
	struct json_value of_spec =
	    first_of(json_get(p->spec, SPAN("containers")));
	struct json_value running =
	    first_of(json_get(p->status, SPAN("containerStatuses")));
	struct span image = json_get_string(of_spec, SPAN("image"));
	struct span id = json_get_string(running, SPAN("imageID"));
	size_t at = span_search(id, SPAN("sha256:"));

	if (span_is_empty(image))
		image = json_get_string(running, SPAN("image"));
	if (!span_starts(image, SPAN("sha256:")))
		know(p->l, INVENTORY_POD_IMAGE, p->path, image);
	know(p->l, INVENTORY_POD_DIGEST, p->path, span_skip(id, at));
}

static void
learn_account(const struct pod *p)
{
	struct span name = json_get_string(p->spec, SPAN("serviceAccountName"));
	char text[TEXT_BYTES];
	struct span path;

	if (span_is_empty(name))
		return;
	path = join(text, p->ns, name);
	know(p->l, INVENTORY_POD_ACCOUNT, p->path, path);
	learn_fact(p->l, p->l->known,
	    &(struct learn_fact){ INVENTORY_ACCOUNT_CLUSTER, INVENTORY_INFERRED,
		true, path, p->l->ev->cluster, 0 });
}

static void
learn_node_address(const struct learn *l, struct span text, struct span node)
{
	struct ip ip;
	char clean[IP_TEXT_BYTES];

	if (span_is_empty(node) || !ip_parse(text, &ip))
		return;
	text = span_str(ip_format(&ip, clean));
	know(l, INVENTORY_ADDRESS_NODE, text, node);
	learn_fact(l, l->known,
	    &(struct learn_fact){ INVENTORY_ADDRESS_CLUSTER, INVENTORY_SAID,
		true, text, l->ev->cluster, 0 });
}

/* Since when the pod has the address: since it started, unless it is known
 * that another had it then. */
static int64_t
had_since(const struct pod *p, struct span address)
{
	const struct event *ev = p->l->ev;
	struct inventory_row row;
	int64_t start = 0;

	if (!civil_parse(
		json_get_string(p->status, SPAN("startTime")), &start) ||
	    start > ev->time_us || start <= 0)
		return ev->time_us;
	if (inventory_find(p->l->known,
		&(struct inventory_question){
		    INVENTORY_ADDRESS_POD, ev->cluster, address, ev->time_us },
		&row) &&
	    !span_equal(row.value, p->path))
		return ev->time_us;
	return start;
}

static void
learn_pod_address(const struct pod *p, struct span text)
{
	const struct learn *l = p->l;
	struct ip ip;
	char clean[IP_TEXT_BYTES];
	int64_t since_us;

	/* With the node's network the address is the node's. */
	if (!ip_parse(text, &ip) ||
	    span_equal(text, json_get_string(p->status, SPAN("hostIP"))))
		return;
	text = span_str(ip_format(&ip, clean));
	*l->pod_address = ip;
	since_us = had_since(p, text);
	learn_fact(l, l->known,
	    &(struct learn_fact){ INVENTORY_ADDRESS_POD, INVENTORY_SAID, false,
		text, p->path, since_us });
	learn_fact(l, l->known,
	    &(struct learn_fact){ INVENTORY_ADDRESS_CLUSTER, INVENTORY_SAID,
		true, text, l->ev->cluster, since_us });
}

static void
learn_place(const struct pod *p)
{
	struct span user = p->l->ev->audit->user;
	struct span node = json_get_string(p->spec, SPAN("nodeName"));
	struct json_iter it = json_iter(json_get(p->status, SPAN("podIPs")));
	struct json_value item;

	/* A kubelet speaks of its own pods. */
	if (span_is_empty(node) && span_starts(user, SPAN("system:node:")))
		node = span_skip(user, sizeof("system:node:") - 1);
	know(p->l, INVENTORY_POD_NODE, p->path, node);
	learn_node_address(
	    p->l, json_get_string(p->status, SPAN("hostIP")), node);
	learn_pod_address(p, json_get_string(p->status, SPAN("podIP")));
	for (size_t i = 0; i < ADDRESSES_MOST && json_next_item(&it, &item);
	     i++)
		learn_pod_address(p, json_get_string(item, SPAN("ip")));
}

static void
end_pod(const struct pod *p)
{
	static const enum inventory_relation ends[] = { INVENTORY_POD_WORKLOAD,
		INVENTORY_POD_IMAGE, INVENTORY_POD_DIGEST, INVENTORY_POD_NODE,
		INVENTORY_POD_ACCOUNT };
	const struct event *ev = p->l->ev;

	for (size_t i = 0; i < COUNTOF(ends); i++)
		inventory_end(
		    p->l->known, ends[i], ev->cluster, p->path, ev->time_us);
}

/* A workload was changed; what controllers do is somebody else's will. */
static void
learn_change(const struct learn *l, struct span kind)
{
	const struct audit *a = l->ev->audit;
	struct json_value object = k8s_request_object(l->ev);
	struct json_value spec = json_get(object, SPAN("spec"));
	struct json_value meta = json_get(object, SPAN("metadata"));
	char text[TEXT_BYTES];
	struct span path;

	if (span_equal(a->verb, SPAN("delete")) || k8s_request_by_system(a))
		return;
	path = join3(text, k8s_request_namespace(l->ev), kind,
	    span_is_empty(a->name) ? json_get_string(meta, SPAN("name"))
				   : a->name);
	know(l, INVENTORY_WORKLOAD_PERSON, path,
	    span_is_empty(a->impersonated) ? a->user : a->impersonated);
	if (span_equal(kind, SPAN("CronJob")))
		spec =
		    json_get(json_get(spec, SPAN("jobTemplate")), SPAN("spec"));
	spec = json_get(json_get(spec, SPAN("template")), SPAN("spec"));
	know(l, INVENTORY_WORKLOAD_IMAGE, path,
	    json_get_string(
		first_of(json_get(spec, SPAN("containers"))), SPAN("image")));
	learn_owners(l, meta, path);
}

static void
learn_pod(const struct learn *l)
{
	const struct audit *a = l->ev->audit;
	struct json_value object = k8s_request_object(l->ev);
	struct pod p = { .l = l, .ns = a->ns, .name = a->name };
	struct span phase;

	p.meta = json_get(object, SPAN("metadata"));
	p.owners = json_get(p.meta, SPAN("ownerReferences"));
	p.spec = json_get(object, SPAN("spec"));
	p.status = json_get(object, SPAN("status"));
	if (span_is_empty(p.name))
		p.name = json_get_string(p.meta, SPAN("name"));
	if (span_is_empty(p.ns))
		p.ns = json_get_string(p.meta, SPAN("namespace"));
	if (span_is_empty(p.name) || span_is_empty(p.ns))
		return; /* named by the server, in an answer that is not kept */
	p.path = join(p.text, p.ns, p.name);
	if (span_equal(a->verb, SPAN("delete"))) {
		end_pod(&p);
		return;
	}
	if (span_equal(a->subresource, SPAN("binding"))) {
		know(l, INVENTORY_POD_NODE, p.path,
		    json_get_string(
			json_get(object, SPAN("target")), SPAN("name")));
		return;
	}
	phase = json_get_string(p.status, SPAN("phase"));
	if (span_equal(phase, SPAN("Succeeded")) ||
	    span_equal(phase, SPAN("Failed"))) {
		end_pod(&p);
		return;
	}
	/* A pod that a person made is its own workload. */
	if (span_equal(a->verb, SPAN("create")) &&
	    !json_is(p.owners, JSON_ARRAY))
		learn_change(l, SPAN("Pod"));
	learn_workload(&p);
	learn_image(&p);
	learn_account(&p);
	learn_place(&p);
}

/* --- the rest ------------------------------------------------------------- */

static void
learn_node(const struct learn *l)
{
	struct json_value object = k8s_request_object(l->ev);
	struct json_value spec = json_get(object, SPAN("spec"));
	struct json_value status = json_get(object, SPAN("status"));
	struct json_iter it = json_iter(json_get(status, SPAN("addresses")));
	struct span name = l->ev->audit->name;
	struct span provider = json_get_string(spec, SPAN("providerID"));
	struct json_value item;

	if (span_is_empty(name))
		name = json_get_string(
		    json_get(object, SPAN("metadata")), SPAN("name"));
	if (span_starts(provider, SPAN("aws://")))
		provider = span_skip(provider, span_rfind(provider, '/') + 1);
	know(l, INVENTORY_NODE_INSTANCE, name, provider);
	for (size_t i = 0; i < ADDRESSES_MOST && json_next_item(&it, &item);
	     i++) {
		if (span_equal(json_get_string(item, SPAN("type")),
			SPAN("InternalIP")))
			learn_node_address(
			    l, json_get_string(item, SPAN("address")), name);
	}
}

static void
learn_namespace(const struct learn *l)
{
	struct json_value meta =
	    json_get(k8s_request_object(l->ev), SPAN("metadata"));

	learn_owners(l, meta, k8s_request_name(l->ev));
}

/* IAM roles for service accounts: the annotation names the role. */
static void
learn_service_account(const struct learn *l)
{
	struct json_value meta =
	    json_get(k8s_request_object(l->ev), SPAN("metadata"));
	struct json_value notes = json_get(meta, SPAN("annotations"));
	char text[TEXT_BYTES];
	struct span path =
	    join(text, k8s_request_namespace(l->ev), k8s_request_name(l->ev));

	learn_fact(l, l->known,
	    &(struct learn_fact){ INVENTORY_ROLE_ACCOUNT, INVENTORY_SAID, true,
		json_get_string(notes, SPAN("eks.amazonaws.com/role-arn")),
		path, 0 });
	learn_fact(l, l->known,
	    &(struct learn_fact){ INVENTORY_ACCOUNT_CLUSTER, INVENTORY_SAID,
		true, path, l->ev->cluster, 0 });
}

static bool
changes(const struct audit *a)
{
	return k8s_request_wrote(a) || (span_equal(a->verb, SPAN("delete")) &&
					   k8s_request_succeeded(a));
}

static void
learn_workload_event(const struct learn *l)
{
	static const struct {
		struct span resource, kind;
	} workloads[] = {
		{ SPAN_INIT("deployments"), SPAN_INIT("Deployment") },
		{ SPAN_INIT("daemonsets"), SPAN_INIT("DaemonSet") },
		{ SPAN_INIT("statefulsets"), SPAN_INIT("StatefulSet") },
		{ SPAN_INIT("replicasets"), SPAN_INIT("ReplicaSet") },
		{ SPAN_INIT("cronjobs"), SPAN_INIT("CronJob") },
		{ SPAN_INIT("jobs"), SPAN_INIT("Job") },
		{ SPAN_INIT("replicationcontrollers"),
		    SPAN_INIT("ReplicationController") },
		{ SPAN_INIT("rollouts"), SPAN_INIT("Rollout") },
	};
	const struct audit *a = l->ev->audit;

	for (size_t i = 0; i < COUNTOF(workloads); i++) {
		if (span_equal(a->resource, workloads[i].resource))
			learn_change(l, workloads[i].kind);
	}
}

static void
learn_pod_event(const struct learn *l)
{
	struct span sub = l->ev->audit->subresource;

	if (!span_is_empty(sub) && !span_equal(sub, SPAN("status")) &&
	    !span_equal(sub, SPAN("binding")))
		return;
	learn_pod(l);
}

/* Most records are reads, leases and events: told by a letter. */
static bool
may_teach(const struct audit *a)
{
	return a->verb.len > 0 && memchr("cupd", a->verb.at[0], 4) != NULL &&
	       a->resource.len > 0 &&
	       memchr("pdrsjcn", a->resource.at[0], 7) != NULL && changes(a);
}

void
learn_audit_event(const struct learn *l)
{
	const struct audit *a = l->ev->audit;

	if (!may_teach(a))
		return;
	if (span_equal(a->resource, SPAN("pods")))
		learn_pod_event(l);
	else if (span_equal(a->resource, SPAN("nodes")))
		learn_node(l);
	else if (!span_is_empty(a->subresource) &&
		 !span_equal(a->subresource, SPAN("scale")))
		return;
	else if (span_equal(a->resource, SPAN("namespaces")))
		learn_namespace(l);
	else if (span_equal(a->resource, SPAN("serviceaccounts")))
		learn_service_account(l);
	else
		learn_workload_event(l);
}

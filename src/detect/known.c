#include "detect/known.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/status.h"
#include "detect/cluster_kind.h"
#include "detect/k8s_request.h"

/* What controllers do so soon after a person's change, they do because of
 * it: a rollout of many pods takes minutes. */
#define CASCADE_US (INT64_C(30) * 60 * CIVIL_US_PER_S)
#define TEXT_BYTES INVENTORY_NAME_BYTES

/* The texts of one answer after another; facts keep copies. */
struct walk {
	struct facts *facts;
	const struct known *k;
	struct span cluster;
};

/* A fact as the detector or the event gave it, or empty. */
static struct span
given(const struct walk *w, const char *name)
{
	const struct raise *r = w->k->raise;

	for (size_t i = 0; i < r->nfacts; i++) {
		if (!strcmp(r->facts[i].name, name))
			return r->facts[i].value;
	}
	for (size_t i = 0; i < w->facts->count; i++) {
		if (!strcmp(w->facts->list[i].name, name))
			return w->facts->list[i].value;
	}
	return SPAN("");
}

/* The fact of this name, from now on; what was given before stays. */
static struct span
say(struct walk *w, const char *name, struct span value)
{
	struct span before = given(w, name);

	return span_is_empty(before) ? facts_keep(w->facts, name, value)
				     : before;
}

static bool
ask(struct walk *w, enum inventory_relation relation, struct span name,
    struct inventory_row *row)
{
	return inventory_find(w->k->known,
	    &(struct inventory_question){
		relation, w->cluster, name, w->k->time_us },
	    row);
}

static bool
ask_account(struct walk *w, enum inventory_relation relation, struct span name,
    struct inventory_row *row)
{
	return inventory_find(w->k->known,
	    &(struct inventory_question){
		relation, SPAN(""), name, w->k->time_us },
	    row);
}

/* Say what the name means in the cluster, if it is known. */
static struct span
tell(struct walk *w, const char *fact, enum inventory_relation relation,
    struct span name)
{
	struct inventory_row row;

	if (span_is_empty(name) || !ask(w, relation, name, &row))
		return SPAN("");
	return say(w, fact, row.value);
}

/* From which record it is known, and how sure. */
static void
say_source(struct walk *w, const struct inventory_row *row)
{
	struct span sure = span_str(inventory_sure_text(row->sure));

	(void)say(w, "known_from", row->record);
	(void)say(w, "known_sure", sure);
}

static void
say_owner(struct walk *w, struct span name, bool wide, const char *source)
{
	struct inventory_row row;
	struct span scope = wide ? SPAN("") : w->cluster;
	int64_t at = w->k->time_us;

	if (span_is_empty(name) || !span_is_empty(given(w, "owner_source")))
		return;
	if (inventory_find(w->k->known,
		&(struct inventory_question){
		    INVENTORY_OWNER, scope, name, at },
		&row)) {
		(void)say(w, "owner", row.value);
		(void)say(w, "owner_source", span_str(source));
	}
	if (inventory_find(w->k->known,
		&(struct inventory_question){
		    INVENTORY_CONTACT, scope, name, at },
		&row)) {
		(void)say(w, "contact", row.value);
		(void)say(w, "owner_source", span_str(source));
	}
}

static void
say_instance(struct walk *w, struct span id)
{
	struct inventory_row row;

	if (span_is_empty(id))
		return;
	id = say(w, "instance", id);
	say_owner(w, id, true, "tag of the instance");
	if (ask_account(w, INVENTORY_INSTANCE_PERSON, id, &row))
		(void)say(w, "instance_started_by", row.value);
}

static void
say_node(struct walk *w, struct span node)
{
	struct inventory_row row;

	if (span_is_empty(node))
		return;
	node = say(w, "node", node);
	if (ask(w, INVENTORY_NODE_INSTANCE, node, &row))
		say_instance(w, row.value);
}

static void
say_workload(struct walk *w, struct span workload)
{
	struct span rest;

	if (span_is_empty(workload))
		return;
	workload = say(w, "workload", workload);
	rest = workload;
	(void)say(w, "namespace", span_cut(&rest, '/'));
	(void)tell(w, "image", INVENTORY_WORKLOAD_IMAGE, workload);
	(void)tell(w, "deployer", INVENTORY_WORKLOAD_PERSON, workload);
	say_owner(w, workload, false, "labels of the workload");
	say_owner(w, given(w, "namespace"), false, "labels of the namespace");
}

static void
say_pod(struct walk *w, struct span pod)
{
	struct inventory_row row;
	struct span workload = SPAN("");

	(void)tell(w, "image", INVENTORY_POD_IMAGE, pod);
	(void)tell(w, "image_digest", INVENTORY_POD_DIGEST, pod);
	(void)tell(w, "pod_account", INVENTORY_POD_ACCOUNT, pod);
	if (ask(w, INVENTORY_POD_WORKLOAD, pod, &row)) {
		workload = say(w, "workload", row.value);
		say_source(w, &row);
	}
	say_workload(w, workload);
	if (ask(w, INVENTORY_POD_NODE, pod, &row))
		say_node(w, facts_copy(w->facts, row.value));
}

/* Which cluster an address is of, when the event does not say. */
static bool
find_cluster(struct walk *w, struct span address)
{
	struct inventory_row row;

	if (!span_is_empty(w->cluster))
		return true;
	if (!ask_account(w, INVENTORY_ADDRESS_CLUSTER, address, &row))
		return false;
	w->cluster = facts_copy(w->facts, row.value);
	return !span_is_empty(w->cluster);
}

/* Our address: a pod's, a node's or an instance's. */
static void
say_address(struct walk *w, const struct ip *ip)
{
	struct inventory_row row, alive;
	char text[IP_TEXT_BYTES];
	struct span address = span_str(ip_format(ip, text));

	if (span_is_empty(address))
		return;
	if (find_cluster(w, address) &&
	    ask(w, INVENTORY_ADDRESS_POD, address, &row)) {
		struct span pod = facts_copy(w->facts, row.value);

		/* Not a pod that was deleted before. */
		if (ask(w, INVENTORY_POD_WORKLOAD, pod, &alive)) {
			(void)say(w, "cluster", w->cluster);
			(void)say(w, "pod", pod);
			say_pod(w, pod);
			return;
		}
	}
	if (!span_is_empty(w->cluster) &&
	    ask(w, INVENTORY_ADDRESS_NODE, address, &row)) {
		(void)say(w, "cluster", w->cluster);
		say_node(w, facts_copy(w->facts, row.value));
	}
	if (ask_account(w, INVENTORY_ADDRESS_INSTANCE, address, &row))
		say_instance(w, facts_copy(w->facts, row.value));
	say_owner(w, given(w, "instance"), true, "tag of the instance");
}

static bool
passing(struct walk *w, enum inventory_relation relation, struct span name,
    struct inventory_row *row)
{
	return !span_is_empty(name) &&
	       inventory_find(w->k->passing,
		   &(struct inventory_question){
		       relation, SPAN(""), name, w->k->time_us },
		   row);
}

/* The other side: one of our pods, or what it is called and who came from
 * there. */
static void
say_peer(struct walk *w, const struct ip *local, const struct ip *peer)
{
	struct inventory_row row;
	char from[IP_TEXT_BYTES], to[IP_TEXT_BYTES],
	    pair[2 * IP_TEXT_BYTES + 2];

	(void)snprintf(pair, sizeof(pair), "%s>%s", ip_format(local, from),
	    ip_format(peer, to));
	if (passing(w, INVENTORY_ADDRESS_NAME, span_str(pair), &row))
		(void)say(w, "peer_name", row.value);
	if (passing(w, INVENTORY_ADDRESS_USER, span_str(to), &row))
		(void)say(w, "peer_user", row.value);
	if (!span_is_empty(w->cluster) &&
	    ask(w, INVENTORY_ADDRESS_POD, span_str(to), &row))
		(void)say(w, "peer_pod", row.value);
}

/* A role's session: which service account took it, or who. */
static void
of_cloudtrail(struct walk *w)
{
	const struct cloudtrail *ct = w->k->ev->cloudtrail;
	struct inventory_row row;
	struct span account = SPAN(""), rest;

	if (passing(w, INVENTORY_KEY_PERSON, ct->access_key, &row))
		(void)say(w, "assumed_by", row.value);
	if (passing(w, INVENTORY_KEY_ACCOUNT, ct->access_key, &row) ||
	    (!span_is_empty(ct->issuer_arn) &&
		ask_account(w, INVENTORY_ROLE_ACCOUNT, ct->issuer_arn, &row))) {
		account = facts_copy(w->facts, row.value);
		say_source(w, &row);
	}
	if (span_is_empty(account))
		return;
	if (ask_account(w, INVENTORY_ACCOUNT_CLUSTER, account, &row))
		w->cluster = say(w, "cluster", row.value);
	rest = account;
	(void)say(w, "service_account_namespace", span_cut(&rest, '/'));
	(void)say(w, "service_account", rest);
	say_owner(w, given(w, "service_account_namespace"), false,
	    "labels of the namespace");
}

static const char *
kind_of(struct span resource)
{
	static const struct {
		const char *resource, *kind;
	} kinds[] = {
		{ "deployments", "Deployment" },
		{ "daemonsets", "DaemonSet" },
		{ "statefulsets", "StatefulSet" },
		{ "replicasets", "ReplicaSet" },
		{ "cronjobs", "CronJob" },
		{ "jobs", "Job" },
	};

	for (size_t i = 0; i < COUNTOF(kinds); i++) {
		if (span_equal(resource, span_str(kinds[i].resource)))
			return kinds[i].kind;
	}
	return NULL;
}

/* What a controller does soon after a person changed the workload. */
static void
say_cascade(struct walk *w)
{
	struct inventory_row row;
	struct span workload = given(w, "workload");

	if (!k8s_request_by_controller(w->k->ev->audit) ||
	    span_is_empty(workload) ||
	    !ask(w, INVENTORY_WORKLOAD_PERSON, workload, &row) ||
	    w->k->time_us - row.seen_us > CASCADE_US)
		return;
	(void)say(w, "started_by", row.value);
}

static void
of_audit(struct walk *w)
{
	const struct event *ev = w->k->ev;
	const struct audit *a = ev->audit;
	struct span ns = k8s_request_namespace(ev);
	struct span name = k8s_request_name(ev);
	const char *kind = kind_of(a->resource);
	struct inventory_row row;
	char text[TEXT_BYTES];
	int len;

	if (span_is_empty(ns) || span_is_empty(name))
		return;
	if (span_equal(a->resource, SPAN("pods"))) {
		len = snprintf(text, sizeof(text), "%.*s/%.*s", SPAN_ARGS(ns),
		    SPAN_ARGS(name));
		if (len > 0 && (size_t)len < sizeof(text) &&
		    ask(w, INVENTORY_POD_WORKLOAD, span_str(text), &row)) {
			(void)say(w, "pod", span_str(text));
			say_pod(w, span_str(text));
		}
	} else if (kind != NULL) {
		len = snprintf(text, sizeof(text), "%.*s/%s/%.*s",
		    SPAN_ARGS(ns), kind, SPAN_ARGS(name));
		if (len > 0 && (size_t)len < sizeof(text))
			say_workload(w, span_str(text));
	}
	say_cascade(w);
	say_owner(w, ns, false, "labels of the namespace");
}

/* Who runs the cluster: the playbook's commands depend on it.  Of a finding
 * that waited for its pod there is no event any more. */
static void
say_kind(struct walk *w)
{
	struct span kind =
	    w->k->ev != NULL ? cluster_kind_of(w->k->ev) : SPAN("");
	struct inventory_row row;

	if (!span_is_empty(kind))
		(void)say(w, "cluster_kind", kind);
	else if (!span_is_empty(w->cluster) &&
		 ask_account(w, INVENTORY_CLUSTER_KIND, w->cluster, &row))
		(void)say(w, "cluster_kind", row.value);
}

void
known_address(struct facts *f, const struct known *k, const struct ip *address,
    struct span cluster)
{
	struct walk w = { .facts = f, .k = k, .cluster = cluster };

	say_address(&w, address);
	say_kind(&w);
}

void
known_facts(struct facts *f, const struct known *k)
{
	struct walk w = { .facts = f, .k = k, .cluster = k->ev->cluster };

	switch (k->ev->source) {
	case SOURCE_CLOUDTRAIL:
		of_cloudtrail(&w);
		break;
	case SOURCE_VPCFLOW:
		say_address(&w, &k->ev->flow->local);
		say_peer(&w, &k->ev->flow->local, &k->ev->flow->peer);
		break;
	case SOURCE_DNS:
		say_address(&w, &k->ev->dns->client);
		break;
	case SOURCE_K8S_AUDIT:
		of_audit(&w);
		break;
	case SOURCE_NOTICE:
	case SOURCE_COUNT:
		break;
	}
	say_kind(&w);
}

/*
 * Impact:Kubernetes/NodeTampered - somebody drives pods off the nodes, takes
 * nodes out of the cluster, or has pods of the control plane placed on one.
 *
 * Sources     Kubernetes audit log; taints and labels at level Request, nodes
 *             deleted at any level
 * Key         actor: how many nodes in the hour; habits are in the baseline
 *             (k8s_act.h)
 * Rule        three nodes in an hour by people: emptied by a taint NoExecute:
 *             Medium; closed or deleted, as upgrades by hand do: Low.  All
 *             nodes deleted at once: Medium.  One labelled as a node of the
 *             control plane: Low.  Autoscalers are not meant
 * References  https://attack.mitre.org/techniques/T1489/
 *             https://attack.mitre.org/techniques/T1610/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/pod_habit.h"
#include "stats/linear_count.h"

enum { NODES };

static const struct param params[] = {
	[NODES] = { "nodes", 3, 1, 1000, "nodes in an hour that are needed" },
};

#define HOUR_US ((int64_t)3600 * 1000000)

struct state {
	int64_t hour;
	uint32_t nodes;
	uint32_t unused;
	struct linear_count met;
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("nodes")) &&
	       span_is_empty(a->subresource) &&
	       (span_equal(a->verb, SPAN("delete")) ||
		   span_equal(a->verb, SPAN("deletecollection")) ||
		   span_equal(a->verb, SPAN("patch")));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return !span_starts(a->user, SPAN("system:")) && k8s_act_done(a);
}

struct change {
	const char *text; /* NULL: nothing of note */
	double severity;
	bool single; /* one node is enough */
};

static bool
has_no_execute(struct json_value taints)
{
	struct json_iter it = json_iter(taints);
	struct json_value taint;

	if (!json_is(taints, JSON_ARRAY))
		return false;
	while (json_next_item(&it, &taint))
		if (span_equal(json_get_string(taint, SPAN("effect")),
			SPAN("NoExecute")))
			return true;
	return false;
}

static struct change
change_of(const struct event *ev)
{
	static const char *const roles[] = {
		"node-role.kubernetes.io/control-plane",
		"node-role.kubernetes.io/master", NULL
	};
	struct json_value sent = k8s_request_sent(ev);
	struct json_value spec = json_get(sent, SPAN("spec"));
	struct json_value labels =
	    json_get(json_get(sent, SPAN("metadata")), SPAN("labels"));

	if (span_equal(ev->audit->verb, SPAN("deletecollection")))
		return (struct change){ "deleted", SEVERITY_MEDIUM, true };
	if (span_equal(ev->audit->verb, SPAN("delete")))
		return (struct change){ "deleted", SEVERITY_LOW, false };
	if (has_no_execute(json_get(spec, SPAN("taints"))))
		return (struct change){ "emptied by a taint", SEVERITY_MEDIUM,
			false };
	if (json_is_true(json_get(spec, SPAN("unschedulable"))))
		return (
		    struct change){ "closed to new pods", SEVERITY_LOW, false };
	if (pod_habit_mentions(labels, roles))
		return (struct change){ "labelled as one of the control plane",
			SEVERITY_LOW, true };
	return (struct change){ NULL, 0, false };
}

static bool
is_several(struct detect *d, struct state *st, const struct event *ev)
{
	int64_t hour = ev->time_us / HOUR_US;

	if (hour != st->hour)
		*st = (struct state){ .hour = hour };
	st->nodes += linear_count_add(
	    &st->met, hash_span(&HASH_KEY_DEFAULT, ev->audit->name));
	return st->nodes >= detect_param(d, NODES);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct change c = change_of(ev);
	char count[16];
	struct state *st = state;

	if (c.text == NULL || (!is_several(d, st, ev) && !c.single))
		return;
	(void)snprintf(count, sizeof(count), "%u", st->nodes);
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "changes nodes",
		.severity = c.severity,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = span_is_empty(ev->audit->name) ? SPAN("all nodes")
							 : ev->audit->name,
		.facts = (struct fact[]){ { "change", span_str(c.text) },
		    { "attempts", span_str(count) } },
		.nfacts = 2,
	    });
}

DETECTOR(node_changed) = {
	.type = "Impact:Kubernetes/NodeTampered",
	.title = "Nodes of cluster {cluster} were {change} by {user}",
	.story = "{user} from {remote} with {user_agent} did so to {attempts} "
		 "nodes of cluster {cluster} within the hour, the last being "
		 "{name}, which was {change}. {usual}.",
	.mitre = "T1489 T1610",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.6,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 6 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

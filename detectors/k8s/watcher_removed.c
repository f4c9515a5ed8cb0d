/*
 * DefenseEvasion:Kubernetes/WatcherRemoved - what ships the cluster's logs or
 * watches over it is deleted, stopped or kept off the nodes.
 *
 * Sources     Kubernetes audit log; deletions at any level, scaling to nothing
 *             and patches of where it runs at level Request
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        a workload, or the namespace, whose name says that it logs or
 *             watches (tactic.h) is deleted by others than the control plane
 *             or scaled to nought, or a patch by hand moves it off its nodes
 * References  https://attack.mitre.org/techniques/T1562/001/
 *             https://attack.mitre.org/techniques/T1562/008/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/pod_habit.h"
#include "detect/tactic.h"

static bool
is_holder(struct span resource)
{
	static const char *const names[] = { "daemonsets", "deployments",
		"statefulsets", "namespaces" };

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_equal(resource, span_str(names[i])))
			return true;
	return false;
}

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return (span_equal(a->verb, SPAN("delete")) ||
		   span_equal(a->verb, SPAN("patch")) ||
		   span_equal(a->verb, SPAN("update"))) &&
	       is_holder(a->resource) &&
	       (span_is_empty(a->subresource) ||
		   span_equal(a->subresource, SPAN("scale")));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return tactic_is_watcher(a->name) && k8s_act_done(a);
}

static const char *
change_of(const struct event *ev)
{
	static const char *const keys[] = { "nodeSelector", "nodeAffinity",
		NULL };
	const struct audit *a = ev->audit;
	struct json_value sent = k8s_request_sent(ev);
	struct json_value spec = json_get(sent, SPAN("spec"));

	if (span_equal(a->verb, SPAN("delete")))
		return "deleted";
	if (json_int(json_get(spec, SPAN("replicas")), 1) == 0)
		return "scaled to nothing";
	/* Who applies the whole object sends its kind with it. */
	if (span_equal(a->verb, SPAN("patch")) &&
	    span_is_empty(json_get_string(sent, SPAN("kind"))) &&
	    pod_habit_mentions(sent, keys))
		return "moved off its nodes";
	return NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const char *change = change_of(ev);
	char room[256];

	(void)state;
	if (change == NULL)
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "stops what logs and watches",
		.severity = SEVERITY_MEDIUM,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = k8s_request_target(ev, room, sizeof(room)),
		.detail = span_str(change),
		.facts = (struct fact[]){ { "change", span_str(change) } },
		.nfacts = 1,
	    });
}

DETECTOR(watcher_removed) = {
	.type = "DefenseEvasion:Kubernetes/WatcherRemoved",
	.title = "{name}, which watches cluster {cluster}, was {change}",
	.story = "{resource_type} {namespace} {name} of cluster {cluster} was "
		 "{change} by {user} from {remote} with {user_agent}. By its "
		 "name it ships logs or watches over the cluster. {usual}.",
	.mitre = "T1562.001 T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

/*
 * Persistence:Kubernetes/ObjectInSystemNamespace - a workload or a service
 * account is put where only the cluster's own parts live, and where few look.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none; who does so as a habit, and what is there, is in the
 *             baseline
 * Rule        created in kube-public or kube-node-lease, where nothing runs:
 *             Medium.  In kube-system, by others than the control plane: Low,
 *             as installing an add-on does that; once for each object
 * References  https://attack.mitre.org/techniques/T1036/005/
 *             https://attack.mitre.org/techniques/T1610/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
is_kind(struct span resource)
{
	static const char *const names[] = { "pods", "deployments",
		"daemonsets", "statefulsets", "cronjobs", "jobs", "replicasets",
		"serviceaccounts" };

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_equal(resource, span_str(names[i])))
			return true;
	return false;
}

static bool
is_empty_place(struct span ns)
{
	return span_equal(ns, SPAN("kube-public")) ||
	       span_equal(ns, SPAN("kube-node-lease"));
}

/* In the empty places even a controller's pod tells of a workload there. */
static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->verb, SPAN("create")) && is_kind(a->resource) &&
	       span_is_empty(a->subresource);
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	if (!span_equal(a->verb, SPAN("create")) || !is_kind(a->resource) ||
	    !span_is_empty(a->subresource) || !k8s_request_succeeded(a))
		return false;
	if (is_empty_place(a->ns))
		/* each namespace gets its default account by the control
		 * plane */
		return !span_equal(a->resource, SPAN("serviceaccounts")) ||
		       !k8s_request_by_system(a);
	return span_equal(a->ns, SPAN("kube-system")) && k8s_act_done(a);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool empty = is_empty_place(ev->audit->ns);
	char room[256];

	(void)state;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = empty ? "puts things where nothing runs"
			      : "puts things into kube-system",
		.severity = empty ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.resource_kind = ENTITY_NAMESPACE,
		.resource = ev->audit->ns,
		.detail = k8s_request_target(ev, room, sizeof(room)),
		.facts =
		    (struct fact[]){
			{ "name", k8s_request_name(ev) },
			{ "what", empty ? SPAN("Nothing is meant to run there")
					: SPAN("The cluster's own parts live "
					       "there") },
		    },
		.nfacts = 2,
	    });
}

DETECTOR(system_namespace) = {
	.type = "Persistence:Kubernetes/ObjectInSystemNamespace",
	.title = "{user} put {resource_type} {name} into {namespace}",
	.story = "{user} from {remote} with {user_agent} created "
		 "{resource_type} {name} in {namespace} of cluster {cluster}. "
		 "{what}, and few look there. {usual}.",
	.mitre = "T1036.005 T1610",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

/*
 * Execution:Kubernetes/KubeletThroughApiServer - somebody talks to a kubelet
 * through the API server's proxy, past admission and past pods/exec.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor: which requests were counted, as one is logged when its
 *             stream starts and when it ends; who does so as a habit is in
 *             the baseline (k8s_act.h)
 * Rule        nodes/proxy with a path that runs something in a container:
 *             High; that lists pods, reads logs or configuration: Medium.
 *             Metrics, statistics and health are what monitoring reads.  What
 *             was let through counts, whether or not the kubelet answered
 * References  https://attack.mitre.org/techniques/T1609/
 *             https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_exec.h"
#include "detect/k8s_request.h"

struct path {
	const char *start;
	double severity;
	const char *what;
};

static const struct path paths[] = {
	{ "run/", SEVERITY_HIGH, "run a command in a container" },
	{ "exec/", SEVERITY_HIGH, "run a command in a container" },
	{ "attach/", SEVERITY_HIGH, "attach to a container" },
	{ "portForward/", SEVERITY_HIGH, "reach a port of a pod" },
	{ "cri/", SEVERITY_HIGH, "stream from the container runtime" },
	{ "checkpoint/", SEVERITY_HIGH, "write out a container's memory" },
	{ "containerLogs/", SEVERITY_MEDIUM, "read a container's log" },
	{ "logs", SEVERITY_MEDIUM, "read the node's logs" },
	{ "pods", SEVERITY_MEDIUM, "list the node's pods" },
	{ "runningpods", SEVERITY_MEDIUM, "list the node's pods" },
	{ "configz", SEVERITY_MEDIUM, "read the kubelet's configuration" },
	{ "debug/", SEVERITY_MEDIUM, "read the kubelet's memory" },
};

static const struct path *
find(const struct audit *a)
{
	struct span proxy = SPAN("/proxy/");
	struct span path =
	    span_skip(a->uri, span_search(a->uri, proxy) + proxy.len);

	for (size_t i = 0; i < COUNTOF(paths); i++)
		if (span_starts(path, span_str(paths[i].start)))
			return &paths[i];
	return NULL;
}

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("nodes")) &&
	       span_equal(a->subresource, SPAN("proxy"));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return a->code >= 100 && a->code != 401 && a->code != 403 &&
	       !span_is_empty(a->user) && !k8s_request_by_system(a) &&
	       find(a) != NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct path *path = find(ev->audit);

	/* A stream is logged when it starts and when it ends. */
	if (!k8s_exec_is_first(state, ev->id))
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = path->what,
		.severity = path->severity,
		.resource_kind = ENTITY_NODE,
		.resource = ev->audit->name,
		/* A round through the nodes is one finding. */
		.joins = span_str(path->what),
		.detail = ev->audit->uri,
		.facts = (struct fact[]){ { "what", span_str(path->what) } },
		.nfacts = 1,
	    });
}

DETECTOR(kubelet_proxy) = {
	.type = "Execution:Kubernetes/KubeletThroughApiServer",
	.title = "{user} used the kubelet of {name} to {what}",
	.story = "{user} from {remote} with {user_agent} went through the API "
		 "server of cluster {cluster} to the kubelet of node {name}, "
		 "to {what}: {uri}. That way passes by admission control and "
		 "the rights on pods. {usual}.",
	.mitre = "T1609 T1613",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.85,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct k8s_exec_seen),
	.state_version = 1,
	.state_ttl_s = 6 * 3600,
	.observe = observe,
};

/*
 * PrivilegeEscalation:Kubernetes/HostPathVolume - a PersistentVolume leads to
 * a sensitive path of a node.  Pods mount it as a claim, so that rules on
 * hostPath in pods do not see it.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        spec.hostPath.path or spec.local.path is one of host_path.h's
 * References  https://attack.mitre.org/techniques/T1611/
 */
#include "detect/host_path.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("persistentvolumes")) &&
	       span_is_empty(a->subresource) && k8s_request_writes(a);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value spec = json_get(k8s_request_object(ev), SPAN("spec"));
	struct span path =
	    json_get_string(json_get(spec, SPAN("hostPath")), SPAN("path"));
	char room[HOST_PATH_BYTES];

	(void)state;
	if (span_is_empty(path))
		path = json_get_string(
		    json_get(spec, SPAN("local")), SPAN("path"));
	if (span_is_empty(path) ||
	    !host_path_is_sensitive(host_path_clean(path, room)))
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "makes volumes of sensitive paths",
		.severity = SEVERITY_MEDIUM,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = k8s_request_name(ev),
		.detail = path,
		.facts = (struct fact[]){ { "mount", path },
		    { "name", k8s_request_name(ev) } },
		.nfacts = 2,
	    });
}

DETECTOR(host_volume) = {
	.type = "PrivilegeEscalation:Kubernetes/HostPathVolume",
	.title = "{user} made volume {name} of the nodes' {mount}",
	.story = "{user} from {remote} with {user_agent} made "
		 "PersistentVolume {name} in cluster {cluster}. It leads to "
		 "{mount} of the node, and whoever may claim it mounts that. "
		 "{usual}.",
	.mitre = "T1611",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.85,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.observe = observe,
};

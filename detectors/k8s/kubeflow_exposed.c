/*
 * Policy:Kubernetes/KubeflowDashboardExposed - the Kubeflow dashboard was
 * given an address that the internet reaches.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none
 * Rule        a Service of type LoadBalancer, without a provider's annotation
 *             that keeps it internal, is or selects Kubeflow's dashboard or
 *             pipelines; or is any in the namespace kubeflow
 * References  https://attack.mitre.org/techniques/T1133/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/k8s_request.h"
#include "detect/k8s_service.h"

static bool
is_kubeflow(const struct event *ev, struct json_value object)
{
	return span_equal(ev->audit->ns, SPAN("kubeflow")) ||
	       k8s_service_is_for(ev, object, SPAN("centraldashboard")) ||
	       k8s_service_is_for(ev, object, SPAN("ml-pipeline-ui")) ||
	       k8s_service_is_for(ev, object, SPAN("kubeflow"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value object = k8s_request_object(ev);
	char room[256];

	(void)state;
	if (!k8s_service_is_public(object) || !is_kubeflow(ev, object))
		return;
	detect_raise(
	    d, &(struct raise){
		   .resource_kind = ENTITY_WORKLOAD,
		   .resource = k8s_request_target(ev, room, sizeof(room)),
		   .why = &(struct evidence){ .feature = "service type",
		       .observed = SPAN("LoadBalancer"),
		       .expected = (double)NAN },
		   .nwhy = 1,
		   .facts = &(struct fact){ "name", k8s_request_name(ev) },
		   .nfacts = 1,
	       });
}

DETECTOR(kubeflow_exposed) = {
	.type = "Policy:Kubernetes/KubeflowDashboardExposed",
	.title = "{user} put Kubeflow of cluster {cluster} on the internet",
	.story = "{user} made service {namespace}/{name} a LoadBalancer. It "
		 "leads to Kubeflow, where whoever gets in runs pods of their "
		 "choice on the cluster's largest nodes.",
	.mitre = "T1133",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.85,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = k8s_service_of_kind,
	.match = k8s_request_match,
	.observe = observe,
};

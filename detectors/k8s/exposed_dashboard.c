/*
 * Policy:Kubernetes/ExposedDashboard - the Kubernetes dashboard was given an
 * address that the internet reaches.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none
 * Rule        a Service of type LoadBalancer, without a provider's annotation
 *             that keeps it internal, is or selects kubernetes-dashboard
 * References  https://attack.mitre.org/techniques/T1133/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/k8s_request.h"
#include "detect/k8s_service.h"

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value object = k8s_request_object(ev);
	char room[256];

	(void)state;
	if (!k8s_service_is_public(object) ||
	    !k8s_service_is_for(ev, object, SPAN("kubernetes-dashboard")))
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

DETECTOR(exposed_dashboard) = {
	.type = "Policy:Kubernetes/ExposedDashboard",
	.title =
	    "{user} put the dashboard of cluster {cluster} on the internet",
	.story = "{user} made service {namespace}/{name} a LoadBalancer. It "
		 "leads to the Kubernetes dashboard, which has often handed a "
		 "whole cluster to whoever found it.",
	.mitre = "T1133",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.9,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = k8s_service_of_kind,
	.match = k8s_request_match,
	.observe = observe,
};

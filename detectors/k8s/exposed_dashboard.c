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

static bool
match(const struct event *ev)
{
	return span_equal(ev->audit->resource, SPAN("services")) &&
	       span_is_empty(ev->audit->subresource) &&
	       k8s_request_wrote(ev->audit);
}

static bool
any_value_is_dashboard(struct json_value labels)
{
	struct json_iter it = json_iter(labels);
	struct json_value value;
	struct span key;

	while (json_next_member(&it, &key, &value))
		if (span_starts(
			json_string(value), SPAN("kubernetes-dashboard")))
			return true;
	return false;
}

/* "service.beta.kubernetes.io/aws-load-balancer-internal": "true", and what
 * the other providers and the AWS controller call the same. */
static bool
is_internal(struct json_value annotations)
{
	struct json_iter it = json_iter(annotations);
	struct json_value value;
	struct span key;

	while (json_next_member(&it, &key, &value)) {
		bool asks = span_ends(key, SPAN("-internal")) ||
			    span_ends(key, SPAN("load-balancer-type")) ||
			    span_ends(key, SPAN("load-balancer-scheme"));
		struct span text = json_string(value);

		if (asks && (span_equal_nocase(text, SPAN("true")) ||
				span_equal_nocase(text, SPAN("internal")) ||
				span_equal(text, SPAN("0.0.0.0/0"))))
			return true;
	}
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value object = k8s_request_object(ev);
	struct json_value spec = json_get(object, SPAN("spec"));
	struct json_value meta = json_get(object, SPAN("metadata"));
	struct span type = json_get_string(spec, SPAN("type"));
	char room[256];

	(void)state;
	if (!span_equal(type, SPAN("LoadBalancer")) ||
	    is_internal(json_get(meta, SPAN("annotations"))))
		return;
	if (!span_starts(k8s_request_name(ev), SPAN("kubernetes-dashboard")) &&
	    !any_value_is_dashboard(json_get(spec, SPAN("selector"))) &&
	    !any_value_is_dashboard(json_get(meta, SPAN("labels"))))
		return;
	detect_raise(
	    d, &(struct raise){
		   .resource_kind = ENTITY_WORKLOAD,
		   .resource = k8s_request_target(ev, room, sizeof(room)),
		   .why = &(struct evidence){ .feature = "service type",
		       .observed = type,
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
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.9,
	.when = DETECT_EACH,
	.match = match,
	.observe = observe,
};

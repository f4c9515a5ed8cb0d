/*
 * Persistence:Kubernetes/StaticPod - a node runs a pod that it read from a
 * file of its own: nobody asked the API server, and admission control sees it
 * too late.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; images are in the baseline
 * Rule        a kubelet creates a mirror pod (annotation
 *             kubernetes.io/config.mirror) of an image repository that the
 *             cluster, known for three days, never ran.  The control plane's
 *             own static pods keep theirs through upgrades
 * References  https://attack.mitre.org/techniques/T1543/
 *             https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/image.h"
#include "detect/k8s_request.h"
#include "detect/pod_spec.h"

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("pods")) &&
	       span_equal(a->verb, SPAN("create")) && pod_spec_of_kind(ev);
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_starts(a->user, SPAN("system:node:")) &&
	       k8s_request_succeeded(a);
}

static bool
is_mirror(const struct event *ev)
{
	struct json_value meta =
	    json_get(k8s_request_object(ev), SPAN("metadata"));

	return !json_is(json_get(json_get(meta, SPAN("annotations")),
			    SPAN("kubernetes.io/config.mirror")),
	    JSON_NONE);
}

static void
tell(struct detect *d, const struct event *ev, const struct pod_spec *pod,
    struct span image, const struct usual *usual)
{
	detect_raise(d, &(struct raise){
			    .resource_kind = ENTITY_WORKLOAD,
			    .resource = pod->workload,
			    .why = &(struct evidence){ .feature = feature_text(
							   FEATURE_IMAGE),
				.observed = image,
				.expected = (double)NAN,
				.usual = usual },
			    .nwhy = 1,
			    .facts =
				(struct fact[]){
				    { "image", image },
				    { "pod", k8s_request_name(ev) },
				    { "workload", pod->workload },
				},
			    .nfacts = 3,
			});
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct pod_spec *pod;

	(void)state;
	if (!is_mirror(ev))
		return;
	pod = detect_pod(d);
	if (pod == NULL)
		return;
	for (size_t i = 0; i < pod->ncontainers; i++) {
		char room[IMAGE_BYTES];
		struct usual usual;

		detect_usual_value(d, SCOPE_TENANT, FEATURE_IMAGE,
		    image_repository(pod->containers[i].image, room), &usual);
		if (usual.known_days < DETECT_KNOWN_DAYS || usual.count > 0)
			continue;
		tell(d, ev, pod, pod->containers[i].image, &usual);
		return;
	}
}

DETECTOR(static_pod) = {
	.type = "Persistence:Kubernetes/StaticPod",
	.title = "A node of {cluster} runs {pod}, which nobody deployed",
	.story = "{user} made the mirror pod {pod} in {namespace} of cluster "
		 "{cluster}: its file lies on the node itself. It runs image "
		 "{image}, which was never used here. Who can write such a "
		 "file owns the node, and deleting the pod does not end it.",
	.mitre = "T1543 T1610",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

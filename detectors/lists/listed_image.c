/*
 * Execution:Kubernetes/ListedImage - somebody runs a container image that is
 * on a list of the user's, by its name or its digest.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse;
 *             `lists:` of kind image and hash
 * Statistic   none: the list decides.  Of what a controller makes by its
 *             template, the template is told
 * References  https://attack.mitre.org/techniques/T1610/
 */
#include "detect/k8s_request.h"
#include "detect/listed.h"
#include "detect/pod_spec.h"

extern const struct detector detector_listed_image;

static void
judge(struct detect *d, const struct pod_spec *pod, struct span image)
{
	struct lists_hit hits[LISTS_HITS_MAX];
	size_t count = detect_listed_image(d, image, hits);

	for (size_t i = 0; i < count; i++)
		listed_raise(d, &hits[i],
		    &(struct listed){
			.as = &detector_listed_image,
			.resource_kind = ENTITY_WORKLOAD,
			.resource = pod->workload,
			.feature = "image",
			.observed = image,
		    });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)ev;
	struct pod_spec *pod = detect_pod(d);

	(void)ev;
	(void)state;
	if (pod == NULL || pod->controlled)
		return;
	for (size_t i = 0; i < pod->ncontainers; i++)
		judge(d, pod, pod->containers[i].image);
}

DETECTOR(listed_image) = {
	.type = "Execution:Kubernetes/ListedImage",
	.title =
	    "{user} runs an image in {resource} that is on the list {list}",
	.story = "{user} wrote {resource} with an image that the list {list} "
		 "names: {list_entry} is {threat}.",
	.mitre = "T1610",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_IMAGES | CARRIED_REQUEST,
	.severity = SEVERITY_HIGH,
	.confidence = 0.9,
	.lists = true,
	.when = DETECT_EACH,
	.of_kind = pod_spec_of_kind,
	.match = k8s_request_match,
	.key = DETECT_KEY_NONE,
	.observe = observe,
};

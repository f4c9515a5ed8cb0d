/*
 * Persistence:Kubernetes/ImageDrift - a running workload got an image from a
 * repository that neither it nor its cluster has used.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         workload (in the baseline): its images and containers, also
 *             learned from the pods its controllers make
 * Rule        an update or patch puts a repository unknown to workload and
 *             cluster into a container that ran another one, or brings a new
 *             container from a registry unknown to the cluster.  A new tag or
 *             digest of the same repository is no drift
 * References  https://attack.mitre.org/techniques/T1525/
 *             https://attack.mitre.org/techniques/T1554/
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/image.h"
#include "detect/k8s_request.h"
#include "detect/pod_habit.h"
#include "detect/pod_spec.h"

#define NAME_BYTES 128

/* One container's image against what is known. */
struct look {
	struct span repository; /* in room */
	struct span container;	/* "container NAME", in name */
	struct usual in_workload, in_cluster, registry, had;
	char room[IMAGE_BYTES], name[NAME_BYTES];
};

static void
look_at(struct detect *d, const struct pod_container *c, struct look *l)
{
	l->repository = image_repository(c->image, l->room);
	(void)snprintf(l->name, sizeof(l->name), "container %.*s",
	    SPAN_ARGS(span_first(c->name, 64)));
	l->container = span_str(l->name);
	detect_usual_value(
	    d, SCOPE_WORKLOAD, FEATURE_IMAGE, l->repository, &l->in_workload);
	detect_usual_value(
	    d, SCOPE_TENANT, FEATURE_IMAGE, l->repository, &l->in_cluster);
	detect_usual_value(d, SCOPE_TENANT, FEATURE_REGISTRY,
	    image_registry(l->repository), &l->registry);
	detect_usual_value(
	    d, SCOPE_WORKLOAD, FEATURE_OBJECT, l->container, &l->had);
}

static bool
is_drift(const struct look *l)
{
	if (span_is_empty(l->repository) || l->in_workload.n < 1 ||
	    l->in_workload.count > 0 || l->in_cluster.count > 0)
		return false;
	return l->had.count > 0 || l->registry.count <= 0;
}

static void
tell(struct detect *d, const struct pod_spec *pod,
    const struct pod_container *c, const struct look *l)
{
	struct evidence why[] = {
		{ .feature = "image of this workload",
		    .observed = l->repository,
		    .expected = (double)NAN,
		    .usual = &l->in_workload },
		{ .feature = "registry",
		    .observed = image_registry(l->repository),
		    .expected = (double)NAN,
		    .usual = &l->registry },
	};
	struct span before = l->in_workload.nnames > 0 ? l->in_workload.names[0]
						       : SPAN("other images");
	struct fact facts[] = {
		{ "image", c->image },
		{ "image_before", before },
		{ "container", c->name },
		{ "workload", pod->workload },
	};

	detect_raise(d, &(struct raise){
			    .resource_kind = ENTITY_WORKLOAD,
			    .resource = pod->workload,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

static void
learn(struct detect *d, const struct pod_spec *pod)
{
	for (size_t i = 0; i < pod->ncontainers; i++) {
		struct look l;

		look_at(d, &pod->containers[i], &l);
		detect_learn(d, SCOPE_WORKLOAD, FEATURE_IMAGE, l.repository);
		detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, l.container);
	}
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct pod_spec *pod = detect_pod(d);
	static const char *const keys[] = { "containers", "initContainers",
		"ephemeralContainers", "image", NULL };
	bool changes;

	(void)state;
	if (pod == NULL)
		return;
	changes = !span_equal(ev->audit->verb, SPAN("create")) &&
		  !pod->controlled && pod_habit_is_act(ev, pod, keys);
	detect_workload(d, pod->workload);
	for (size_t i = 0; changes && i < pod->ncontainers; i++) {
		struct look l;

		look_at(d, &pod->containers[i], &l);
		if (!is_drift(&l))
			continue;
		tell(d, pod, &pod->containers[i], &l);
		break;
	}
	learn(d, pod);
}

DETECTOR(image_drift) = {
	.type = "Persistence:Kubernetes/ImageDrift",
	.title =
	    "{user} replaced the image of {workload} by one from elsewhere",
	.story = "{user} put {image} into container {container} of {workload} "
		 "in cluster {cluster}; the workload's images came from "
		 "{image_before} until now. That repository was never used "
		 "here.",
	.mitre = "T1525 T1554",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = pod_spec_of_kind,
	.match = k8s_request_match,
	.observe = observe,
};

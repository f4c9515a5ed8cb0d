/*
 * Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed - a workload is
 * created or changed by someone who usually does not, where they usually do
 * not, or with an image that nobody here runs.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         actor, namespace, cluster (in the baseline); teaches the images
 *             and registries of namespace and cluster
 * Statistic   novelty of origin and of behaviour (k8s_judge.h), images
 *             included.  Low; a command that reads like an attack or an image
 *             made for attacking is told in any case, as Medium
 * References  https://attack.mitre.org/techniques/T1610/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/image.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"
#include "detect/pod_habit.h"
#include "detect/pod_spec.h"

enum { P_VALUE };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 5e-3, 1e-15, 0.1, "how rare is too rare" },
};

#define COMMAND_BYTES 384

/* The container the finding is about, and why. */
struct suspect {
	const struct pod_container *container;
	const char *hostile; /* NULL: only unusual */
	char command[COMMAND_BYTES];
};

static void
learn_images(struct detect *d, const struct pod_spec *pod)
{
	static const enum scope scopes[] = { SCOPE_TENANT, SCOPE_RESOURCE };

	for (size_t i = 0; i < pod->ncontainers; i++) {
		char room[IMAGE_BYTES];
		struct span image =
		    image_repository(pod->containers[i].image, room);

		for (size_t k = 0; k < COUNTOF(scopes); k++) {
			detect_learn(d, scopes[k], FEATURE_IMAGE, image);
			detect_learn(d, scopes[k], FEATURE_REGISTRY,
			    image_registry(image));
		}
	}
}

/* p of a value in the namespace, backed off to the cluster by taking the
 * better known: an image new to both is new. */
static void
judge_value(struct detect *d, struct k8s_judge *j, enum feature feature,
    struct span value)
{
	struct usual ns, cluster;

	detect_usual_value(d, SCOPE_TENANT, feature, value, &cluster);
	detect_usual_value(d, SCOPE_RESOURCE, feature, value, &ns);
	if (cluster.known_days >= 3)
		k8s_judge_add(j, feature_text(feature),
		    ns.n >= 1 && ns.p > cluster.p ? ns.p : cluster.p, value,
		    &cluster);
}

/* The least known image stands for the pod. */
static const struct pod_container *
strangest(struct detect *d, const struct pod_spec *pod)
{
	const struct pod_container *best = NULL;
	double lowest = 2;

	for (size_t i = 0; i < pod->ncontainers; i++) {
		char room[IMAGE_BYTES];
		struct usual u;

		detect_usual_value(d, SCOPE_TENANT, FEATURE_IMAGE,
		    image_repository(pod->containers[i].image, room), &u);
		if (u.p < lowest) {
			lowest = u.p;
			best = &pod->containers[i];
		}
	}
	return best;
}

static void
find_hostile(struct suspect *s, struct pod_spec *pod)
{
	const struct pod_container *c = pod_spec_hostile(pod);

	/* What leaves its container has to be powerful: that is told by
	 * workload_privileged, unless it is a habit. */
	if (c != NULL && c->intent == SHELL_ESCAPE &&
	    pod_spec_powerful(pod) != NULL)
		c = NULL;
	if (c != NULL && c->intent != SHELL_CREDENTIALS) {
		s->container = c;
		s->hostile = shell_intent_text(c->intent);
	}
	for (size_t i = 0; i < pod->ncontainers && s->hostile == NULL; i++) {
		if (!image_is_pentest(pod->containers[i].image))
			continue;
		s->container = &pod->containers[i];
		s->hostile = "runs an image made for attacking";
	}
}

static void
tell(struct detect *d, const struct pod_spec *pod, const struct suspect *s,
    struct k8s_judge *j)
{
	char room[COMMAND_BYTES];
	struct span hostile = span_str(s->hostile);
	struct span command =
	    pod_spec_command(s->container, room, sizeof(room));
	struct fact facts[] = {
		{ "image", s->container->image },
		{ "container", s->container->name },
		{ "command", command },
		{ "behaviour", s->hostile ? hostile : SPAN("is unusual here") },
		{ "workload", pod->workload },
	};

	if (s->hostile != NULL && j->nwhy < COUNTOF(j->why))
		j->why[j->nwhy++] = (struct evidence){ .feature = "behaviour",
			.observed = hostile,
			.expected = (double)NAN };
	detect_raise(d, &(struct raise){
			    .p = s->hostile ? 0 : k8s_judge_p(j),
			    .severity = s->hostile ? SEVERITY_MEDIUM : 0,
			    .resource_kind = ENTITY_WORKLOAD,
			    .resource = pod->workload,
			    .why = j->why,
			    .nwhy = j->nwhy,
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

/* Told once in a workload; again only when the behaviour is another. */
static bool
is_known_hostile(
    struct detect *d, const struct pod_spec *pod, const struct suspect *s)
{
	struct usual usual;

	detect_workload(d, pod->workload);
	detect_usual_value(
	    d, SCOPE_WORKLOAD, FEATURE_OBJECT, span_str(s->hostile), &usual);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, span_str(s->hostile));
	return usual.count > 0;
}

static void
judge(struct detect *d, const struct event *ev, struct pod_spec *pod)
{
	static const char *const keys[] = { "containers", "initContainers",
		"ephemeralContainers", "image", "command", "args", NULL };
	struct suspect s = { .container = strangest(d, pod) };
	struct k8s_judge j;
	char room[IMAGE_BYTES];
	struct span image;

	if (s.container == NULL || !pod_habit_is_act(ev, pod, keys))
		return;
	find_hostile(&s, pod);
	if (pod->controlled && s.hostile == NULL)
		return;
	k8s_judge_request(d, &j);
	image = image_repository(s.container->image, room);
	judge_value(d, &j, FEATURE_IMAGE, image);
	judge_value(d, &j, FEATURE_REGISTRY, image_registry(image));
	if (s.hostile != NULL ? !is_known_hostile(d, pod, &s)
			      : k8s_judge_p(&j) <= detect_param(d, P_VALUE))
		tell(d, pod, &s, &j);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct pod_spec *pod = detect_pod(d);

	(void)state;
	if (pod == NULL)
		return;
	judge(d, ev, pod);
	learn_images(d, pod);
}

DETECTOR(workload_unusual) = {
	.type = "Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed",
	.title = "{user} deployed {workload}, which {behaviour}",
	.story =
	    "{user} from {remote} deployed {workload} in cluster {cluster} "
	    "with image {image}: it {behaviour}.",
	.mitre = "T1610",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_LOW,
	.statistical = true,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = pod_spec_of_kind,
	.match = k8s_request_match,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

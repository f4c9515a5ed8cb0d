/*
 * PrivilegeEscalation:Kubernetes/EphemeralContainer - somebody adds a
 * container to a pod that runs, and so is inside it with tools of their own.
 *
 * Sources     Kubernetes audit log, any level; the image at level Request
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        pods/ephemeralcontainers is written: Medium in kube-system, by
 *             a service account, or where the request is unusual
 *             (k8s_judge.h), else Low: it is what `kubectl debug` is for
 * References  https://attack.mitre.org/techniques/T1609/
 *             https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"
#include "detect/pod_spec.h"

enum { P_VALUE };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 1e-3, 1e-15, 0.1,
	    "how rare a request is too rare" },
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->subresource, SPAN("ephemeralcontainers")) &&
	       k8s_request_writes(a);
}

static double
severity_of(struct detect *d, const struct event *ev, struct k8s_judge *j)
{
	k8s_judge_request(d, j);
	if (span_equal(ev->audit->ns, SPAN("kube-system")) ||
	    detect_actor(d)->kind == ENTITY_SERVICE_ACCOUNT ||
	    k8s_judge_p(j) <= detect_param(d, P_VALUE))
		return SEVERITY_MEDIUM;
	return SEVERITY_LOW;
}

/* The image of the last ephemeral container, which is the new one. */
static struct span
image_of(const struct event *ev)
{
	struct json_value list =
	    json_get(json_get(k8s_request_object(ev), SPAN("spec")),
		SPAN("ephemeralContainers"));
	struct json_iter it = json_iter(list);
	struct json_value item;
	struct span image = { NULL, 0 };

	if (json_is(list, JSON_ARRAY))
		while (json_next_item(&it, &item))
			image = json_get_string(item, SPAN("image"));
	return span_is_empty(image) ? SPAN("an image the log does not name")
				    : image;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct k8s_judge j;
	double severity = severity_of(d, ev, &j);
	char room[256];

	(void)state;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "adds containers to running pods",
		.severity = severity,
		.resource_kind = ENTITY_POD,
		.resource = k8s_request_target(ev, room, sizeof(room)),
		.detail = image_of(ev),
		.why = j.why,
		.nwhy = j.nwhy,
		.facts = (struct fact[]){ { "image", image_of(ev) },
		    { "pod", ev->audit->name } },
		.nfacts = 2,
	    });
}

DETECTOR(ephemeral_container) = {
	.type = "PrivilegeEscalation:Kubernetes/EphemeralContainer",
	.title = "{user} added a container to the running pod {pod}",
	.story = "{user} from {remote} with {user_agent} added a container of "
		 "{image} to pod {pod} of {namespace}, cluster {cluster}. "
		 "It shares the pod's network and may share its processes. "
		 "{usual}.",
	.mitre = "T1609 T1610",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.6,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * LateralMovement:Kubernetes/AnomalousBehavior.PodTunneled - somebody opens a
 * way through the API server to a port of a pod, node or service who usually
 * does not, or from where or with what they usually do not.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor, its peers, the namespace (in the baseline)
 * Statistic   novelty of origin and of behaviour (k8s_judge.h) of port-forward
 *             and of the proxy of pods and services; rare: Low, ten times
 *             rarer: Medium
 * References  https://attack.mitre.org/techniques/T1572/
 *             https://attack.mitre.org/techniques/T1090/001/
 */
#include "detect/detector.h"
#include "detect/k8s_act.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"

enum { P_VALUE };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 1e-3, 1e-15, 0.1, "how rare is too rare" },
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->subresource, SPAN("portforward")) ||
	       (span_equal(a->subresource, SPAN("proxy")) &&
		   (span_equal(a->resource, SPAN("pods")) ||
		       span_equal(a->resource, SPAN("services"))));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct k8s_judge j;
	char room[256];
	double p;

	(void)state;
	k8s_judge_request(d, &j);
	p = k8s_judge_p(&j);
	if (p > detect_param(d, P_VALUE))
		return;
	detect_raise(d,
	    &(struct raise){
		.p = p,
		.severity = p <= detect_param(d, P_VALUE) / 10 ? SEVERITY_MEDIUM
							       : SEVERITY_LOW,
		.resource_kind = ENTITY_POD,
		.resource = k8s_request_target(ev, room, sizeof(room)),
		.why = j.why,
		.nwhy = j.nwhy,
	    });
}

DETECTOR(tunnel_unusual) = {
	.type = "LateralMovement:Kubernetes/AnomalousBehavior.PodTunneled",
	.title = "{user} opened a way to {namespace}/{name}, which is unusual",
	.story = "{user} from {remote} with {user_agent} reached a port of "
		 "{resource_type} {name} of {namespace}, cluster {cluster}, "
		 "through the API server ({subresource}). Who, where and how "
		 "do not fit what is usual here.",
	.mitre = "T1572 T1090.001",
	.tactic = TACTIC_EXECUTION,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.statistical = true,
	.acts_only = true,
	.when = DETECT_FIRST,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

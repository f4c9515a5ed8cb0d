/*
 * Persistence:Kubernetes/RecurringWorkload - somebody makes what comes back by
 * itself: a CronJob, or a DaemonSet, which runs on every node.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        created by somebody who is no program at its usual place: Low.
 *             From where or with what its well-known author never was it is
 *             Medium
 * References  https://attack.mitre.org/techniques/T1053/007/
 *             https://attack.mitre.org/techniques/T1610/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"

enum { P_VALUE };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 1e-3, 1e-15, 0.1,
	    "how rare a request is too rare" },
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->verb, SPAN("create")) &&
	       span_is_empty(a->subresource) &&
	       (span_equal(a->resource, SPAN("cronjobs")) ||
		   span_equal(a->resource, SPAN("daemonsets")));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return !span_equal(a->ns, SPAN("kube-system")) && k8s_act_done(a);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool cron = span_equal(ev->audit->resource, SPAN("cronjobs"));
	struct k8s_judge j;
	char room[256];

	(void)state;
	k8s_judge_request(d, &j);
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = cron ? "makes CronJobs" : "makes DaemonSets",
		.severity = k8s_judge_p(&j) <= detect_param(d, P_VALUE)
				? SEVERITY_MEDIUM
				: SEVERITY_LOW,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = k8s_request_target(ev, room, sizeof(room)),
		.why = j.why,
		.nwhy = j.nwhy,
		.facts =
		    (struct fact[]){
			{ "name", k8s_request_name(ev) },
			{ "what", cron ? SPAN("comes back on a schedule")
				       : SPAN("runs on every node") },
		    },
		.nfacts = 2,
	    });
}

DETECTOR(recurring_workload) = {
	.type = "Persistence:Kubernetes/RecurringWorkload",
	.title = "{user} made {namespace}/{name}, which {what}",
	.story = "{user} from {remote} with {user_agent} created "
		 "{resource_type} {name} in {namespace} of cluster {cluster}. "
		 "It {what}, until somebody takes it away. {usual}.",
	.mitre = "T1053.007 T1610",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_LOW,
	.confidence = 0.5,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

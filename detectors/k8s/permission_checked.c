/*
 * Discovery:Kubernetes/AnomalousBehavior.PermissionChecked - somebody asks
 * the API server what they may do who usually does not, or for everything.
 *
 * Sources     Kubernetes audit log; which right is asked for at level Request
 * Key         actor, its peers, the cluster (in the baseline)
 * Statistic   novelty of origin and of behaviour (k8s_judge.h) of creating a
 *             SelfSubjectAccessReview, SelfSubjectRulesReview or
 *             SelfSubjectReview; asking for all verbs on all resources counts
 *             as seen once in thirty
 * References  https://attack.mitre.org/techniques/T1069/
 *             https://attack.mitre.org/techniques/T1613/
 */
#include "detect/detector.h"
#include "detect/k8s_act.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"
#include "stats/cauchy.h"

enum { P_VALUE, P_POWERFUL };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 1e-3, 1e-15, 0.1, "how rare is too rare" },
	[P_POWERFUL] = { "p_powerful", 0.03, 1e-9, 1,
	    "how rare it is that honest people ask for everything" },
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return (span_equal(a->resource, SPAN("selfsubjectaccessreviews")) ||
		   span_equal(a->resource, SPAN("selfsubjectrulesreviews")) ||
		   span_equal(a->resource, SPAN("selfsubjectreviews"))) &&
	       span_equal(a->verb, SPAN("create"));
}

static struct span
attribute(const struct event *ev, struct span key)
{
	struct json_value spec = json_get(k8s_request_sent(ev), SPAN("spec"));

	return json_get_string(json_get(spec, SPAN("resourceAttributes")), key);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span verb = attribute(ev, SPAN("verb"));
	struct span resource = attribute(ev, SPAN("resource"));
	bool one =
	    span_equal(ev->audit->resource, SPAN("selfsubjectaccessreviews"));
	struct k8s_judge j;
	double p[2];

	(void)state;
	k8s_judge_request(d, &j);
	p[0] = k8s_judge_p(&j);
	p[1] = detect_param(d, P_POWERFUL);
	if (j.nwhy > 0 &&
	    (span_equal(verb, SPAN("*")) || span_equal(resource, SPAN("*"))))
		p[0] = cauchy_fisher(p, COUNTOF(p));
	if (p[0] > detect_param(d, P_VALUE))
		return;
	if (span_is_empty(resource))
		resource = one ? SPAN("something the log does not name")
			       : SPAN("everything it may do");
	detect_raise(d, &(struct raise){
			    .p = p[0],
			    .resource_kind = ENTITY_CLUSTER,
			    .resource = ev->cluster,
			    .why = j.why,
			    .nwhy = j.nwhy,
			    .facts =
				(struct fact[]){
				    { "what", resource },
				    { "change", verb },
				},
			    .nfacts = 2,
			});
}

DETECTOR(permission_checked) = {
	.type = "Discovery:Kubernetes/AnomalousBehavior.PermissionChecked",
	.title = "{user} asked what they may do in {cluster}, which is unusual",
	.story = "{user} from {remote} with {user_agent} asked the API server "
		 "of cluster {cluster} about their rights on {what}, {count} "
		 "requests in the hour. Who, where and how do not fit what is "
		 "usual here.",
	.mitre = "T1069 T1613",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE,
	.wants = CARRIED_REQUEST,
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

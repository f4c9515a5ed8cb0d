/*
 * Persistence:Kubernetes/ClusterLoginChanged - somebody rewrites who may log
 * in to the cluster, and as what.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        the ConfigMap aws-auth (who in AWS is whom in an EKS cluster) or
 *             cluster-info (which CA joining nodes trust) is changed: Medium;
 *             extension-apiserver-authentication (which proxies are believed),
 *             which only the API server writes: High
 * References  https://attack.mitre.org/techniques/T1098/
 *             https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static const struct {
	const char *ns, *name;
	double severity;
	const char *what;
} maps[] = {
	{ "kube-system", "aws-auth", SEVERITY_MEDIUM,
	    "which roles and users of AWS are whom in the cluster" },
	{ "kube-public", "cluster-info", SEVERITY_MEDIUM,
	    "which authority joining nodes trust" },
	{ "kube-system", "extension-apiserver-authentication", SEVERITY_HIGH,
	    "which front proxies may say who calls" },
};

static size_t
find(const struct audit *a)
{
	size_t i = 0;

	while (i < COUNTOF(maps) &&
	       (!span_equal(a->ns, span_str(maps[i].ns)) ||
		   !span_equal(a->name, span_str(maps[i].name))))
		i++;
	return i;
}

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("configmaps")) &&
	       (k8s_request_writes(a) || span_equal(a->verb, SPAN("delete")));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return find(a) < COUNTOF(maps) && k8s_act_done(a);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct audit *a = ev->audit;
	size_t i = find(a);
	bool kubeadm = span_starts(a->agent, SPAN("kubeadm"));
	char room[256];

	(void)state;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "changes who may log in",
		.severity = kubeadm ? SEVERITY_LOW : maps[i].severity,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = k8s_request_target(ev, room, sizeof(room)),
		.facts = (struct fact[]){ { "what", span_str(maps[i].what) } },
		.nfacts = 1,
	    });
}

DETECTOR(cluster_login_changed) = {
	.type = "Persistence:Kubernetes/ClusterLoginChanged",
	.title = "{user} changed who may log in to cluster {cluster}",
	.story = "{user} from {remote} with {user_agent}: {verb} of ConfigMap "
		 "{namespace}/{name} in cluster {cluster}. It says {what}. "
		 "{usual}.",
	.mitre = "T1098 T1556",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

/*
 * CredentialAccess:Kubernetes/ClusterDnsChanged - somebody rewrites the
 * configuration of the cluster's DNS, and so decides where the traffic of
 * all pods goes.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        a ConfigMap of the cluster's DNS is created, changed or
 *             deleted.  Low for kubeadm, which does so when it upgrades
 * References  https://attack.mitre.org/techniques/T1557/
 *             https://attack.mitre.org/techniques/T1565/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
is_dns(const struct audit *a)
{
	static const char *const names[] = { "coredns", "coredns-custom",
		"kube-dns", "node-local-dns", "rke2-coredns-rke2-coredns" };

	if (span_equal(a->ns, SPAN("openshift-dns")))
		return span_equal(a->name, SPAN("dns-default"));
	if (!span_equal(a->ns, SPAN("kube-system")))
		return false;
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_equal(a->name, span_str(names[i])))
			return true;
	return false;
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

	return is_dns(a) && k8s_act_done(a);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct audit *a = ev->audit;
	char room[256];

	(void)state;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "changes the cluster's DNS",
		.severity = span_starts(a->agent, SPAN("kubeadm"))
				? SEVERITY_LOW
				: SEVERITY_MEDIUM,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = k8s_request_target(ev, room, sizeof(room)),
	    });
}

DETECTOR(cluster_dns_changed) = {
	.type = "CredentialAccess:Kubernetes/ClusterDnsChanged",
	.title = "{user} changed the DNS of cluster {cluster}",
	.story = "{user} from {remote} with {user_agent}: {verb} of ConfigMap "
		 "{namespace}/{name}, from which the DNS of cluster {cluster} "
		 "is configured. It decides where every pod's traffic goes. "
		 "{usual}.",
	.mitre = "T1557 T1565",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.75,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

/*
 * PrivilegeEscalation:Kubernetes/ControllerAccountInPod - a pod is given the
 * service account of one of the control plane's own loops, which no pod runs
 * as and whose rights reach over the whole cluster.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none
 * Rule        a workload in kube-system with such a serviceAccountName, not
 *             written by the control plane
 * References  https://attack.mitre.org/techniques/T1078/
 *             https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/pod_spec.h"

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->ns, SPAN("kube-system")) && k8s_act_done(a);
}

/* The loops of kube-controller-manager; software that is installed has
 * accounts of other names that end in -controller as well. */
static bool
is_loop(struct span account)
{
	static const char *const names[] = { "attachdetach-controller",
		"bootstrap-signer", "certificate-controller", "cloud-provider",
		"clusterrole-aggregation-controller", "cronjob-controller",
		"daemon-set-controller", "deployment-controller",
		"disruption-controller", "endpoint-controller",
		"endpointslice-controller", "endpointslicemirroring-controller",
		"ephemeral-volume-controller", "expand-controller",
		"generic-garbage-collector", "horizontal-pod-autoscaler",
		"job-controller", "legacy-service-account-token-cleaner",
		"namespace-controller", "node-controller",
		"persistent-volume-binder", "pod-garbage-collector",
		"pv-protection-controller", "pvc-protection-controller",
		"replicaset-controller", "replication-controller",
		"resource-claim-controller", "resourcequota-controller",
		"root-ca-cert-publisher", "route-controller",
		"service-account-controller", "service-controller",
		"statefulset-controller", "token-cleaner",
		"ttl-after-finished-controller", "ttl-controller" };

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_equal(account, span_str(names[i])))
			return true;
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct pod_spec *pod = detect_pod(d);

	(void)state;
	if (pod == NULL || !is_loop(pod->service_account))
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "runs pods as the control plane",
		.severity = SEVERITY_HIGH,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = pod->workload,
		.detail = pod->service_account,
		.facts =
		    (struct fact[]){
			{ "workload", pod->workload },
			{ "subject", pod->service_account },
			{ "image", pod->ncontainers > 0
				       ? pod->containers[0].image
				       : SPAN("an unknown image") },
		    },
		.nfacts = 3,
	    });
}

DETECTOR(controller_account) = {
	.type = "PrivilegeEscalation:Kubernetes/ControllerAccountInPod",
	.title = "{user} runs {workload} as the control plane's {subject}",
	.story = "{user} from {remote} with {user_agent} wrote {workload} in "
		 "cluster {cluster} with the service account {subject} and "
		 "image {image}. It belongs to a loop of the control plane, no "
		 "pod runs as it, and its rights reach over the whole cluster.",
	.mitre = "T1078 T1610",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.9,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = pod_spec_of_kind,
	.match = match,
	.observe = observe,
};

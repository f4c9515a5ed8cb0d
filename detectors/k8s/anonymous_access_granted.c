/*
 * Policy:Kubernetes/AnonymousAccessGranted - a role was bound to everybody,
 * logged in or not.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none
 * Rule        a (Cluster)RoleBinding is written whose subjects hold
 *             system:anonymous or system:unauthenticated; not the one the
 *             apiserver keeps itself (system:public-info-viewer), and not
 *             kubeadm's, which publishes one ConfigMap for joining nodes
 * References  https://attack.mitre.org/techniques/T1098/006/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/k8s_request.h"
#include "detect/rbac.h"

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return k8s_request_succeeded(a) && !rbac_is_bootstrap(a);
}

/* What every cluster grants the unnamed: health, version, cluster-info. */
static bool
is_standard(const struct event *ev, const struct rbac_binding *b)
{
	if (b->cluster_wide)
		return span_equal(b->role, SPAN("system:public-info-viewer"));
	return span_equal(k8s_request_namespace(ev), SPAN("kube-public")) &&
	       span_equal(
		   b->role, SPAN("kubeadm:bootstrap-signer-clusterinfo"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct rbac_binding b;
	const struct rbac_subject *anyone = NULL;

	(void)state;
	if (!rbac_read(ev, &b) || is_standard(ev, &b))
		return;
	for (size_t i = 0; i < b.nsubjects && anyone == NULL; i++)
		if (rbac_is_anonymous(&b.subjects[i]))
			anyone = &b.subjects[i];
	if (anyone == NULL)
		return;
	detect_raise(d, &(struct raise){
			    .resource_kind = ENTITY_USER,
			    .resource = anyone->name,
			    .why = &(struct evidence){ .feature = "bound to",
				.observed = anyone->name,
				.expected = (double)NAN },
			    .nwhy = 1,
			    .facts =
				(struct fact[]){
				    { "subject", anyone->name },
				    { "role", b.role },
				    { "binding", k8s_request_name(ev) },
				},
			    .nfacts = 3,
			});
}

DETECTOR(anonymous_access_granted) = {
	.type = "Policy:Kubernetes/AnonymousAccessGranted",
	.title = "{user} opened cluster {cluster} to anyone: role {role} for "
		 "{subject}",
	.story =
	    "{user} bound {role} to {subject} ({resource_type} {binding}). "
	    "Whoever reaches the API server of {cluster} now has that "
	    "role without logging in.",
	.mitre = "T1098.006",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.severity = SEVERITY_HIGH,
	.confidence = 0.95,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = rbac_binding_of_kind,
	.match = match,
	.observe = observe,
};

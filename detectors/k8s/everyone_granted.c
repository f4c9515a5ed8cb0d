/*
 * Policy:Kubernetes/EveryoneGranted - rights are given to everybody who can
 * log in at all.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none
 * Rule        a binding to the group system:authenticated of a role beyond
 *             those that Kubernetes gives it by itself.  On GKE that is
 *             anybody with a Google account.  admin or cluster-admin: High,
 *             else Medium
 * References  https://attack.mitre.org/techniques/T1098/006/
 *             https://cloud.google.com/kubernetes-engine/docs/best-practices/rbac
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/rbac.h"

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return k8s_act_done(a) && !rbac_is_bootstrap(a);
}

static bool
is_given_anyway(struct span role)
{
	static const char *const roles[] = { "system:basic-user",
		"system:discovery", "system:public-info-viewer",
		"system:service-account-issuer-discovery" };

	for (size_t i = 0; i < COUNTOF(roles); i++)
		if (span_equal(role, span_str(roles[i])))
			return true;
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct rbac_binding b;
	bool everyone = false;

	(void)state;
	if (!rbac_read(ev, &b) || is_given_anyway(b.role))
		return;
	for (size_t i = 0; i < b.nsubjects; i++)
		everyone |= rbac_is_everyone(&b.subjects[i]);
	if (!everyone)
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "gives rights to everybody",
		.severity = rbac_is_admin(&b) ? SEVERITY_HIGH : SEVERITY_MEDIUM,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = b.role,
		.facts = (struct fact[]){ { "role", b.role },
		    { "binding", k8s_request_name(ev) } },
		.nfacts = 2,
	    });
}

DETECTOR(everyone_granted) = {
	.type = "Policy:Kubernetes/EveryoneGranted",
	.title = "{user} gave {role} to everybody who can log in to {cluster}",
	.story = "{user} from {remote} bound role {role} to the group "
		 "system:authenticated ({resource_type} {binding}) in cluster "
		 "{cluster}. Every pod, every user, and on some clusters "
		 "anybody with a free account, has it. {usual}.",
	.mitre = "T1098.006",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.9,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = rbac_binding_of_kind,
	.match = match,
	.observe = observe,
};

/*
 * PrivilegeEscalation:Kubernetes/PrivilegedImpersonation - somebody acts as
 * a member of system:masters, or as one of the cluster's own users.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        impersonatedUser has the group system:masters, or is a system:
 *             user or a service account of kube-system; answered with success.
 *             Acting as an ordinary user, as portals and `kubectl auth can-i`
 *             do all day, is not meant
 * References  https://attack.mitre.org/techniques/T1078/
 *             https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
match(const struct event *ev)
{
	return !span_is_empty(ev->audit->impersonated) &&
	       k8s_act_done(ev->audit);
}

static bool
is_master(const struct event *ev)
{
	static const char *const masters[] = { "system:masters", NULL };
	struct json_value as = json_get(ev->record, SPAN("impersonatedUser"));

	return k8s_act_lists(json_get(as, SPAN("groups")), masters);
}

/* One of the cluster's own: not the accounts of anybody's pods. */
static bool
is_system(struct span user)
{
	struct span ns, name;

	if (k8s_request_service_account(user, &ns, &name))
		return span_equal(ns, SPAN("kube-system"));
	return span_starts(user, SPAN("system:")) &&
	       !span_equal(user, SPAN("system:anonymous"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct audit *a = ev->audit;
	bool master = is_master(ev);

	(void)state;
	if (!master && !is_system(a->impersonated))
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = master ? "acts as a member of system:masters"
			       : "acts as one of the cluster's own users",
		.severity = SEVERITY_MEDIUM,
		.resource_kind = ENTITY_USER,
		.resource = a->user,
		.detail = a->impersonated,
		.facts =
		    (struct fact[]){
			{ "what", master ? SPAN("a member of system:masters, "
						"whom nothing is refused")
					 : SPAN("one of the cluster's own "
						"users") },
		    },
		.nfacts = 1,
	    });
}

DETECTOR(impersonation) = {
	.type = "PrivilegeEscalation:Kubernetes/PrivilegedImpersonation",
	.title = "{user} acted as {impersonated}, {what}",
	.story = "{user} from {remote} used impersonation to act as "
		 "{impersonated} in cluster {cluster}, {what}: {verb} "
		 "{resource_type} {namespace}. {usual}.",
	.mitre = "T1078 T1098.006",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

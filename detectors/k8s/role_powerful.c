/*
 * PrivilegeEscalation:Kubernetes/RoleWithFullControl - a role is written that
 * allows everything, or to take more rights, or one of the API server's own
 * roles is changed.
 *
 * Sources     Kubernetes audit log; level Request or RequestResponse, but for
 *             the built-in roles
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        every verb on every resource of every group, or one of
 *             escalate, bind and impersonate: Medium in a ClusterRole, Low in
 *             a Role.  All resources of the core in a ClusterRole: Low.  A
 *             built-in role changed by others than the API server: High
 * References  https://attack.mitre.org/techniques/T1098/006/
 *             https://kubernetes.io/docs/concepts/security/rbac-good-practices/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/rbac.h"
#include "detect/rbac_rules.h"

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return k8s_act_done(a) && !rbac_is_bootstrap(a);
}

static bool
is_built_in(const struct event *ev)
{
	return span_equal(ev->audit->resource, SPAN("clusterroles")) &&
	       !span_equal(ev->audit->verb, SPAN("create")) &&
	       rbac_rules_are_built_in(ev->audit->name);
}

static double
severity_of(enum rbac_power power, bool built_in, bool everywhere)
{
	if (built_in)
		return SEVERITY_HIGH;
	return everywhere && power >= RBAC_POWER_GRANTS ? SEVERITY_MEDIUM
							: SEVERITY_LOW;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool built_in = is_built_in(ev);
	bool everywhere = span_equal(ev->audit->resource, SPAN("clusterroles"));
	enum rbac_power power = RBAC_POWER_PLAIN;
	struct span role = k8s_request_name(ev);
	struct span what;

	(void)state;
	(void)rbac_rules_read(ev, &power);
	if (power < (everywhere ? RBAC_POWER_WIDE : RBAC_POWER_GRANTS) &&
	    !built_in)
		return;
	what = built_in ? SPAN("one that the cluster's own parts and all its "
			       "users rest on")
			: span_str(rbac_power_text(power));
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = built_in ? "changes built-in roles"
				 : "writes roles without limits",
		.severity = severity_of(power, built_in, everywhere),
		.resource_kind = ENTITY_WORKLOAD,
		.resource = role,
		.detail = what,
		.facts = (struct fact[]){ { "role", role }, { "what", what } },
		.nfacts = 2,
	    });
}

DETECTOR(role_powerful) = {
	.type = "PrivilegeEscalation:Kubernetes/RoleWithFullControl",
	.title = "{user} wrote role {role}: {what}",
	.story =
	    "{user} from {remote} with {user_agent}: {verb} of "
	    "{resource_type} {role} in cluster {cluster}. The role: {what}. "
	    "{usual}.",
	.mitre = "T1098.006",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = rbac_rules_of_kind,
	.match = match,
	.observe = observe,
};

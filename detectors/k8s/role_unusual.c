/*
 * PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated - a role over
 * secrets, pods or logins is written by somebody, or from where, or in a
 * namespace that is not usual for it.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         actor, its peers, the namespace (in the baseline)
 * Statistic   novelty of origin and of behaviour (k8s_judge.h).  Roles without
 *             any limit have a rule of their own (role_powerful)
 * References  https://attack.mitre.org/techniques/T1098/006/
 */
#include "detect/detector.h"
#include "detect/k8s_act.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"
#include "detect/rbac_rules.h"

enum { P_VALUE };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 3e-3, 1e-15, 0.1, "how rare is too rare" },
};

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	enum rbac_power power;
	struct span role = k8s_request_name(ev);
	struct k8s_judge j;
	char room[256];
	double p;

	(void)state;
	if (!rbac_rules_read(ev, &power) || power != RBAC_POWER_STRONG)
		return;
	k8s_judge_request(d, &j);
	p = k8s_judge_p(&j);
	if (p > detect_param(d, P_VALUE))
		return;
	detect_raise(
	    d, &(struct raise){
		   .p = p,
		   .resource_kind = ENTITY_WORKLOAD,
		   .resource = k8s_request_target(ev, room, sizeof(room)),
		   .why = j.why,
		   .nwhy = j.nwhy,
		   .facts =
		       (struct fact[]){
			   { "role", role },
			   { "what", span_str(rbac_power_text(power)) },
		       },
		   .nfacts = 2,
	       });
}

DETECTOR(role_unusual) = {
	.type = "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated",
	.title = "{user} wrote role {role}, which is unusual",
	.story = "{user} from {remote} with {user_agent}: {verb} of "
		 "{resource_type} {role} in cluster {cluster}, {what}. Who, "
		 "where and how do not fit what is usual here.",
	.mitre = "T1098.006",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_LOW,
	.statistical = true,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = rbac_rules_of_kind,
	.match = k8s_act_match_done,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

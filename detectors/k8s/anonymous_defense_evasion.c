/*
 * DefenseEvasion:Kubernetes/SuccessfulAnonymousAccess - events,
 * admission webhooks or log shippers are changed by someone without a name.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none: each success is judged alone
 * Rule        the user is system:anonymous, the answer a success, and the
 *             request removes traces or guards (tactic_of_audit)
 * References  https://attack.mitre.org/techniques/T1562/
 */
#include "detect/anonymous.h"

static bool
match(const struct event *ev)
{
	return anonymous_tactic(ev) == TACTIC_DEFENSE_EVASION;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	anonymous_raise(d, ev);
}

DETECTOR(anonymous_defense_evasion) = {
	.type = "DefenseEvasion:Kubernetes/SuccessfulAnonymousAccess",
	.title =
	    "Someone without a name weakened the defences of cluster {cluster}",
	.story = "{remote} changed or removed what watches or guards cluster "
		 "{cluster} "
		 "({verb} {resource_type} {name}) without logging in.",
	.mitre = "T1562",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_K8S_AUDIT,
	.severity = SEVERITY_HIGH,
	.confidence = 0.95,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

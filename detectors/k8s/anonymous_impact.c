/*
 * Impact:Kubernetes/SuccessfulAnonymousAccess - objects
 * are deleted, scaled or entered by someone who gave no name.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none: each success is judged alone
 * Rule        the user is system:anonymous, the answer a success, and the
 *             request deletes, scales, runs commands, or changes what no
 *             other class covers (tactic_of_audit)
 * References  https://attack.mitre.org/techniques/T1485/
 */
#include "detect/anonymous.h"

static bool
match(const struct event *ev)
{
	return anonymous_tactic(ev) == TACTIC_IMPACT;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	anonymous_raise(d, ev);
}

DETECTOR(anonymous_impact) = {
	.type = "Impact:Kubernetes/SuccessfulAnonymousAccess",
	.title = "Someone without a name tampered with cluster {cluster}",
	.story = "{remote} deleted, changed or ran things in cluster {cluster} "
		 "without "
		 "logging in ({verb} {resource_type} {namespace} {name}).",
	.mitre = "T1485",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_K8S_AUDIT,
	.severity = SEVERITY_HIGH,
	.confidence = 0.95,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

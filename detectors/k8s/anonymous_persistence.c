/*
 * Persistence:Kubernetes/SuccessfulAnonymousAccess - workloads,
 * accounts or rights are made by someone who gave no name.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none: each success is judged alone
 * Rule        the user is system:anonymous, the answer a success, and the
 *             request makes or changes workloads, accounts, roles or
 *             bindings (tactic_of_audit)
 * References  https://attack.mitre.org/techniques/T1098/
 */
#include "detect/anonymous.h"

static bool
match(const struct event *ev)
{
	return anonymous_tactic(ev) == TACTIC_PERSISTENCE;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	anonymous_raise(d, ev);
}

DETECTOR(anonymous_persistence) = {
	.type = "Persistence:Kubernetes/SuccessfulAnonymousAccess",
	.title = "Someone without a name made something to stay in cluster "
		 "{cluster}",
	.story =
	    "{remote} created or changed {resource_type} {name} in {namespace} "
	    "of "
	    "cluster {cluster} without logging in: a workload, an account or a "
	    "right that outlives the request.",
	.mitre = "T1098",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.severity = SEVERITY_HIGH,
	.confidence = 0.95,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

/*
 * Discovery:Kubernetes/SuccessfulAnonymousAccess - objects are
 * listed or read by someone who gave no name; health checks, the version and
 * what is published for joining nodes are meant for anyone.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none: each success is judged alone
 * Rule        the user is system:anonymous, the answer a success, and the
 *             request only reads (tactic_of_audit)
 * References  https://attack.mitre.org/techniques/T1613/
 */
#include "detect/anonymous.h"

static bool
match(const struct event *ev)
{
	return anonymous_tactic(ev) == TACTIC_DISCOVERY;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	anonymous_raise(d, ev);
}

DETECTOR(anonymous_discovery) = {
	.type = "Discovery:Kubernetes/SuccessfulAnonymousAccess",
	.title = "Anyone can look around in cluster {cluster}",
	.story = "{remote} listed or read objects of cluster {cluster} without "
		 "logging in "
		 "({verb} {resource_type} {uri}), and was allowed to.",
	.mitre = "T1613",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_READS,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.95,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

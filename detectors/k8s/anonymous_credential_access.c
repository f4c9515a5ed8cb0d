/*
 * CredentialAccess:Kubernetes/SuccessfulAnonymousAccess - secrets are read
 * or tokens are made by someone who gave no name at all.
 *
 * Sources     Kubernetes audit log, any level
 * Key         none: each success is judged alone
 * Rule        the user is system:anonymous, the answer a success, and the
 *             request reads secrets or makes tokens (tactic_of_audit)
 * References  https://attack.mitre.org/techniques/T1552/
 */
#include "detect/anonymous.h"

static bool
match(const struct event *ev)
{
	return anonymous_tactic(ev) == TACTIC_CREDENTIAL_ACCESS;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	anonymous_raise(d, ev);
}

DETECTOR(anonymous_credential_access) = {
	.type = "CredentialAccess:Kubernetes/SuccessfulAnonymousAccess",
	.title = "Anyone can read credentials of cluster {cluster}",
	.story =
	    "{remote} read secrets or obtained tokens of cluster {cluster} "
	    "without "
	    "logging in ({verb} {resource_type} in {namespace}). Anyone who "
	    "reaches the API server can do the same: treat what was read as "
	    "stolen.",
	.mitre = "T1552",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_READS,
	.severity = SEVERITY_HIGH,
	.confidence = 0.95,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

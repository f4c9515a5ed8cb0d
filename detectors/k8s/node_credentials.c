/*
 * CredentialAccess:Kubernetes/NodeCredentialsMisused - the identity of a node
 * is used by another program than its kubelet, for what that program does not
 * ask for.
 *
 * Sources     Kubernetes audit log with user agents, any level
 * Key         none; which programs nodes use is in the baseline of their peers
 * Rule        system:node:... with a program that people type into (k8s_act.h)
 *             and that no node of the cluster used on an earlier day asks for
 *             secrets, tokens, pods or rights, or is refused.  Set-up scripts
 *             that label and drain their own node are not meant
 * References  https://attack.mitre.org/techniques/T1552/001/
 *             https://attack.mitre.org/techniques/T1078/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_starts(a->user, SPAN("system:node:")) && a->code >= 100 &&
	       !span_is_empty(a->agent) && !span_is_empty(a->resource) &&
	       !span_starts(a->agent, SPAN("kubelet"));
}

static bool
is_harmful(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return ev->outcome == OUTCOME_DENIED ||
	       span_equal(a->resource, SPAN("secrets")) ||
	       span_equal(a->resource, SPAN("serviceaccounts")) ||
	       tactic_of_audit(a) == TACTIC_PERSISTENCE ||
	       tactic_of_audit(a) == TACTIC_PRIVILEGE_ESCALATION ||
	       tactic_of_audit(a) == TACTIC_EXECUTION;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct usual peers;

	(void)state;
	if (!k8s_act_by_hand(ev->audit->agent) || !is_harmful(ev))
		return;
	detect_usual(d, SCOPE_PEERS, FEATURE_AGENT, &peers);
	if (peers.days > 0)
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "acts by hand, beyond its node",
		.severity = SEVERITY_MEDIUM,
		.resource_kind = ENTITY_NODE,
		.resource =
		    span_skip(ev->audit->user, sizeof("system:node:") - 1),
		.detail = ev->audit->agent,
	    });
}

DETECTOR(node_credentials) = {
	.type = "CredentialAccess:Kubernetes/NodeCredentialsMisused",
	.title = "Somebody uses the identity of node {user} by hand",
	.story = "{user} from {remote}: {verb} {resource_type} {namespace} in "
		 "cluster {cluster}, with {user_agent} in place of a kubelet; "
		 "answered with {code}. Who is on a node can take its "
		 "identity. {usual}.",
	.mitre = "T1552.001 T1078",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.75,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

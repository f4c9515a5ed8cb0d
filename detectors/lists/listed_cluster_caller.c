/*
 * Discovery:Kubernetes/MaliciousIPCaller.Custom and what belongs to it - the
 * API server was asked from an address on a list of the user's.
 *
 * Sources     Kubernetes audit logs; `lists:` of kind ip
 * Statistic   none: the list decides, what the request is for chooses the
 *             type.  Refused and anonymous requests are the internet's noise
 *             and left out.
 * References  detection.md 1.4; https://attack.mitre.org/techniques/T1613/
 */
#include "detect/listed.h"

#define ASKED "{actor} asked to {verb} {resource_type} from {remote}, "
/* What all types of the family are. */
#define LISTED_CLUSTER_CALLER                                                  \
	.story = "{actor} asked the API server to {verb} {resource_type} "     \
		 "{name} of {namespace} from {remote}. The list {list} says "  \
		 "that {list_entry} is {threat}.",                             \
	.sources = DETECT_K8S_AUDIT, .needs = DETECT_NEEDS_ADDRESSES,          \
	.wants = CARRIED_READS, .confidence = 0.9, .lists = true,              \
	.when = DETECT_EACH, .key = DETECT_KEY_NONE

DETECTOR(listed_cluster_caller_credential) = {
	.type = "CredentialAccess:Kubernetes/MaliciousIPCaller",
	.title = ASKED "a listed address",
	.mitre = "T1552.007",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_credential_custom) = {
	.type = "CredentialAccess:Kubernetes/MaliciousIPCaller.Custom",
	.title = ASKED "which is on the list {list}",
	.mitre = "T1552.007",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_credential_tor) = {
	.type = "CredentialAccess:Kubernetes/TorIPCaller",
	.title = ASKED "a Tor node",
	.mitre = "T1552.007",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_evasion) = {
	.type = "DefenseEvasion:Kubernetes/MaliciousIPCaller",
	.title = ASKED "a listed address",
	.mitre = "T1562",
	.tactic = TACTIC_DEFENSE_EVASION,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_evasion_custom) = {
	.type = "DefenseEvasion:Kubernetes/MaliciousIPCaller.Custom",
	.title = ASKED "which is on the list {list}",
	.mitre = "T1562",
	.tactic = TACTIC_DEFENSE_EVASION,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_evasion_tor) = {
	.type = "DefenseEvasion:Kubernetes/TorIPCaller",
	.title = ASKED "a Tor node",
	.mitre = "T1562",
	.tactic = TACTIC_DEFENSE_EVASION,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_discovery) = {
	.type = "Discovery:Kubernetes/MaliciousIPCaller",
	.title = ASKED "a listed address",
	.mitre = "T1613",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_MEDIUM,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_discovery_tor) = {
	.type = "Discovery:Kubernetes/TorIPCaller",
	.title = ASKED "a Tor node",
	.mitre = "T1613",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_MEDIUM,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_impact) = {
	.type = "Impact:Kubernetes/MaliciousIPCaller",
	.title = ASKED "a listed address",
	.mitre = "T1485",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_impact_custom) = {
	.type = "Impact:Kubernetes/MaliciousIPCaller.Custom",
	.title = ASKED "which is on the list {list}",
	.mitre = "T1485",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_impact_tor) = {
	.type = "Impact:Kubernetes/TorIPCaller",
	.title = ASKED "a Tor node",
	.mitre = "T1485",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_HIGH,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_persistence) = {
	.type = "Persistence:Kubernetes/MaliciousIPCaller",
	.title = ASKED "a listed address",
	.mitre = "T1525",
	.tactic = TACTIC_PERSISTENCE,
	.severity = SEVERITY_MEDIUM,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_persistence_custom) = {
	.type = "Persistence:Kubernetes/MaliciousIPCaller.Custom",
	.title = ASKED "which is on the list {list}",
	.mitre = "T1525",
	.tactic = TACTIC_PERSISTENCE,
	.severity = SEVERITY_MEDIUM,
	LISTED_CLUSTER_CALLER,
};

DETECTOR(listed_cluster_caller_persistence_tor) = {
	.type = "Persistence:Kubernetes/TorIPCaller",
	.title = ASKED "a Tor node",
	.mitre = "T1525",
	.tactic = TACTIC_PERSISTENCE,
	.severity = SEVERITY_MEDIUM,
	LISTED_CLUSTER_CALLER,
};

extern const struct detector detector_listed_cluster_caller;

static const struct detector *const types[TACTIC_COUNT][LISTED_ORIGINS] = {
	[TACTIC_CREDENTIAL_ACCESS] = { &detector_listed_cluster_caller_credential,
	    &detector_listed_cluster_caller_credential_custom,
	    &detector_listed_cluster_caller_credential_tor },
	[TACTIC_DEFENSE_EVASION] = { &detector_listed_cluster_caller_evasion,
	    &detector_listed_cluster_caller_evasion_custom,
	    &detector_listed_cluster_caller_evasion_tor },
	[TACTIC_DISCOVERY] = { &detector_listed_cluster_caller_discovery,
	    &detector_listed_cluster_caller,
	    &detector_listed_cluster_caller_discovery_tor },
	[TACTIC_IMPACT] = { &detector_listed_cluster_caller_impact,
	    &detector_listed_cluster_caller_impact_custom,
	    &detector_listed_cluster_caller_impact_tor },
	[TACTIC_PERSISTENCE] = { &detector_listed_cluster_caller_persistence,
	    &detector_listed_cluster_caller_persistence_custom,
	    &detector_listed_cluster_caller_persistence_tor },
};

/* The classes that have no type of their own go with the nearest. */
static enum tactic
class_of(const struct audit *a)
{
	enum tactic t = tactic_of_audit(a);

	if (t == TACTIC_PRIVILEGE_ESCALATION || t == TACTIC_EXECUTION)
		return TACTIC_PERSISTENCE;
	if (t == TACTIC_INITIAL_ACCESS || t == TACTIC_NONE)
		return TACTIC_DISCOVERY;
	return t == TACTIC_EXFILTRATION ? TACTIC_CREDENTIAL_ACCESS : t;
}

static bool
match(const struct event *ev)
{
	return ev->outcome == OUTCOME_OK && !ip_is_none(&ev->remote) &&
	       !(ev->audit->groups & AUDIT_GROUP_UNAUTHENTICATED) &&
	       ev->audit->resource.len > 0;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	listed_raise_caller(
	    d, ev, ev->audit->remote, types[class_of(ev->audit)]);
}

DETECTOR(listed_cluster_caller) = {
	.type = "Discovery:Kubernetes/MaliciousIPCaller.Custom",
	.title = ASKED "which is on the list {list}",
	.mitre = "T1613",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_MEDIUM,
	.match = match,
	.observe = observe,
	LISTED_CLUSTER_CALLER,
};

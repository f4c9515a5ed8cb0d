/*
 * AttackSequence:EKS/CompromisedCluster - signals that each may be harmless
 * make an attack together.
 *
 * Sources     all; judged from signals, by src/sequence
 * Key         signals of one user or service account of any Kubernetes
 *             cluster, and of the pods, roles and addresses that belong to
 *             it (src/sequence/keys.h)
 * Statistic   evidence (-ln p) summed over distinct tactics
 * References
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-attack-sequence-finding-types.html
 */
#include "detect/detector.h"

static const struct param params[] = {
	{ "score", 24, 5, 200,
	    "evidence the tactics must have together, as the sum of -ln p" },
	{ "tactics", 3, 2, 9, "different tactics that are needed" },
};

DETECTOR(compromised_cluster) = {
	.type = "AttackSequence:EKS/CompromisedCluster",
	.title = "{actor} shows {tactics} in cluster {cluster}: it is being "
		 "taken over",
	.story = "What {actor} did between {time} and {last} in cluster "
		 "{cluster}, and what belongs to it, serves {tactics}: "
		 "together this is how a cluster is taken over, though each "
		 "act alone may be harmless.",
	.mitre = "T1610 T1609 T1552.007",
	.tactic = TACTIC_NONE,
	.sources = DETECT_K8S_AUDIT | DETECT_CLOUDTRAIL | DETECT_VPCFLOW |
		   DETECT_DNS,
	.severity = SEVERITY_CRITICAL,
	.params = params,
	.nparams = COUNTOF(params),
};

/*
 * AttackSequence:IAM/CompromisedCredentials - signals that each may be
 * harmless make an attack together.
 *
 * Sources     all; judged from signals, by src/sequence
 * Key         signals of one principal, its sessions and keys
 *             (src/sequence/keys.h)
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

DETECTOR(compromised_credentials) = {
	.type = "AttackSequence:IAM/CompromisedCredentials",
	.title = "{actor} shows {tactics}: its credentials are in the wrong "
		 "hands",
	.story = "What {actor} did between {time} and {last}, and what "
		 "belongs to it, serves {tactics}: together this is how an "
		 "intruder works who holds its credentials, though each act "
		 "alone may be harmless.",
	.mitre = "T1078.004 T1098",
	.tactic = TACTIC_NONE,
	.sources = DETECT_CLOUDTRAIL | DETECT_K8S_AUDIT | DETECT_VPCFLOW |
		   DETECT_DNS,
	.severity = SEVERITY_CRITICAL,
	.params = params,
	.nparams = COUNTOF(params),
};

/*
 * AttackSequence:S3/CompromisedData - signals that each may be harmless make
 * an attack together.
 *
 * Sources     all; judged from signals, by src/sequence
 * Key         signals of one principal, the last of which take or destroy
 *             data in S3 (src/sequence/keys.h)
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

DETECTOR(compromised_data) = {
	.type = "AttackSequence:S3/CompromisedData",
	.title = "{actor} shows {tactics}: data in S3 are taken or destroyed",
	.story = "What {actor} did between {time} and {last}, and what "
		 "belongs to it, serves {tactics}: together this is how data "
		 "in S3 are stolen or held to ransom with credentials that "
		 "are in the wrong hands.",
	.mitre = "T1530 T1485",
	.tactic = TACTIC_NONE,
	.sources = DETECT_CLOUDTRAIL | DETECT_K8S_AUDIT | DETECT_VPCFLOW |
		   DETECT_DNS,
	.severity = SEVERITY_CRITICAL,
	.params = params,
	.nparams = COUNTOF(params),
};

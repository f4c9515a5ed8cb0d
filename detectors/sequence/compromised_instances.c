/*
 * AttackSequence:EC2/CompromisedInstanceGroup - signals that each may be
 * harmless make an attack together.
 *
 * Sources     all; judged from signals, by src/sequence
 * Key         signals of one host, or of hosts that speak to the same places
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

DETECTOR(compromised_instances) = {
	.type = "AttackSequence:EC2/CompromisedInstanceGroup",
	.title = "{actor} shows {tactics}: it is under somebody's control",
	.story = "What {actor} did on the network between {time} and {last}, "
		 "and what belongs to it, serves {tactics}: together this is "
		 "how a machine behaves that somebody controls from afar.",
	.mitre = "T1571 T1496",
	.tactic = TACTIC_NONE,
	.sources = DETECT_VPCFLOW | DETECT_DNS | DETECT_CLOUDTRAIL |
		   DETECT_K8S_AUDIT,
	.severity = SEVERITY_CRITICAL,
	.params = params,
	.nparams = COUNTOF(params),
};

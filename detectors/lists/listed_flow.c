/*
 * UnauthorizedAccess:EC2/MaliciousIPCaller.Custom and what belongs to it -
 * traffic with an address that is on a list of the user's.
 *
 * Sources     VPC flow logs; `lists:` of kind ip
 * Statistic   none: the list decides.  What we call counts even when refused;
 *             what calls us counts when it is answered, since the internet
 *             knocks everywhere.  Scanners that reach what is meant for all
 *             (web, names, time) are left out.
 * References  detection.md 1.1; https://attack.mitre.org/techniques/T1071/
 */
#include <assert.h>

#include "detect/flows.h"
#include "detect/listed.h"
#include "detect/ports.h"

#define TALKED                                                                 \
	"{local} ({instance}) talked with {peer} at port {port}. The list "    \
	"{list} says that {list_entry} is {threat}."
/* What all types of the family are. */
#define LISTED_FLOW                                                            \
	.sources = DETECT_VPCFLOW, .needs = DETECT_NEEDS_ADDRESSES,            \
	.wants = CARRIED_ACTION | CARRIED_COUNTS | CARRIED_TCP_FLAGS,          \
	.confidence = 0.9, .lists = true, .when = DETECT_EACH,                 \
	.key = DETECT_KEY_NONE

DETECTOR(listed_flow_c2) = {
	.type = "Backdoor:EC2/C&CActivity.B",
	.title = "{local} talks to the control server {peer}",
	.story = TALKED " Whoever runs that server gives the orders here.",
	.mitre = "T1071",
	.tactic = TACTIC_EXECUTION,
	.severity = SEVERITY_HIGH,
	LISTED_FLOW,
};

DETECTOR(listed_flow_miner) = {
	.type = "CryptoCurrency:EC2/BitcoinTool.B",
	.title = "{local} talks to {peer}, where cryptocurrency is mined",
	.story = TALKED,
	.mitre = "T1496",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_HIGH,
	LISTED_FLOW,
};

DETECTOR(listed_flow_blackhole) = {
	.type = "Trojan:EC2/BlackholeTraffic",
	.title = "{local} calls the sinkhole {peer}",
	.story = TALKED " Sinkholes answer for names that malware asks for.",
	.mitre = "T1071",
	.tactic = TACTIC_EXECUTION,
	.severity = SEVERITY_MEDIUM,
	LISTED_FLOW,
};

DETECTOR(listed_flow_drop) = {
	.type = "Trojan:EC2/DropPoint",
	.title = "{local} talks to {peer}, where stolen data is kept",
	.story = TALKED,
	.mitre = "T1041",
	.tactic = TACTIC_EXFILTRATION,
	.severity = SEVERITY_MEDIUM,
	LISTED_FLOW,
};

DETECTOR(listed_flow_tor_client) = {
	.type = "UnauthorizedAccess:EC2/TorClient",
	.title = "{local} connects to the Tor network at {peer}",
	.story = TALKED,
	.mitre = "T1090.003",
	.tactic = TACTIC_EXECUTION,
	.severity = SEVERITY_HIGH,
	LISTED_FLOW,
};

DETECTOR(listed_flow_tor_relay) = {
	.type = "UnauthorizedAccess:EC2/TorRelay",
	.title = "{local} answers the Tor node {peer} as a relay does",
	.story = "{peer}, a Tor node by the list {list}, was answered by "
		 "{local} ({instance}) at port {port}, where relays listen.",
	.mitre = "T1090.003",
	.tactic = TACTIC_EXECUTION,
	.severity = SEVERITY_HIGH,
	LISTED_FLOW,
};

DETECTOR(listed_flow_probe) = {
	.type = "Recon:EC2/PortProbeUnprotectedPort",
	.title = "The scanner {peer} reaches port {port} of {local}",
	.story =
	    "{peer}, a scanner by the list {list}, was answered by {local} "
	    "({instance}) at port {port}: nothing keeps strangers out there.",
	.mitre = "T1046",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_LOW,
	LISTED_FLOW,
};

DETECTOR(listed_flow_probe_emr) = {
	.type = "Recon:EC2/PortProbeEMRUnprotectedPort",
	.title =
	    "The scanner {peer} reaches the cluster port {port} of {local}",
	.story = "{peer}, a scanner by the list {list}, was answered by "
		 "{local} ({instance}) at port {port}, where Hadoop and EMR "
		 "take jobs from anybody.",
	.mitre = "T1046",
	.tactic = TACTIC_DISCOVERY,
	.severity = SEVERITY_HIGH,
	LISTED_FLOW,
};

/* Tor's usual ports of relays and directories. */
static bool
is_relay_port(unsigned port)
{
	return port == 9001 || port == 9030;
}

/* YARN, HDFS and the job history, as EMR sets them up. */
static bool
is_emr_port(unsigned port)
{
	return port == 8088 || port == 8042 || port == 9870 || port == 50070 ||
	       port == 19888;
}

/* What a scanner's call is; it must have been answered. */
static const struct detector *
probe_of(const struct flow *f, double *severity)
{
	if (f->initiated || ports_is_everyday(f->service_port))
		return NULL;
	if (is_emr_port(f->service_port))
		return &detector_listed_flow_probe_emr;
	if (f->service_port == 9200 || f->service_port == 9300)
		*severity = SEVERITY_HIGH;
	return &detector_listed_flow_probe;
}

static const struct detector *
tor_of(const struct flow *f)
{
	if (f->initiated)
		return &detector_listed_flow_tor_client;
	/* Who comes through Tor to a service of ours is a visitor. */
	return is_relay_port(f->service_port) ? &detector_listed_flow_tor_relay
					      : NULL;
}

extern const struct detector detector_listed_flow;

/* NULL: decided by who called and where. */
static const struct detector *const types[] = {
	[LISTS_CUSTOM] = &detector_listed_flow,
	[LISTS_C2] = &detector_listed_flow_c2,
	[LISTS_TOR] = NULL,
	[LISTS_MINER] = &detector_listed_flow_miner,
	[LISTS_BLACKHOLE] = &detector_listed_flow_blackhole,
	[LISTS_DROPSITE] = &detector_listed_flow_drop,
	[LISTS_PHISHING] = &detector_listed_flow,
	[LISTS_DRIVEBY] = &detector_listed_flow,
	[LISTS_MALWARE] = &detector_listed_flow,
	[LISTS_DGA] = &detector_listed_flow,
	[LISTS_ABUSED] = &detector_listed_flow,
	[LISTS_SUSPICIOUS] = &detector_listed_flow,
	[LISTS_CRYPTO] = &detector_listed_flow_miner,
	[LISTS_SCANNER] = NULL,
};
static_assert(COUNTOF(types) == LISTS_CATEGORIES, "a type for each");

static const struct detector *
type_of(enum lists_category category, const struct flow *f, double *severity)
{
	if (category == LISTS_TOR)
		return tor_of(f);
	if (category == LISTS_SCANNER)
		return probe_of(f, severity);
	return types[category];
}

static bool
match(const struct event *ev)
{
	return ev->flow->initiated || flows_is_answered(ev->flow);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct lists_hit hits[LISTS_HITS_MAX];
	size_t count = detect_listed_address(d, &ev->flow->peer, hits);
	char peer[IP_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct listed listed = {
			.resource_kind = ENTITY_ADDRESS,
			.resource = span_str(ip_format(&ev->flow->peer, peer)),
			.feature = ev->flow->initiated ? "address called"
						       : "address that called",
		};

		listed.observed = listed.resource;
		listed.as =
		    type_of(hits[i].category, ev->flow, &listed.severity);
		listed_raise(d, &hits[i], &listed);
	}
}

DETECTOR(listed_flow) = {
	.type = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
	.title = "{local} talks with {peer}, which is on the list {list}",
	.story = TALKED,
	.mitre = "T1071",
	.tactic = TACTIC_EXECUTION,
	.severity = SEVERITY_MEDIUM,
	.match = match,
	.observe = observe,
	LISTED_FLOW,
};

/*
 * Impact:EC2/MaliciousDomainRequest.Custom and what belongs to it - a query
 * for a name on a list of the user's, or one that leads to a listed address.
 *
 * Sources     DNS query logs; `lists:` of kind domain, and of kind ip for the
 *             answers
 * Statistic   none: the list decides.  An entry stands for all names below
 *             it.  Of the answers only sinkholes, control servers and drops
 *             count: other listed addresses may serve many names.
 * References  detection.md 1.1; https://attack.mitre.org/techniques/T1071/004/
 */
#include <assert.h>

#include "detect/listed.h"

/* What all types of the family are. */
#define LISTED_NAME                                                            \
	.story = "{client} ({instance}) asked for {domain}. The list {list} "  \
		 "says that {list_entry} is {threat}.",                        \
	.sources = DETECT_DNS, .needs = DETECT_NEEDS_NAMES,                    \
	.wants = CARRIED_ANSWERS, .confidence = 0.9, .lists = true,            \
	.when = DETECT_EACH, .key = DETECT_KEY_NONE

DETECTOR(listed_name_c2) = {
	.type = "Backdoor:EC2/C&CActivity.B!DNS",
	.title = "{client} asks for the control server {domain}",
	.mitre = "T1071.004",
	.tactic = TACTIC_EXECUTION,
	.severity = SEVERITY_HIGH,
	LISTED_NAME,
};

DETECTOR(listed_name_crypto) = {
	.type = "Impact:EC2/BitcoinDomainRequest.Reputation",
	.title = "{client} asks for the cryptocurrency domain {domain}",
	.mitre = "T1496",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_HIGH,
	LISTED_NAME,
};

DETECTOR(listed_name_blackhole) = {
	.type = "Trojan:EC2/BlackholeTraffic!DNS",
	.title = "{client} asks for {domain}, which leads to a sinkhole",
	.mitre = "T1071.004",
	.tactic = TACTIC_EXECUTION,
	.severity = SEVERITY_MEDIUM,
	LISTED_NAME,
};

DETECTOR(listed_name_drop) = {
	.type = "Trojan:EC2/DropPoint!DNS",
	.title = "{client} asks for {domain}, where stolen data is kept",
	.mitre = "T1041",
	.tactic = TACTIC_EXFILTRATION,
	.severity = SEVERITY_MEDIUM,
	LISTED_NAME,
};

DETECTOR(listed_name_phishing) = {
	.type = "Trojan:EC2/PhishingDomainRequest!DNS",
	.title = "{client} asks for the phishing site {domain}",
	.mitre = "T1566",
	.tactic = TACTIC_INITIAL_ACCESS,
	.severity = SEVERITY_HIGH,
	LISTED_NAME,
};

DETECTOR(listed_name_driveby) = {
	.type = "Trojan:EC2/DriveBySourceTraffic!DNS",
	.title = "{client} asks for {domain}, a source of drive-by downloads",
	.mitre = "T1189",
	.tactic = TACTIC_INITIAL_ACCESS,
	.severity = SEVERITY_HIGH,
	LISTED_NAME,
};

DETECTOR(listed_name_dga) = {
	.type = "Trojan:EC2/DGADomainRequest.C!DNS",
	.title = "{client} asks for {domain}, which malware generated",
	.mitre = "T1568.002",
	.tactic = TACTIC_EXECUTION,
	.severity = SEVERITY_HIGH,
	LISTED_NAME,
};

DETECTOR(listed_name_malicious) = {
	.type = "Impact:EC2/MaliciousDomainRequest.Reputation",
	.title = "{client} asks for the malicious domain {domain}",
	.mitre = "T1071.004",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_HIGH,
	LISTED_NAME,
};

DETECTOR(listed_name_abused) = {
	.type = "Impact:EC2/AbusedDomainRequest.Reputation",
	.title = "{client} asks for the abused domain {domain}",
	.mitre = "T1071.004",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_MEDIUM,
	LISTED_NAME,
};

DETECTOR(listed_name_suspicious) = {
	.type = "Impact:EC2/SuspiciousDomainRequest.Reputation",
	.title = "{client} asks for the suspicious domain {domain}",
	.mitre = "T1071.004",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_LOW,
	LISTED_NAME,
};

extern const struct detector detector_listed_name;
extern const struct detector detector_mining_pool;

static const struct detector *const types[] = {
	[LISTS_CUSTOM] = &detector_listed_name,
	[LISTS_C2] = &detector_listed_name_c2,
	[LISTS_TOR] = &detector_listed_name,
	[LISTS_MINER] = &detector_mining_pool,
	[LISTS_BLACKHOLE] = &detector_listed_name_blackhole,
	[LISTS_DROPSITE] = &detector_listed_name_drop,
	[LISTS_PHISHING] = &detector_listed_name_phishing,
	[LISTS_DRIVEBY] = &detector_listed_name_driveby,
	[LISTS_MALWARE] = &detector_listed_name_malicious,
	[LISTS_DGA] = &detector_listed_name_dga,
	[LISTS_ABUSED] = &detector_listed_name_abused,
	[LISTS_SUSPICIOUS] = &detector_listed_name_suspicious,
	[LISTS_CRYPTO] = &detector_listed_name_crypto,
	[LISTS_SCANNER] = &detector_listed_name,
};
static_assert(COUNTOF(types) == LISTS_CATEGORIES, "a type for each");

static void
raise_hits(struct detect *d, const struct lists_hit *hits, size_t count,
    const struct listed *listed)
{
	for (size_t i = 0; i < count; i++) {
		struct listed one = *listed;

		one.as = types[hits[i].category];
		one.resource_kind = ENTITY_DOMAIN;
		one.resource = detect_feature(d, FEATURE_DOMAIN);
		listed_raise(d, &hits[i], &one);
	}
}

/* No innocent name shares an address with these. */
static bool
is_telling(enum lists_category c)
{
	return c == LISTS_BLACKHOLE || c == LISTS_C2 || c == LISTS_DROPSITE;
}

static void
judge_answers(struct detect *d, const struct dns *q)
{
	struct lists_hit hits[LISTS_HITS_MAX];
	struct ip ip;

	for (unsigned i = 0; i < q->nanswers && i < DNS_ANSWERS_MAX; i++) {
		size_t count;

		if (!ip_parse(q->answers[i], &ip))
			continue;
		count = detect_listed_address(d, &ip, hits);
		for (size_t k = 0; k < count; k++) {
			if (is_telling(hits[k].category))
				raise_hits(d, &hits[k], 1,
				    &(struct listed){ .feature = "answer",
					.observed = q->answers[i] });
		}
	}
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct lists_hit hits[LISTS_HITS_MAX];
	size_t count = detect_listed_name(d, ev->dns->name, hits);

	(void)state;
	raise_hits(d, hits, count,
	    &(struct listed){
		.feature = "name asked for", .observed = ev->dns->name });
	if (count == 0)
		judge_answers(d, ev->dns);
}

DETECTOR(listed_name) = {
	.type = "Impact:EC2/MaliciousDomainRequest.Custom",
	.title = "{client} asks for {domain}, which is on the list {list}",
	.mitre = "T1071.004",
	.tactic = TACTIC_IMPACT,
	.severity = SEVERITY_MEDIUM,
	.observe = observe,
	LISTED_NAME,
};

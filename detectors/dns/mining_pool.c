/*
 * CryptoCurrency:EC2/BitcoinTool.B!DNS - a host asks for the address of
 * a mining pool.
 *
 * Sources     DNS query logs
 * Statistic   none: a table of pools and the way pools name their servers
 *             (src/detect/mining.h)
 * When        the first query below a domain in an hour and each doubling:
 *             the domain mostly decides
 * References  https://attack.mitre.org/techniques/T1496/
 */
#include "detect/detector.h"
#include "detect/mining.h"

static bool
match(const struct event *ev)
{
	return mining_judge(ev->dns->name) != MINING_NONE;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	enum mining what = mining_judge(ev->dns->name);
	static const struct span reasons[] = {
		[MINING_NONE] = { "", 0 },
		[MINING_SITE] = { "a pool's web site", 17 },
		[MINING_LIKELY] = { "named as pools name their servers", 33 },
		[MINING_POOL] = { "a known mining pool", 19 },
	};
	struct span domain = detect_feature(d, FEATURE_DOMAIN);
	struct evidence why[] = {
		{ "name asked for", ev->dns->name, 0, 0, NULL },
		{ "what it is", reasons[what], 0, 0, NULL },
	};
	struct fact facts[] = { { "what", reasons[what] } };

	(void)state;
	detect_raise(d, &(struct raise){
			    .severity = what == MINING_POOL ? SEVERITY_HIGH
							    : SEVERITY_MEDIUM,
			    .resource_kind = ENTITY_DOMAIN,
			    .resource = domain,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

DETECTOR(mining_pool) = {
	.type = "CryptoCurrency:EC2/BitcoinTool.B!DNS",
	.title = "{client} asks for the mining pool {domain}",
	.story = "{client} ({instance}) asked for {domain}: {what}. Miners ask "
		 "for it before they connect; whoever pays for the host pays "
		 "for the mining.",
	.mitre = "T1496",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_DNS,
	.severity = SEVERITY_HIGH,
	.confidence = 0.9,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_NONE,
	.observe = observe,
};

#include "detect/listed.h"

#include <assert.h>
#include <math.h>

#include "base/civil.h"

/* "c2" of a category, as sentences say it. */
static const char *const threats[] = {
	[LISTS_CUSTOM] = "an entry of your own",
	[LISTS_C2] = "a command-and-control server",
	[LISTS_TOR] = "a Tor node",
	[LISTS_MINER] = "a place of cryptocurrency mining",
	[LISTS_BLACKHOLE] = "a sinkhole",
	[LISTS_DROPSITE] = "a drop for stolen data",
	[LISTS_PHISHING] = "a phishing site",
	[LISTS_DRIVEBY] = "a source of drive-by downloads",
	[LISTS_MALWARE] = "a malicious place",
	[LISTS_DGA] = "a generated domain of malware",
	[LISTS_ABUSED] = "an abused domain",
	[LISTS_SUSPICIOUS] = "a suspicious domain",
	[LISTS_CRYPTO] = "a cryptocurrency domain",
	[LISTS_SCANNER] = "a scanner",
};
static_assert(COUNTOF(threats) == LISTS_CATEGORIES, "a text for each");

void
listed_raise(
    struct detect *d, const struct lists_hit *hit, const struct listed *listed)
{
	char expires[CIVIL_TEXT_BYTES] = "never";
	struct span threat = span_str(threats[hit->category]);
	struct span list = span_str(hit->list->name);

	if (listed->as == NULL)
		return;
	if (hit->expires_us != 0)
		(void)civil_format(hit->expires_us, expires);
	struct evidence why[] = {
		{ listed->feature, listed->observed, 0, NAN, NULL },
		{ "list", list, 0, NAN, NULL },
		{ "entry", hit->entry, 0, NAN, NULL },
		{ "entry expires", span_str(expires), 0, NAN, NULL },
	};
	struct fact facts[] = {
		{ "list", list },
		{ "list_entry", hit->entry },
		{ "list_expires", span_str(expires) },
		{ "threat", threat },
	};

	detect_raise(d, &(struct raise){
			    .as = listed->as,
			    .severity = listed->severity,
			    .resource_kind = listed->resource_kind,
			    .resource = listed->resource,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts),
			});
}

static enum listed_origin
origin_of(enum lists_category category)
{
	if (category == LISTS_TOR)
		return LISTED_TOR;
	return category == LISTS_CUSTOM ? LISTED_CUSTOM : LISTED_THREAT;
}

void
listed_raise_caller(struct detect *d, const struct event *ev,
    struct span address, const struct detector *const types[LISTED_ORIGINS])
{
	struct lists_hit hits[LISTS_HITS_MAX];
	size_t count = detect_listed_address(d, &ev->remote, hits);

	for (size_t i = 0; i < count; i++)
		listed_raise(d, &hits[i],
		    &(struct listed){
			.as = types[origin_of(hits[i].category)],
			.resource_kind = ENTITY_ADDRESS,
			.resource = address,
			.feature = "address of the caller",
			.observed = address,
		    });
}

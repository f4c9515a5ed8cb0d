/*
 * lists.h - the user's lists of addresses, domains, images and hashes.
 *
 * Read from the files that the configuration names (`lists:`), whatever
 * their form (docs/lists.md), into sorted arrays without pointers: 24 to 28
 * bytes an address or network, 16 bytes a name.  Read-only once loaded, so
 * any thread may ask; to change them load anew and swap the whole.  Time is
 * event time: an entry that had expired by then does not hold.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ip.h"
#include "base/span.h"
#include "base/status.h"
#include "config/config.h"

/* What kind of threat a list names; the words of `category:`. */
enum lists_category {
	LISTS_CUSTOM,
	LISTS_C2,
	LISTS_TOR,
	LISTS_MINER,
	LISTS_BLACKHOLE,
	LISTS_DROPSITE,
	LISTS_PHISHING,
	LISTS_DRIVEBY,
	LISTS_MALWARE,
	LISTS_DGA,
	LISTS_ABUSED,
	LISTS_SUSPICIOUS,
	LISTS_CRYPTO,
	LISTS_SCANNER,
	LISTS_CATEGORIES,
};

#define LISTS_HITS_MAX 4
#define LISTS_ENTRY_BYTES 64

/* An entry that holds. */
struct lists_hit {
	const struct config_list *list;
	enum lists_category category;
	struct span entry;  /* of names: within the name asked for */
	int64_t expires_us; /* 0: never */
	char room[LISTS_ENTRY_BYTES];
};

struct lists;

/*
 * Read all lists of the configuration, which is borrowed for their life.
 * *lists is NULL when it names none.  On failure *error says which file and
 * line.  Single lines that are no entry are passed over while they are fewer
 * than one in ten: feeds are other people's work.
 */
NODISCARD enum status lists_load(
    const struct config *config, struct lists **lists, struct buf *error);
void lists_free(struct lists *l); /* NULL is allowed */

/*
 * The threat entries that hold for an address, the narrowest network first;
 * or for a name and the domains above it.  At most LISTS_HITS_MAX; none when
 * a trusted list holds it too.  Returns how many.
 */
size_t lists_address(const struct lists *l, const struct ip *ip,
    int64_t time_us, struct lists_hit hits[LISTS_HITS_MAX]);
size_t lists_name(const struct lists *l, struct span name, int64_t time_us,
    struct lists_hit hits[LISTS_HITS_MAX]);

/* The same for an image reference: as written, without digest, without tag,
 * and its digest on a list of hashes. */
size_t lists_image(const struct lists *l, struct span image, int64_t time_us,
    struct lists_hit hits[LISTS_HITS_MAX]);

/* A trusted list holds it. */
bool lists_trust_address(
    const struct lists *l, const struct ip *ip, int64_t time_us);
bool lists_trust_name(const struct lists *l, struct span name, int64_t time_us);

/* Entries kept, passed over, and the bytes they take. */
struct lists_counts {
	uint64_t entries, skipped, bytes;
};
struct lists_counts lists_count(const struct lists *l);

/*
 * ranges.h - AWS's own addresses, from its ip-ranges.json.
 *
 * https://ip-ranges.amazonaws.com/ip-ranges.json; the user's copy, read when
 * it is loaded.  Read-only then; any thread may ask.
 */
#pragma once

#include "base/buf.h"
#include "base/ip.h"
#include "base/status.h"
#include "lists/nets.h"

#define RANGES_BYTES_MAX ((size_t)64 << 20)
#define RANGES_REGIONS 255
#define RANGES_REGION_BYTES 24

struct ranges {
	struct nets nets; /* .list: region, and RANGES_CUSTOMER */
	char region[RANGES_REGIONS][RANGES_REGION_BYTES];
	size_t nregions;
};

/* Zeroed memory is valid and empty.  On failure *error names the file and
 * what is wrong. */
NODISCARD enum status ranges_read(
    struct ranges *r, const char *path, struct buf *error);
void ranges_done(struct ranges *r);

/* False: not an address of AWS.  `customer`: among those of EC2, which
 * customers' machines have.  *region may be "GLOBAL". */
bool ranges_find(const struct ranges *r, const struct ip *ip, bool *customer,
    const char **region);

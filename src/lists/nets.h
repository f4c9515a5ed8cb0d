/*
 * nets.h - networks by address: a trie laid out as a sorted array.
 *
 * Networks nest or are disjoint.  Sorted by first address and width, each
 * keeps the index of the narrowest one around it, so a search is one binary
 * search and a walk outwards along what holds the address; IPv4 is v4-mapped
 * and needs no table of its own.  Filled by one thread, then sorted, then
 * read-only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ip.h"

#define NETS_NONE UINT32_MAX

struct nets_entry {
	uint64_t high, low; /* the first address */
	uint32_t expires_s; /* 0: never */
	uint16_t list;
	uint8_t bits; /* of the mask, 0..128 */
	uint8_t unused;
};

struct nets {
	struct nets_entry *entries;
	uint32_t *around; /* index of the next wider one, or NETS_NONE */
	size_t count, room;
};

void nets_done(struct nets *n); /* zeroed memory is valid and empty */

void nets_add(struct nets *n, const struct ip_net *net, uint16_t list,
    uint32_t expires_s);

/* Sort, drop what a list says twice, link.  Nothing is added afterwards. */
void nets_finish(struct nets *n);

/* Index of the narrowest network that holds the address, or NETS_NONE; the
 * wider ones follow along `around`. */
uint32_t nets_find(const struct nets *n, const struct ip *ip);

struct ip_net nets_net(const struct nets_entry *e);

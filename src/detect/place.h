/*
 * place.h - can one person be in both places?
 *
 * By distance and time where a database of cities knows both addresses, by
 * country where only one of countries does (detection.md 3.12).  Networks of
 * one AS are one place, as providers route at will; an address of AWS is a
 * way that anybody may have taken, so it is none.  The shard's thread.
 */
#pragma once

#include "detect/detector.h"
#include "geo/geo.h"

/* Nobody travels faster than an airliner, and databases err by a few hundred
 * kilometres. */
#define PLACE_SPEED_KMH 900.0
#define PLACE_LEAST_KM 500.0

enum place_apart {
	PLACE_UNKNOWN, /* no file of `geo:` tells */
	PLACE_NEAR,    /* the time between is enough for the way */
	PLACE_FAR,
	PLACE_ABROAD, /* another country; how far is not known */
};

enum place_apart place_apart(struct detect *d, const struct ip *a,
    const struct ip *b, int64_t between_us);

/* The addresses do not even share their first bits, as those of one provider
 * mostly do: the first `v4_bytes` bytes, 4 of IPv6. */
bool place_is_other_network(
    const struct ip *a, const struct ip *b, size_t v4_bytes);

/* "Lisbon, Portugal", "Portugal", "PT", or empty: `room` of
 * PLACE_TEXT_BYTES. */
#define PLACE_TEXT_BYTES (2 * GEO_NAME_BYTES + 4)
struct span place_text(const struct geo_place *place, char *room);

/* "192.0.2.1", or "192.0.2.1 (Lisbon, Portugal)" where it is known: `room` of
 * PLACE_ADDRESS_BYTES. */
#define PLACE_ADDRESS_BYTES (IP_TEXT_BYTES + PLACE_TEXT_BYTES + 4)
struct span place_address(struct detect *d, const struct ip *ip, char *room);

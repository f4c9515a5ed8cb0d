/*
 * geo.h - where an address is: country, city, network, and whether it is
 * AWS's.
 *
 * From files of the user's that the configuration names (`geo:`): any
 * MaxMind database (mmdb) of countries, cities or networks, and AWS's
 * ip-ranges.json.  None is shipped.  Databases are copied into memory and
 * checked whole when they are loaded, so that a damaged one is an error at
 * the start and one that is replaced meanwhile is no fault.  Read-only once
 * loaded, so any thread may ask; to change them load anew and swap the whole.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ip.h"
#include "base/status.h"
#include "config/config.h"

#define GEO_NAME_BYTES 48
#define GEO_ASN_BYTES 12 /* "AS4294967295" without its end */

/* What is known of one address; copied, so it outlives all. */
struct geo_place {
	bool known;		   /* anything below is */
	bool located;		   /* latitude, longitude, radius_km hold */
	bool aws;		   /* in ip-ranges.json ... */
	bool aws_customer;	   /* ... among those that customers get */
	char country[3];	   /* "DE"; "": not known */
	uint32_t asn;		   /* 0: not known */
	float latitude, longitude; /* degrees */
	float radius_km;	   /* of the circle it may be in */
	char country_name[GEO_NAME_BYTES]; /* English; cut to fit */
	char city[GEO_NAME_BYTES];
	char organisation[GEO_NAME_BYTES]; /* that has the network */
	char aws_region[24];
};

struct geo;

/*
 * Read the files of the configuration.  *geo is NULL when it names none.  On
 * failure *error says which file, what is wrong with it and what to do.
 */
NODISCARD enum status geo_load(
    const struct config *config, struct geo **geo, struct buf *error);
void geo_free(struct geo *g); /* NULL is allowed */

/* Fill *place; all of it is empty where nothing is known, and for private
 * addresses.  No allocation; a microsecond or two. */
void geo_find(
    const struct geo *g, const struct ip *ip, struct geo_place *place);

bool geo_has_asn(const struct geo *g); /* NULL: false */
bool geo_has_ranges(const struct geo *g);

/* Kilometres that lie between two located places at least: the great circle
 * between their centres without their radii. */
double geo_distance_km(const struct geo_place *a, const struct geo_place *b);

/*
 * The places asked for last, by address: few addresses make most calls.  One
 * thread; zeroed memory is an empty cache.
 */
#define GEO_CACHE_PLACES 256

struct geo_cache {
	struct {
		struct ip ip; /* none: free */
		struct geo_place place;
	} slot[GEO_CACHE_PLACES];
};

const struct geo_place *geo_recall(
    const struct geo *g, struct geo_cache *cache, const struct ip *ip);

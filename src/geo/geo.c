#include "geo/geo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "geo/database.h"
#include "geo/ranges.h"

#define EARTH_KM 6371.0

struct geo {
	/* In the order in which they are asked: the first that knows the
	 * country is believed. */
	struct database country, city, asn;
	struct ranges ranges;
	bool has_ranges;
};

static enum status
open_one(
    struct database *db, const char *path, const char *key, struct buf *error)
{
	return path == NULL ? STATUS_OK : database_open(db, path, key, error);
}

enum status
geo_load(const struct config *config, struct geo **geo, struct buf *error)
{
	const struct config_geo *c = &config->geo;
	enum status st;
	struct geo *g;

	*geo = NULL;
	if (c->country == NULL && c->city == NULL && c->asn == NULL &&
	    c->aws_ranges == NULL)
		return STATUS_OK;
	g = status_calloc(1, sizeof(*g));
	st = open_one(&g->country, c->country, "country", error);
	if (st == STATUS_OK)
		st = open_one(&g->city, c->city, "city", error);
	if (st == STATUS_OK)
		st = open_one(&g->asn, c->asn, "asn", error);
	if (st == STATUS_OK && c->aws_ranges != NULL) {
		st = ranges_read(&g->ranges, c->aws_ranges, error);
		g->has_ranges = st == STATUS_OK;
	}
	if (st != STATUS_OK) {
		geo_free(g);
		return st;
	}
	*geo = g;
	return STATUS_OK;
}

void
geo_free(struct geo *g)
{
	if (g == NULL)
		return;
	database_close(&g->country);
	database_close(&g->city);
	database_close(&g->asn);
	ranges_done(&g->ranges);
	free(g);
}

/* Two letters, as ISO 3166 has them and some databases do not. */
static void
take_country(MMDB_entry_s *entry, struct geo_place *place)
{
	/* MaxMind's and DB-IP's form, then ipinfo's. */
	static const char *const codes[][3] = {
		{ "country", "iso_code", NULL },
		{ "registered_country", "iso_code", NULL },
		{ "country_code", NULL },
		{ "country", NULL },
	};
	static const char *const names[][4] = {
		{ "country", "names", "en", NULL },
		{ "country_name", NULL },
	};
	char code[8];

	for (size_t i = 0; i < COUNTOF(codes) && !place->country[0]; i++) {
		if (!database_text(entry, codes[i], code, sizeof(code)) ||
		    strlen(code) != 2)
			continue;
		for (unsigned k = 0; k < 2; k++) {
			char c = code[k];

			if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
				return;
			place->country[k] = (char)(c & ~0x20);
		}
	}
	for (size_t i = 0; i < COUNTOF(names) && !place->country_name[0]; i++)
		(void)database_text(entry, names[i], place->country_name,
		    sizeof(place->country_name));
}

static void
take_city(MMDB_entry_s *entry, struct geo_place *place)
{
	static const char *const name[] = { "city", "names", "en", NULL };
	static const char *const plain[] = { "city", NULL };
	static const char *const where[][3] = {
		{ "location", "latitude", NULL },
		{ "location", "longitude", NULL },
		{ "location", "accuracy_radius", NULL },
	};
	double latitude, longitude, radius;

	if (!database_text(entry, name, place->city, sizeof(place->city)))
		(void)database_text(
		    entry, plain, place->city, sizeof(place->city));
	if (!database_number(entry, where[0], &latitude) ||
	    !database_number(entry, where[1], &longitude) ||
	    !(fabs(latitude) <= 90) || !(fabs(longitude) <= 180))
		return;
	if (!database_number(entry, where[2], &radius) || !(radius >= 0) ||
	    !(radius <= 20000))
		radius = 100; /* of a city, where the database is silent */
	place->located = true;
	place->latitude = (float)latitude;
	place->longitude = (float)longitude;
	place->radius_km = (float)radius;
}

static void
take_asn(MMDB_entry_s *entry, struct geo_place *place)
{
	static const char *const number[] = { "autonomous_system_number",
		NULL };
	static const char *const names[][2] = {
		{ "autonomous_system_organization", NULL },
		{ "as_name", NULL },
	};
	static const char *const text[] = { "asn", NULL };
	char as[16];
	double n;
	uint64_t parsed;

	/* ipinfo writes "AS64500". */
	if (!database_number(entry, number, &n))
		n = database_text(entry, text, as, sizeof(as)) &&
			    span_starts(span_str(as), SPAN("AS")) &&
			    span_to_u64(span_str(as + 2), &parsed)
			? (double)parsed
			: 0;
	place->asn = n >= 1 && n <= UINT32_MAX ? (uint32_t)n : 0;
	for (size_t i = 0; i < COUNTOF(names) && !place->organisation[0]; i++)
		(void)database_text(entry, names[i], place->organisation,
		    sizeof(place->organisation));
}

static void
take_ranges(const struct geo *g, const struct ip *ip, struct geo_place *place)
{
	const char *region;

	place->aws = ranges_find(&g->ranges, ip, &place->aws_customer, &region);
	if (place->aws)
		memcpy(place->aws_region, region, strlen(region) + 1);
}

void
geo_find(const struct geo *g, const struct ip *ip, struct geo_place *place)
{
	MMDB_entry_s entry;

	memset(place, 0, sizeof(*place));
	if (g == NULL || ip_is_none(ip) || ip_is_private(ip))
		return;
	if (database_find(&g->country, ip, &entry))
		take_country(&entry, place);
	if (database_find(&g->city, ip, &entry)) {
		take_country(&entry, place);
		take_city(&entry, place);
	}
	if (database_find(&g->asn, ip, &entry))
		take_asn(&entry, place);
	if (g->has_ranges)
		take_ranges(g, ip, place);
	place->known =
	    place->country[0] || place->located || place->asn || place->aws;
}

bool
geo_has_asn(const struct geo *g)
{
	return g != NULL && g->asn.open;
}

bool
geo_has_ranges(const struct geo *g)
{
	return g != NULL && g->has_ranges;
}

/* Haversine: R. W. Sinnott, "Virtues of the Haversine", 1984. */
double
geo_distance_km(const struct geo_place *a, const struct geo_place *b)
{
	const double rad = M_PI / 180;
	double lat = (double)(b->latitude - a->latitude) * rad;
	double lon = (double)(b->longitude - a->longitude) * rad;
	double h = pow(sin(lat / 2), 2) + cos((double)a->latitude * rad) *
					      cos((double)b->latitude * rad) *
					      pow(sin(lon / 2), 2);
	double km = 2 * EARTH_KM * asin(fmin(1, sqrt(h)));

	return fmax(0, km - (double)a->radius_km - (double)b->radius_km);
}

const struct geo_place *
geo_recall(const struct geo *g, struct geo_cache *cache, const struct ip *ip)
{
	uint64_t low;
	size_t at;

	memcpy(&low, ip->byte + 8, sizeof(low));
	at = hash_mix(low, ip->byte[7]) % GEO_CACHE_PLACES;
	if (ip_is_none(ip) || !ip_equal(&cache->slot[at].ip, ip)) {
		cache->slot[at].ip = *ip;
		geo_find(g, ip, &cache->slot[at].place);
	}
	return &cache->slot[at].place;
}

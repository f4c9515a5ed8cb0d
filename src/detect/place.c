#include "detect/place.h"

#include <stdio.h>

#include "base/civil.h"

enum place_apart
place_apart(struct detect *d, const struct ip *a, const struct ip *b,
    int64_t between_us)
{
	struct geo_place x, y;
	double km, hours;

	detect_place(d, a, &x);
	detect_place(d, b, &y);
	if (!x.known || !y.known || x.aws || y.aws)
		return PLACE_UNKNOWN;
	if (x.asn != 0 && x.asn == y.asn)
		return PLACE_NEAR;
	if (x.located && y.located) {
		km = geo_distance_km(&x, &y);
		hours = (double)(between_us < 0 ? -between_us : between_us) /
			(double)CIVIL_US_PER_HOUR;
		return km >= PLACE_LEAST_KM && km > PLACE_SPEED_KMH * hours
			   ? PLACE_FAR
			   : PLACE_NEAR;
	}
	if (x.country[0] && y.country[0])
		return strcmp(x.country, y.country) != 0 ? PLACE_ABROAD
							 : PLACE_NEAR;
	return PLACE_UNKNOWN;
}

struct span
place_text(const struct geo_place *p, char *room)
{
	const char *country = p->country_name[0] ? p->country_name : p->country;

	(void)snprintf(room, PLACE_TEXT_BYTES, "%s%s%s", p->city,
	    p->city[0] && country[0] ? ", " : "", country);
	return span_str(room);
}

struct span
place_address(struct detect *d, const struct ip *ip, char *room)
{
	char address[IP_TEXT_BYTES], where[PLACE_TEXT_BYTES];
	struct geo_place place;
	struct span text;

	detect_place(d, ip, &place);
	text = place_text(&place, where);
	(void)snprintf(room, PLACE_ADDRESS_BYTES, "%s%s%s%s",
	    ip_format(ip, address), text.len > 0 ? " (" : "", where,
	    text.len > 0 ? ")" : "");
	return span_str(room);
}

bool
place_is_other_network(const struct ip *a, const struct ip *b, size_t v4_bytes)
{
	bool v4 = ip_is_v4(a);
	size_t first = v4 ? 12 : 0, bytes = v4 ? v4_bytes : 4;

	return v4 == ip_is_v4(b) &&
	       memcmp(a->byte + first, b->byte + first, bytes) != 0;
}

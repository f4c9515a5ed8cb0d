/* Distances between places, and AWS's ranges. */
#include "geo/geo.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "geo/ranges.h"
#include "test.h"

static struct geo_place
at(float latitude, float longitude, float radius_km)
{
	return (struct geo_place){ .known = true,
		.located = true,
		.latitude = latitude,
		.longitude = longitude,
		.radius_km = radius_km };
}

/* Great circles as published: London to Tokyo is 9,560 km, Sydney to
 * Santiago, across the date line, 11,350 km. */
static void
measures_distances(void **state)
{
	struct geo_place london = at(51.5F, -0.13F, 0);
	struct geo_place tokyo = at(35.68F, 139.69F, 0);
	struct geo_place sydney = at(-33.87F, 151.21F, 0);
	struct geo_place santiago = at(-33.45F, -70.67F, 0);
	double km = geo_distance_km(&london, &tokyo);

	(void)state;
	assert_true(km > 9500 && km < 9620);
	km = geo_distance_km(&sydney, &santiago);
	assert_true(km > 11250 && km < 11450);
	assert_true(geo_distance_km(&london, &london) == 0);
	/* What may be the same place is no distance. */
	london.radius_km = 6000;
	tokyo.radius_km = 4000;
	assert_true(geo_distance_km(&london, &tokyo) == 0);
}

static const char *const path = "test_geo-ranges.json";

/* Read a text as ip-ranges.json. */
static enum status
read_text(struct ranges *r, const char *text, struct buf *error)
{
	FILE *file = fopen(path, "we");
	enum status st;

	assert_non_null(file);
	(void)fputs(text, file);
	(void)fclose(file);
	st = ranges_read(r, path, error);
	(void)unlink(path);
	return st;
}

#define V4(prefix, region, service)                                            \
	"{\"ip_prefix\":\"" prefix "\",\"region\":\"" region                   \
	"\",\"service\":\"" service "\"}"
#define V6(prefix, region, service)                                            \
	"{\"ipv6_prefix\":\"" prefix "\",\"region\":\"" region                 \
	"\",\"service\":\"" service "\"}"
#define RANGES(v4, v6) "{\"prefixes\":[" v4 "],\"ipv6_prefixes\":[" v6 "]}"

static void
tells_awss_addresses(void **state)
{
	static const struct {
		const char *address;
		bool aws, customer;
		const char *region;
	} rows[] = {
		{ "3.5.140.9", true, false, "ap-northeast-2" },
		{ "52.94.76.9", true, true, "us-west-2" },
		{ "52.94.77.9", true, false, "us-west-2" },
		{ "2600:1f14::1", true, true, "us-west-2" },
		{ "2600:9000::1", true, false, "GLOBAL" },
		{ "198.51.100.7", false, false, "" },
		{ "2001:db8::1", false, false, "" },
	};
	struct ranges r;
	struct buf error = { 0 };

	(void)state;
	/* The same network stands once for each service that has it. */
	assert_int_equal(
	    read_text(&r,
		RANGES(
		    V4("3.5.140.0/22", "ap-northeast-2", "AMAZON") "," V4(
			"52.94.76.0/22", "us-west-2",
			"AMAZON") "," V4("52.94.76.0/24", "us-west-2",
			"EC2") "," V4("52.94.76.0/24", "us-west-2", "AMAZON"),
		    V6("2600:1f14::/35", "us-west-2", "EC2") "," V6(
			"2600:9000::/28", "GLOBAL", "CLOUDFRONT")),
		&error),
	    STATUS_OK);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const char *region;
		bool customer;
		struct ip ip;

		assert_true(ip_parse(span_str(rows[i].address), &ip));
		assert_int_equal(
		    ranges_find(&r, &ip, &customer, &region), rows[i].aws);
		assert_int_equal(customer, rows[i].customer);
		assert_string_equal(region, rows[i].region);
	}
	ranges_done(&r);
}

static void
refuses_what_is_no_ranges(void **state)
{
	static const char *const texts[] = { "", "[]", "{}",
		"{\"prefixes\":", "{\"prefixes\":[],\"prefixes\":[]}",
		"{\"prefixes\":[]}", RANGES("1", ""), RANGES("{}", ""),
		RANGES(V4("10.0.0.0/33", "a", "EC2"), ""),
		RANGES(V4("x", "a", "EC2"), ""),
		RANGES(V4("10.0.0.0/8", "a-region-of-a-name-too-long-to-be",
			   "EC2"),
		    ""),
		"{\"prefixes\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct buf error = { 0 };
		struct ranges r;

		if (read_text(&r, texts[i], &error) != STATUS_INVALID)
			fail_msg("%s", texts[i]);
		assert_true(span_starts(buf_span(&error), span_str(path)));
		assert_true(span_search(buf_span(&error),
				SPAN("`aws_ranges` under geo:")) < error.len);
		buf_done(&error);
	}
}

static void
knows_nothing_without_files(void **state)
{
	struct config *config = config_new();
	struct geo *geo = NULL;
	struct buf error = { 0 };

	(void)state;
	assert_int_equal(geo_load(config, &geo, &error), STATUS_OK);
	assert_null(geo);
	assert_false(geo_has_asn(geo) || geo_has_ranges(geo));
	geo_free(geo);
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("distances are great circles less what is not sure",
		    measures_distances),
		TEST("AWS's addresses are told from others",
		    tells_awss_addresses),
		TEST("what is no ip-ranges.json is refused with the key",
		    refuses_what_is_no_ranges),
		TEST("without files nothing is known",
		    knows_nothing_without_files),
	};

	return cmocka_run_group_tests_name("geo", tests, NULL, NULL);
}

/*
 * fuzz_geo.c - any bytes as a MaxMind database, or as AWS's ranges.
 *
 * What is taken answers for every address: texts end, numbers are in range.
 * The seeds are made by tests/scenarios/geo_files.py.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "geo/geo.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
const char *__lsan_default_suppressions(void);

/* libmaxminddb 1.7.1 forgets names of languages that it has read when what
 * follows in the metadata is wrong; the file is then refused, once. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb";
}

static const char *const addresses[] = { "0.0.0.1", "198.51.100.7",
	"203.0.113.200", "255.255.255.254", "2001:db8::1",
	"2001:db8:ffff::", "9000::1" };

static void
expect_place(const struct geo *geo, const struct ip *ip)
{
	struct geo_place p;

	geo_find(geo, ip, &p);
	ASSERT(memchr(p.country, 0, sizeof(p.country)) != NULL);
	ASSERT(memchr(p.country_name, 0, sizeof(p.country_name)) != NULL);
	ASSERT(memchr(p.city, 0, sizeof(p.city)) != NULL);
	ASSERT(memchr(p.organisation, 0, sizeof(p.organisation)) != NULL);
	ASSERT(memchr(p.aws_region, 0, sizeof(p.aws_region)) != NULL);
	ASSERT(fabsf(p.latitude) <= 90 && fabsf(p.longitude) <= 180);
	ASSERT(p.known || p.country_name[0] || p.city[0] || p.organisation[0] ||
	       !p.located);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct config config = { .path = NULL };
	struct buf error = { 0 };
	struct geo *geo;
	char path[32];
	struct ip ip;

	ASSERT(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (size > 0 && bytes[0] == '{')
		config.geo.aws_ranges = path;
	else
		config.geo.city = config.geo.asn = path;
	if (geo_load(&config, &geo, &error) == STATUS_OK) {
		for (size_t i = 0; i < COUNTOF(addresses); i++) {
			ASSERT(ip_parse(span_str(addresses[i]), &ip));
			expect_place(geo, &ip);
		}
		if (size >= sizeof(ip.byte)) {
			memcpy(ip.byte, bytes + size - sizeof(ip.byte),
			    sizeof(ip.byte));
			expect_place(geo, &ip);
		}
		geo_free(geo);
	} else {
		ASSERT(error.len > 0);
	}
	buf_done(&error);
	(void)close(fd);
	return 0;
}

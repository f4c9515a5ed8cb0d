#include "test.h"

#include <errno.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/hash.h"
#include "base/ip.h"
#include "base/place.h"

static void
arena_gives_zeroed_memory_again(void **state)
{
	struct arena *a = arena_new(1 << 20);
	char *p = arena_alloc(a, 100);

	(void)state;
	assert_non_null(p);
	memset(p, 'x', 100);
	arena_reset(a);
	p = arena_alloc(a, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	arena_free(a);
}

static void
arena_limit_gives_null(void **state)
{
	struct arena *a = arena_new(4096);
	char *kept = arena_alloc(a, 1024);

	(void)state;
	assert_non_null(kept);
	assert_null(arena_alloc(a, 4096));
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_non_null(arena_alloc(a, 1024));
	arena_free(a);
}

static void
times_survive_both_ways(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-22T03:21:30Z", 1795317690000000 },
		{ "2026-11-22T03:21:30.5Z", 1795317690500000 },
		{ "2026-11-22 03:21:30.123456789", 1795317690123456 },
		{ "2026-11-22T04:21:30+01:00", 1795317690000000 },
		{ "2026-11-22T02:21:30-0100", 1795317690000000 },
		{ "2024-02-29", 1709164800000000 },
	};
	char text[CIVIL_TEXT_BYTES];
	int64_t us;

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		assert_true(civil_parse(span_str(cases[i].text), &us));
		assert_int_equal(us, cases[i].us);
		assert_true(civil_parse(span_str(civil_format(us, text)), &us));
		assert_int_equal(us, cases[i].us);
	}
	assert_int_equal(civil_weekday(1795317690000000), 6);
}

static void
garbage_is_no_time(void **state)
{
	static const char *const cases[] = { "", "now", "2026-13-01T00:00:00Z",
		"2023-02-29", "2026-11-22T25:00:00Z", "2026-11-22T03:21",
		"2026-11-22T03:21:30.Z", "2026-11-22T03:21:30+1", "9/11/2001" };
	int64_t us;

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++)
		assert_false(civil_parse(span_str(cases[i]), &us));
}

static void
addresses_survive_both_ways(void **state)
{
	static const char *const cases[] = { "10.1.2.3", "255.255.255.255",
		"2001:db8::1", "::1" };
	char text[IP_TEXT_BYTES];
	struct ip ip;

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		assert_true(ip_parse(span_str(cases[i]), &ip));
		assert_string_equal(ip_format(&ip, text), cases[i]);
	}
	assert_false(ip_parse(SPAN("10.1.2"), &ip));
	assert_false(ip_parse(SPAN("10.1.2.256"), &ip));
	assert_false(ip_parse(SPAN("10.1.2.3.4"), &ip));
	assert_false(ip_parse(SPAN("AWS Internal"), &ip));
	assert_false(ip_parse(SPAN("s3.amazonaws.com"), &ip));
}

static void
nets_hold_their_addresses(void **state)
{
	struct ip_net net;
	struct ip ip;

	(void)state;
	assert_true(ip_net_parse(SPAN("10.1.0.0/15"), &net));
	assert_true(
	    ip_parse(SPAN("10.0.255.1"), &ip) && ip_net_holds(&net, &ip));
	assert_true(
	    ip_parse(SPAN("10.2.0.1"), &ip) && !ip_net_holds(&net, &ip));
	assert_true(ip_parse(SPAN("172.31.255.255"), &ip));
	assert_true(ip_is_private(&ip));
	assert_true(ip_parse(SPAN("172.32.0.1"), &ip));
	assert_false(ip_is_private(&ip));
	assert_true(ip_parse(SPAN("203.0.113.9"), &ip));
	assert_false(ip_is_private(&ip));
}

static void
siphash_matches_the_published_vector(void **state)
{
	/* SipHash-1-3, key 00..0f, input 00..0e: from the reference
	 * implementation's vectors for that variant. */
	const struct hash_key key = { 0x0706050403020100u,
		0x0f0e0d0c0b0a0908u };
	char in[15];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (char)i;
	assert_int_equal(hash_span(&key, span_of(in, 0)), 0xabac0158050fc4dcu);
	assert_true(hash_span(&key, span_of(in, 14)) !=
		    hash_span(&key, span_of(in, 15)));
}

static void
globs_match_as_a_shell_does(void **state)
{
	(void)state;
	assert_true(span_matches(SPAN("Recon:EC2/Portscan"), SPAN("Recon:*")));
	assert_true(span_matches(SPAN("abc"), SPAN("*b?")));
	assert_true(span_matches(SPAN(""), SPAN("*")));
	assert_false(span_matches(SPAN("abc"), SPAN("*b")));
	assert_false(span_matches(SPAN("abc"), SPAN("")));
}

static void
errors_of_the_system_have_a_text(void **state)
{
	(void)state;
	assert_string_equal(status_errno_text(EACCES), "Permission denied");
	assert_string_equal(status_errno_text(-1), "unknown error");
}

static void
streams_are_no_files(void **state)
{
	(void)state;
	assert_string_equal(place_stream(SPAN("webhook/metal")), "a webhook");
	assert_string_equal(place_stream(SPAN("kafka/audit.log/3")), "Kafka");
	assert_null(place_stream(SPAN("")));
	assert_null(place_stream(SPAN("webhook/")));
	assert_null(place_stream(SPAN("webhook")));
	assert_null(place_stream(SPAN("webhook/2026/audit.log")));
	assert_null(place_stream(SPAN("kafka/audit.log")));
	assert_null(place_stream(SPAN("kafka/audit/3/x.gz")));
	assert_null(place_stream(SPAN("kafka//3")));
	assert_null(place_stream(SPAN("audit/3")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("errors of the system have a text",
		    errors_of_the_system_have_a_text),
		TEST("a reset arena hands out zeroed memory again",
		    arena_gives_zeroed_memory_again),
		TEST("an arena past its limit gives NULL and stays usable",
		    arena_limit_gives_null),
		TEST("times survive both ways", times_survive_both_ways),
		TEST("garbage is no time", garbage_is_no_time),
		TEST("streams are no files", streams_are_no_files),
		TEST(
		    "addresses survive both ways", addresses_survive_both_ways),
		TEST("nets hold their addresses", nets_hold_their_addresses),
		TEST("siphash matches the published vector",
		    siphash_matches_the_published_vector),
		TEST(
		    "globs match as a shell does", globs_match_as_a_shell_does),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}

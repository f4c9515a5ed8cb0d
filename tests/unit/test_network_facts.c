#include "test.h"

#include <string.h>

#include "base/hash.h"
#include "detect/flows.h"
#include "detect/lookups.h"
#include "detect/mining.h"
#include "detect/ports.h"
#include "stats/linear_count.h"

static void
counts_small_sets(void **state)
{
	struct linear_count c = { { 0 } };

	(void)state;
	for (uint64_t i = 0; i < 400; i++) {
		uint64_t hash = hash_mix(i, 7);

		(void)linear_count_add(&c, hash);
		assert_false(linear_count_add(&c, hash));
		if (i == 9)
			assert_true(linear_count_estimate(&c) > 8 &&
				    linear_count_estimate(&c) < 12);
	}
	assert_true(linear_count_estimate(&c) > 340);
	assert_true(linear_count_estimate(&c) < 460);
}

static void
counts_a_difference(void **state)
{
	struct linear_count a = { { 0 } }, b = { { 0 } };
	double left;

	(void)state;
	for (uint64_t i = 0; i < 200; i++)
		(void)linear_count_add(&a, hash_mix(i, 3));
	for (uint64_t i = 150; i < 250; i++)
		(void)linear_count_add(&b, hash_mix(i, 3));
	left = linear_count_without(&a, &b);
	assert_true(left > 120 && left < 180);
	assert_true(linear_count_without(&a, &a) == 0);
}

static void
a_full_set_has_a_finite_size(void **state)
{
	struct linear_count c;

	(void)state;
	memset(&c, 0xff, sizeof(c));
	assert_true(linear_count_estimate(&c) > 3000);
	assert_true(linear_count_estimate(&c) < 3300);
}

static void
knows_pools(void **state)
{
	static const char *const names[] = {
		"xmr-eu1.nanopool.org",
		"pool.supportxmr.com.",
		"GULF.MoneroOcean.Stream",
		"pool.hashvault.pro",
		"de.minexmr.com",
		"a.b.c.gntl.co.uk",
		"2miners.com",
		"donate.v2.xmrig.com",
		"mine.ocean.xyz",
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (mining_judge(span_str(names[i])) != MINING_POOL)
			fail_msg("%s", names[i]);
}

static void
knows_how_pools_name_servers(void **state)
{
	static const char *const names[] = {
		"stratum.example.net",
		"stratum-eu.hash-power.io",
		"xmr.pool.example.org",
		"xmrpool.example.org",
		"pool-xmr.evil.example.com",
		"mine-btc.example.com",
		"rvn-us.pool.example.net",
		"xmr2.mining.example",
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (mining_judge(span_str(names[i])) != MINING_LIKELY)
			fail_msg("%s", names[i]);
}

static void
leaves_other_pools_alone(void **state)
{
	static const char *const names[] = {
		"2.debian.pool.ntp.org",
		"pool.ntp.org",
		"carpool.com",
		"www.carpool.com",
		"whirlpool.net",
		"forums.whirlpool.net.au",
		"liverpool.gov.uk",
		"threadpool.example.com",
		"connection-pool.db.internal",
		"mining.example.com",
		"stratum.com",
		"www.stratum.io",
		"stratum1.ntp.example.org",
		"btc.com",
		"api.bitcoin.example.com",
		"getmonero.org",
		"xmr.example.com",
		"minecraft.net",
		"admin.google.com",
		"solo.io",
		"ergo.example.com",
		"poolside.fm",
		"nanopool.org.example.com",
		"notnanopool.org",
		"pool",
		"",
		"....",
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (mining_judge(span_str(names[i])) != MINING_NONE)
			fail_msg("%s", names[i]);
	assert_int_equal(mining_judge(SPAN("www.nicehash.com")), MINING_SITE);
}

static void
names_ports(void **state)
{
	(void)state;
	assert_string_equal(ports_name(20), "ftp-data");
	assert_string_equal(ports_name(22), "ssh");
	assert_string_equal(ports_name(6379), "redis");
	assert_string_equal(ports_name(27017), "mongodb");
	assert_string_equal(ports_name(1), "");
	assert_string_equal(ports_name(65535), "");
}

static void
lists_ports(void **state)
{
	uint16_t ports[40];
	char text[FLOWS_PORTS_BYTES];

	(void)state;
	ports[0] = 22;
	ports[1] = 1;
	assert_int_equal(flows_list_ports(ports, 2, text), 11);
	assert_string_equal(text, "22 (ssh), 1");
	assert_int_equal(flows_list_ports(ports, 0, text), 0);
	for (size_t i = 0; i < COUNTOF(ports); i++)
		ports[i] = 9300;
	assert_true(
	    flows_list_ports(ports, COUNTOF(ports), text) < FLOWS_PORTS_BYTES);
}

static struct flow
row(const char *src, const char *dst, uint16_t flags, uint64_t packets)
{
	struct flow f = { .protocol = FLOWS_TCP,
		.tcp_flags = flags,
		.packets = packets,
		.bytes = packets * 60,
		.action = FLOW_ACCEPT,
		.initiated = true };

	assert_true(ip_parse(span_str(src), &f.src));
	assert_true(ip_parse(span_str(dst), &f.dst));
	assert_true(ip_parse(SPAN("10.0.0.1"), &f.local));
	return f;
}

static void
tells_vain_from_answered(void **state)
{
	struct flow syn = row("10.0.0.1", "10.0.0.2", 2, 1);
	struct flow answer = row("10.0.0.2", "10.0.0.1", 18, 1);
	struct flow reset = row("10.0.0.2", "10.0.0.1", 4, 1);
	struct flow work = row("10.0.0.1", "10.0.0.2", 3, 9);
	struct flow plain = row("10.0.0.1", "10.0.0.2", FLOW_NO_FLAGS, 2);
	struct flow noise = row("198.51.100.1", "10.0.0.1", 2, 1);

	(void)state;
	noise.action = FLOW_REJECT;
	assert_true(flows_is_vain(&syn) && !flows_is_answered(&syn));
	assert_true(flows_is_answered(&answer) && !flows_is_vain(&answer));
	assert_false(flows_is_answered(&reset));
	assert_true(flows_is_answered(&work));
	assert_true(flows_is_vain(&plain));
	assert_false(flows_is_vain(&noise) || flows_is_answered(&noise));
	syn.action = FLOW_REJECT;
	assert_true(flows_is_vain(&syn));
}

static void
knows_who_passes_on(void **state)
{
	struct flow f = row("10.0.0.1", "198.51.100.1", 3, 9);

	(void)state;
	assert_false(flows_is_relayed(&f));
	f.pkt_src = f.src;
	assert_false(flows_is_relayed(&f));
	assert_true(ip_parse(SPAN("10.0.7.7"), &f.pkt_src));
	assert_true(flows_is_relayed(&f));
}

static void
knows_lookup_services(void **state)
{
	(void)state;
	assert_true(lookups_is_service(SPAN("zen.spamhaus.org")));
	assert_true(lookups_is_service(SPAN("spamhaus.org")));
	assert_false(lookups_is_service(SPAN("notspamhaus.org")));
	assert_false(lookups_is_service(SPAN("spamhaus.org.evil.example")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a small set is counted well", counts_small_sets),
		TEST("the size of a difference", counts_a_difference),
		TEST("a full set has a finite size",
		    a_full_set_has_a_finite_size),
		TEST("known mining pools are known", knows_pools),
		TEST("servers named as pools name them are likely pools",
		    knows_how_pools_name_servers),
		TEST("pools that nobody mines at are left alone",
		    leaves_other_pools_alone),
		TEST("ports have their names", names_ports),
		TEST("a list of ports ends before its room", lists_ports),
		TEST("a call in vain is told from an answered one",
		    tells_vain_from_answered),
		TEST("a NAT gateway passes on", knows_who_passes_on),
		TEST("look-up services are known at label borders",
		    knows_lookup_services),
	};

	return cmocka_run_group_tests_name("network facts", tests, NULL, NULL);
}

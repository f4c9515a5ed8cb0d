#include "lists/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

#define TIME_US INT64_C(1793577600000000) /* 2026-11-02 */

/* A configuration of one list of each text, all of category c2. */
struct rig {
	struct config config;
	struct config_list list[3];
	char path[3][40];
	struct lists *lists;
	struct buf error;
	enum status status;
};

static void
rig_add(struct rig *r, char *kind, char *trust, const char *text)
{
	static char name[] = "feed", category[] = "c2";
	size_t i = r->config.nlists++;
	int fd;
	FILE *f;

	(void)snprintf(
	    r->path[i], sizeof(r->path[i]), "/tmp/nephoscope-list-XXXXXX");
	fd = mkstemp(r->path[i]);
	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	r->list[i] = (struct config_list){ .name = name,
		.kind = kind,
		.trust = trust,
		.category = category,
		.path = r->path[i] };
	r->config.lists = r->list;
}

static void
rig_load(struct rig *r)
{
	r->status = lists_load(&r->config, &r->lists, &r->error);
}

static void
rig_done(struct rig *r)
{
	lists_free(r->lists);
	buf_done(&r->error);
	for (size_t i = 0; i < r->config.nlists; i++)
		(void)remove(r->path[i]);
}

static size_t
hits_of(const struct rig *r, const char *address, int64_t time_us,
    struct lists_hit *hits)
{
	struct ip ip;

	assert_true(ip_parse(span_str(address), &ip));
	return lists_address(r->lists, &ip, time_us, hits);
}

static bool
has_address(const struct rig *r, const char *address)
{
	struct lists_hit hits[LISTS_HITS_MAX];

	return hits_of(r, address, TIME_US, hits) > 0;
}

static bool
has_name(const struct rig *r, const char *name)
{
	struct lists_hit hits[LISTS_HITS_MAX];

	return lists_name(r->lists, span_str(name), TIME_US, hits) > 0;
}

static char ip[] = "ip", domain[] = "domain", threat[] = "threat",
	    trusted[] = "trusted", hash[] = "hash";

static void
networks_nest(void **state)
{
	struct rig r = { 0 };
	struct lists_hit hits[LISTS_HITS_MAX];

	(void)state;
	rig_add(&r, ip, threat,
	    "10.0.0.0/8\n10.1.2.3\n10.1.2.0/24\n2001:db8::/32\n2001:db8::1\n"
	    "10.1.2.3\n192.0.2.255\n");
	rig_load(&r);
	assert_int_equal(r.status, STATUS_OK);
	assert_int_equal(lists_count(r.lists).entries, 6);
	assert_int_equal(hits_of(&r, "10.1.2.3", TIME_US, hits), 3);
	assert_span_equal(hits[0].entry, SPAN("10.1.2.3"));
	assert_span_equal(hits[1].entry, SPAN("10.1.2.0/24"));
	assert_span_equal(hits[2].entry, SPAN("10.0.0.0/8"));
	assert_int_equal(hits_of(&r, "10.1.3.0", TIME_US, hits), 1);
	assert_int_equal(hits_of(&r, "2001:db8::1", TIME_US, hits), 2);
	assert_span_equal(hits[1].entry, SPAN("2001:db8::/32"));
	assert_false(has_address(&r, "2001:db9::1"));
	assert_false(has_address(&r, "9.255.255.255"));
	assert_false(has_address(&r, "11.0.0.0"));
	assert_true(has_address(&r, "192.0.2.255"));
	assert_false(has_address(&r, "192.0.2.254"));
	rig_done(&r);
}

/* Against a search through all of them. */
static void
random_networks(void **state)
{
	struct rig r = { 0 };
	struct ip_net nets[400];
	static char text[400 * 20];
	size_t len = 0;
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < COUNTOF(nets); i++) {
		char one[24];
		int n;

		seed = seed * 1664525u + 1013904223u;
		n = snprintf(one, sizeof(one), "10.%u.%u.0/%u", seed >> 30,
		    (seed >> 24) & 31, 12 + (seed >> 16) % 13);
		assert_true(n > 0 && ip_net_parse(span_str(one), &nets[i]));
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%s\n", one);
	}
	rig_add(&r, ip, threat, text);
	rig_load(&r);
	assert_int_equal(r.status, STATUS_OK);
	for (unsigned i = 0; i < 4096; i++) {
		char one[24];
		struct ip at;
		bool held = false;

		(void)snprintf(
		    one, sizeof(one), "10.%u.%u.9", i >> 9 & 7, i & 63);
		assert_true(ip_parse(span_str(one), &at));
		for (size_t k = 0; k < COUNTOF(nets); k++)
			held |= ip_net_holds(&nets[k], &at);
		if (held != has_address(&r, one))
			fail_msg("%s: held %d", one, held);
	}
	rig_done(&r);
}

static void
forms_of_lines(void **state)
{
	struct rig r = { 0 };

	(void)state;
	rig_add(&r, ip, threat,
	    "\xef\xbb\xbf# comment\n"
	    "Indicator type, Indicator, Description\n"
	    "IPv4,192.0.2.1,example\nCIDR, 192.0.3.0/24, \"a, b\"\n"
	    "domain,bad.example.org,x\n");
	rig_add(&r, ip, threat,
	    "192.0.2.10#4#2#Malicious Host#KR##37.5,126.9#3\n"
	    "\"2021-01-17 07:44:46\",\"192.0.2.11\",\"4443\",\"online\"\r\n"
	    "192.0.2.12 # why\n<a:Value c=\"Equals\">192.0.2.13##comma##"
	    "192.0.2.14</a:Value>\n");
	rig_add(&r, domain, threat,
	    "0.0.0.0 one.example.org TWO.example.org\n127.0.0.1 localhost\n"
	    "||three.example.org^\nhttps://u.four.example.org:8080/x?y\n"
	    "*.five.example.org\n");
	rig_load(&r);
	assert_string_equal(buf_text(&r.error), "");
	assert_int_equal(r.status, STATUS_OK);
	assert_true(has_address(&r, "192.0.2.1"));
	assert_true(has_address(&r, "192.0.3.77"));
	for (unsigned i = 10; i < 15; i++) {
		char one[16];

		(void)snprintf(one, sizeof(one), "192.0.2.%u", i);
		assert_true(has_address(&r, one));
	}
	assert_true(has_name(&r, "one.example.org"));
	assert_true(has_name(&r, "a.two.example.org"));
	assert_true(has_name(&r, "THREE.example.org"));
	assert_true(has_name(&r, "u.four.example.org"));
	assert_false(has_name(&r, "four.example.org"));
	assert_true(has_name(&r, "x.five.example.org"));
	assert_false(has_name(&r, "xfive.example.org"));
	assert_false(has_name(&r, "localhost"));
	rig_done(&r);
}

static void
json_forms(void **state)
{
	struct rig r = { 0 };

	(void)state;
	rig_add(&r, ip, threat,
	    "{\"type\":\"bundle\",\"objects\":["
	    "{\"type\":\"indicator\",\"pattern\":\"[ipv4-addr:value = "
	    "'192.0.2.1' OR ipv4-addr:value = '192.0.2.2/31']\"},"
	    "{\"type\":\"indicator\",\"pattern\":\"[ipv6-addr:value IN "
	    "('2001:db8::1', '2001:db8::2')] AND [domain-name:value = "
	    "'192.0.2.9']\",\"valid_until\":\"2030-01-01T00:00:00Z\"},"
	    "{\"type\":\"indicator\",\"revoked\":true,\"pattern\":"
	    "\"[ipv4-addr:value = '192.0.2.8']\"},"
	    "{\"type\":\"ipv4-addr\",\"value\":\"192.0.2.7\"}]}");
	rig_add(&r, domain, threat,
	    "{\"response\":[{\"Event\":{\"Attribute\":["
	    "{\"type\":\"domain|ip\",\"category\":\"Network activity\","
	    "\"to_ids\":true,\"value\":\"bad.example.org|192.0.2.77\"},"
	    "{\"type\":\"hostname\",\"category\":\"x\",\"to_ids\":false,"
	    "\"value\":\"good.example.org\"}],\"Object\":[{\"Attribute\":["
	    "{\"type\":\"url\",\"category\":\"x\",\"to_ids\":true,"
	    "\"value\":\"http://u.example.org/a\"}]}]}}]}");
	rig_load(&r);
	assert_string_equal(buf_text(&r.error), "");
	assert_true(has_address(&r, "192.0.2.1"));
	assert_true(has_address(&r, "192.0.2.3"));
	assert_true(has_address(&r, "2001:db8::2"));
	assert_false(has_address(&r, "192.0.2.7"));
	assert_false(has_address(&r, "192.0.2.8"));
	assert_false(has_address(&r, "192.0.2.9"));
	assert_true(has_name(&r, "bad.example.org"));
	assert_true(has_name(&r, "u.example.org"));
	assert_false(has_name(&r, "good.example.org"));
	rig_done(&r);
}

static void
expiry(void **state)
{
	struct rig r = { 0 };
	struct lists_hit hits[LISTS_HITS_MAX];

	(void)state;
	rig_add(&r, ip, threat,
	    "ip,valid_until\n192.0.2.1,2026-11-02T00:00:10Z\n192.0.2.2,\n");
	rig_load(&r);
	assert_int_equal(hits_of(&r, "192.0.2.1", TIME_US, hits), 1);
	assert_int_equal(hits[0].expires_us, TIME_US + 10000000);
	assert_int_equal(hits_of(&r, "192.0.2.1", TIME_US + 10000000, hits), 0);
	assert_int_equal(hits_of(&r, "192.0.2.2", TIME_US, hits), 1);
	assert_int_equal(hits[0].expires_us, 0);
	rig_done(&r);
}

static void
trust(void **state)
{
	struct rig r = { 0 };
	struct ip at;

	(void)state;
	rig_add(&r, ip, threat, "192.0.2.0/24\n");
	rig_add(&r, ip, trusted, "192.0.2.7\n");
	rig_add(&r, domain, trusted, "example.org\n");
	rig_load(&r);
	assert_true(has_address(&r, "192.0.2.6"));
	assert_false(has_address(&r, "192.0.2.7"));
	assert_true(ip_parse(SPAN("192.0.2.7"), &at));
	assert_true(lists_trust_address(r.lists, &at, TIME_US));
	assert_true(ip_parse(SPAN("192.0.2.6"), &at));
	assert_false(lists_trust_address(r.lists, &at, TIME_US));
	assert_true(lists_trust_name(r.lists, SPAN("a.example.org"), TIME_US));
	assert_false(lists_trust_name(r.lists, SPAN("example.com"), TIME_US));
	rig_done(&r);
}

static void
refusals(void **state)
{
	struct rig r = { 0 }, bad = { 0 };
	struct buf wanted = { 0 };

	(void)state;
	rig_add(&r, ip, threat, "192.0.2.1\nnonsense\nmore nonsense\n");
	rig_load(&r);
	assert_int_equal(r.status, STATUS_INVALID);
	assert_null(r.lists);
	buf_printf(&wanted,
	    "%s:2: no entry of kind ip in this line, nor in 1 others; correct "
	    "`kind` or `path` of the list feed",
	    r.path[0]);
	assert_string_equal(buf_text(&r.error), buf_text(&wanted));
	rig_done(&r);
	rig_add(&bad, hash, threat, "{\"unfinished\":");
	rig_load(&bad);
	assert_int_equal(bad.status, STATUS_INVALID);
	assert_non_null(strstr(buf_text(&bad.error), ":1: cannot be read: "));
	buf_reset(&bad.error);
	(void)remove(bad.path[0]);
	rig_load(&bad);
	assert_int_equal(bad.status, STATUS_INVALID);
	assert_non_null(strstr(buf_text(&bad.error), "No such file"));
	rig_done(&bad);
	buf_done(&wanted);
}

static bool
has_image(const struct rig *r, const char *image)
{
	struct lists_hit hits[LISTS_HITS_MAX];

	return lists_image(r->lists, span_str(image), TIME_US, hits) > 0;
}

static void
images(void **state)
{
	static char image[] = "image";
	struct rig r = { 0 };
	char digest[65];

	(void)state;
	memset(digest, 'a', 64);
	digest[64] = '\0';
	rig_add(&r, image, threat, "r.example:5000/a\nr.example/b:1\n");
	rig_add(&r, hash, threat, digest);
	rig_load(&r);
	assert_string_equal(buf_text(&r.error), "");
	assert_true(has_image(&r, "r.example:5000/a"));
	assert_true(has_image(&r, "r.example:5000/a:latest"));
	assert_false(has_image(&r, "r.example:5000"));
	assert_true(has_image(&r, "r.example/b:1"));
	assert_false(has_image(&r, "r.example/b:2"));
	assert_false(has_image(&r, "r.example/b"));
	assert_true(
	    has_image(&r, "r.example/c@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	assert_false(has_image(&r, "r.example/c@sha256:aaaa"));
	rig_done(&r);
}

static void
none(void **state)
{
	struct rig r = { 0 };

	(void)state;
	rig_load(&r);
	assert_int_equal(r.status, STATUS_OK);
	assert_null(r.lists);
	rig_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an address is held by all networks around it",
		    networks_nest),
		TEST("a search finds what a look at all of them finds",
		    random_networks),
		TEST("plain, CSV, hosts, filter and XML lines are read",
		    forms_of_lines),
		TEST("STIX and MISP are read as far as they are indicators",
		    json_forms),
		TEST("an entry holds until it expires", expiry),
		TEST("what is trusted is no threat", trust),
		TEST("a file that is no list is refused with its line",
		    refusals),
		TEST("an image is held by repository, tag and digest", images),
		TEST("without lists there is nothing", none),
	};

	return cmocka_run_group_tests_name("lists", tests, NULL, NULL);
}

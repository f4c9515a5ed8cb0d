#include "test.h"

#include <math.h>
#include <stdio.h>

#include "base/rng.h"
#include "stats/dga.h"
#include "stats/domain.h"
#include "stats/tunnel.h"

#define MINUTE_US 60000000

static void
names_split_at_the_registered_domain(void **state)
{
	static const struct {
		const char *name, *registered, *label, *subdomain;
	} cases[] = {
		{ "WWW.Example.COM.", "example.com", "example", "www" },
		{ "example.com", "example.com", "example", "" },
		{ "a.b.shop.co.uk", "shop.co.uk", "shop", "a.b" },
		{ "co.uk", "co.uk", "co.uk", "" },
		{ "www.bbc.uk", "bbc.uk", "bbc", "www" },
		{ "x.gov.br", "x.gov.br", "x", "" },
		{ "a.spiegel.de", "spiegel.de", "spiegel", "a" },
		{ "x.bucket.s3.eu-west-1.amazonaws.com",
		    "bucket.s3.eu-west-1.amazonaws.com", "bucket", "x" },
		{ "s3.eu-west-1.amazonaws.com", "amazonaws.com", "amazonaws",
		    "s3.eu-west-1" },
		{ "sts.amazonaws.com", "amazonaws.com", "amazonaws", "sts" },
		{ "ec2-3-4-5-6.compute-1.amazonaws.com",
		    "ec2-3-4-5-6.compute-1.amazonaws.com", "ec2-3-4-5-6", "" },
		{ "d111111abcdef8.cloudfront.net",
		    "d111111abcdef8.cloudfront.net", "d111111abcdef8", "" },
		{ "cloudfront.net", "cloudfront.net", "cloudfront", "" },
		{ "t.me.github.io", "me.github.io", "me", "t" },
		{ "localhost", "localhost", "localhost", "" },
		{ "10.1.2.3", "10.1.2.3", "10.1.2.3", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		char buffer[DOMAIN_BYTES];
		struct domain d;

		assert_true(domain_split(span_str(cases[i].name), buffer, &d));
		assert_span_equal(d.registered, span_str(cases[i].registered));
		assert_span_equal(d.label, span_str(cases[i].label));
		assert_span_equal(d.subdomain, span_str(cases[i].subdomain));
	}
}

static void
internal_names_are_known(void **state)
{
	static const char *const inside[] = { "kubernetes",
		"api.default.svc.cluster.local.", "4.3.2.10.in-addr.arpa",
		"ip-10-0-0-1.eu-west-1.compute.internal", "printer.LAN",
		"db.internal", "1.0.ip6.arpa", "10.0.0.1", "fe80::1" };
	static const char *const outside[] = { "example.com", "local.com",
		"internal.example.org.", "xlocal", "a.xlocal" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(inside); i++)
		assert_true(domain_is_internal(span_str(inside[i])));
	for (size_t i = 0; i < COUNTOF(outside); i++)
		assert_int_equal(domain_is_internal(span_str(outside[i])),
		    i == 3 /* one label */);
}

static void
hostile_names_are_refused_or_split(void **state)
{
	char raw[400], buffer[DOMAIN_BYTES];
	struct domain d;
	struct rng r;

	(void)state;
	assert_false(domain_split(SPAN(""), buffer, &d));
	assert_false(domain_split(SPAN("."), buffer, &d));
	assert_false(domain_split(SPAN("a..b"), buffer, &d));
	assert_false(domain_split(SPAN(".com"), buffer, &d));
	assert_false(domain_split(SPAN("a.."), buffer, &d));
	rng_seed(&r, 31);
	for (int i = 0; i < 20000; i++) {
		static const char set[] = "ab.c-.uk.om.amazonaws\xff*";
		size_t n = (size_t)rng_below(&r, sizeof raw);

		n = i % 2 ? n : n % 30;
		for (size_t k = 0; k < n; k++)
			raw[k] = set[rng_below(&r, sizeof set - 1)];
		if (!domain_split(span_of(raw, n), buffer, &d))
			continue;
		assert_true(d.registered.len > 0 && d.label.len > 0);
		assert_true(span_ends(d.name, d.registered));
		assert_true(d.registered.len <= d.name.len);
		assert_true(
		    d.subdomain.len == 0 ||
		    d.subdomain.len + 1 + d.registered.len == d.name.len);
	}
}

static void
dga_scores_as_the_trainer_does(void **state)
{
	/* From features() in tests/train/dga_train.py. */
	static const struct {
		const char *label;
		double odds;
	} cases[] = {
		{ "google", -5.403250 },
		{ "kubernetes", -8.641957 },
		{ "amazonaws", -5.172349 },
		{ "qxvkzjwhtrpl", 10.000000 },
		{ "04055051be412eea5a61b7da8438be3d", 10.000000 },
		{ "stackoverflow", -8.687519 },
		{ "wikipedia", -7.834234 },
		{ "microsoftonline", -10.000000 },
		{ "3kd8s0x9qlz1", 10.000000 },
		{ "mfxw24tfnb2gk4tu", 10.000000 },
		{ "docker", -6.434469 },
		{ "elasticsearch", -10.000000 },
		{ "letsencrypt", -0.898750 },
		{ "datadoghq", -2.823273 },
		{ "prometheus", -8.258132 },
		{ "cloudflare", -3.641921 },
		{ "newrelic", -5.537301 },
		{ "pagerduty", -5.391710 },
		{ "debian", -4.307118 },
		{ "ubuntu", -2.392189 },
		{ "githubusercontent", -10.000000 },
		{ "hashicorp", -5.209637 },
		{ "windowsupdate", -10.000000 },
		{ "doubleclick", -7.164727 },
		{ "googletagmanager", -10.000000 },
		{ "1e100", -7.571312 },
		{ "akadns", -3.557664 },
		{ "bkzqkcvrymfwhs", 10.000000 },
		{ "a-b-c-d-e-f", 10.000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		double odds = dga_log_odds(span_str(cases[i].label));

		if (strlen(cases[i].label) < 6)
			continue;
		if (fabs(odds - cases[i].odds) > 1e-4)
			fail_msg("%s: %f, expected %f", cases[i].label, odds,
			    cases[i].odds);
	}
}

static void
dga_tells_made_from_named(void **state)
{
	struct rng r;
	int found = 0;

	(void)state;
	assert_true(dga_score(SPAN("KUBERNETES")) < 0.1);
	assert_true(dga_score(SPAN("xn--80ak6aa92e")) < 0.1);
	assert_true(dga_score(SPAN("")) < 0.1);
	rng_seed(&r, 32);
	for (int i = 0; i < 1000; i++) {
		char label[16];

		for (size_t k = 0; k < sizeof label; k++)
			label[k] = (char)('a' + rng_below(&r, 26));
		found += dga_score(span_of(label, sizeof label)) > 0.98;
	}
	assert_true(found > 950);
	for (int i = 0; i < 2000; i++) {
		char label[80];
		size_t n = (size_t)rng_below(&r, sizeof label);
		double p;

		for (size_t k = 0; k < n; k++)
			label[k] = (char)rng_next(&r);
		p = dga_score(span_of(label, n));
		assert_true(p >= 0 && p <= 1);
	}
}

static void
entropy_is_shannons(void **state)
{
	(void)state;
	assert_true(fabs(tunnel_entropy(SPAN("abcd")) - 2) < 1e-12);
	assert_true(fabs(tunnel_entropy(SPAN("aa.aa"))) < 1e-12);
	assert_true(fabs(tunnel_entropy(SPAN("aab.b")) - 1) < 1e-12);
	assert_true(tunnel_entropy(SPAN("")) <= 0);
}

/* A window of `queries` for random names of `length` base32 characters. */
static struct tunnel
exfiltrate(struct rng *r, int queries, size_t length)
{
	struct tunnel t = { 0 };
	char name[200];

	for (int i = 0; i < queries; i++) {
		for (size_t k = 0; k < length; k++)
			name[k] =
			    k % 40 == 39
				? '.'
				: "abcdefghijklmnopqrstuvwxyz234567"[rng_below(
				      r, 32)];
		tunnel_add(&t, span_of(name, length), TUNNEL_RECORD_USUAL,
		    TUNNEL_ANSWER_FOUND, i * (int64_t)MINUTE_US / 4);
	}
	return t;
}

static void
tunnels_are_found(void **state)
{
	struct tunnel t;
	struct rng r;

	(void)state;
	rng_seed(&r, 33);
	for (int i = 0; i < 50; i++) {
		t = exfiltrate(&r, 60, 50);
		assert_true(tunnel_log_odds(&t, 0) > 0);
		t = exfiltrate(&r, 400, 100);
		assert_true(tunnel_log_odds(&t, 0) > 2);
		assert_true(
		    fabs(tunnel_information_bytes(&t) / (400 * 98) - 1) < 0.3);
		/* What is usual for the domain is not news. */
		assert_true(tunnel_log_odds(&t, 40000) < 0);
		t = exfiltrate(&r, 3, 50);
		assert_true(tunnel_log_odds(&t, 0) < -2);
	}
}

static void
hours_joined_are_the_day(void **state)
{
	struct tunnel whole = { 0 }, joined = { 0 }, part = { 0 };
	struct rng r;
	char name[24];

	(void)state;
	rng_seed(&r, 35);
	for (int i = 0; i < 600; i++) {
		if (i % 60 == 0) {
			tunnel_join(&joined, &part);
			part = (struct tunnel){ 0 };
		}
		(void)snprintf(name, sizeof(name), "%08x.%d",
		    (unsigned)rng_below(&r, 400), i % 3);
		for (int k = 0; k < 2; k++)
			tunnel_add(k ? &whole : &part, span_str(name),
			    i % 4 ? TUNNEL_RECORD_USUAL : TUNNEL_RECORD_BULKY,
			    i % 5 ? TUNNEL_ANSWER_FOUND : TUNNEL_ANSWER_NONE,
			    (i + 1) * (int64_t)MINUTE_US);
	}
	tunnel_join(&joined, &part);
	assert_memory_equal(&joined.names, &whole.names, sizeof(whole.names));
	assert_true(joined.first_us == whole.first_us);
	assert_true(joined.last_us == whole.last_us);
	assert_true(fabs(joined.queries - 600) < 1e-9);
	assert_true(fabs(joined.entropy - whole.entropy) < 1e-6);
	assert_true(fabs(joined.longest - whole.longest) < 1e-6);
	assert_true(fabs(tunnel_log_odds(&joined, 0) -
			 tunnel_log_odds(&whole, 0)) < 1e-9);
}

static void
usual_names_are_no_tunnel(void **state)
{
	static const char *const hosts[] = { "www", "api", "cdn-3", "static",
		"img.eu", "edge-12.fra", "login", "mail", "telemetry-v2",
		"a1b2c3d4" };
	struct tunnel t = { 0 };
	struct rng r;
	char name[64];

	(void)state;
	assert_true(tunnel_log_odds(&t, 0) < -5);
	rng_seed(&r, 34);
	for (int i = 0; i < 5000; i++)
		tunnel_add(&t, span_str(hosts[rng_below(&r, COUNTOF(hosts))]),
		    TUNNEL_RECORD_USUAL, TUNNEL_ANSWER_FOUND,
		    i * (int64_t)MINUTE_US / 60);
	assert_true(tunnel_log_odds(&t, 0) < -4);
	/* A block list asked for each address: many short names. */
	t = (struct tunnel){ 0 };
	for (int i = 0; i < 1000; i++) {
		int n = snprintf(name, sizeof name, "%u.%u.%u.%u",
		    (unsigned)rng_below(&r, 256), (unsigned)rng_below(&r, 256),
		    (unsigned)rng_below(&r, 256), (unsigned)rng_below(&r, 256));

		tunnel_add(&t, span_of(name, (size_t)n), TUNNEL_RECORD_USUAL,
		    TUNNEL_ANSWER_NONE, i * (int64_t)MINUTE_US / 60);
	}
	assert_true(tunnel_log_odds(&t, 0) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("names split at the registered domain",
		    names_split_at_the_registered_domain),
		TEST("internal names are known", internal_names_are_known),
		TEST("hostile names are refused or split",
		    hostile_names_are_refused_or_split),
		TEST("the DGA score is the trainer's",
		    dga_scores_as_the_trainer_does),
		TEST("the DGA score tells made from named",
		    dga_tells_made_from_named),
		TEST("entropy is Shannon's", entropy_is_shannons),
		TEST("tunnels are found", tunnels_are_found),
		TEST("hours joined are the day", hours_joined_are_the_day),
		TEST("usual names are no tunnel", usual_names_are_no_tunnel),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}

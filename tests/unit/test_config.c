#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "config/config.h"
#include "config/nearest.h"
#include "config/printable.h"
#include "config/shape.h"
#include "config/value.h"

/* Parse what must be right. */
static struct config *
parsed(const char *text)
{
	struct config *c = NULL;
	struct buf error = { 0 };
	enum status st = config_parse(span_str(text), "f", &c, &error);

	if (st != STATUS_OK)
		fail_msg("%s", buf_text(&error));
	buf_done(&error);
	return c;
}

/* Parse what must be wrong, in exactly these lines. */
static void
assert_faults(struct span text, const char *expected)
{
	struct config *c = NULL;
	struct buf error = { 0 };
	enum status st = config_parse(text, "f", &c, &error);

	assert_int_not_equal(st, STATUS_OK);
	assert_null(c);
	assert_string_equal(buf_text(&error), expected);
	buf_done(&error);
}

static void
defaults_are_the_documented_ones(void **state)
{
	struct config *c = config_new();

	(void)state;
	assert_true(c->baseline.half_life_days == 21);
	assert_int_equal(c->baseline.memory_per_tenant_bytes, 64 << 20);
	assert_true(c->baseline.alert_budget == 5);
	assert_int_equal(c->nclusters + c->naccounts + c->ndetectors, 0);
	assert_null(c->path);
	config_free(c);
	config_free(NULL);
}

static void
an_empty_file_is_the_defaults(void **state)
{
	static const char *const texts[] = { "", "\n", "# nothing\n", "---\n",
		"{}", "null", "\xef\xbb\xbf{}\n", "baseline: {}\n" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct config *c = parsed(texts[i]);

		assert_true(c->baseline.half_life_days == 21);
		config_free(c);
	}
}

static void
every_key_in_use_is_bound(void **state)
{
	struct config *c = parsed(
	    "clusters:\n"
	    "  - {name: payments, account: \"012345678901\", "
	    "region: eu-west-1, vpc: vpc-1, cidrs: [10.1.0.0/16, "
	    "\"2001:db8::/32\"], logs: [\"*/pay/*\"], "
	    "owner: {name: P, contact: \"#p\"}}\n"
	    "accounts:\n"
	    "  - {id: 012345678901, name: prod, owner: {contact: x@y}}\n"
	    "baseline: {half_life_days: 2.5, memory_per_tenant: 1GiB, "
	    "alert_budget_per_cluster_day: 0}\n"
	    "detectors:\n"
	    "  \"A:*\": {severity: low}\n"
	    "  B: {enabled: false, severity: 7.5, params: {x: 1, y: -2e3}}\n");

	(void)state;
	assert_int_equal(c->nclusters, 1);
	assert_string_equal(c->clusters[0].name, "payments");
	assert_string_equal(c->clusters[0].account, "012345678901");
	assert_string_equal(c->clusters[0].region, "eu-west-1");
	assert_string_equal(c->clusters[0].vpc, "vpc-1");
	assert_int_equal(c->clusters[0].ncidrs, 2);
	assert_int_equal(c->clusters[0].nlogs, 1);
	assert_string_equal(c->clusters[0].logs[0], "*/pay/*");
	assert_string_equal(c->clusters[0].owner.contact, "#p");
	assert_string_equal(c->accounts[0].id, "012345678901");
	assert_null(c->accounts[0].owner.name);
	assert_true(c->baseline.half_life_days == 2.5);
	assert_int_equal(c->baseline.memory_per_tenant_bytes, 1 << 30);
	assert_true(c->baseline.alert_budget == 0);
	assert_int_equal(c->ndetectors, 2);
	assert_string_equal(c->detectors[0].pattern, "A:*");
	assert_int_equal(c->detectors[0].enabled, -1);
	assert_true(c->detectors[0].severity == 2);
	assert_int_equal(c->detectors[0].line, 7);
	assert_int_equal(c->detectors[0].column, 3);
	assert_int_equal(c->detectors[1].enabled, 0);
	assert_true(c->detectors[1].severity == 7.5);
	assert_int_equal(c->detectors[1].nparams, 2);
	assert_string_equal(c->detectors[1].params[1].name, "y");
	assert_true(c->detectors[1].params[1].value == -2000);
	assert_int_equal(c->detectors[1].params[0].line, 8);
	assert_int_equal(c->detectors[1].params[0].column, 47);
	assert_string_equal(c->notes, "");
	config_free(c);
}

static void
clusters_are_found_by_what_logs_tell(void **state)
{
	struct config *c =
	    parsed("clusters:\n"
		   "- {name: a, vpc: vpc-a, cidrs: [10.1.0.0/16]}\n"
		   "- {name: b, logs: [\"*/b/*\", \"b-*.log\"]}\n"
		   "accounts: [{id: \"111122223333\"}]\n");
	struct ip ip;

	(void)state;
	assert_ptr_equal(config_cluster(c, SPAN("b")), &c->clusters[1]);
	assert_null(config_cluster(c, SPAN("")));
	assert_ptr_equal(
	    config_cluster_of_vpc(c, SPAN("vpc-a")), &c->clusters[0]);
	assert_null(config_cluster_of_vpc(c, SPAN("")));
	assert_ptr_equal(config_cluster_of_path(c, SPAN("logs/b/audit.log")),
	    &c->clusters[1]);
	assert_null(config_cluster_of_path(c, SPAN("logs/c/audit.log")));
	assert_true(ip_parse(SPAN("10.1.2.3"), &ip));
	assert_ptr_equal(config_cluster_of_address(c, &ip), &c->clusters[0]);
	assert_true(ip_parse(SPAN("10.2.2.3"), &ip));
	assert_null(config_cluster_of_address(c, &ip));
	assert_ptr_equal(
	    config_account(c, SPAN("111122223333")), &c->accounts[0]);
	assert_null(config_account(c, SPAN("999922223333")));
	config_free(c);
}

static void
what_is_wrong_is_named_with_its_place(void **state)
{
	static const struct {
		const char *text;
		const char *expected;
	} cases[] = {
		{ "cluster: []\n", "f:1:1: unknown key \"cluster\"; did you "
				   "mean clusters?\n" },
		{ "clusters:\n- {name: a, regoin: x}\n",
		    "f:2:13: unknown key \"regoin\"; did you mean region?\n" },
		{ "geo: {zzzzzzzz: x}\n",
		    "f:1:7: unknown key \"zzzzzzzz\"; known here: country, "
		    "city, asn, aws_ranges\n" },
		{ "baseline: {}\nbaseline: {}\n",
		    "f:2:1: \"baseline\" was given in line 1 already; keep "
		    "one\n" },
		{ "detectors:\n  a: {}\n  a: {}\n",
		    "f:3:3: \"a\" was given in line 2 already; keep one\n" },
		{ "clusters: {}\n",
		    "f:1:11: clusters is a mapping; write a list ([a, b], or "
		    "lines that begin with -)\n" },
		{ "clusters:\n",
		    "f:1:10: clusters has no value; remove it, or write a "
		    "list ([a, b], or lines that begin with -)\n" },
		{ "clusters: [x]\n",
		    "f:1:12: this is a text; write a mapping (key: value)\n" },
		{ "clusters: [{region: x}]\n",
		    "f:1:12: name is missing; add \"name:\", what findings "
		    "call the cluster\n" },
		{ "clusters: [{name: [a]}]\n",
		    "f:1:19: name is a list; write a text\n" },
		{ "clusters: [{name: \"\"}]\n",
		    "f:1:19: name: \"\" does not fit; write a text\n" },
		{ "clusters: [{name: a, account: 1234}]\n",
		    "f:1:31: account: \"1234\" does not fit; write the twelve "
		    "digits of an account in quotes\n" },
		{ "clusters: [{name: a, cidrs: [10.0.0.0/40]}]\n",
		    "f:1:30: \"10.0.0.0/40\" does not fit; write a network "
		    "such as 10.1.0.0/16\n" },
		{ "clusters: [{name: a}, {name: a}]\n",
		    "f:1:30: name \"a\" was given in line 1 already; keep "
		    "one\n" },
		{ "baseline: {half_life_days: \"21\"}\n",
		    "f:1:28: half_life_days is a text; write a number from 1 "
		    "to 365 without quotes\n" },
		{ "baseline: {half_life_days: 0.5}\n",
		    "f:1:28: half_life_days: \"0.5\" does not fit; write a "
		    "number from 1 to 365\n" },
		{ "baseline: {half_life_days: nan}\n",
		    "f:1:28: half_life_days: \"nan\" does not fit; write a "
		    "number from 1 to 365\n" },
		{ "baseline: {memory_per_tenant: 64XB}\n",
		    "f:1:31: memory_per_tenant: \"64XB\" does not fit; write "
		    "a size such as 64MiB, from 1MiB to 64GiB\n" },
		{ "baseline: {alert_budget_per_cluster_day: 10001}\n",
		    "f:1:42: alert_budget_per_cluster_day: \"10001\" does not "
		    "fit; write a number from 0 to 10000\n" },
		{ "detectors: {x: {enabled: yes}}\n",
		    "f:1:26: enabled: \"yes\" does not fit; write true or "
		    "false\n" },
		{ "detectors: {x: {severity: huge}}\n",
		    "f:1:27: severity: \"huge\" does not fit; write low, "
		    "medium, high, critical or a number from 1 to 10\n" },
		{ "detectors: {x: {params: {p: q}}}\n",
		    "f:1:29: \"q\" does not fit; write a number\n" },
		{ "feeds: [{name: x, kind: fiel}]\n",
		    "f:1:25: kind: \"fiel\" is not known; did you mean file? "
		    "(file, stdout, kafka, webhook, syslog, s3, sqs, "
		    "eventbridge or securityhub)\n" },
		{ "feeds: [{name: x, kind: sqs}]\n",
		    "f:1:25: kind sqs is not in this version; use one of: "
		    "file, stdout, kafka, webhook, syslog\n" },
		{ "feeds: [{name: x, kind: file}]\n",
		    "f:1:9: a feed of kind file needs path; add \"path:\"\n" },
		{ "feeds:\n- name: x\n  kind: kafka\n  properties: {a: b}\n",
		    "f:2:3: a feed of kind kafka needs topic; add "
		    "\"topic:\"\n"
		    "f:4:15: properties needs bootstrap.servers; add "
		    "\"bootstrap.servers:\"\n" },
		{ "feeds: [{name: x, kind: webhook}, {name: y, kind: "
		  "syslog}]\n",
		    "f:1:9: a feed of kind webhook needs url; add \"url:\"\n"
		    "f:1:35: a feed of kind syslog needs address; add "
		    "\"address:\"\n" },
		{ "sources: [{name: x, kind: files}, {name: x, kind: s3}]\n",
		    "f:1:42: name \"x\" was given in line 1 already; keep "
		    "one\n"
		    "f:1:11: a source of kind files needs path; add "
		    "\"path:\"\n"
		    "f:1:35: a source of kind s3 needs bucket; add "
		    "\"bucket:\"\n" },
		{ "sources: [{name: x, kind: kafka, topic: t, cluster_from: "
		  "header, properties: {metadata.broker.list: k}}]\n",
		    "f:1:78: properties needs group.id; add \"group.id:\"\n"
		    "f:1:58: cluster_from: header needs its name; add "
		    "\"cluster_key:\"\n" },
		{ "sources: [{name: x, kind: webhook}, {kind: files, path: "
		  "p}]\n",
		    "f:1:37: name is missing; add \"name:\", how messages "
		    "name it\n"
		    "f:1:11: a source of kind webhook needs listen; add "
		    "\"listen:\"\n" },
		{ "console: {listen: nowhere}\n",
		    "f:1:19: listen: \"nowhere\" does not fit; write an "
		    "address such as 127.0.0.1:7480\n" },
		{ "suppress: [{match: {type: x}, reason: y, expires: soon}]\n",
		    "f:1:51: expires: \"soon\" does not fit; write a time "
		    "such as 2026-11-01 or 2026-11-01T08:30:00Z\n" },
		{ "[]\n", "f:1:1: this is a list; write a mapping (key: "
			  "value)\n" },
		{ "[x]\n", "f:1:1: this is a list; write a mapping (key: "
			   "value)\n" },
		{ "a: &x 1\n", "f:1:4: anchors (&name) are not read; write the "
			       "value out\n" },
		{ "a: *x\n", "f:1:4: aliases (*name) are not read; write the "
			     "value out, or put a pattern with * in quotes\n" },
		{ "a: !t 1\n",
		    "f:1:4: tags (!type) are not read; remove the tag\n" },
		{ "{}\n--- {}\n",
		    "f:2:5: a second document (---) starts here; keep one\n" },
		{ "[a]: 1\n", "f:1:1: a key is a list; write a name\n" },
		{ "rules: [*/x]\n",
		    "f:1:10: not YAML: did not find expected alphabetic or "
		    "numeric character; put a text that begins with * in "
		    "quotes\n" },
		{ "rules: [\n",
		    "f:2:1: not YAML: did not find expected node content; "
		    "check indentation, quotes and brackets here\n" },
		{ "rules: [\"a\\0b\"]\n",
		    "f:1:9: the text holds a NUL character; remove it\n" },
		{ "rules:\n  - a\n  - \xc3\x28\n",
		    "f:3:6: not UTF-8 text; save the file as UTF-8 without "
		    "control characters\n" },
		{ "\"\\e[31m\\u202e\": 1\n",
		    "f:1:1: unknown key \"\\x1b[31m\\u202e\"; known here: "
		    "sources, clusters, accounts, baseline, sequences, "
		    "detectors, rules, "
		    "suppress, lists, geo, feeds, store, console, service\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++)
		assert_faults(span_str(cases[i].text), cases[i].expected);
}

static void
all_faults_are_reported_up_to_twenty(void **state)
{
	struct config *c = NULL;
	struct buf text = { 0 }, error = { 0 };
	size_t lines = 0;

	(void)state;
	for (unsigned i = 0; i < 30; i++)
		buf_printf(&text, "zzzzzzzzzz%u: x\n", i);
	assert_int_equal(
	    config_parse(buf_span(&text), "f", &c, &error), STATUS_INVALID);
	for (size_t i = 0; i < error.len; i++)
		lines += error.at[i] == '\n';
	assert_int_equal(lines, 21);
	assert_true(span_ends(buf_span(&error),
	    SPAN("f: there may be more; mend these first\n")));
	buf_done(&text);
	buf_done(&error);
}

static void
bounds_are_kept(void **state)
{
	char *text = malloc((2 << 20) + 1);

	(void)state;
	memset(text, '#', 2 << 20);
	assert_faults(span_of(text, (1 << 20) + 1),
	    "f:1:1: larger than 1 MiB; split the file\n");
	memset(text, '[', 1000);
	assert_faults(span_of(text, 1000),
	    "f:1:17: nested too deeply; no key needs more than a few "
	    "levels\n");
	text[0] = '[';
	for (size_t i = 0; i < 10001; i++)
		memcpy(text + 1 + 2 * i, "a,", 2);
	assert_faults(span_of(text, 20004),
	    "f:1:20002: more than 10000 members; shorten it\n");
	free(text);
}

static void
keys_without_effect_are_noted(void **state)
{
	struct config *c = parsed("rules: [x]\n");

	(void)state;
	assert_string_equal(c->notes,
	    "f:1:1: note: rules is checked but has no effect: this version "
	    "does not have what it is for\n");
	config_free(c);
}

/* design.md 9, with every kind of source. */
static void
the_design_s_example_is_accepted(void **state)
{
	struct config *c = parsed(
	    "sources:\n"
	    "  - {name: archive, kind: files, path: /logs, format: auto, "
	    "follow: true}\n"
	    "  - {name: trail, kind: s3, bucket: acme, prefix: AWSLogs/, "
	    "region: eu-west-1, queue: https://sqs, role_arn: arn:x, "
	    "start: 2026-11-01}\n"
	    "  - {name: audit, kind: kafka, topic: t, cluster_from: key, "
	    "properties: {bootstrap.servers: \"k1:9092\", group.id: n}}\n"
	    "  - {name: m, kind: webhook, listen: 0.0.0.0:9443, cluster: m, "
	    "tls: {cert: f, key: f, client_ca: f}, token_file: f}\n"
	    "rules: [rules/]\n"
	    "suppress:\n"
	    "  - {match: {type: \"Recon:EC2/*\", cluster: payments, "
	    "actor: \"10.1.9.9\"}, reason: our scanner, owner: secops, "
	    "expires: 2027-01-31}\n"
	    "lists: [{name: miners, kind: domain, trust: threat, path: "
	    "x}]\n"
	    "geo: {country: country.mmdb, city: city.mmdb, asn: asn.mmdb, "
	    "aws_ranges: ip-ranges.json}\n"
	    "feeds: [{name: siem, kind: file, path: f, format: guardduty, "
	    "min_severity: 4}]\n"
	    "store: {path: /var/lib/x.db}\n"
	    "console: {listen: 127.0.0.1:7480}\n");

	(void)state;
	config_free(c);
}

static void
keys_of_another_kind_are_noted(void **state)
{
	struct config *c =
	    parsed("sources: [{name: a, kind: files, path: p, bucket: b}]\n"
		   "feeds: [{name: a, kind: stdout, url: x},\n"
		   "        {name: b, kind: file, path: p}]\n");

	(void)state;
	assert_string_equal(c->notes,
	    "f:1:43: note: bucket has no effect: it is for kind s3, and this "
	    "is of kind files\n"
	    "f:2:33: note: url has no effect: it is for kind webhook, and "
	    "this is of kind stdout\n");
	config_free(c);
}

static void
assert_shows_alike(const char *text)
{
	struct config *c = parsed(text), *again;
	struct buf shown = { 0 }, twice = { 0 };

	config_show(c, &shown);
	again = parsed(buf_text(&shown));
	config_show(again, &twice);
	assert_string_equal(buf_text(&shown), buf_text(&twice));
	assert_int_equal(c->nclusters, again->nclusters);
	assert_int_equal(c->ndetectors, again->ndetectors);
	config_free(c);
	config_free(again);
	buf_done(&shown);
	buf_done(&twice);
}

static void
what_is_shown_is_accepted_and_the_same(void **state)
{
	(void)state;
	assert_shows_alike("");
	assert_shows_alike(
	    "clusters:\n- {name: \"on\", cidrs: [10.0.0.0/8, 2001:db8::/48, "
	    "\"::/0\", 0.0.0.0/0], owner: {name: \"a \\\"b\\\" \\\\ c\"}}\n"
	    "- {name: \"\xc3\xa9\xe2\x82\xac: #\", logs: [\"*\", \"-\", "
	    "\"a\\nb\", \"\\e\", \"\\u202e\"]}\n"
	    "accounts: [{id: \"000000000000\"}]\n"
	    "baseline: {half_life_days: 1.1, memory_per_tenant: 1048577, "
	    "alert_budget_per_cluster_day: 0.1}\n"
	    "detectors: {\"*\": {}, x: {enabled: true}, "
	    "y: {params: {a: 1e-15, b: 1e300}}, z: {params: {}}}\n");
}

static void
the_shipped_example_is_accepted(void **state)
{
	struct config *c = NULL;
	struct buf error = { 0 };
	enum status st =
	    config_load(TEST_SOURCE_DIR "/config/nephoscope.yaml", &c, &error);

	(void)state;
	if (st != STATUS_OK)
		fail_msg("%s", buf_text(&error));
	assert_string_equal(c->notes, "");
	config_free(c);
}

static void
a_file_that_is_not_there_is_named(void **state)
{
	struct config *c = NULL;
	struct buf error = { 0 };

	(void)state;
	assert_int_equal(
	    config_load("/nowhere/x.yaml", &c, &error), STATUS_NOT_FOUND);
	assert_string_equal(
	    buf_text(&error), "/nowhere/x.yaml: No such file or directory\n");
	buf_done(&error);
	assert_int_equal(config_load("/", &c, &error), STATUS_IO);
	assert_string_equal(buf_text(&error), "/: Is a directory\n");
	buf_done(&error);
}

static void
the_schema_names_every_key(void **state)
{
	struct buf schema = { 0 };

	(void)state;
	config_schema(&schema);
	assert_true(span_starts(buf_span(&schema),
	    SPAN("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/"
		 "schema\"")));
	for (const struct shape_key *k = shape_root.keys; k->name; k++) {
		struct buf quoted = { 0 };

		buf_printf(&quoted, "\n    \"%s\": {", k->name);
		assert_true(span_search(buf_span(&schema), buf_span(&quoted)) <
			    schema.len);
		buf_done(&quoted);
	}
	buf_done(&schema);
}

static void
distances_count_single_mistakes(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "abc", 0 },
		{ "abc", "acb", 1 },
		{ "abc", "ab", 1 },
		{ "abc", "abxc", 1 },
		{ "abc", "axc", 1 },
		{ "kitten", "sitting", 3 },
		{ "severity", "sevreity", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct span a = span_str(cases[i].a);
		struct span b = span_str(cases[i].b);

		assert_int_equal(nearest_distance(a, b), cases[i].distance);
		assert_int_equal(nearest_distance(b, a), cases[i].distance);
	}
}

static void
sizes_are_read_with_their_units(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = { { "0", 0 }, { "17", 17 }, { "1KiB", 1024 },
		{ "64MiB", 64u << 20 }, { "2 GiB", (uint64_t)2 << 30 },
		{ "5MB", 5000000 }, { "3B", 3 },
		{ "16777215TiB", (uint64_t)16777215 << 40 } };
	static const char *const bad[] = { "", "MiB", "1mib", "-1", "1.5GiB",
		"16777216TiB", "99999999999999999999", "1 MiB x", "0x10" };
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < COUNTOF(good); i++) {
		assert_true(value_size(span_str(good[i].text), &bytes));
		assert_int_equal(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < COUNTOF(bad); i++)
		assert_false(value_size(span_str(bad[i]), &bytes));
}

static void
numbers_are_decimal_and_finite(void **state)
{
	static const char *const bad[] = { "", "nan", "inf", "0x1", "1e999",
		"1 ", " 1", "--1", "1,5", "e", ".", "1e" };
	double x;

	(void)state;
	for (size_t i = 0; i < COUNTOF(bad); i++)
		assert_false(value_number(span_str(bad[i]), &x));
	assert_false(value_number(span_of("1\0", 2), &x));
	assert_true(value_number(SPAN("-1.5e3"), &x) && x == -1500);
}

static void
severities_are_words_or_numbers(void **state)
{
	double x;

	(void)state;
	assert_true(value_severity(SPAN("low"), &x) && x == 2);
	assert_true(value_severity(SPAN("Medium"), &x) && x == 5);
	assert_true(value_severity(SPAN("HIGH"), &x) && x == 8);
	assert_true(value_severity(SPAN("critical"), &x) && x == 9);
	assert_true(value_severity(SPAN("7.5"), &x) && x == 7.5);
	assert_false(value_severity(SPAN("0.5"), &x));
	assert_false(value_severity(SPAN("11"), &x));
	assert_false(value_severity(SPAN("lowest"), &x));
}

static void
what_a_terminal_would_obey_is_escaped(void **state)
{
	struct buf out = { 0 };

	(void)state;
	printable_add(
	    &out, SPAN("a\x1b[31m\n\x7f\xc2\x9b\xe2\x80\xae\xff\xed\xa0\x80"
		       "\xc3\xa9"));
	assert_string_equal(buf_text(&out),
	    "a\\x1b[31m\\x0a\\x7f\\u009b\\u202e\\xff\\xed\\xa0\\x80\xc3\xa9");
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("defaults are the documented ones",
		    defaults_are_the_documented_ones),
		TEST("an empty file is the defaults",
		    an_empty_file_is_the_defaults),
		TEST("every key in use is bound", every_key_in_use_is_bound),
		TEST("clusters are found by what logs tell",
		    clusters_are_found_by_what_logs_tell),
		TEST("what is wrong is named with its place and fix",
		    what_is_wrong_is_named_with_its_place),
		TEST("all faults are reported, up to twenty",
		    all_faults_are_reported_up_to_twenty),
		TEST("bounds on size, depth and members are kept",
		    bounds_are_kept),
		TEST("keys without effect are noted",
		    keys_without_effect_are_noted),
		TEST("the design's example is accepted",
		    the_design_s_example_is_accepted),
		TEST("keys of another kind are noted",
		    keys_of_another_kind_are_noted),
		TEST("what is shown is accepted and the same",
		    what_is_shown_is_accepted_and_the_same),
		TEST("the shipped example is accepted",
		    the_shipped_example_is_accepted),
		TEST("a file that is not there is named",
		    a_file_that_is_not_there_is_named),
		TEST("the schema names every key", the_schema_names_every_key),
		TEST("distances count single mistakes",
		    distances_count_single_mistakes),
		TEST("sizes are read with their units",
		    sizes_are_read_with_their_units),
		TEST("numbers are decimal and finite",
		    numbers_are_decimal_and_finite),
		TEST("severities are words or numbers",
		    severities_are_words_or_numbers),
		TEST("what a terminal would obey is escaped",
		    what_a_terminal_would_obey_is_escaped),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}

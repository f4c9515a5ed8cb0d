/* What is said to be expected: which signals, until when, and what then. */
#include <stdlib.h>
#include <time.h>

#include "config/config.h"
#include "detect/suppress.h"
#include "finding/findings.h"
#include "output/guardduty.h"
#include "test.h"
#include "unit/finding_fixture.h"

#define HOUR_US ((int64_t)3600 * 1000000)

static struct config *
config_of(const char *suppressions)
{
	struct config *c = NULL;
	struct buf text = { 0 }, error = { 0 };

	buf_printf(&text, "suppress:\n%s", suppressions);
	if (config_parse(buf_span(&text), "f", &c, &error) != STATUS_OK)
		fail_msg("%s", buf_text(&error));
	buf_done(&text);
	buf_done(&error);
	return c;
}

static bool
is_expected(const char *match, const struct signal *s)
{
	struct buf text = { 0 };
	struct config *c;
	bool yes;

	buf_printf(&text, "  - {match: {%s}, reason: r}\n", match);
	c = config_of(buf_text(&text));
	yes = suppress_match(c, s) != NULL;
	config_free(c);
	buf_done(&text);
	return yes;
}

static void
each_criterion_decides(void **state)
{
	static const struct {
		const char *match;
		bool met;
	} cases[] = {
		{ "type: \"Execution:*\"", true },
		{ "type: \"Execution:EC2/*\"", false },
		{ "type: exec_kube_system", true },
		{ "cluster: prod", true },
		{ "cluster: pro", false },
		{ "account: \"111122223333\"", true },
		{ "account: \"1111*\"", true },
		{ "region: us-east-1", false },
		{ "namespace: kube-*", true },
		{ "namespace: kube", false },
		{ "actor: \"*@example.org\"", true },
		{ "actor: bob", false },
		{ "resource: kube-system/coredns-7x2", true },
		{ "resource: \"*coredns-???\"", true },
		{ "image: \"docker.io/*\"", false },
		{ "domain: x.example", false },
		{ "address: 10.0.0.0/8", true },
		{ "address: 10.9.9.9", true },
		{ "address: 10.9.9.8", false },
		{ "actor: alice@example.org, max_severity: medium", true },
		{ "actor: alice@example.org, max_severity: low", false },
		{ "actor: alice@example.org, cluster: other", false },
	};
	struct fixture x;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	fixture_fact(&x, "remote", SPAN("10.9.9.9"));
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		if (is_expected(cases[i].match, &x.signal) != cases[i].met)
			fail_msg("%s", cases[i].match);
	}
	/* What the user made of the severity counts. */
	x.signal.severity_set = 8;
	assert_false(is_expected(cases[19].match, &x.signal));
}

static void
it_ends_by_the_time_in_the_logs(void **state)
{
	struct config *c =
	    config_of("  - {match: {cluster: prod}, reason: short, expires: "
		      "2026-11-22T15:00:00Z}\n"
		      "  - {match: {cluster: prod}, reason: long, expires: "
		      "2026-11-22T16:00:00Z}\n"
		      "  - {match: {cluster: prod}, reason: equal, expires: "
		      "2026-11-22T16:00:00Z}\n");
	struct fixture x;

	(void)state;
	fixture_init(&x, "");
	assert_string_equal(suppress_match(c, &x.signal)->reason, "long");
	(void)civil_parse(SPAN("2026-11-22T15:59:59Z"), &x.signal.time_us);
	assert_string_equal(suppress_match(c, &x.signal)->reason, "long");
	x.signal.time_us += CIVIL_US_PER_S;
	assert_null(suppress_match(c, &x.signal));
	config_free(c);
}

static void
a_sequence_must_be_meant(void **state)
{
	struct fixture x;

	(void)state;
	fixture_init(&x, "compromised_cluster");
	x.detector.type = "AttackSequence:EKS/CompromisedCluster";
	assert_false(is_expected("actor: alice@example.org", &x.signal));
	assert_false(is_expected("type: \"*CompromisedCluster\"", &x.signal));
	assert_true(is_expected(
	    "type: \"AttackSequence:EKS/*\", actor: alice*", &x.signal));
}

/* 1,000 patterns of stars against texts that fit them nearly. */
static void
hostile_patterns_are_bounded(void **state)
{
	struct buf text = { 0 };
	char name[513];
	struct fixture x;
	struct config *c;
	clock_t begun;

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[512] = '\0';
	fixture_init(&x, "");
	x.signal.actor = span_str(name);
	for (int i = 0; i < 1000; i++) {
		buf_add_str(&text, "  - {reason: r, match: {actor: \"");
		for (int k = 0; k < 120; k++)
			buf_add_str(&text, "*a");
		buf_add_str(&text, "b\"}}\n");
	}
	c = config_of(buf_text(&text));
	assert_int_equal(c->nsuppress, 1000);
	begun = clock();
	assert_null(suppress_match(c, &x.signal));
	assert_true((clock() - begun) / CLOCKS_PER_SEC < 5);
	config_free(c);
	buf_done(&text);
}

static void
assert_refused(const char *entry, const char *expected)
{
	struct config *c = NULL;
	struct buf text = { 0 }, error = { 0 };

	buf_printf(&text, "suppress: [%s]\n", entry);
	assert_int_equal(
	    config_parse(buf_span(&text), "f", &c, &error), STATUS_INVALID);
	assert_string_equal(buf_text(&error), expected);
	buf_done(&text);
	buf_done(&error);
}

static void
too_wide_is_refused(void **state)
{
	static const char all[] =
	    "f:1:21: match fits every finding; name what is expected: a type, "
	    "an actor, a resource, an address ...\n";
	struct buf wide = { 0 };

	(void)state;
	assert_refused("{match:    {}, reason: r}",
	    "f:1:23: match fits every finding; name what is expected: a type, "
	    "an actor, a resource, an address ...\n");
	assert_refused("{match:  {type: \"*\"}, reason: r}", all);
	assert_refused("{match:  {type: \"*?\"}, reason: r}", all);
	assert_refused("{match:  {max_severity: low}, reason: r}", all);
	assert_refused("{match:  {address: 0.0.0.0/0}, reason: r}", all);
	assert_refused("{match:  {address: \"::/0\"}, reason: r}", all);
	assert_refused("{match: {type: x}}",
	    "f:1:12: reason is missing; add \"reason:\", why this is "
	    "expected\n");
	buf_add_str(&wide, "{match: {actor: \"");
	for (int i = 0; i < 257; i++)
		buf_add_char(&wide, 'a');
	buf_add_str(&wide, "\"}, reason: r}");
	assert_refused(buf_text(&wide),
	    "f:1:28: actor is longer than 256 bytes; write a shorter pattern "
	    "with *\n");
	buf_done(&wide);
}

/* --- findings ------------------------------------------------------------- */

static struct signal *
signal_at(int64_t hours, uint64_t identity, const struct config_suppress *rule)
{
	struct fixture x;
	struct buf packed = { 0 };
	struct unpack u;
	struct signal *s;

	fixture_init(&x, "");
	x.signal.row = &detector_table[0];
	x.signal.time_us += hours * HOUR_US;
	x.signal.first_us = x.signal.event.time_us = x.signal.time_us;
	x.signal.identity = identity;
	signal_pack(&x.signal, &packed);
	u = unpack_of(buf_span(&packed));
	s = signal_unpack(&u);
	assert_non_null(s);
	s->suppressed = rule;
	buf_done(&packed);
	return s;
}

static void
what_is_expected_is_a_finding_of_its_own(void **state)
{
	struct config *c = config_of(
	    "  - {match: {type: \"*x*\"}, reason: known, owner: secops, "
	    "expires: 2027-01-31}\n");
	struct findings *f = findings_new();
	struct buf packed = { 0 }, json = { 0 };
	struct finding **list, *back;
	size_t count;

	(void)state;
	findings_take(f, signal_at(0, 5, c->suppress));
	findings_take(f, signal_at(1, 5, c->suppress));
	findings_take(f, signal_at(2, 5, NULL));
	findings_grew(f, 5, 4, 0);
	list = findings_list(f, &count);
	assert_int_equal(count, 2);
	assert_int_equal(list[0]->count, 2);
	assert_int_equal(list[1]->count, 5);
	assert_null(list[1]->suppressed);
	assert_true(span_equal(list[0]->suppressed->reason, SPAN("known")));
	/* As bytes, and back. */
	finding_pack(list[0], &packed);
	back = finding_unpack(buf_span(&packed));
	assert_non_null(back);
	guardduty_write(back, NULL, &json);
	assert_non_null(strstr(buf_text(&json),
	    "\"suppressedBy\":{\"reason\":\"known\",\"owner\":\"secops\","
	    "\"expires\":\"2027-01-31T00:00:00.000Z\"}"));
	assert_non_null(strstr(buf_text(&json), "\"archived\":true"));
	for (size_t len = 0; len < packed.len; len++)
		assert_null(finding_unpack(span_first(buf_span(&packed), len)));
	finding_free(back);
	buf_done(&packed);
	buf_done(&json);
	findings_free(f);
	config_free(c);
}

static void
a_flood_of_what_is_expected_hides_nothing(void **state)
{
	struct config *c =
	    config_of("  - {match: {type: \"*x*\"}, reason: known}\n");
	struct findings *f = findings_new();
	struct finding **list;
	size_t count;

	(void)state;
	for (uint64_t i = 1; i <= FINDINGS_SUPPRESSED_MAX + 50; i++)
		findings_take(f, signal_at(0, i, c->suppress));
	assert_int_equal(findings_left_out(f), 50);
	for (uint64_t i = 1; i <= FINDINGS_MAX; i++)
		findings_take(f, signal_at(0, i, NULL));
	assert_int_equal(findings_left_out(f), 50);
	list = findings_list(f, &count);
	assert_int_equal(count, FINDINGS_SUPPRESSED_MAX + FINDINGS_MAX);
	assert_null(list[count - 1]->suppressed);
	findings_free(f);
	config_free(c);
}

/* The pod becomes known after the finding was opened. */
static void
what_is_learned_later_counts(void **state)
{
	struct config *c =
	    config_of("  - {match: {actor: web/api}, reason: known}\n");
	const struct fact pod = { "pod", SPAN("web/api") };
	struct findings *f = findings_new();
	struct finding **list;
	size_t count;

	(void)state;
	findings_take(f, signal_at(0, 5, NULL));
	findings_take(f, signal_at(0, 6, NULL));
	findings_knew(f, c, 5, &pod, 1);
	list = findings_list(f, &count);
	assert_non_null(list[0]->suppressed);
	assert_null(list[1]->suppressed);
	findings_take(f, signal_at(1, 5, c->suppress));
	assert_int_equal(list[0]->count, 2);
	findings_take(f, signal_at(1, 5, NULL));
	list = findings_list(f, &count);
	assert_int_equal(count, 3);
	assert_null(list[2]->suppressed);
	findings_free(f);
	config_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each criterion decides", each_criterion_decides),
		TEST("a suppression ends by the time in the logs",
		    it_ends_by_the_time_in_the_logs),
		TEST("a sequence is suppressed only when it is meant",
		    a_sequence_must_be_meant),
		TEST("hostile patterns are bounded",
		    hostile_patterns_are_bounded),
		TEST("a suppression of everything is refused",
		    too_wide_is_refused),
		TEST("what is suppressed is a finding of its own",
		    what_is_expected_is_a_finding_of_its_own),
		TEST("a flood of what is suppressed hides nothing",
		    a_flood_of_what_is_expected_hides_nothing),
		TEST("what is learned of a finding later counts",
		    what_is_learned_later_counts),
	};

	return cmocka_run_group_tests_name("suppress", tests, NULL, NULL);
}

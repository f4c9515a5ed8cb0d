#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "codec/json.h"
#include "finding/vocabulary.h"
#include "finding_fixture.h"
#include "output/asff.h"
#include "output/csv.h"
#include "output/guardduty.h"
#include "output/ocsf.h"
#include "output/owner.h"
#include "output/table.h"
#include "playbook/playbook.h"
#include "playbook/table.h"
#include "test.h"

struct document {
	struct buf line;
	struct json_parser *parser;
	struct json_value root;
};

/* No object of a finding names a member twice. */
static void
check_members(struct json_value v)
{
	struct json_iter it = json_iter(v), other;
	struct span key, again;
	struct json_value member, rest;

	if (json_is(v, JSON_ARRAY)) {
		while (json_next_item(&it, &member))
			check_members(member);
		return;
	}
	while (
	    json_is(v, JSON_OBJECT) && json_next_member(&it, &key, &member)) {
		check_members(member);
		other = it;
		while (json_next_member(&other, &again, &rest))
			assert_false(span_equal(key, again));
	}
}

static void
document_init(
    struct document *d, const struct fixture *x, const struct config *c)
{
	static const char padding[JSON_PADDING];
	size_t len;

	*d = (struct document){ .parser = json_parser_new(64 << 20) };
	json_parser_strings(d->parser, 64 << 20);
	guardduty_write(&x->finding, c, &d->line);
	len = d->line.len;
	assert_int_equal(d->line.at[len - 1], '\n');
	assert_int_equal(span_find(buf_span(&d->line), '\n', 0), len - 1);
	buf_add(&d->line, span_of(padding, sizeof(padding)));
	if (json_parse(d->parser, span_of(d->line.at, len - 1), &d->root) !=
	    STATUS_OK)
		fail_msg("%s", json_parser_error(d->parser));
	check_members(d->root);
}

static void
document_done(struct document *d)
{
	json_parser_free(d->parser);
	buf_done(&d->line);
}

/* The text at a path such as "service.action.actionType". */
static struct span
at(const struct document *d, const char *path)
{
	struct span rest = span_str(path);
	struct json_value node = d->root;

	while (rest.at != NULL) {
		struct span key = span_cut(&rest, '.');
		struct json_iter it = json_iter(node);
		uint64_t index = 0;

		if (json_is(node, JSON_ARRAY)) {
			assert_true(span_to_u64(key, &index));
			for (uint64_t i = 0; i <= index; i++)
				assert_true(json_next_item(&it, &node));
		} else {
			node = json_get(node, key);
		}
	}
	if (json_is(node, JSON_NONE))
		fail_msg("no %s", path);
	return json_string(node);
}

static void
whole(void **state)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{ "schemaVersion", "2.0" },
		{ "accountId", "111122223333" },
		{ "region", "eu-west-1" },
		{ "partition", "aws" },
		{ "id", "0123456789abcdef0123456789abcdef" },
		{ "arn",
		    "arn:aws:guardduty:eu-west-1:111122223333:detector/"
		    "nephoscope/finding/0123456789abcdef0123456789abcdef" },
		{ "type", "Execution:Kubernetes/ExecInKubeSystemPod" },
		{ "title", "alice@example.org ran a command in "
			   "kube-system/coredns-7x2" },
		{ "createdAt", "2026-11-22T14:02:11.000Z" },
		{ "updatedAt", "2026-11-22T14:03:41.000Z" },
		{ "resource.resourceType", "EKSCluster" },
		{ "resource.eksClusterDetails.name", "prod" },
		{ "resource.kubernetesDetails.kubernetesUserDetails.username",
		    "alice@example.org" },
		{ "service.serviceName", "guardduty" },
		{ "service.action.actionType", "KUBERNETES_API_CALL" },
		{ "service.resourceRole", "TARGET" },
		{ "service.eventFirstSeen", "2026-11-22T14:02:11.000Z" },
		{ "nephoscope.cluster", "prod" },
		{ "nephoscope.detector", "exec_kube_system" },
		{ "nephoscope.actor.kind", "user" },
		{ "nephoscope.mitre.1", "T1611" },
		{ "nephoscope.events.0.id", "6f1c-audit" },
		{ "nephoscope.playbook.0.part", "Evidence" },
		{ "nephoscope.playbook.0.command",
		    "kubectl --context=prod -n kube-system get pod "
		    "coredns-7x2 -o yaml > incident-01234567-pod.yaml" },
	};
	struct fixture x;
	struct document d;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	document_init(&d, &x, NULL);
	for (size_t i = 0; i < COUNTOF(rows); i++)
		assert_span_equal(at(&d, rows[i].path), span_str(rows[i].text));
	document_done(&d);
}

static void
by_source(void **state)
{
	static const struct {
		enum source source;
		const char *type, *resource, *action;
	} rows[] = {
		{ SOURCE_CLOUDTRAIL, "Policy:IAMUser/RootCredentialUsage",
		    "AccessKey", "AWS_API_CALL" },
		{ SOURCE_CLOUDTRAIL, "InitialAccess:IAM/ValidAccounts",
		    "AccessKey", "AWS_API_CALL" },
		{ SOURCE_CLOUDTRAIL, "Policy:S3/BucketAnonymousAccessGranted",
		    "S3Bucket", "AWS_API_CALL" },
		{ SOURCE_VPCFLOW, "Recon:EC2/Portscan", "Instance",
		    "NETWORK_CONNECTION" },
		{ SOURCE_VPCFLOW, "Recon:EC2/PortProbeUnprotectedPort",
		    "Instance", "PORT_PROBE" },
		{ SOURCE_DNS, "Trojan:EC2/DGADomainRequest.B", "Instance",
		    "DNS_REQUEST" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct fixture x;
		struct document d;

		fixture_init(&x, "none");
		x.detector.type = rows[i].type;
		x.signal.source = rows[i].source;
		document_init(&d, &x, NULL);
		assert_span_equal(at(&d, "resource.resourceType"),
		    span_str(rows[i].resource));
		assert_span_equal(at(&d, "service.action.actionType"),
		    span_str(rows[i].action));
		document_done(&d);
	}
}

static void
no_account(void **state)
{
	struct fixture x;
	struct document d;

	(void)state;
	fixture_init(&x, "none");
	x.signal.account = SPAN("metal");
	x.signal.region = SPAN("");
	document_init(&d, &x, NULL);
	assert_span_equal(at(&d, "accountId"), span_str("000000000000"));
	assert_span_equal(at(&d, "region"), span_str("unknown"));
	document_done(&d);
}

static void
anomaly(void **state)
{
	struct fixture x;
	struct signal_why *w;
	struct document d;

	(void)state;
	fixture_init(&x, "none");
	w = fixture_why(&x, "image", SPAN("x"));
	w->profiled = true;
	w->frequency = FREQUENCY_UNSEEN;
	w->usual[0] = SPAN("a");
	w->nusual = 1;
	w = fixture_why(&x, "image", SPAN("y"));
	w->profiled = true;
	w = fixture_why(&x, "bytes", SPAN(""));
	w->observed_number = 7;
	w->expected = 2;
	document_init(&d, &x, NULL);
	assert_span_equal(at(&d, "service.detection.anomaly.unusual."
				 "behavior.observed.image.profileSubtype"),
	    span_str("UNSEEN"));
	assert_span_equal(at(&d, "service.detection.anomaly.unusual."
				 "behavior.observed.image.observations."
				 "text.1"),
	    span_str("y"));
	assert_span_equal(at(&d, "service.detection.anomaly.profiles."
				 "usual.bytes.0.observations.text.0"),
	    span_str("2"));
	assert_span_equal(
	    at(&d, "nephoscope.why.0.frequency"), span_str("UNSEEN"));
	document_done(&d);
}

static void
owners(void **state)
{
	char name[] = "prod", who[] = "Payments", contact[] = "#oncall";
	char id[] = "111122223333", platform[] = "Platform";
	struct config_cluster cluster = { .name = name };
	struct config_account account = { .id = id };
	struct config c = { .clusters = &cluster,
		.nclusters = 1,
		.accounts = &account,
		.naccounts = 1 };
	struct fixture x;
	struct document d;

	(void)state;
	fixture_init(&x, "none");
	assert_null(owner_of(&x.finding, &c).source);
	account.owner.name = platform;
	assert_string_equal(owner_of(&x.finding, &c).source, "accounts");
	cluster.owner.name = who;
	cluster.owner.contact = contact;
	document_init(&d, &x, &c);
	assert_span_equal(
	    at(&d, "nephoscope.owner.name"), span_str("Payments"));
	assert_span_equal(
	    at(&d, "nephoscope.owner.source"), span_str("clusters"));
	document_done(&d);
}

/* --- hostile text --------------------------------------------------------- */

#define LONG_BYTES ((size_t)100 * 1024)

static const struct {
	const char *at;
	size_t len;
} payloads[] = {
#define PAYLOAD(text)                                                          \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
	PAYLOAD("\033[2J\033[31mpwned\033]0;title\a"),
	PAYLOAD("\xc2\x9b"
		"31m C1"),
	PAYLOAD("user\xe2\x80\xae"
		"gpj.exe\xe2\x81\xa6 isolate"),
	PAYLOAD("=cmd|' /C calc'!A0"),
	PAYLOAD("+1+1"),
	PAYLOAD("-1+1"),
	PAYLOAD("@SUM(1)"),
	PAYLOAD("\t=1"),
	PAYLOAD("<script>alert(1)</script><img src=x onerror=alert(1)>"),
	PAYLOAD("'; touch /tmp/nephoscope-pwned; '"),
	PAYLOAD("$(touch /tmp/nephoscope-pwned)"),
	PAYLOAD("`touch /tmp/nephoscope-pwned`"),
	PAYLOAD("\\'; touch /tmp/nephoscope-pwned #"),
	PAYLOAD("a && touch /tmp/nephoscope-pwned || b"),
	PAYLOAD("> /tmp/nephoscope-pwned"),
	PAYLOAD("../../../tmp/nephoscope-pwned"),
	PAYLOAD("line\nbreak\r\nand more"),
	PAYLOAD("nul\0byte"),
	PAYLOAD("\xff\xfe\x80 broken \xc0\xaf \xed\xa0\x80 \xf5\x80\x80\x80"),
	PAYLOAD("\xe2\x80"),
	PAYLOAD("{\"type\":\"fake\",\"severity\":0}"),
	PAYLOAD("\",\"severity\":0,\"x\":\""),
	PAYLOAD("{actor}{namespace}{kubectl}"),
	PAYLOAD("%s%s%n%x"),
	PAYLOAD("--kubeconfig=/tmp/evil"),
	PAYLOAD("-oyaml"),
	PAYLOAD("\xf3\xa0\x81\x81 tag \xef\xbb\xbf bom"),
};

/* Put one text everywhere a log's text can be. */
static void
poison(struct fixture *x, struct span text)
{
	struct signal *s = &x->signal;

	for (size_t i = 0; i < vocabulary_count; i++) {
		const struct fact_name *row = &vocabulary_table[i];

		if (!row->built_in && s->nfacts < SIGNAL_FACTS_MAX)
			fixture_fact(x, row->name, text);
	}
	for (size_t i = 0; i < s->nfacts; i++)
		s->facts[i].value = text;
	s->tenant = s->account = s->region = s->cluster = text;
	s->actor = s->resource = text;
	x->event.id = x->event.parcel = text;
	s->event = x->event;
	fixture_why(x, "image", text);
	s->why[0].profiled = true;
	s->why[0].n = 3;
	s->why[0].usual[0] = s->why[0].usual[1] = text;
	s->why[0].nusual = 2;
	fixture_why(x, "x", text);
	s->why[1].feature = text;
}

static void
check_json(const struct fixture *x, struct span text)
{
	struct document d;
	struct json_iter it;
	struct json_value member;
	struct span key;
	size_t members = 0;

	document_init(&d, x, NULL);
	it = json_iter(d.root);
	while (json_next_member(&it, &key, &member))
		members++;
	assert_int_equal(members, 15);
	assert_span_equal(at(&d, "type"), span_str(x->detector.type));
	assert_span_equal(at(&d, "accountId"), SPAN("000000000000"));
	assert_true(json_number(json_get(d.root, SPAN("severity")), 0) ==
		    SEVERITY_MEDIUM);
	/* Valid text comes out as it went in. */
	for (struct span rest = text; rest.len > 0;) {
		uint32_t point;

		escape_next(&rest, &point);
		if (point == ESCAPE_BROKEN)
			goto done;
	}
	assert_span_equal(at(&d, "nephoscope.actor.name"), text);
done:
	document_done(&d);
}

/* No control characters but newlines (and returns in CSV), valid UTF-8. */
static void
check_visible(struct span text, bool returns)
{
	while (text.len > 0) {
		uint32_t point;

		escape_next(&text, &point);
		if (point == '\n' || (returns && point == '\r'))
			continue;
		if (escape_is_invisible(point))
			fail_msg("U+%04X came through", point);
	}
}

static void
check_table(const struct fixture *x, unsigned columns)
{
	const struct finding *list[] = { &x->finding };
	struct table_options o = { .columns = columns };
	struct buf out = { 0 };

	table_write(list, 1, &o, &out);
	check_visible(buf_span(&out), false);
	buf_reset(&out);
	table_write_one(&x->finding, &o, &out);
	check_visible(buf_span(&out), false);
	buf_done(&out);
}

/* One record: commas and quotes as RFC 4180 has them, no formula. */
static void
check_csv(const struct fixture *x)
{
	struct buf out = { 0 }, header = { 0 };
	size_t fields = 1, columns = 1;
	bool quoted = false, start = true;

	csv_write_header(&header);
	for (size_t i = 0; i < header.len; i++)
		columns += header.at[i] == ',';
	csv_write(&x->finding, NULL, &out);
	check_visible(buf_span(&out), true);
	assert_int_equal(span_find(buf_span(&out), '\n', 0), out.len - 1);
	for (size_t i = 0; i + 2 < out.len; i++) {
		char c = out.at[i];

		if (start && c != '"')
			assert_null(strchr("=+-@|%\t", c));
		if (start && c == '"')
			assert_null(strchr("=+-@|%\t", out.at[i + 1]));
		start = !quoted && c == ',';
		fields += start;
		quoted ^= c == '"';
	}
	assert_false(quoted);
	assert_int_equal(fields, columns);
	buf_done(&out);
	buf_done(&header);
}

/* Run a command as `printf '<%s>' WORD...`: no word may do anything. */
static void
check_words(struct span command, struct span text)
{
	struct buf line = { 0 }, said = { 0 };
	FILE *sh;
	int c;

	buf_add_str(&line, "printf '<%s>' ");
	buf_add(&line, command);
	sh = popen(buf_text(&line), "r");
	assert_non_null(sh);
	while ((c = fgetc(sh)) != EOF)
		buf_add_char(&said, (char)c);
	assert_int_equal(pclose(sh), 0);
	buf_reset(&line);
	buf_printf(&line, "<get><%.*s><--as=%.*s><end>", SPAN_ARGS(text),
	    SPAN_ARGS(text));
	assert_span_equal(buf_span(&said), buf_span(&line));
	buf_done(&line);
	buf_done(&said);
}

static void
check_playbook(const struct fixture *x, struct span text)
{
	struct span yaml = SPAN(
	    "id: x\nversion: 1\nsummary: s\napplies_to: [\"A:B/C\"]\n"
	    "evidence: [{title: \"{name}\", store: s, command: \"get {name} "
	    "--as={user} end\"}]\n");
	struct playbook_steps steps;
	struct playbook *p = NULL;
	struct buf error = { 0 };

	assert_int_equal(playbook_parse(yaml, "x", &p, &error), STATUS_OK);
	playbook_render(p, &x->finding, &steps);
	assert_int_equal(steps.nlines, 1);
	if (span_is_empty(steps.lines[0].left_out))
		check_words(steps.lines[0].command, text);
	else
		assert_int_equal(steps.lines[0].command.len, 0);
	playbook_steps_done(&steps);
	playbook_free(p);
	buf_done(&error);
}

static void
check_all(struct span text)
{
	static const char *const detectors[] = { "exec_kube_system",
		"anomalous_persistence", "portscan", "dns_exfiltration" };
	static const enum source sources[] = { SOURCE_K8S_AUDIT,
		SOURCE_CLOUDTRAIL, SOURCE_VPCFLOW, SOURCE_DNS };
	static const char *const types[] = { "A:Kubernetes/X", "A:IAMUser/X",
		"A:EC2/X", "A:S3/X" };

	for (size_t i = 0; i < COUNTOF(detectors); i++) {
		struct fixture x;

		fixture_init(&x, detectors[i]);
		poison(&x, text);
		x.detector.type = types[i];
		x.signal.source = sources[i];
		x.event.source = sources[i];
		check_json(&x, text);
		check_table(&x, 80);
		check_csv(&x);
		if (i == 0)
			check_playbook(&x, text);
	}
}

static void
hostile(void **state)
{
	FILE *f;

	(void)state;
	remove("/tmp/nephoscope-pwned");
	for (size_t i = 0; i < COUNTOF(payloads); i++)
		check_all(span_of(payloads[i].at, payloads[i].len));
	f = fopen("/tmp/nephoscope-pwned", "r");
	assert_null(f);
}

static void
long_text(void **state)
{
	char *text = status_calloc(LONG_BYTES, 1);

	(void)state;
	memset(text, 'a', LONG_BYTES);
	check_all(span_of(text, LONG_BYTES));
	for (size_t i = 0; i < LONG_BYTES; i++)
		text[i] = "\033\xe2\x80\xae'\""[i % 6];
	check_all(span_of(text, LONG_BYTES));
	free(text);
}

/* Every shipped playbook, filled with each payload, run with all programs
 * replaced by nothing: only quoting is under test. */
static void
shipped_is_inert(void **state)
{
	static const char stub[] = "PATH=/nonexistent; exec 2>/dev/null; "
				   "cd /nonexistent-dir;\n";
	FILE *f;

	(void)state;
	for (size_t i = 9; i < 16; i++) {
		struct span text = span_of(payloads[i].at, payloads[i].len);
		struct fixture x;

		fixture_init(&x, "x");
		poison(&x, text);
		for (size_t p = 0; p < playbook_count; p++) {
			struct playbook *pb =
			    playbook_of_type(playbook_table[p].name);
			struct playbook_steps steps;
			struct buf script = { 0 };

			playbook_render(pb, &x.finding, &steps);
			buf_add_str(&script, stub);
			for (size_t s = 0; s < steps.nlines; s++) {
				struct span c = steps.lines[s].command;

				/* Redirections would make files here. */
				if (span_find(c, '>', 0) < c.len)
					continue;
				buf_add(&script, c);
				buf_add_char(&script, '\n');
			}
			f = popen("/bin/sh -s >/dev/null", "w");
			assert_non_null(f);
			fwrite(script.at, 1, script.len, f);
			(void)pclose(f);
			buf_done(&script);
			playbook_steps_done(&steps);
			playbook_free(pb);
		}
	}
	f = fopen("/tmp/nephoscope-pwned", "r");
	assert_null(f);
}

/* --- table ---------------------------------------------------------------- */

static void
check_width(struct span text, size_t columns)
{
	while (text.at != NULL) {
		struct span line = span_cut(&text, '\n');

		/* Commands and links are whole, so that they can be
		 * copied. */
		if (span_search(line, SPAN("https://")) < line.len ||
		    span_search(line, SPAN("$ ")) < line.len ||
		    span_search(line, SPAN("undo: ")) < line.len ||
		    span_search(line, SPAN("suppress: ")) < line.len ||
		    span_search(line, SPAN("kubectl ")) < line.len)
			continue;
		if (escape_width(line) > columns)
			fail_msg("too wide: %.*s", SPAN_ARGS(line));
	}
}

static void
fits(void **state)
{
	static const unsigned widths[] = { 60, 80, 120, 160 };
	struct fixture x;
	const struct finding *list[2];

	(void)state;
	fixture_init(&x, "exec_kube_system");
	fixture_why(&x, "a feature with a rather long name",
	    SPAN("something observed that is long, too, and goes on"))
	    ->profiled = true;
	list[0] = list[1] = &x.finding;
	for (size_t i = 0; i < COUNTOF(widths); i++) {
		struct table_options o = { .columns = widths[i] };
		struct buf out = { 0 };

		table_write(list, 2, &o, &out);
		check_width(buf_span(&out), widths[i]);
		buf_reset(&out);
		table_write_one(&x.finding, &o, &out);
		check_width(buf_span(&out), widths[i]);
		buf_done(&out);
	}
}

static void
colours(void **state)
{
	struct fixture x;
	const struct finding *list[] = { &x.finding };
	struct table_options o = { .columns = 80, .colour = true };
	struct buf out = { 0 };

	(void)state;
	fixture_init(&x, "exec_kube_system");
	table_write(list, 1, &o, &out);
	assert_true(
	    span_search(buf_span(&out), SPAN("\033[33mmedium")) < out.len);
	buf_reset(&out);
	o.colour = false;
	table_write(list, 1, &o, &out);
	assert_int_equal(span_find(buf_span(&out), '\033', 0), out.len);
	buf_done(&out);
}

static void
worst_first(void **state)
{
	struct fixture a, b;
	const struct finding *list[] = { &a.finding, &b.finding };
	struct table_options o = { .columns = 80 };
	struct buf out = { 0 };

	(void)state;
	fixture_init(&a, "none");
	fixture_init(&b, "none");
	a.detector.title = "lesser";
	b.detector.title = "worse";
	b.finding.severity = SEVERITY_CRITICAL;
	table_write(list, 2, &o, &out);
	assert_true(span_search(buf_span(&out), SPAN("worse")) <
		    span_search(buf_span(&out), SPAN("lesser")));
	assert_true(span_search(buf_span(&out),
			SPAN("2 findings: 1 critical, 1 medium.")) < out.len);
	buf_reset(&out);
	table_write(list, 0, &o, &out);
	assert_string_equal(buf_text(&out), "No findings.\n");
	buf_done(&out);
}

/* Characters outside the first plane count twice, as Security Hub counts. */
static void
asff_cuts(void **state)
{
	struct buf out = { 0 }, name = { 0 };
	struct fixture x;
	struct span text;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	for (size_t i = 0; i < 128; i++)
		buf_add_str(&name, "\xf0\x9f\x90\x8b");
	x.detector.title = buf_text(&name);
	asff_write(&x.finding, NULL, &out);
	text = buf_span(&out);
	text = span_skip(text, span_search(text, SPAN("\"Title\":\"")) + 9);
	text = span_first(text, span_find(text, '"', 0));
	assert_true(span_equal(text, buf_span(&name)));
	buf_add_str(&name, "x");
	x.detector.title = buf_text(&name);
	buf_reset(&out);
	asff_write(&x.finding, NULL, &out);
	text = buf_span(&out);
	text = span_skip(text, span_search(text, SPAN("\"Title\":\"")) + 9);
	text = span_first(text, span_find(text, '"', 0));
	assert_int_equal(text.len, 126 * 4 + 3);
	assert_true(span_ends(text, SPAN("...")));
	buf_done(&out);
	buf_done(&name);
}

static void
ocsf_activity(void **state)
{
	struct buf out = { 0 };
	struct fixture x;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	ocsf_write(&x.finding, NULL, 0, &out);
	assert_true(span_search(buf_span(&out), SPAN("\"type_uid\":200401,")) <
		    out.len);
	assert_true(span_search(buf_span(&out),
			SPAN("\"time\":1795356131000,")) < out.len);
	buf_reset(&out);
	ocsf_write(&x.finding, NULL, 3, &out);
	assert_true(span_search(buf_span(&out), SPAN("\"type_uid\":200402,")) <
		    out.len);
	assert_true(span_search(buf_span(&out),
			SPAN("\"time\":1795356221000,")) < out.len);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("texts for Security Hub are cut by UTF-16 units",
		    asff_cuts),
		TEST("an OCSF finding told again is an update, of its last "
		     "event's time",
		    ocsf_activity),
		TEST("a finding has GuardDuty's members", whole),
		TEST("resource and action follow the type and the log",
		    by_source),
		TEST("without an account there are twelve zeros", no_account),
		TEST("why lines become an anomaly, features once", anomaly),
		TEST("the cluster's owner goes before the account's", owners),
		TEST("hostile text stays data in every output", hostile),
		TEST("so do texts of 100 kB", long_text),
		TEST("no shipped command does what a log says",
		    shipped_is_inert),
		TEST("a table fits its columns", fits),
		TEST("colours come only when asked for", colours),
		TEST("the worst finding comes first, and all are counted",
		    worst_first),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}

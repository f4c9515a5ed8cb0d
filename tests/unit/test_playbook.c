#include "playbook/playbook.h"

#include <stdio.h>
#include <stdlib.h>

#include "detect/detector.h"
#include "finding/vocabulary.h"
#include "finding_fixture.h"
#include "playbook/table.h"
#include "test.h"

static const char head[] = "id: x\nversion: 1\nsummary: s\n"
			   "applies_to: [\"A:B/C\"]\n";

static struct playbook *
parse(const char *rest, struct buf *error)
{
	struct playbook *p = NULL;
	struct buf text = { 0 };

	buf_add_str(&text, head);
	buf_add_str(&text, rest);
	if (playbook_parse(buf_span(&text), "x.yaml", &p, error) != STATUS_OK)
		assert_null(p);
	buf_done(&text);
	return p;
}

static bool
has_part(const struct playbook *p, enum playbook_part part)
{
	for (size_t i = 0; i < p->nsteps; i++) {
		if (p->steps[i].part == part)
			return true;
	}
	return false;
}

static bool
is_shipped(const char *name)
{
	for (size_t i = 0; i < playbook_count; i++) {
		if (!strcmp(playbook_table[i].name, name))
			return true;
	}
	return false;
}

/* A stop, colon or question mark before a blank or the end. */
static size_t
sentences(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += strchr(".:?", *text) != NULL &&
		     (text[1] == ' ' || text[1] == '\n' || text[1] == '\0');
	return n;
}

static void
shipped(void **state)
{
	(void)state;
	assert_true(playbook_count > 0);
	for (size_t i = 0; i < playbook_count; i++) {
		struct playbook *p = NULL;
		struct buf error = { 0 };
		struct span bytes =
		    span_of((const char *)playbook_table[i].bytes,
			playbook_table[i].size);

		if (playbook_parse(bytes, playbook_table[i].name, &p, &error) !=
		    STATUS_OK)
			fail_msg("%s", buf_text(&error));
		assert_string_equal(p->id, playbook_table[i].name);
		assert_true(p->nquestions > 0);
		assert_true(p->nbenign > 0);
		assert_true(p->nreferences > 0);
		assert_true(p->nmitre > 0);
		assert_int_equal(p->steps[0].part, PLAYBOOK_EVIDENCE);
		assert_true(has_part(p, PLAYBOOK_CONTAIN));
		assert_true(has_part(p, PLAYBOOK_VERIFY));
		if (sentences(p->summary) < 2)
			fail_msg("%s: what is it, in two sentences?", p->id);
		for (size_t e = 0; e < p->nelsewhere; e++)
			assert_true(is_shipped(p->elsewhere[e].playbook));
		playbook_free(p);
		buf_done(&error);
	}
}

/* Each placeholder of a text that is not a command is a known name. */
static void
check_text(const char *name, const char *text)
{
	struct span rest = span_str(text), word;

	while (rest.len > 0) {
		size_t len = vocabulary_placeholder(rest, &word);

		if (len > 0 && vocabulary_find(word) == NULL)
			fail_msg("%s: unknown {%.*s}", name, SPAN_ARGS(word));
		rest = span_skip(rest, len ? len : 1);
	}
}

static void
shipped_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < playbook_count; i++) {
		const char *name = playbook_table[i].name;
		struct playbook *p = playbook_of_type(name);

		assert_non_null(p);
		check_text(name, p->summary);
		for (size_t s = 0; s < p->nsteps; s++) {
			check_text(name, p->steps[s].title);
			check_text(name, p->steps[s].effect);
			check_text(name, p->steps[s].needs);
			check_text(name, p->steps[s].expect);
			check_text(name, p->steps[s].store);
			check_text(name, p->steps[s].blast_radius);
			if (p->steps[s].part == PLAYBOOK_CONTAIN)
				assert_non_null(p->steps[s].undo);
		}
		for (size_t q = 0; q < p->nquestions; q++) {
			check_text(name, p->questions[q].text);
			check_text(name, p->questions[q].benign_if);
			check_text(name, p->questions[q].malicious_if);
			check_text(name, p->questions[q].ask);
		}
		playbook_free(p);
	}
}

static void
detectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < detector_count; i++) {
		const struct detector_row *row = &detector_table[i];
		struct playbook *p = playbook_of_type(row->detector->type);
		bool applies = false;

		if (p == NULL)
			fail_msg("%s has no playbook", row->name);
		for (size_t a = 0; a < p->napplies_to; a++)
			applies |= span_matches(span_str(row->detector->type),
			    span_str(p->applies_to[a]));
		if (!applies)
			fail_msg("%s does not apply to its type", row->name);
		check_text(row->name, row->detector->title);
		check_text(row->name, row->detector->story);
		playbook_free(p);
	}
}

/* docs/facts.md has a row for each name and no others. */
static void
documented(void **state)
{
	FILE *f = fopen(TEST_SOURCE_DIR "/docs/facts.md", "r");
	size_t rows = 0;
	char line[512];

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		struct span rest = span_str(line), name;

		if (!span_starts(rest, SPAN("| `{")))
			continue;
		assert_true(vocabulary_placeholder(span_skip(rest, 3), &name));
		if (vocabulary_find(name) == NULL)
			fail_msg("nobody gives {%.*s}", SPAN_ARGS(name));
		rows++;
	}
	fclose(f);
	assert_int_equal(rows, vocabulary_count);
}

/* Write what is filled in to a script and have the shell read it. */
static void
shell_reads(const char *name, const struct playbook_steps *steps)
{
	char file[] = "/tmp/nephoscope-test-XXXXXX";
	struct buf line = { 0 };
	int fd = mkstemp(file);
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	for (size_t i = 0; i < steps->nlines; i++) {
		const struct playbook_line *l = &steps->lines[i];

		fprintf(f, "%.*s\n", SPAN_ARGS(l->command));
		if (!span_starts(l->undo, SPAN("none")))
			fprintf(f, "%.*s\n", SPAN_ARGS(l->undo));
	}
	fclose(f);
	buf_printf(&line, "/bin/sh -n %s", file);
	if (system(buf_text(&line)) != 0)
		fail_msg("%s: the shell refuses a command", name);
	remove(file);
	buf_done(&line);
}

/* With facts from `from` on, as a signal holds not all of them. */
static void
read_all(size_t from)
{
	struct fixture x;

	fixture_init(&x, "x");
	x.signal.nfacts = 0;
	for (size_t i = from; i < vocabulary_count; i++) {
		if (!vocabulary_table[i].built_in &&
		    x.signal.nfacts < SIGNAL_FACTS_MAX)
			fixture_fact(&x, vocabulary_table[i].name,
			    SPAN("it's; a $(value)"));
	}
	for (size_t i = 0; i < playbook_count; i++) {
		struct playbook *p = playbook_of_type(playbook_table[i].name);
		struct playbook_steps steps;

		assert_non_null(p);
		playbook_render(p, &x.finding, &steps);
		shell_reads(playbook_table[i].name, &steps);
		playbook_steps_done(&steps);
		playbook_free(p);
	}
}

static void
shipped_commands(void **state)
{
	(void)state;
	read_all(0);
	read_all(vocabulary_count - SIGNAL_FACTS_MAX);
}

static void
refuses(void **state)
{
	static const struct {
		const char *yaml, *says;
	} cases[] = {
		{ "evidence: []\n", "missing key" },
		{ "evidence:\n  - {title: t, command: c, colour: red}\n",
		    "x.yaml:6:28: unknown key \"colour\"" },
		{ "evidence:\n  - {title: t}\n", "without a command" },
		{ "evidence: [{title: t, command: c}]\n", "must go to a file" },
		{ "contain: [{title: t, effect: e, undo: none,\n"
		  "  blast_radius: b}]\n",
		    "effect, blast_radius, undo and destructive" },
		{ "contain: [{title: t, effect: e, undo: none,\n"
		  "  blast_radius: b, destructive: maybe}]\n",
		    "destructive: yes or no" },
		{ "questions: [{text: t, benign_if: b, malicious_if: m}]\n",
		    "without a query" },
		{ "questions: [{text: t, benign_if: b, malicious_if: m,\n"
		  "  query: \"a {nobody}\"}]\n",
		    "nobody fills in" },
		{ "false_positive: [{condition: c, suggestion: s,\n"
		  "  suppress: type actor}]\n",
		    "go together" },
		{ "false_positive: [{condition: c, suggestion: s,\n"
		  "  suppress: type actor, days: 0}]\n",
		    "days must be" },
		{ "false_positive: [{condition: c, suggestion: s,\n"
		  "  suppress: type, days: 3}]\n",
		    "type and what narrows" },
		{ "false_positive: [{condition: c, suggestion: s,\n"
		  "  suppress: type moon, days: 3}]\n",
		    "type and what narrows" },
		{ "severity_gate: 11\n", "must be 1 to 10" },
		{ "evidence: [{title: t, command: \"a ) {name}\"}]\n",
		    "do not match" },
		{ "evidence: [{title: t, command: \"a $(b\"}]\n",
		    "does not end" },
		{ "evidence: [{title: t, command: 'a \"$({name})\"'}]\n",
		    "command's name" },
		{ "evidence: [{title: t, command: 'a \"$(b \"{name}\")\"'}]\n",
		    "inside quotes" },
		{ "id: again\n", "key given twice" },
		{ "nonsense: 1\n", "unknown key \"nonsense\"" },
		{ "evidence: [{title: t, command: \"a {nobody}\"}]\n",
		    "nobody fills in" },
		{ "evidence: [{title: t, command: \"sh -c 'a {name}'\"}]\n",
		    "inside quotes" },
		{ "evidence: [{title: t, command: \"cat > {name}\"}]\n",
		    "as a file's name" },
		{ "evidence: [{title: t, command: \"a | {name}\"}]\n",
		    "command's name" },
		{ "evidence: [{title: t, command: \"a # {name}\"}]\n",
		    "inside a comment" },
		{ "evidence: [{title: t, command: \"a 'b\"}]\n",
		    "does not end" },
		{ "evidence: [{title: t, store: s, command: c, when: moon}]\n",
		    "a condition" },
		{ "evidence: {a: b}\n", "a list is expected" },
		{ "verify: [{title: t, command: c}]\n", "expect" },
		{ "questions: [{text: t}]\n", "missing key \"benign_if\"" },
		{ "evidence: [[]]\n", "a mapping is expected" },
		{ "\tx: [\n", "x.yaml:" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct buf error = { 0 };
		struct playbook *p = parse(cases[i].yaml, &error);

		assert_null(p);
		if (span_search(buf_span(&error), span_str(cases[i].says)) ==
		    error.len)
			fail_msg("case %zu says: %s", i, buf_text(&error));
		buf_done(&error);
	}
}

/* Render one evidence command; the caller frees what it gives. */
static char *
command_of(const struct fixture *x, const char *command, char **left_out)
{
	struct buf yaml = { 0 }, error = { 0 };
	struct playbook_steps steps;
	struct playbook *p;
	char *text, *reason;

	buf_printf(&yaml,
	    "evidence:\n  - title: t\n    store: s\n    command: |-\n"
	    "      %s\n",
	    command);
	p = parse(buf_text(&yaml), &error);
	if (p == NULL)
		fail_msg("%s", buf_text(&error));
	playbook_render(p, x ? &x->finding : NULL, &steps);
	assert_int_equal(steps.nlines, 1);
	text =
	    strndup(steps.lines[0].command.len ? steps.lines[0].command.at : "",
		steps.lines[0].command.len);
	reason = strndup(
	    steps.lines[0].left_out.len ? steps.lines[0].left_out.at : "",
	    steps.lines[0].left_out.len);
	if (left_out != NULL)
		*left_out = reason;
	else
		free(reason);
	playbook_steps_done(&steps);
	playbook_free(p);
	buf_done(&yaml);
	buf_done(&error);
	return text;
}

static void
expect_command(
    const struct fixture *x, const char *command, const char *expected)
{
	char *text = command_of(x, command, NULL);

	assert_string_equal(text, expected);
	free(text);
}

static void
fills(void **state)
{
	struct fixture x;

	(void)state;
	fixture_init(&x, "x");
	expect_command(&x, "{kubectl} -n {namespace} get pod {name}",
	    "kubectl --context=prod -n kube-system get pod coredns-7x2");
	expect_command(&x, "a {command} --x={command} > {incident}-b",
	    "a '/bin/sh -c id' --x='/bin/sh -c id' > incident-01234567-b");
	expect_command(&x, "{aws} x --start-time {since}",
	    "aws --region=eu-west-1 x --start-time 2026-11-22T13:02:11Z");
	expect_command(&x, "a \"$(b \"$(c {command})\" {name})\" {name}",
	    "a \"$(b \"$(c '/bin/sh -c id')\" coredns-7x2)\" coredns-7x2");
	expect_command(
	    &x, "a {pod_namespace}/{pod_name}", "a kube-system/coredns-7x2");
	fixture_fact(&x, "pod", SPAN("web/shop-1"));
	expect_command(&x, "a {pod_namespace} {pod_name}", "a web shop-1");
	fixture_fact(&x, "parcel", SPAN("logs/a b.gz"));
	expect_command(&x, "{parcel_text} | x", "zcat -f -- 'logs/a b.gz' | x");
	fixture_fact(&x, "parcel", SPAN("s3://trail/a b.gz"));
	expect_command(&x, "{parcel_text} | x",
	    "aws s3 cp 's3://trail/a b.gz' - | zcat -f | x");
	expect_command(NULL, "{parcel_text}", "zcat -f -- <parcel>");
	expect_command(NULL, "{kubectl} get {name}",
	    "kubectl --context=<cluster> get <name>");
	x.signal.cluster = SPAN("");
	expect_command(&x, "{kubectl} get pods", "kubectl get pods");
}

static void
leaves_out(void **state)
{
	static const struct {
		struct span name;
		const char *command, *reason;
	} cases[] = {
		{ { "", 0 }, "a {name}", "no name in the log" },
		{ { "-oyaml", 6 }, "a {name}",
		    "the name would be read as an option" },
		{ { "a\nb", 3 }, "a {name}", "the name holds invisible" },
		{ { "a,b", 3 }, "a X={name}", "the name holds characters" },
		{ { "../x", 4 }, "a > {incident}-{name}", "the name holds" },
		{ { "a,b", 3 }, "a --k=v,x={name}", "the name holds char" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct fixture x;
		char *reason = NULL, *text;

		fixture_init(&x, "x");
		fixture_fact(&x, "name", cases[i].name);
		text = command_of(&x, cases[i].command, &reason);
		assert_string_equal(text, "");
		if (strncmp(reason, cases[i].reason, strlen(cases[i].reason)) !=
		    0)
			fail_msg("case %zu: %s", i, reason);
		free(text);
		free(reason);
	}
}

static void
conditions(void **state)
{
	static const struct {
		const char *when;
		size_t lines;
	} cases[] = {
		{ "has:namespace", 1 },
		{ "no:namespace", 0 },
		{ "has:bucket", 0 },
		{ "no:bucket and has:name", 1 },
		{ "actor_kind:user", 1 },
		{ "name:core*", 1 },
		{ "name:x* and has:name", 0 },
		{ "name:x*|core*", 1 },
		{ "name:x*|y", 0 },
		{ "has:pod_name", 1 },
	};
	struct fixture x;

	(void)state;
	fixture_init(&x, "x");
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct buf yaml = { 0 }, error = { 0 };
		struct playbook_steps steps;
		struct playbook *p;

		buf_printf(&yaml,
		    "evidence: [{title: t, store: s, command: c, when: "
		    "\"%s\"}]\n",
		    cases[i].when);
		p = parse(buf_text(&yaml), &error);
		assert_non_null(p);
		playbook_render(p, &x.finding, &steps);
		assert_int_equal(steps.nlines, cases[i].lines);
		playbook_steps_done(&steps);
		playbook_free(p);
		buf_done(&yaml);
		buf_done(&error);
	}
}

/* Whether a step of the shipped playbook has `word` in its command. */
static bool
has_command(const struct fixture *x, const char *playbook, const char *word)
{
	struct playbook *p = playbook_of_type(playbook);
	struct playbook_steps steps;
	bool found = false;

	assert_non_null(p);
	playbook_render(p, &x->finding, &steps);
	for (size_t i = 0; i < steps.nlines; i++)
		found |= span_search(steps.lines[i].command, span_str(word)) <
			 steps.lines[i].command.len;
	playbook_steps_done(&steps);
	playbook_free(p);
	return found;
}

/* The tool that only a cluster of the kind is told to use. */
static void
chooses_by_kind(void **state)
{
	static const char *const kinds[] = { "eks", "gke", "aks", "" };
	static const char *const words[] = { "eks list-access-entries",
		"gcloud compute", "az vmss" };

	(void)state;
	for (size_t k = 0; k < COUNTOF(kinds); k++) {
		struct fixture x;

		fixture_init(&x, "x");
		fixture_fact(&x, "cluster_kind", span_str(kinds[k]));
		fixture_fact(&x, "actor_kind", SPAN("user"));
		fixture_fact(&x, "node", SPAN("node-1"));
		x.signal.account = SPAN("111122223333");
		for (size_t w = 0; w < COUNTOF(words); w++) {
			if (has_command(&x, "workload_privileged", words[w]) !=
			    (w == k))
				fail_msg(
				    "%s on kind \"%s\"", words[w], kinds[k]);
		}
		assert_true(
		    has_command(&x, "workload_privileged", "delete \"$kind\""));
	}
}

/* --- parts ---------------------------------------------------------------- */

#define TEXT(name, yaml)                                                       \
	{                                                                      \
		name, (const unsigned char *)(yaml), sizeof(yaml) - 1          \
	}

static const struct playbook_text parts[] = {
	TEXT("keep", "about: x\nevidence:\n"
		     "  - {title: kept, store: s, command: c}\n"
		     "  - {title: named, store: s, command: c,\n"
		     "     when: \"has:name\"}\n"
		     "verify: [{title: seen, command: c, expect: e}]\n"),
	TEXT("nest", "about: x\nevidence: [{include: keep}]\n"),
	TEXT("whole", "about: x\ninclude: [keep]\n"),
	TEXT("self", "about: x\nevidence: [{include: self}]\n"),
	TEXT("ping", "about: x\nevidence: [{include: pong}]\n"),
	TEXT("pong", "about: x\nevidence: [{include: ping}]\n"),
	TEXT("d1", "about: x\nevidence: [{include: d2}]\n"),
	TEXT("d2", "about: x\nevidence: [{include: d3}]\n"),
	TEXT("d3", "about: x\nevidence: [{include: d4}]\n"),
	TEXT("d4", "about: x\nevidence: [{include: d5}]\n"),
	TEXT("d5", "about: x\nevidence: [{include: keep}]\n"),
	TEXT("wide", "about: x\nrecover:\n  - {include: leaf}\n"
		     "  - {include: leaf}\n  - {include: leaf}\n"
		     "  - {include: leaf}\n  - {include: leaf}\n"
		     "  - {include: leaf}\n  - {include: leaf}\n"),
	TEXT("leaf", "about: x\nrecover: []\n"),
	TEXT("titled", "about: x\nid: y\n"),
	{ NULL, NULL, 0 },
};

static struct playbook *
parse_with_parts(const char *rest, struct buf *error)
{
	struct playbook *p = NULL;
	struct buf yaml = { 0 };

	buf_add_str(&yaml, head);
	buf_add_str(&yaml, rest);
	const struct playbook_text text = { "x.yaml",
		(const unsigned char *)buf_text(&yaml), yaml.len };
	if (playbook_parse_with(parts, &text, &p, error) != STATUS_OK)
		assert_null(p);
	buf_done(&yaml);
	return p;
}

static void
takes_parts(void **state)
{
	static const struct {
		const char *yaml;
		size_t steps;
		const char *title, *when;
	} cases[] = {
		{ "evidence: [{include: keep}]\n", 2, "named", "has:name" },
		{ "evidence: [{include: nest}]\n", 2, "named", "has:name" },
		{ "evidence: [{include: whole}]\n", 2, "named", "has:name" },
		{ "include: [keep]\n", 3, "named", "has:name" },
		{ "evidence:\n"
		  "  - {title: own, store: s, command: c}\n"
		  "  - {include: nest, when: \"actor_kind:user\"}\n",
		    3, "kept", "actor_kind:user" },
		{ "evidence:\n"
		  "  - {include: nest, when: \"actor_kind:user\"}\n"
		  "  - {title: own, store: s, command: c}\n",
		    3, "named", "actor_kind:user and has:name" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct buf error = { 0 };
		struct playbook *p = parse_with_parts(cases[i].yaml, &error);

		if (p == NULL)
			fail_msg("case %zu: %s", i, buf_text(&error));
		assert_int_equal(p->nsteps, cases[i].steps);
		assert_string_equal(p->steps[1].title, cases[i].title);
		assert_string_equal(p->steps[1].when, cases[i].when);
		playbook_free(p);
		buf_done(&error);
	}
}

static void
refuses_parts(void **state)
{
	static const struct {
		const char *yaml, *says;
	} cases[] = {
		{ "evidence: [{include: none}]\n", "x.yaml:5:12: no such" },
		{ "evidence: [{include: self}]\n", "self:2:12: a part that" },
		{ "evidence: [{include: ping}]\n", "includes itself" },
		{ "evidence: [{include: d1}]\n", "too deep" },
		{ "recover:\n  - {include: wide}\n  - {include: wide}\n"
		  "  - {include: wide}\n  - {include: wide}\n"
		  "  - {include: wide}\n  - {include: wide}\n"
		  "  - {include: wide}\n",
		    "too many includes" },
		{ "contain: [{include: keep}]\n", "without such a list" },
		{ "evidence: [{include: titled}]\n", "unknown key \"id\"" },
		{ "evidence: [{include: keep, title: t}]\n", "unknown key" },
		{ "include: [[]]\n", "a text is expected" },
		{ "include: keep\n", "a list is expected" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct buf error = { 0 };

		assert_null(parse_with_parts(cases[i].yaml, &error));
		if (span_search(buf_span(&error), span_str(cases[i].says)) ==
		    error.len)
			fail_msg("case %zu says: %s", i, buf_text(&error));
		buf_done(&error);
	}
}

static bool
names_part(const struct playbook_text *text, const char *part)
{
	struct buf line = { 0 };
	struct span all = span_of((const char *)text->bytes, text->size);
	bool found;

	buf_printf(&line, "include: %s\n", part);
	found = span_search(all, buf_span(&line)) < all.len;
	buf_done(&line);
	return found;
}

/* Each part of this build is whole, and something takes it. */
static void
shipped_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < playbook_part_count; i++) {
		const char *name = playbook_part_table[i].name;
		struct buf yaml = { 0 }, error = { 0 };
		bool used = false;

		buf_printf(&yaml,
		    "evidence: [{title: t, store: s, command: c}]\n"
		    "include: [%s]\n",
		    name);
		struct playbook *p = parse(buf_text(&yaml), &error);

		if (p == NULL)
			fail_msg("%s", buf_text(&error));
		playbook_free(p);
		for (size_t b = 0; b < playbook_count && !used; b++)
			used = names_part(&playbook_table[b], name);
		for (size_t b = 0; b < playbook_part_count && !used; b++)
			used = names_part(&playbook_part_table[b], name);
		if (!used)
			fail_msg("no playbook takes the part %s", name);
		buf_done(&yaml);
		buf_done(&error);
	}
}

/* --- suppressions --------------------------------------------------------- */

/* What is proposed for the fixture with this actor, or why nothing is. */
static void
expect_proposal(struct fixture *x, const char *suppress, struct span actor,
    const char *expected)
{
	struct buf yaml = { 0 }, error = { 0 };
	struct playbook_steps steps;
	struct playbook *p;

	x->signal.actor = actor;
	buf_printf(&yaml,
	    "evidence: [{title: t, store: s, command: c}]\n"
	    "false_positive: [{condition: a \"test\", suggestion: s,\n"
	    "  suppress: %s, days: 30}]\n",
	    suppress);
	p = parse(buf_text(&yaml), &error);
	if (p == NULL)
		fail_msg("%s", buf_text(&error));
	playbook_render(p, &x->finding, &steps);
	assert_int_equal(steps.nexcuses, 1);
	if (!span_equal(steps.excuses[0].suppress, span_str(expected)) &&
	    !span_equal(steps.excuses[0].left_out, span_str(expected)))
		fail_msg("%.*s%.*s", SPAN_ARGS(steps.excuses[0].suppress),
		    SPAN_ARGS(steps.excuses[0].left_out));
	assert_true(span_is_empty(steps.excuses[0].suppress) !=
		    span_is_empty(steps.excuses[0].left_out));
	playbook_steps_done(&steps);
	playbook_free(p);
	buf_done(&yaml);
	buf_done(&error);
}

static void
proposes(void **state)
{
	struct fixture x;

	(void)state;
	fixture_init(&x, "x");
	x.finding.last_us = x.finding.first_us;
	x.finding.severity = 5;
	expect_proposal(&x, "type cluster actor", SPAN("dev's \"ci\""),
	    "- {match: {type: \"Execution:Kubernetes/ExecInKubeSystemPod\", "
	    "cluster: \"prod\", actor: \"dev's \\\"ci\\\"\", max_severity: 5}, "
	    "reason: \"a \\\"test\\\"\", expires: 2026-12-22}");
	expect_proposal(&x, "type cluster", SPAN("*"),
	    "- {match: {type: \"Execution:Kubernetes/ExecInKubeSystemPod\", "
	    "cluster: \"prod\", max_severity: 5}, "
	    "reason: \"a \\\"test\\\"\", expires: 2026-12-22}");
	expect_proposal(&x, "type actor", SPAN("*"),
	    "the actor holds characters that a pattern would misread");
	expect_proposal(&x, "type actor", SPAN("a\nb"),
	    "the actor holds characters that a pattern would misread");
	expect_proposal(&x, "type actor", SPAN(""),
	    "nothing in the log narrows it: it would silence the whole type");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each shipped playbook is read and whole", shipped),
		TEST("shipped playbooks use known names only", shipped_words),
		TEST(
		    "the shell accepts each shipped command", shipped_commands),
		TEST("each detector has its playbook and uses known names",
		    detectors),
		TEST(
		    "docs/facts.md lists the names that there are", documented),
		TEST("what is wrong is refused with its place", refuses),
		TEST("values become one word each", fills),
		TEST("a step without a safe value says why it is left out",
		    leaves_out),
		TEST("a step is shown when its condition holds", conditions),
		TEST("the kind of the cluster decides the commands",
		    chooses_by_kind),
		TEST("a list takes the same list of a part", takes_parts),
		TEST("a part that cannot be taken is refused", refuses_parts),
		TEST("each shipped part is whole and taken", shipped_parts),
		TEST("a suppression is narrow, quoted and ends", proposes),
	};

	return cmocka_run_group_tests_name("playbook", tests, NULL, NULL);
}

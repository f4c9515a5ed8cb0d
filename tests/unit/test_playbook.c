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
			if (p->steps[s].part == PLAYBOOK_CONTAIN)
				assert_non_null(p->steps[s].undo);
		}
		for (size_t q = 0; q < p->nquestions; q++) {
			check_text(name, p->questions[q].text);
			check_text(name, p->questions[q].benign_if);
			check_text(name, p->questions[q].malicious_if);
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
		{ "evidence: [{title: t, command: c}]\n"
		  "contain: [{title: t, command: c, effect: e}]\n",
		    "effect and undo" },
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
		{ "evidence: [{title: t, command: c, when: moon}]\n",
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
	    "evidence:\n  - title: t\n    command: |-\n      %s\n", command);
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
	};
	struct fixture x;

	(void)state;
	fixture_init(&x, "x");
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct buf yaml = { 0 }, error = { 0 };
		struct playbook_steps steps;
		struct playbook *p;

		buf_printf(&yaml,
		    "evidence: [{title: t, command: c, when: \"%s\"}]\n",
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
	};

	return cmocka_run_group_tests_name("playbook", tests, NULL, NULL);
}

#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/catalogue.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/json_text.h"
#include "cli/man.h"
#include "cli/outfile.h"
#include "cli/parse.h"
#include "cli/progress.h"
#include "cli/quarantine.h"
#include "cli/stats_file.h"

#define WORDS_MAX 20

struct options {
	bool all, brief;
	const char *name;
	const char *format;
	int64_t since_us;
	unsigned count;
	uint64_t seed, size;
	double severity;
};

static const char *const formats[] = { "table", "csv", NULL };
static const char *const absent_formats[] = { "ocsf", NULL };

static const struct command_option options[] = {
	{ .letter = 'a',
	    .name = "all",
	    .help = "h",
	    .offset = offsetof(struct options, all) },
	{ .letter = 'b',
	    .name = "brief",
	    .help = "h",
	    .offset = offsetof(struct options, brief) },
	{ .letter = 'n',
	    .name = "name",
	    .argument = "NAME",
	    .kind = OPTION_TEXT,
	    .help = "h",
	    .offset = offsetof(struct options, name) },
	{ .name = "format",
	    .argument = "F",
	    .kind = OPTION_WORD,
	    .words = formats,
	    .absent_words = absent_formats,
	    .fallback = "table",
	    .help = "h",
	    .offset = offsetof(struct options, format) },
	{ .name = "since",
	    .argument = "T",
	    .kind = OPTION_TIME,
	    .help = "h",
	    .offset = offsetof(struct options, since_us) },
	{ .name = "count",
	    .argument = "N",
	    .kind = OPTION_COUNT,
	    .least = 1,
	    .most = 9,
	    .fallback = "3",
	    .help = "h",
	    .offset = offsetof(struct options, count) },
	{ .name = "seed",
	    .argument = "N",
	    .kind = OPTION_SEED,
	    .help = "h",
	    .offset = offsetof(struct options, seed) },
	{ .name = "size",
	    .argument = "S",
	    .kind = OPTION_SIZE,
	    .help = "h",
	    .offset = offsetof(struct options, size) },
	{ .name = "severity",
	    .argument = "S",
	    .kind = OPTION_SEVERITY,
	    .help = "h",
	    .offset = offsetof(struct options, severity) },
	{ .name = "state", .argument = "FILE", .absent = "not here" },
	{ 0 },
};

static const struct command command = {
	.name = "test",
	.operands = "PATH...",
	.options = options,
	.options_size = sizeof(struct options),
	.operands_least = 1,
	.operands_most = 3,
};

/* Split at blanks and parse; "_" stands for an empty argument. */
static enum status
parse(const char *line, struct options *o, struct parse_request *r,
    struct buf *error)
{
	static char words[256];
	static char *argv[WORDS_MAX];
	static const char *operands[WORDS_MAX];
	int argc = 0;

	(void)snprintf(words, sizeof(words), "%s", line);
	for (char *at = words; *at != '\0';) {
		argv[argc++] = at;
		at += strcspn(at, " ");
		if (*at != '\0')
			*at++ = '\0';
	}
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "_") == 0)
			argv[i][0] = '\0';
	memset(o, 0, sizeof(*o));
	*r = (struct parse_request){ .command = &command,
		.argc = argc,
		.argv = argv,
		.options = o,
		.operands = operands };
	return parse_arguments(r, error);
}

static void
defaults_are_in_place(void **state)
{
	struct parse_request r;
	struct buf error = { 0 };
	struct options o;

	(void)state;
	assert_int_equal(parse("x", &o, &r, &error), STATUS_OK);
	assert_int_equal(o.count, 3);
	assert_string_equal(o.format, "table");
	assert_true(o.since_us == INT64_MIN);
	assert_true(o.severity == 0 && !o.all && o.name == NULL);
	assert_int_equal(r.noperands, 1);
}

static void
every_way_to_write_an_option_works(void **state)
{
	static const char *const lines[] = {
		"-a -b -n x p q",
		"-ab -nx p q",
		"-abn x p q",
		"-abnx p q",
		"p --all q --brief --name x",
		"--name=x p -ba -- q",
		"--name y --name x -a p -b q",
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(lines); i++) {
		struct parse_request r;
		struct buf error = { 0 };
		struct options o;

		if (parse(lines[i], &o, &r, &error) != STATUS_OK)
			fail_msg("%s: %s", lines[i], buf_text(&error));
		assert_true(o.all && o.brief);
		assert_string_equal(o.name, "x");
		assert_int_equal(r.noperands, 2);
		assert_string_equal(r.operands[0], "p");
		assert_string_equal(r.operands[1], "q");
	}
}

static void
values_are_read_by_kind(void **state)
{
	struct parse_request r;
	struct buf error = { 0 };
	struct options o;

	(void)state;
	assert_int_equal(
	    parse("--format=csv --since 2026-11-02 --count 9 --seed "
		  "18446744073709551615 --size 2GiB --severity high - -- -x",
		&o, &r, &error),
	    STATUS_OK);
	assert_string_equal(o.format, "csv");
	assert_true(o.since_us == 1793577600000000);
	assert_int_equal(o.count, 9);
	assert_true(o.seed == UINT64_MAX);
	assert_true(o.size == (uint64_t)2 << 30);
	assert_true(o.severity == 8);
	assert_string_equal(r.operands[0], "-");
	assert_string_equal(r.operands[1], "-x");
}

static void
mistakes_are_named_with_the_fix(void **state)
{
	static const struct {
		const char *line, *error;
	} cases[] = {
		{ "--formt csv x",
		    "unknown option --formt; did you mean --format?" },
		{ "--zzzzzz x",
		    "unknown option --zzzzzz; `nephoscope help test` lists "
		    "them" },
		{ "-z x", "unknown option -z; `nephoscope help test` lists "
			  "them" },
		{ "--all=1 x", "--all takes no value" },
		{ "x --name", "--name needs NAME: a text that is not empty" },
		{ "x -n", "--name needs NAME: a text that is not empty" },
		{ "--name= x",
		    "--name: \"\" does not fit; give a text that is not "
		    "empty" },
		{ "--format cvs x",
		    "--format: \"cvs\" is not known; did you mean csv? (table "
		    "or csv)" },
		{ "--format ocsf x",
		    "--format: \"ocsf\" is not in this version; give table or "
		    "csv" },
		{ "--count 10 x",
		    "--count: \"10\" does not fit; give a number from 1 to "
		    "9" },
		{ "--count -1 x",
		    "--count: \"-1\" does not fit; give a number from 1 to "
		    "9" },
		{ "--since now x",
		    "--since: \"now\" does not fit; give a time such as "
		    "2026-11-01 or 2026-11-01T08:30:00Z" },
		{ "--size many x",
		    "--size: \"many\" does not fit; give a size such as "
		    "1GiB" },
		{ "--severity 0 x",
		    "--severity: \"0\" does not fit; give low, medium, high, "
		    "critical or a number from 1 to 10" },
		{ "--state f x", "--state: not here" },
		{ "--state", "--state: not here" },
		{ "", "test needs PATH...; see `nephoscope help test`" },
		{ "a b c d", "\"d\" is one argument too many for test" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct parse_request r;
		struct buf error = { 0 };
		struct options o;

		assert_int_equal(
		    parse(cases[i].line, &o, &r, &error), STATUS_INVALID);
		assert_string_equal(buf_text(&error), cases[i].error);
		buf_done(&error);
	}
}

static void
help_needs_no_operands(void **state)
{
	struct parse_request r;
	struct buf error = { 0 };
	struct options o;

	(void)state;
	assert_int_equal(parse("--help", &o, &r, &error), STATUS_OK);
	assert_true(r.wants_help);
	assert_int_equal(parse("-ah", &o, &r, &error), STATUS_OK);
	assert_true(r.wants_help);
}

static bool
holds(const struct buf *text, const char *piece)
{
	return span_search(buf_span(text), span_str(piece)) < text->len;
}

/* "--min-severity" as the manual page spells it. */
static void
add_roff_name(struct buf *out, const char *name)
{
	buf_add_str(out, "\\-\\-");
	for (; *name != '\0'; name++) {
		if (*name == '-')
			buf_add_char(out, '\\');
		buf_add_char(out, *name);
	}
}

static void
help_man_and_completion_agree(void **state)
{
	struct buf man = { 0 }, bash = { 0 };

	(void)state;
	man_program(&man);
	completion_bash(&bash);
	for (size_t i = 0; command_table[i] != NULL; i++) {
		const struct command *c = command_table[i];
		const struct command_option *o = c->options;
		struct buf help = { 0 };

		if (c->absent != NULL)
			continue;
		help_command(c, &help);
		assert_true(holds(&man, c->name) && holds(&bash, c->name));
		for (; o != NULL && o->name != NULL; o++) {
			struct buf name = { 0 }, roff = { 0 };

			buf_printf(&name, " --%s", o->name);
			add_roff_name(&roff, o->name);
			buf_add_str(&roff, "\\fR");
			if (holds(&help, buf_text(&name)) !=
				(o->absent == NULL) ||
			    holds(&man, buf_text(&roff)) !=
				(o->absent == NULL) ||
			    holds(&bash, buf_text(&name)) !=
				(o->absent == NULL))
				fail_msg("%s --%s", c->name, o->name);
			buf_done(&name);
			buf_done(&roff);
		}
		buf_done(&help);
	}
	buf_done(&man);
	buf_done(&bash);
}

static void
help_lines_fit_the_terminal(void **state)
{
	(void)state;
	for (size_t i = 0; command_table[i] != NULL; i++) {
		struct buf help = { 0 };
		struct span rest;

		if (command_table[i]->absent != NULL)
			continue;
		help_command(command_table[i], &help);
		rest = buf_span(&help);
		while (rest.at != NULL) {
			struct span line = span_cut(&rest, '\n');

			if (line.len > 79)
				fail_msg("\"%.*s\"", SPAN_ARGS(line));
		}
		buf_done(&help);
	}
}

static void
read_file(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	char piece[4096];
	size_t len;

	if (file == NULL)
		fail_msg("%s", path);
	while ((len = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add(out, span_of(piece, len));
	(void)fclose(file);
}

static void
committed_pages_are_what_the_tables_say(void **state)
{
	static const struct {
		const char *path;
		void (*make)(struct buf *out);
	} pages[] = {
		{ TEST_SOURCE_DIR "/docs/man/nephoscope.1", man_program },
		{ TEST_SOURCE_DIR "/docs/man/nephoscope.conf.5", man_config },
		{ TEST_SOURCE_DIR "/config/completion/nephoscope.bash",
		    completion_bash },
		{ TEST_SOURCE_DIR "/docs/detectors.md", catalogue_markdown },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(pages); i++) {
		struct buf made = { 0 }, kept = { 0 };

		pages[i].make(&made);
		read_file(pages[i].path, &kept);
		if (!span_equal(buf_span(&made), buf_span(&kept)))
			fail_msg("%s is not what the tables say; make it "
				 "again with `nephoscope help --man`, "
				 "`--man-config` or `--completion`, or with "
				 "`detectors list --format markdown`",
			    pages[i].path);
		buf_done(&made);
		buf_done(&kept);
	}
}

static void
the_progress_line_says_how_far(void **state)
{
	static const struct {
		struct progress_state s;
		unsigned columns;
		const char *line;
	} cases[] = {
		{ { 0 }, 80, "0 B, 0 findings" },
		{ { 1288490189, 4294967296, 12000000, 3, 10.5 }, 80,
		    "1.2 GiB of 4.0 GiB (30 %), 1.1 M events/s, 3 findings, "
		    "0:24 left" },
		{ { 1023, 0, 999, 1, 1 }, 80,
		    "1023 B, 999 events/s, 1 finding" },
		{ { 1048576, 1048576, 5, 0, 2 }, 80,
		    "1.0 MiB of 1.0 MiB (100 %), 2 events/s, 0 findings" },
		{ { 2048, 1024, 0, 0, 0 }, 80,
		    "2.0 KiB of 1.0 KiB (100 %), 0 findings" },
		{ { 1, 3601, 0, 0, 1 }, 80,
		    "1 B of 3.5 KiB (0 %), 0 events/s, 0 findings, 1:00:00 "
		    "left" },
		{ { 1, UINT64_MAX, 0, 0, 1 }, 80,
		    "1 B of 16384.0 PiB (0 %), 0 events/s, 0 findings, days "
		    "left" },
		{ { 1288490188, 4294967296, 1, 3, 1 }, 12, "1.2 GiB of 4" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct buf line = { 0 };

		progress_format(&cases[i].s, cases[i].columns, &line);
		assert_string_equal(buf_text(&line), cases[i].line);
		buf_done(&line);
	}
}

static void
statistics_are_one_json_object(void **state)
{
	static const struct stats_skip skips[] = { { "a\"b\n\xff",
	    "not a known log" } };
	static const struct stats_type types[] = { { "Recon:EC2/Portscan",
	    2 } };
	static const struct stats_extra extras[] = { { "ignored", 7 } };
	static const struct stats_suppression suppressions[] = {
		{ "our \"scanner\"", "secops", 1801440000000000, 3 },
		{ "x", NULL, 0, 0 },
	};
	const struct run_stats s = { .bytes = 10,
		.events = { 1, 2, 3, 4 },
		.duplicates = { 5, 0, 1 },
		.late = { 0, 6 },
		.quarantined = { 1, 2, 0, 0, 0, 4 },
		.skips = skips,
		.nskips = 1,
		.types = types,
		.ntypes = 1,
		.seconds = 1.25,
		.extras = extras,
		.nextras = 1,
		.suppressions = suppressions,
		.nsuppressions = 2 };
	struct buf text = { 0 };

	(void)state;
	stats_file_format(&s, &text);
	assert_string_equal(buf_text(&text),
	    "{\"bytes\":10,\"events\":{\"cloudtrail\":1,\"vpcflow\":2,"
	    "\"dns\":3,\"k8s-audit\":4},\"duplicates\":6,\"late\":6,"
	    "\"quarantined\":7,\"skipped\":[{\"path\":\"a\\\"b\\\\x0a\\\\xff\","
	    "\"reason\":\"not a known log\"}],\"findings\":{"
	    "\"Recon:EC2/Portscan\":2},\"seconds\":1.250,\"kinds\":{"
	    "\"cloudtrail\":{\"duplicates\":5,\"late\":0,\"quarantined\":1},"
	    "\"vpcflow\":{\"duplicates\":0,\"late\":6,\"quarantined\":2},"
	    "\"dns\":{\"duplicates\":1,\"late\":0,\"quarantined\":0},"
	    "\"k8s-audit\":{\"duplicates\":0,\"late\":0,\"quarantined\":0},"
	    "\"unknown\":{\"quarantined\":4}},\"ignored\":7,"
	    "\"suppressions\":[{\"reason\":\"our \\\"scanner\\\"\","
	    "\"owner\":\"secops\",\"expires\":\"2027-02-01T00:00:00Z\","
	    "\"findings\":3},{\"reason\":\"x\",\"owner\":null,"
	    "\"expires\":null,\"findings\":0}]}\n");
	buf_done(&text);
}

/* A fresh folder below the working folder of the test. */
static char *
folder_new(void)
{
	static char path[] = "/tmp/nephoscope-test-cli-XXXXXX";

	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	if (mkdtemp(path) == NULL)
		fail_msg("mkdtemp");
	return path;
}

static size_t
files_in(const char *dir, struct buf *last)
{
	DIR *d = opendir(dir);
	size_t count = 0;

	if (d == NULL)
		return 0;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		count++;
		buf_reset(last);
		buf_printf(last, "%s/%s", dir, e->d_name);
	}
	(void)closedir(d);
	return count;
}

static void
an_output_file_is_whole_or_not_there(void **state)
{
	struct buf path = { 0 }, error = { 0 }, text = { 0 }, last = { 0 };
	char *dir = folder_new();
	struct outfile *o;

	(void)state;
	buf_printf(&path, "%s/out", dir);
	assert_int_equal(outfile_open(buf_text(&path), &o, &error), STATUS_OK);
	(void)fputs("half", outfile_stream(o));
	assert_int_not_equal(access(buf_text(&path), F_OK), 0);
	outfile_free(o);
	assert_int_equal(files_in(dir, &last), 0);

	assert_int_equal(
	    outfile_write(buf_text(&path), SPAN("whole"), &error), STATUS_OK);
	read_file(buf_text(&path), &text);
	assert_string_equal(buf_text(&text), "whole");
	assert_int_equal(files_in(dir, &last), 1);

	assert_int_equal(outfile_open(buf_text(&path), &o, &error), STATUS_OK);
	(void)fputs("half", outfile_stream(o));
	outfile_free(o);
	buf_reset(&text);
	read_file(buf_text(&path), &text);
	assert_string_equal(buf_text(&text), "whole");
	assert_int_equal(files_in(dir, &last), 1);
	(void)unlink(buf_text(&path));
	(void)rmdir(dir);
	buf_done(&path);
	buf_done(&text);
	buf_done(&last);
}

static void
a_full_disk_is_an_error(void **state)
{
	struct buf error = { 0 };

	(void)state;
	assert_int_equal(
	    outfile_write("/dev/full", SPAN("x"), &error), STATUS_IO);
	assert_string_equal(
	    buf_text(&error), "/dev/full: No space left on device");
	buf_reset(&error);
	assert_int_equal(
	    outfile_write("/nowhere/x", SPAN("x"), &error), STATUS_IO);
	assert_string_equal(
	    buf_text(&error), "/nowhere/x: No such file or directory");
	buf_done(&error);
}

static void
refused_records_are_kept(void **state)
{
	struct quarantine_counts counts;
	struct buf path = { 0 }, error = { 0 }, text = { 0 };
	char *dir = folder_new();
	struct quarantine *q;

	(void)state;
	(void)rmdir(dir);
	q = quarantine_new(dir, 1000);
	assert_int_not_equal(access(dir, F_OK), 0);
	quarantine_add(q, SPAN("a/b.log"), SPAN("{\"x\n"), "ends early");
	quarantine_add(q, SPAN("a/b.log"), SPAN("\xff\xfe"), "not UTF-8");
	quarantine_add(q, SPAN("a/b.log"), span_of(NULL, 0), "empty");
	assert_int_equal(quarantine_finish(q, &counts, &error), STATUS_OK);
	assert_int_equal(counts.kept, 3);
	assert_int_equal(files_in(dir, &path), 1);
	read_file(buf_text(&path), &text);
	assert_string_equal(buf_text(&text),
	    "{\"parcel\":\"a/b.log\",\"reason\":\"ends early\","
	    "\"record\":\"{\\\"x\\u000a\"}\n"
	    "{\"parcel\":\"a/b.log\",\"reason\":\"not UTF-8\","
	    "\"encoding\":\"base64\",\"record\":\"//4=\"}\n"
	    "{\"parcel\":\"a/b.log\",\"reason\":\"empty\","
	    "\"record\":\"\"}\n");
	quarantine_free(q);

	/* The next run replaces what it writes again, within its limit. */
	q = quarantine_new(dir, 60);
	quarantine_add(q, SPAN("a/b.log"), SPAN("x"), "y");
	quarantine_add(q, SPAN("a/b.log"), SPAN("x"), "y");
	assert_int_equal(quarantine_finish(q, &counts, &error), STATUS_OK);
	assert_int_equal(counts.kept, 1);
	assert_int_equal(counts.overflow, 1);
	buf_reset(&text);
	read_file(buf_text(&path), &text);
	assert_string_equal(buf_text(&text),
	    "{\"parcel\":\"a/b.log\",\"reason\":\"y\",\"record\":\"x\"}\n");
	quarantine_free(q);
	(void)unlink(buf_text(&path));
	(void)rmdir(dir);
	buf_done(&path);
	buf_done(&text);
}

static void
a_quarantine_that_fails_says_so_once(void **state)
{
	struct quarantine *q = quarantine_new("/dev/null", 1000);
	struct quarantine_counts counts;
	struct buf error = { 0 };

	(void)state;
	quarantine_add(q, SPAN("a"), SPAN("x"), "y");
	quarantine_add(q, SPAN("b"), SPAN("x"), "y");
	assert_int_equal(quarantine_finish(q, &counts, &error), STATUS_IO);
	assert_int_equal(counts.failed, 2);
	assert_string_equal(buf_text(&error),
	    "/dev/null: Not a directory; 2 records could not be kept");
	quarantine_free(q);
	buf_done(&error);
}

/* Run the program with nothing on its outputs; gives its exit status. */
static int
run_silently(const char *const *words)
{
	char *argv[WORDS_MAX] = { 0 };
	int argc = 0, out = dup(1), err = dup(2), code;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (; words[argc] != NULL; argc++)
		argv[argc] = strdup(words[argc]);
	(void)fflush(stdout);
	(void)dup2(null, 1);
	(void)dup2(null, 2);
	code = cli_main(argc, argv);
	(void)fflush(stdout);
	(void)dup2(out, 1);
	(void)dup2(err, 2);
	(void)close(out);
	(void)close(err);
	(void)close(null);
	while (argc > 0)
		free(argv[--argc]);
	return code;
}

static void
exit_codes_are_the_documented_ones(void **state)
{
	static const struct {
		const char *words[8];
		int code;
	} cases[] = {
		{ { "n" }, 64 },
		{ { "n", "help" }, 0 },
		{ { "n", "--help" }, 0 },
		{ { "n", "-V" }, 0 },
		{ { "n", "version", "extra" }, 64 },
		{ { "n", "nothing" }, 64 },
		{ { "n", "serve" }, 64 },
		{ { "n", "findings", "list" }, 64 },
		{ { "n", "help", "backfill" }, 0 },
		{ { "n", "help", "serve" }, 0 },
		{ { "n", "backfill" }, 64 },
		{ { "n", "backfill", "--help" }, 0 },
		{ { "n", "backfill", "/nowhere/at/all" }, 66 },
		{ { "n", "backfill", "s3:///prefix" }, 64 },
		{ { "n", "backfill", "--report", "f", "." }, 64 },
		{ { "n", "state", "info", "--state", "/nothing/there" }, 66 },
		{ { "n", "findings", "show", "--state", "f" }, 64 },
		{ { "n", "backfill", "--report=f", "." }, 64 },
		{ { "n", "backfill", "--format", "sarif", "." }, 64 },
		{ { "n", "backfill", "-", "-" }, 64 },
		{ { "n", "backfill", "--since=2026-11-02", "--until=2026-11-02",
		      "." },
		    64 },
		{ { "n", "backfill", "-c", "/nowhere/x.yaml", "." }, 78 },
		{ { "n", "config", "schema" }, 0 },
		{ { "n", "config", "show" }, 0 },
		{ { "n", "config", "check" }, 64 },
		{ { "n", "config", "check", "-c", "/nowhere/x.yaml" }, 78 },
		{ { "n", "config", "chekc" }, 64 },
		{ { "n", "detectors" }, 0 },
		{ { "n", "detectors", "show" }, 64 },
		{ { "n", "detectors", "show", "Nothing:EC2/Such" }, 64 },
		{ { "n", "playbook", "Nothing:EC2/Such" }, 64 },
		{ { "n", "simulate" }, 64 },
		{ { "n", "simulate", "--attack", "list" }, 0 },
		{ { "n", "simulate", "--days", "0", "--out", "x" }, 64 },
		{ { "n", "simulate", "--attack", "nope", "--out", "/tmp" },
		    64 },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		const char *const *words = cases[i].words;
		int code = run_silently(words);

		if (code != cases[i].code)
			fail_msg("%s %s: %d, not %d", words[1] ? words[1] : "",
			    words[1] && words[2] ? words[2] : "", code,
			    cases[i].code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("defaults are in place", defaults_are_in_place),
		TEST("every way to write an option works",
		    every_way_to_write_an_option_works),
		TEST("values are read by kind", values_are_read_by_kind),
		TEST("mistakes are named with the fix",
		    mistakes_are_named_with_the_fix),
		TEST("help needs no operands", help_needs_no_operands),
		TEST("help, manual page and completion agree",
		    help_man_and_completion_agree),
		TEST(
		    "help lines fit the terminal", help_lines_fit_the_terminal),
		TEST("the committed pages are what the tables say",
		    committed_pages_are_what_the_tables_say),
		TEST("the progress line says how far it is",
		    the_progress_line_says_how_far),
		TEST("statistics are one JSON object",
		    statistics_are_one_json_object),
		TEST("an output file is whole or not there",
		    an_output_file_is_whole_or_not_there),
		TEST("a full disk is an error", a_full_disk_is_an_error),
		TEST("refused records are kept", refused_records_are_kept),
		TEST("exit codes are the documented ones",
		    exit_codes_are_the_documented_ones),
		TEST("a quarantine that fails says so once",
		    a_quarantine_that_fails_says_so_once),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}

/*
 * cmd_findings.c - nephoscope findings list|show|archive|reopen|feedback
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/escape.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/state_file.h"
#include "cli/terminal.h"
#include "finding/finding.h"
#include "net/clock.h"
#include "output/csv.h"
#include "output/guardduty.h"
#include "output/table.h"

#define NOTE_BYTES_MAX 2000

struct options {
	const char *config, *state, *format, *type, *note;
	int64_t since_us, until_us;
	double min_severity;
	bool archived, suppressed;
};

struct listing {
	const struct options *options;
	struct finding **findings;
	size_t count;
	size_t unknown;	   /* of detectors that are not there any more */
	size_t suppressed; /* left out */
};

static bool
wanted(const struct options *o, const struct finding *f)
{
	const char *type = finding_detector(f)->type;

	if (o->type != NULL && !span_matches(span_str(type), span_str(o->type)))
		return false;
	return f->severity >= o->min_severity && f->last_us >= o->since_us &&
	       (o->until_us == INT64_MIN || f->first_us < o->until_us);
}

static bool
add(void *cookie, const struct store_finding *stored)
{
	struct listing *l = cookie;
	struct finding *f;

	if (stored->archived != l->options->archived)
		return true;
	f = finding_unpack(stored->packed);
	if (f == NULL) {
		l->unknown++;
		return true;
	}
	f->archived = stored->archived;
	if (!wanted(l->options, f) ||
	    (f->suppressed != NULL) != l->options->suppressed) {
		l->suppressed += wanted(l->options, f) && f->suppressed != NULL;
		finding_free(f);
		return true;
	}
	if ((l->count & (l->count - 1)) == 0)
		l->findings = status_realloc(l->findings,
		    l->count ? l->count * 2 : 1, sizeof(struct finding *));
	l->findings[l->count++] = f;
	return true;
}

static void
write_list(
    const struct listing *l, const struct config *config, struct buf *out)
{
	const struct finding *const *all =
	    (const struct finding *const *)l->findings;
	const char *format = l->options->format;

	if (format == NULL)
		format = isatty(STDOUT_FILENO) ? "table" : "guardduty";
	if (strcmp(format, "table") == 0) {
		table_write(all, l->count,
		    &(struct table_options){
			.config = config,
			.columns = terminal_columns(stdout),
			.colour = terminal_has_color(stdout),
		    },
		    out);
		return;
	}
	if (strcmp(format, "csv") == 0)
		csv_write_header(out);
	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(format, "csv") == 0)
			csv_write(all[i], config, out);
		else
			guardduty_write(all[i], config, out);
	}
}

static int
list(struct state_file *file, const struct options *o)
{
	struct listing l = { .options = o };
	struct buf text = { .limit = (size_t)4 << 30 }, error = { 0 };
	enum status st = store_findings(
	    file->store, &(struct store_wanted){ 0 }, add, &l, &error);
	int code = EXIT_CODE_IO;

	if (st == STATUS_OK) {
		write_list(&l, file->config, &text);
		if (l.unknown > 0)
			cli_complain("%zu findings are of detectors that this "
				     "version does not have",
			    l.unknown);
		if (l.suppressed > 0)
			cli_complain("%zu more %s suppressed by the "
				     "configuration; --suppressed lists them",
			    l.suppressed, l.suppressed == 1 ? "is" : "are");
		code = cli_print(&text);
	} else {
		cli_complain("%s", buf_text(&error));
	}
	for (size_t i = 0; i < l.count; i++)
		finding_free(l.findings[i]);
	free(l.findings);
	buf_done(&error);
	return code;
}

/* What a person thought of it, under what the finding says. */
static void
add_feedback(void *cookie, const struct store_feedback *feedback)
{
	struct buf *out = cookie;
	char when[CIVIL_TEXT_BYTES];

	buf_printf(out, "\nFeedback of %s: %s",
	    civil_format(feedback->at_us, when),
	    feedback->useful ? "useful" : "noise");
	if (feedback->note.len > 0)
		buf_add_str(out, " - ");
	escape_terminal(feedback->note, out);
	buf_add_char(out, '\n');
}

static int
show_feedback(struct state_file *file, const char *id, struct buf *text)
{
	struct buf error = { 0 };
	enum status st =
	    store_feedback(file->store, id, add_feedback, text, &error);

	if (st != STATUS_OK && st != STATUS_NOT_FOUND) {
		cli_complain("%s", buf_text(&error));
		buf_done(&error);
		return EXIT_CODE_IO;
	}
	return EXIT_CODE_DONE;
}

static int
show(struct state_file *file, const struct options *o, const char *id)
{
	struct finding *f;
	struct buf text = { 0 };
	int code = state_file_finding(file, id, &f);

	if (code != EXIT_CODE_DONE)
		return code;
	if (o->format != NULL && strcmp(o->format, "guardduty") == 0) {
		guardduty_write(f, file->config, &text);
	} else {
		table_write_one(f,
		    &(struct table_options){
			.config = file->config,
			.columns = terminal_columns(stdout),
			.colour = terminal_has_color(stdout),
		    },
		    &text);
		code = show_feedback(file, f->id, &text);
	}
	finding_free(f);
	if (code == EXIT_CODE_DONE)
		return cli_print(&text);
	buf_done(&text);
	return code;
}

static int
mark(struct state_file *file, const char *id, bool archived)
{
	struct finding *f;
	struct buf error = { 0 };
	int code = state_file_finding(file, id, &f);

	if (code != EXIT_CODE_DONE)
		return code;
	if (store_archive(file->store, f->id, archived, &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		code = EXIT_CODE_IO;
	}
	buf_done(&error);
	finding_free(f);
	return code;
}

static int
keep_feedback(struct state_file *file, const struct options *o,
    const struct command_operands *operands)
{
	const struct store_feedback feedback = {
		.useful = strcmp(operands->at[2], "useful") == 0,
		.at_us = clock_wall_us(),
		.note = o->note ? span_str(o->note) : span_of(NULL, 0),
	};
	struct finding *f;
	struct buf error = { 0 };
	int code = state_file_finding(file, operands->at[1], &f);

	if (code == EXIT_CODE_DONE && store_feedback_put(file->store, f->id,
					  &feedback, &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		code = EXIT_CODE_IO;
	}
	buf_done(&error);
	finding_free(f);
	return code;
}

static int
on_each(struct state_file *file, const struct options *o,
    const struct command_operands *operands)
{
	const char *action = operands->at[0];
	int code = EXIT_CODE_DONE;

	for (size_t i = 1; i < operands->count && code == EXIT_CODE_DONE; i++) {
		const char *id = operands->at[i];

		if (strcmp(action, "show") == 0)
			code = show(file, o, id);
		else
			code = mark(file, id, strcmp(action, "archive") == 0);
	}
	return code;
}

/* What is wrong with the operands of the action, said; or EXIT_CODE_DONE. */
static int
check_operands(const struct options *o, const struct command_operands *operands)
{
	const char *action = operands->at[0];
	bool is_feedback = strcmp(action, "feedback") == 0;

	if (strcmp(action, "list") == 0 && operands->count > 1) {
		cli_complain("findings list takes no id; did you mean "
			     "`findings show %s`?",
		    operands->at[1]);
		return EXIT_CODE_USAGE;
	}
	if (strcmp(action, "list") != 0 && operands->count < 2) {
		cli_complain("findings %s needs the id of a finding; "
			     "`nephoscope findings list` has them",
		    action);
		return EXIT_CODE_USAGE;
	}
	if (is_feedback && (operands->count != 3 ||
			       (strcmp(operands->at[2], "useful") != 0 &&
				   strcmp(operands->at[2], "noise") != 0))) {
		cli_complain("say what you think of the finding: `findings "
			     "feedback %s useful` or `... noise`",
		    operands->at[1]);
		return EXIT_CODE_USAGE;
	}
	if (o->note != NULL &&
	    (!is_feedback || strlen(o->note) > NOTE_BYTES_MAX)) {
		cli_complain("--note TEXT goes with `findings feedback`, and "
			     "has at most %d bytes",
		    NOTE_BYTES_MAX);
		return EXIT_CODE_USAGE;
	}
	return EXIT_CODE_DONE;
}

static int
run(const void *options, const struct command_operands *operands)
{
	const struct options *o = options;
	const char *action = operands->at[0];
	bool writes =
	    strcmp(action, "list") != 0 && strcmp(action, "show") != 0;
	struct state_file file;
	int code = check_operands(o, operands);

	if (code != EXIT_CODE_DONE)
		return code;
	code = state_file_open(o->state, o->config, writes, &file);
	if (code != EXIT_CODE_DONE)
		return code;
	if (strcmp(action, "list") == 0)
		code = list(&file, o);
	else if (strcmp(action, "feedback") == 0)
		code = keep_feedback(&file, o, operands);
	else
		code = on_each(&file, o, operands);
	state_file_close(&file);
	return code;
}

static const char *const formats[] = { "table", "guardduty", "csv", NULL };

static const struct command_option options[] = {
	{ .name = "state",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "the state file of `backfill --state` or `serve`; default: "
		    "what the configuration names",
	    .offset = offsetof(struct options, state) },
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "configuration: owners, and store: {path: ...}",
	    .offset = offsetof(struct options, config) },
	{ .name = "format",
	    .argument = "FORMAT",
	    .kind = OPTION_WORD,
	    .words = formats,
	    .help = "table, guardduty (JSON, one finding a line) or csv; "
		    "default table on a terminal, else guardduty",
	    .offset = offsetof(struct options, format) },
	{ .name = "type",
	    .argument = "PATTERN",
	    .kind = OPTION_TEXT,
	    .help = "list: only these types, * and ? allowed",
	    .offset = offsetof(struct options, type) },
	{ .name = "min-severity",
	    .argument = "SEVERITY",
	    .kind = OPTION_SEVERITY,
	    .help = "list: nothing below: low, medium, high, critical or 1 to "
		    "10",
	    .offset = offsetof(struct options, min_severity) },
	{ .name = "since",
	    .argument = "T",
	    .kind = OPTION_TIME,
	    .help = "list: only what was still seen then or later",
	    .offset = offsetof(struct options, since_us) },
	{ .name = "until",
	    .argument = "T",
	    .kind = OPTION_TIME,
	    .help = "list: only what was first seen before then",
	    .offset = offsetof(struct options, until_us) },
	{ .name = "note",
	    .argument = "TEXT",
	    .kind = OPTION_TEXT,
	    .help = "feedback: why, in your words",
	    .offset = offsetof(struct options, note) },
	{ .name = "archived",
	    .kind = OPTION_FLAG,
	    .help = "list: those that were archived, instead of the open ones",
	    .offset = offsetof(struct options, archived) },
	{ .name = "suppressed",
	    .kind = OPTION_FLAG,
	    .help = "list: those that the configuration said to expect, "
		    "instead of the others",
	    .offset = offsetof(struct options, suppressed) },
	{ 0 },
};

static const char *const actions[] = { "list", "show", "archive", "reopen",
	"feedback", NULL };

static const struct command_example examples[] = {
	{ "nephoscope findings list --state acme.db --min-severity medium",
	    "list what is open and at least medium" },
	{ "nephoscope findings show --state acme.db 6d94484f",
	    "print one finding whole, with its playbook" },
	{ "nephoscope findings archive --state acme.db 6d94484f",
	    "put a finding away that is dealt with" },
	{ "nephoscope findings feedback -c acme.yaml 6d94484f noise",
	    "say that it was of no use; --note TEXT says why" },
	{ 0 },
};

const struct command cli_findings = {
	.name = "findings",
	.operands = "list|show|archive|reopen ID...|feedback ID useful|noise",
	.summary = "look at the findings of a state file",
	.about =
	    "Reads a state file, at rest or while `nephoscope serve` writes "
	    "it, without disturbing it. The first digits of an id are enough. "
	    "`archive` puts a finding away: it stays known and away until its "
	    "severity changes; `reopen` takes it back. `feedback` keeps what "
	    "you think of a finding, which `show` prints.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.actions = actions,
	.operands_least = 1,
	.operands_most = 1000,
	.run = run,
};

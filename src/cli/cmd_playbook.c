/*
 * cmd_playbook.c - nephoscope playbook FINDING-ID|TYPE|NAME
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/state_file.h"
#include "cli/terminal.h"
#include "config/nearest.h"
#include "detect/detector.h"
#include "finding/finding.h"
#include "output/table.h"
#include "playbook/playbook.h"

struct options {
	const char *config, *state;
};

/* The playbook of a detector, filled in for a finding or with <names>. */
static int
print(const struct detector_row *row, const struct finding *f)
{
	struct playbook *p = playbook_of_type(row->file);
	const struct table_options table = {
		.columns = terminal_columns(stdout),
		.colour = terminal_has_color(stdout),
	};
	struct buf text = { 0 };

	if (p == NULL) {
		cli_complain(
		    "%s has no playbook in this build", row->detector->type);
		return EXIT_CODE_UNAVAILABLE;
	}
	buf_printf(&text, "%s\n", row->detector->type);
	table_write_playbook(p, f, &table, &text);
	playbook_free(p);
	return cli_print(&text);
}

/* Types hold a colon and a slash, ids are digits of base sixteen. */
static bool
is_id(const char *name)
{
	return name[0] != '\0' &&
	       name[strspn(name, "0123456789abcdefABCDEF")] == '\0';
}

static int
of_finding(const struct options *o, const char *id)
{
	struct state_file file;
	struct finding *f;
	int code = state_file_open(o->state, o->config, false, &file);

	if (code != EXIT_CODE_DONE)
		return code;
	code = state_file_finding(&file, id, &f);
	if (code == EXIT_CODE_DONE)
		code = print(f->first->row, f);
	finding_free(f);
	state_file_close(&file);
	return code;
}

static int
of_type(const char *type)
{
	struct nearest near = { 0 };

	for (size_t i = 0; i < detector_count; i++) {
		const struct detector_row *row = &detector_table[i];

		if (strcmp(row->detector->type, type) == 0 ||
		    strcmp(row->file, type) == 0)
			return print(row, NULL);
		nearest_offer(&near, span_str(type), row->detector->type);
	}
	if (near.name != NULL)
		cli_complain("no playbook for \"%s\"; did you mean %s?", type,
		    near.name);
	else
		cli_complain("no playbook for \"%s\"; `nephoscope detectors` "
			     "lists the types, `nephoscope findings list` the "
			     "ids of findings",
		    type);
	return EXIT_CODE_USAGE;
}

static int
run(const void *options, const struct command_operands *operands)
{
	const char *name = operands->at[0];

	return is_id(name) ? of_finding(options, name) : of_type(name);
}

static const struct command_option options[] = {
	{ .name = "state",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "FINDING-ID: the state file that has it; default: what the "
		    "configuration names, else NEPHOSCOPE_STATE",
	    .offset = offsetof(struct options, state) },
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "configuration with store: {path: ...}",
	    .offset = offsetof(struct options, config) },
	{ 0 },
};

static const struct command_example examples[] = {
	{ "nephoscope playbook Recon:EC2/Portscan",
	    "print what to do about a port scan" },
	{ "nephoscope playbook mining_pool",
	    "the same by the detector's name" },
	{ "nephoscope playbook --state acme.db 6d94484f",
	    "print what to do about this very finding, its names filled in" },
	{ 0 },
};

const struct command cli_playbook = {
	.name = "playbook",
	.operands = "FINDING-ID|TYPE|NAME",
	.summary = "print what to do about a finding, or a type of finding",
	.about = "Prints the questions to ask, and the steps with their "
		 "commands. For a finding of a state file, whose id's first "
		 "digits are enough, the commands are filled in and quoted; "
		 "for a type or a detector's name <names> stand for what a "
		 "finding fills in. Nothing is run. The ready queries find "
		 "the state file that NEPHOSCOPE_STATE names.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};

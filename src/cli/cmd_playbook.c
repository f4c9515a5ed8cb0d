/*
 * cmd_playbook.c - nephoscope playbook TYPE
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "config/nearest.h"
#include "detect/detector.h"
#include "output/table.h"
#include "playbook/playbook.h"

static int
print(const struct detector_row *row)
{
	struct playbook *p = playbook_of_type(row->name);
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
	table_write_playbook(p, NULL, &table, &text);
	playbook_free(p);
	return cli_print(&text);
}

static int
run(const void *options, const struct command_operands *operands)
{
	const char *type = operands->at[0];
	struct nearest near = { 0 };

	(void)options;
	for (size_t i = 0; i < detector_count; i++) {
		const struct detector_row *row = &detector_table[i];

		if (strcmp(row->detector->type, type) == 0)
			return print(row);
		nearest_offer(&near, span_str(type), row->detector->type);
	}
	if (near.name != NULL)
		cli_complain("no playbook for \"%s\"; did you mean %s?", type,
		    near.name);
	else
		cli_complain("no playbook for \"%s\"; `nephoscope detectors` "
			     "lists the types (looking up a finding's id "
			     "needs --state, which is not in this version)",
		    type);
	return EXIT_CODE_USAGE;
}

static const struct command_example examples[] = {
	{ "nephoscope playbook Recon:EC2/Portscan",
	    "print what to do about a port scan" },
	{ 0 },
};

const struct command cli_playbook = {
	.name = "playbook",
	.operands = "TYPE",
	.summary = "print what to do about a type of finding",
	.about = "Prints the questions to ask, and the steps with their "
		 "commands; <names> stand for what a finding fills in.",
	.examples = examples,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};

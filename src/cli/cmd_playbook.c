/*
 * cmd_playbook.c - nephoscope playbook TYPE
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "config/nearest.h"
#include "detect/detector.h"
#include "playbook/table.h"

static const struct playbook_text *
playbook_of_name(const char *name)
{
	for (size_t i = 0; i < playbook_count; i++)
		if (strcmp(playbook_table[i].name, name) == 0)
			return &playbook_table[i];
	return NULL;
}

static int
print(const struct detector_row *row)
{
	const struct playbook_text *p = playbook_of_name(row->name);
	struct buf text = { 0 };

	if (p == NULL) {
		cli_complain(
		    "%s has no playbook in this build", row->detector->type);
		return EXIT_CODE_UNAVAILABLE;
	}
	buf_add(&text, span_of((const char *)p->bytes, p->size));
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
	.about = "Prints the steps with their commands. Findings carry them "
		 "filled in.",
	.examples = examples,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};

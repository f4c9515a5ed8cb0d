/*
 * cmd_help.c - nephoscope help
 */
#include <stddef.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/man.h"
#include "config/nearest.h"

struct options {
	bool man;
	bool man_config;
	bool completion;
};

static int
complain(const char *name)
{
	struct nearest near = { 0 };

	for (size_t i = 0; command_table[i] != NULL; i++)
		if (command_table[i]->absent == NULL)
			nearest_offer(
			    &near, span_str(name), command_table[i]->name);
	if (near.name != NULL)
		cli_complain(
		    "no command \"%s\"; did you mean %s?", name, near.name);
	else
		cli_complain(
		    "no command \"%s\"; `nephoscope help` lists them", name);
	return EXIT_CODE_USAGE;
}

static int
run(const void *options, const struct command_operands *operands)
{
	const struct options *o = options;
	const struct command *c = NULL;
	struct buf text = { 0 };

	if (operands->count > 0) {
		c = command_of_name(operands->at[0]);
		if (c == NULL || c->absent != NULL)
			return complain(operands->at[0]);
	}
	if (o->man)
		man_program(&text);
	else if (o->man_config)
		man_config(&text);
	else if (o->completion)
		completion_bash(&text);
	else if (c != NULL)
		help_command(c, &text);
	else
		help_overview(&text);
	return cli_print(&text);
}

static const struct command_option options[] = {
	{ .name = "man",
	    .help = "print the manual page nephoscope(1) as roff",
	    .offset = offsetof(struct options, man) },
	{ .name = "man-config",
	    .help = "print the manual page nephoscope.conf(5) as roff",
	    .offset = offsetof(struct options, man_config) },
	{ .name = "completion",
	    .help = "print the completion for bash",
	    .offset = offsetof(struct options, completion) },
	{ 0 },
};

static const struct command_example examples[] = {
	{ "nephoscope help backfill", "show the options of backfill" },
	{ "source <(nephoscope help --completion)",
	    "complete commands and options in this shell" },
	{ 0 },
};

const struct command cli_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "show the commands, or the options of one",
	.about = "Prints the commands; with COMMAND its examples and options.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.operands_most = 1,
	.run = run,
};

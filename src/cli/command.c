#include "cli/command.h"

#include <string.h>

#include "cli/commands.h"

#define ABSENT "is not in this version"

/* Named by the design; help does not list them, calling them says so. */
static const struct command console = { .name = "console", .absent = ABSENT };
static const struct command rules = { .name = "rules", .absent = ABSENT };

const struct command *const command_table[] = {
	&cli_backfill,
	&cli_serve,
	&cli_simulate,
	&cli_findings,
	&cli_investigate,
	&cli_state,
	&cli_detectors,
	&cli_playbook,
	&cli_config,
	&cli_aws,
	&cli_version,
	&cli_help,
	&console,
	&rules,
	NULL,
};

const struct command *
command_of_name(const char *name)
{
	for (size_t i = 0; command_table[i] != NULL; i++)
		if (strcmp(command_table[i]->name, name) == 0)
			return command_table[i];
	return NULL;
}

#include "cli/completion.h"

#include "cli/command.h"
#include "cli/commands.h"

/* What completes the argument of an option, as a line of shell. */
static void
add_argument(struct buf *out, const struct command_option *o)
{
	switch (o->kind) {
	case OPTION_FILE:
		buf_add_str(out, "COMPREPLY=($(compgen -f -- \"$word\"))");
		break;
	case OPTION_FOLDER:
		buf_add_str(out, "COMPREPLY=($(compgen -d -- \"$word\"))");
		break;
	case OPTION_SEVERITY:
		buf_add_str(out,
		    "COMPREPLY=($(compgen -W 'low medium high critical' -- "
		    "\"$word\"))");
		break;
	case OPTION_WORD:
		buf_add_str(out, "COMPREPLY=($(compgen -W '");
		for (size_t i = 0; o->words[i] != NULL; i++)
			buf_printf(out, "%s%s", i ? " " : "", o->words[i]);
		buf_add_str(out, "' -- \"$word\"))");
		break;
	case OPTION_FLAG:
	case OPTION_TEXT:
	case OPTION_TIME:
	case OPTION_COUNT:
	case OPTION_SEED:
	case OPTION_SIZE:
		buf_add_char(out, ':');
		break;
	}
}

static void
add_arguments(struct buf *out, const struct command *c)
{
	const struct command_option *o = c->options;

	for (; o != NULL && o->name != NULL; o++) {
		if (o->absent != NULL || o->argument == NULL)
			continue;
		buf_printf(out, "\t%s:--%s", c->name, o->name);
		if (o->letter != 0)
			buf_printf(out, " | %s:-%c", c->name, o->letter);
		buf_add_str(out, ")\n\t\t");
		add_argument(out, o);
		buf_add_str(out, "\n\t\treturn\n\t\t;;\n");
	}
}

static void
add_commands(struct buf *out)
{
	const char *separator = "";

	for (size_t i = 0; command_table[i] != NULL; i++) {
		if (command_table[i]->absent != NULL)
			continue;
		buf_printf(out, "%s%s", separator, command_table[i]->name);
		separator = " ";
	}
}

static void
add_words(struct buf *out, const struct command *c)
{
	const struct command_option *o = c->options;

	buf_printf(out, "\t%s) words='--help", c->name);
	for (; o != NULL && o->name != NULL; o++)
		if (o->absent == NULL)
			buf_printf(out, " --%s", o->name);
	for (size_t i = 0; c->actions != NULL && c->actions[i]; i++)
		buf_printf(out, " %s", c->actions[i]);
	if (c == &cli_help) {
		buf_add_char(out, ' ');
		add_commands(out);
	}
	buf_add_str(out, "' ;;\n");
}

void
completion_bash(struct buf *out)
{
	buf_add_str(out,
	    "# Made by `nephoscope help --completion`; edit src/cli "
	    "instead.\n"
	    "# shellcheck shell=bash disable=SC2207\n"
	    "_nephoscope()\n{\n"
	    "\tlocal word=${COMP_WORDS[COMP_CWORD]}\n"
	    "\tlocal last=${COMP_WORDS[COMP_CWORD - 1]}\n"
	    "\tlocal command=${COMP_WORDS[1]} words=''\n"
	    "\tCOMPREPLY=()\n"
	    "\tif ((COMP_CWORD == 1)); then\n"
	    "\t\tCOMPREPLY=($(compgen -W '");
	add_commands(out);
	buf_add_str(out, "' -- \"$word\"))\n"
			 "\t\treturn\n\tfi\n"
			 "\tcase $command:$last in\n");
	for (size_t i = 0; command_table[i] != NULL; i++)
		if (command_table[i]->absent == NULL)
			add_arguments(out, command_table[i]);
	buf_add_str(out, "\tesac\n\tcase $command in\n");
	for (size_t i = 0; command_table[i] != NULL; i++)
		if (command_table[i]->absent == NULL)
			add_words(out, command_table[i]);
	buf_add_str(out,
	    "\tesac\n"
	    "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
	    "\tif [[ $word != -* && $command == backfill ]]; then\n"
	    "\t\tCOMPREPLY+=($(compgen -f -- \"$word\"))\n"
	    "\tfi\n"
	    "}\n"
	    "complete -o filenames -F _nephoscope nephoscope\n");
}

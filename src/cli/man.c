#include "cli/man.h"

#include "cli/command.h"
#include "cli/help.h"
#include "config/shape.h"
#include "config/value.h"

/* Text as roff prints it: dashes stay dashes, no line begins a request. */
static void
add_roff(struct buf *out, struct span s)
{
	bool starts_line = out->len == 0 || out->at[out->len - 1] == '\n';

	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (starts_line && (c == '.' || c == '\''))
			buf_add_str(out, "\\&");
		if (c == '-')
			buf_add_str(out, "\\-");
		else if (c == '\\')
			buf_add_str(out, "\\e");
		else
			buf_add_char(out, c);
		starts_line = c == '\n';
	}
}

static void
add_text(struct buf *out, const char *text)
{
	add_roff(out, span_str(text));
}

static void
add_paragraphs(struct buf *out, const char *text)
{
	struct span rest = span_str(text);
	bool first = true;

	while (rest.at != NULL) {
		struct span line = span_cut(&rest, '\n');

		if (line.len == 0)
			continue;
		if (!first)
			buf_add_str(out, ".PP\n");
		add_roff(out, line);
		buf_add_char(out, '\n');
		first = false;
	}
}

static void
add_option(struct buf *out, const struct command_option *o)
{
	struct buf text = { 0 };

	buf_add_str(out, ".TP\n");
	if (o->letter != 0)
		buf_printf(out, "\\fB\\-%c\\fR, ", o->letter);
	buf_add_str(out, "\\fB\\-\\-");
	add_text(out, o->name);
	buf_add_str(out, "\\fR");
	if (o->argument != NULL)
		buf_printf(out, " \\fI%s\\fR", o->argument);
	buf_add_char(out, '\n');
	help_option_text(o, &text);
	add_roff(out, buf_span(&text));
	buf_add_str(out, ".\n");
	buf_done(&text);
}

static void
add_command(struct buf *out, const struct command *c)
{
	const struct command_option *o = c->options;
	const struct command_example *e = c->examples;
	struct buf synopsis = { 0 };

	buf_printf(out, ".SS %s\n", c->name);
	help_synopsis(c, &synopsis);
	buf_add_str(out, ".nh\n.B ");
	add_roff(out, buf_span(&synopsis));
	buf_add_str(out, "\n.hy\n.PP\n");
	buf_done(&synopsis);
	add_paragraphs(out, c->about);
	for (; o != NULL && o->name != NULL; o++)
		if (o->absent == NULL)
			add_option(out, o);
	for (; e != NULL && e->line != NULL; e++) {
		buf_add_str(out, ".PP\nTo ");
		add_text(out, e->what);
		buf_add_str(out, ":\n.PP\n.RS\n.nf\n");
		add_text(out, e->line);
		buf_add_str(out, "\n.fi\n.RE\n");
	}
}

static void
add_exit_codes(struct buf *out)
{
	static const struct {
		enum exit_code code;
		const char *what;
	} codes[] = {
		{ EXIT_CODE_DONE, "Done." },
		{ EXIT_CODE_FINDINGS, "Findings at or above --fail-on." },
		{ EXIT_CODE_PARTIAL,
		    "Partial: some input was skipped; each piece is named "
		    "with its reason." },
		{ EXIT_CODE_USAGE, "The command line is wrong." },
		{ EXIT_CODE_NOTHING_READ,
		    "Nothing in the input is a log that is read." },
		{ EXIT_CODE_NO_INPUT, "No such input." },
		{ EXIT_CODE_UNAVAILABLE, "A service is unavailable." },
		{ EXIT_CODE_IO, "Reading or writing failed." },
		{ EXIT_CODE_CONFIG, "The configuration is wrong." },
	};

	buf_add_str(out, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < COUNTOF(codes); i++) {
		buf_printf(out, ".TP\n.B %d\n", codes[i].code);
		add_text(out, codes[i].what);
		buf_add_char(out, '\n');
	}
}

void
man_program(struct buf *out)
{
	buf_add_str(out,
	    ".\\\" Made by `nephoscope help --man`; edit src/cli instead.\n"
	    ".TH NEPHOSCOPE 1 \"\" \"nephoscope\" \"User Commands\"\n"
	    ".SH NAME\n"
	    "nephoscope \\- finds attacks in the logs of a cloud\n"
	    ".SH SYNOPSIS\n"
	    ".B nephoscope\n"
	    "\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIOPERAND\\fR]...\n"
	    ".SH DESCRIPTION\n"
	    "Reads CloudTrail, VPC flow logs, DNS query logs and Kubernetes "
	    "audit logs,\nlearns what is usual for each cluster and account, "
	    "and says in plain words\nwhat is not, with the steps to take.\n"
	    ".PP\n"
	    "Results go to standard output, everything else to standard "
	    "error.\n"
	    "Each command takes \\fB\\-h\\fR and \\fB\\-\\-help\\fR.\n"
	    ".SH COMMANDS\n");
	for (size_t i = 0; command_table[i] != NULL; i++)
		if (command_table[i]->absent == NULL)
			add_command(out, command_table[i]);
	add_exit_codes(out);
	buf_add_str(out,
	    ".SH ENVIRONMENT\n"
	    ".TP\n.B NEPHOSCOPE_STATE\n"
	    "The state file to look into when neither an option nor the "
	    "configuration names one.\n"
	    ".TP\n.B NO_COLOR\n"
	    "When set and not empty, no colours are used.\n"
	    ".TP\n.B TERM\n"
	    "When \\fBdumb\\fR, neither colours nor a progress line are "
	    "used.\n"
	    ".SH SEE ALSO\n"
	    ".BR nephoscope.conf (5)\n");
}

static void
add_key(struct buf *out, const struct shape_key *key)
{
	struct buf wanted = { 0 };

	buf_add_str(out, ".TP\n.B ");
	add_text(out, key->name);
	buf_add_char(out, '\n');
	add_text(out, key->help);
	buf_add_str(out, ": ");
	value_wanted(key, &wanted);
	add_roff(out, buf_span(&wanted));
	if (key->required)
		buf_add_str(out, "; required");
	if (key->fallback != NULL) {
		buf_add_str(out, "; default ");
		add_text(out, key->fallback);
	}
	if (key->unused)
		buf_add_str(out, "; checked, but without effect in this "
				 "version");
	buf_add_str(out, ".\n");
	buf_done(&wanted);
	if (key->item != NULL && key->item->kind == SHAPE_MAP)
		key = key->item;
	if (key->kind != SHAPE_MAP)
		return;
	buf_add_str(out, ".RS\n");
	for (const struct shape_key *k = key->keys; k->name; k++)
		add_key(out, k);
	buf_add_str(out, ".RE\n");
}

void
man_config(struct buf *out)
{
	buf_add_str(out,
	    ".\\\" Made by `nephoscope help --man-config`; edit "
	    "src/config/shape.c.\n"
	    ".TH NEPHOSCOPE.CONF 5 \"\" \"nephoscope\" \"File Formats\"\n"
	    ".SH NAME\n"
	    "nephoscope.conf \\- configuration of nephoscope\n"
	    ".SH DESCRIPTION\n"
	    "One YAML file, given with \\fB\\-c\\fR \\fIFILE\\fR.\n"
	    "It is read strictly: an unknown key, a repeated one or a wrong "
	    "type is an\nerror that names file, line, column and the fix.\n"
	    "Anchors, aliases and tags are not read; the file is UTF\\-8 and "
	    "at most 1 MiB.\n"
	    "\\fBnephoscope config check\\fR tells whether a file is "
	    "right.\n"
	    ".SH KEYS\n");
	for (const struct shape_key *k = shape_root.keys; k->name; k++)
		add_key(out, k);
	buf_add_str(out, ".SH SEE ALSO\n.BR nephoscope (1)\n");
}

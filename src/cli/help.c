#include "cli/help.h"

#define WIDTH 79
#define NAME_WIDTH 12

/* Add words, breaking lines before WIDTH; `column` is where the cursor is. */
static void
add_wrapped(struct buf *out, struct span text, unsigned indent, size_t column)
{
	bool first = true;

	while (text.at != NULL) {
		struct span word = span_cut(&text, ' ');

		if (word.len == 0)
			continue;
		if (!first && column + 1 + word.len > WIDTH) {
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buf_add_char(out, ' ');
			column++;
		}
		buf_add(out, word);
		column += word.len;
		first = false;
	}
	buf_add_char(out, '\n');
}

void
help_synopsis(const struct command *c, struct buf *out)
{
	const struct command_option *o = c->options;

	buf_printf(out, "nephoscope %s", c->name);
	for (; o != NULL && o->name != NULL; o++) {
		if (o->absent != NULL)
			continue;
		if (o->letter != 0)
			buf_printf(out, " [-%c", o->letter);
		else
			buf_printf(out, " [--%s", o->name);
		if (o->argument != NULL)
			buf_printf(out, " %s", o->argument);
		buf_add_char(out, ']');
	}
	if (c->operands[0] != '\0')
		buf_printf(out, " %s", c->operands);
}

void
help_option_text(const struct command_option *o, struct buf *out)
{
	buf_add_str(out, o->help);
	if (o->fallback != NULL && o->fallback[0] != '\0')
		buf_printf(out, " (default %s)", o->fallback);
}

static void
add_option(const struct command_option *o, struct buf *out)
{
	struct buf text = { 0 };
	size_t start = out->len;
	size_t column;

	buf_add_str(out, "  ");
	if (o->letter != 0)
		buf_printf(out, "-%c, ", o->letter);
	buf_printf(out, "--%s", o->name);
	if (o->argument != NULL)
		buf_printf(out, " %s", o->argument);
	column = out->len - start;
	if (column > 24) {
		buf_printf(out, "\n%*s", 26, "");
	} else {
		buf_printf(out, "%*s", (int)(26 - column), "");
	}
	help_option_text(o, &text);
	add_wrapped(out, buf_span(&text), 26, 26);
	buf_done(&text);
}

static void
add_examples(const struct command_example *e, struct buf *out)
{
	if (e == NULL || e->line == NULL)
		return;
	buf_add_str(out, "Examples:\n");
	for (; e->line != NULL; e++)
		buf_printf(out, "  %s\n      %s\n", e->line, e->what);
	buf_add_char(out, '\n');
}

static void
add_about(const char *about, struct buf *out)
{
	struct span rest = span_str(about);

	while (rest.at != NULL)
		add_wrapped(out, span_cut(&rest, '\n'), 0, 0);
}

void
help_overview(struct buf *out)
{
	static const struct command_example examples[] = {
		{ "nephoscope backfill ./logs",
		    "find attacks in archived logs" },
		{ "nephoscope simulate --out demo --attack all",
		    "make logs of an organisation under attack" },
		{ "nephoscope playbook Recon:EC2/Portscan",
		    "what to do about a finding" },
		{ 0 },
	};

	buf_add_str(out,
	    "nephoscope reads the logs that a cloud already writes, learns "
	    "what is usual\nand says what is not.\n\n");
	add_examples(examples, out);
	buf_add_str(out, "Commands:\n");
	for (size_t i = 0; command_table[i] != NULL; i++) {
		const struct command *c = command_table[i];

		if (c->absent == NULL)
			buf_printf(
			    out, "  %-*s%s\n", NAME_WIDTH, c->name, c->summary);
	}
	buf_add_str(out,
	    "\n`nephoscope help COMMAND` shows its options; `man nephoscope` "
	    "has it all.\n");
}

void
help_command(const struct command *c, struct buf *out)
{
	struct buf synopsis = { 0 };
	const struct command_option *o = c->options;

	buf_printf(out, "nephoscope %s - %s\n\n", c->name, c->summary);
	add_examples(c->examples, out);
	buf_add_str(out, "Usage:\n  ");
	help_synopsis(c, &synopsis);
	add_wrapped(out, buf_span(&synopsis), 6, 2);
	buf_add_char(out, '\n');
	add_about(c->about, out);
	if (o == NULL || o->name == NULL) {
		buf_done(&synopsis);
		return;
	}
	buf_add_str(out, "\nOptions:\n");
	for (; o->name != NULL; o++)
		if (o->absent == NULL)
			add_option(o, out);
	buf_done(&synopsis);
}

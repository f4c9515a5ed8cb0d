/*
 * cmd_playbook.c - nephoscope playbook TYPE
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "config/nearest.h"
#include "config/printable.h"
#include "detect/detector.h"
#include "playbook/playbook.h"

static void
add_line(struct buf *out, const char *label, struct span text)
{
	if (span_is_empty(text))
		return;
	buf_printf(out, "   %-8s", label);
	printable_add(out, text);
	buf_add_char(out, '\n');
}

static void
add_steps(const struct playbook *p, struct buf *out)
{
	struct playbook_steps steps = { 0 };
	int part = -1;

	playbook_render(p, NULL, &steps);
	for (size_t i = 0; i < steps.nlines; i++) {
		const struct playbook_line *l = &steps.lines[i];

		if ((int)l->part != part) {
			part = (int)l->part;
			buf_printf(out, "\n%s\n", playbook_part_text(l->part));
		}
		buf_printf(out, "%2zu. ", i + 1);
		printable_add(out, l->title);
		buf_add_char(out, '\n');
		add_line(out, "when", l->when);
		add_line(out, "run", l->command);
		add_line(out, "expect", l->expect);
		add_line(out, "effect", l->effect);
		add_line(out, "undo", l->undo);
		add_line(out, "needs", l->needs);
	}
	playbook_steps_done(&steps);
}

static void
add_questions(const struct playbook *p, struct buf *out)
{
	if (p->nquestions > 0)
		buf_add_str(out, "\nAsk first\n");
	for (size_t i = 0; i < p->nquestions; i++) {
		const struct playbook_question *q = &p->questions[i];

		buf_add_str(out, "  - ");
		printable_add(out, span_str(q->text));
		buf_add_char(out, '\n');
		add_line(out, "benign", span_str(q->benign_if));
		add_line(out, "attack", span_str(q->malicious_if));
	}
	if (p->nbenign > 0)
		buf_add_str(out, "\nKnown to be harmless\n");
	for (size_t i = 0; i < p->nbenign; i++) {
		buf_add_str(out, "  - ");
		printable_add(out, span_str(p->benign[i].condition));
		buf_add_char(out, '\n');
		add_line(out, "then", span_str(p->benign[i].suggestion));
	}
}

static int
print(const struct detector_row *row)
{
	struct playbook *p = playbook_of_type(row->name);
	struct buf text = { 0 };

	if (p == NULL) {
		cli_complain(
		    "%s has no playbook in this build", row->detector->type);
		return EXIT_CODE_UNAVAILABLE;
	}
	buf_printf(&text, "%s\n", row->detector->type);
	printable_add(&text, span_str(p->summary));
	buf_add_char(&text, '\n');
	add_questions(p, &text);
	add_steps(p, &text);
	for (size_t i = 0; i < p->nreferences; i++)
		buf_printf(&text, "%s  %s\n", i ? "" : "\nReferences\n",
		    p->references[i]);
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

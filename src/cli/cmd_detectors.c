/*
 * cmd_detectors.c - nephoscope detectors [list|show TYPE]
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "config/nearest.h"
#include "config/value.h"
#include "detect/detector.h"

static void
add_sources(unsigned bits, struct buf *out)
{
	const char *separator = "";

	for (unsigned s = 0; s < SOURCE_COUNT; s++) {
		if (!(bits & SOURCE_BIT(s)))
			continue;
		buf_printf(out, "%s%s", separator, source_text((enum source)s));
		separator = ", ";
	}
}

static int
list(void)
{
	struct buf text = { 0 };

	buf_add_str(&text, "SEVERITY  SOURCE      TYPE\n");
	for (size_t i = 0; i < detector_count; i++) {
		const struct detector *d = detector_table[i].detector;
		struct buf sources = { 0 };

		add_sources(d->sources, &sources);
		buf_printf(&text, "%8.1f  %-10s  %s%s\n", d->severity,
		    buf_text(&sources), d->type,
		    d->off ? " (off by default)" : "");
		buf_done(&sources);
	}
	return cli_print(&text);
}

static void
add_params(const struct detector *d, struct buf *out)
{
	if (d->nparams == 0)
		return;
	buf_add_str(out, "\nParameters (config: detectors: "
			 "{TYPE: {params: {NAME: VALUE}}}):\n");
	for (size_t i = 0; i < d->nparams; i++) {
		const struct param *p = &d->params[i];

		buf_printf(out, "  %-20s %s (default ", p->name, p->help);
		value_number_add(out, p->value);
		buf_add_str(out, ", ");
		value_number_add(out, p->low);
		buf_add_str(out, " to ");
		value_number_add(out, p->high);
		buf_add_str(out, ")\n");
	}
}

static void
describe(const struct detector_row *row, struct buf *out)
{
	const struct detector *d = row->detector;

	buf_printf(out, "%s\n", d->type);
	if (d->title != NULL)
		buf_printf(out, "  %s\n", d->title);
	buf_printf(out, "\nSeverity  %.1f\nSources   ", d->severity);
	add_sources(d->sources, out);
	buf_printf(out, "\nKind      %s\n",
	    d->statistical ? "statistical: answers to the alert budget"
			   : "rule");
	if (d->mitre != NULL)
		buf_printf(out, "ATT&CK    %s\n", d->mitre);
	buf_printf(out, "Detector  detectors/%s/%s.c%s\n", row->area, row->file,
	    d->off ? " (off by default)" : "");
	if (d->story != NULL)
		buf_printf(out, "\n%s\n", d->story);
	add_params(d, out);
}

static int
show(const char *type)
{
	struct nearest near = { 0 };
	struct buf text = { 0 };

	for (size_t i = 0; i < detector_count; i++) {
		const struct detector_row *row = &detector_table[i];

		nearest_offer(&near, span_str(type), row->detector->type);
		if (strcmp(row->detector->type, type) != 0)
			continue;
		describe(row, &text);
		return cli_print(&text);
	}
	if (near.name != NULL)
		cli_complain(
		    "no detector \"%s\"; did you mean %s?", type, near.name);
	else
		cli_complain("no detector \"%s\"; `nephoscope detectors` "
			     "lists them",
		    type);
	return EXIT_CODE_USAGE;
}

static int
run(const void *options, const struct command_operands *operands)
{
	bool is_show =
	    operands->count > 0 && strcmp(operands->at[0], "show") == 0;

	(void)options;
	if (is_show && operands->count < 2) {
		cli_complain("detectors show needs a finding type; "
			     "`nephoscope detectors` lists them");
		return EXIT_CODE_USAGE;
	}
	if (!is_show && operands->count > 1) {
		cli_complain("\"%s\" is one argument too many for detectors "
			     "list",
		    operands->at[1]);
		return EXIT_CODE_USAGE;
	}
	return is_show ? show(operands->at[1]) : list();
}

static const char *const actions[] = { "list", "show", NULL };

static const struct command_example examples[] = {
	{ "nephoscope detectors", "list what can be found" },
	{ "nephoscope detectors show Recon:EC2/Portscan",
	    "show how one is found, and its parameters" },
	{ 0 },
};

const struct command cli_detectors = {
	.name = "detectors",
	.operands = "[list|show TYPE]",
	.summary = "list what can be found, or show one detector",
	.about = "`list` prints each finding type with its severity and the "
		 "logs it is found in. `show TYPE` prints how it is found and "
		 "the parameters that a configuration may set.",
	.examples = examples,
	.actions = actions,
	.operands_most = 2,
	.run = run,
};

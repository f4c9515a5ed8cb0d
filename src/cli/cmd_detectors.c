/*
 * cmd_detectors.c - nephoscope detectors [list|show TYPE]
 */
#include <stddef.h>
#include <string.h>

#include "cli/catalogue.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "config/nearest.h"
#include "config/value.h"
#include "detect/detector.h"

struct options {
	const char *format, *seen, *config;
};

static void
list_as(const char *format, const struct sight *sight, struct buf *text)
{
	if (strcmp(format, "json") == 0)
		catalogue_json(sight, text);
	else if (strcmp(format, "markdown") == 0)
		catalogue_markdown(text);
	else if (strcmp(format, "navigator") == 0)
		catalogue_navigator(sight, text);
	else
		catalogue_table(sight, text);
}

/* By what a state file says of the logs that made it. */
static int
list_seen(const struct options *o)
{
	struct state_file file;
	struct buf text = { 0 }, error = { 0 };
	struct sight sight;
	int code = state_file_open(o->seen, o->config, false, &file);

	if (code != EXIT_CODE_DONE)
		return code;
	if (sight_load(&sight, &file, &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		code = EXIT_CODE_IO;
	} else {
		if (sight.damaged)
			cli_complain("part of %s is damaged or of another "
				     "version, and left out",
			    o->seen);
		list_as(o->format, &sight, &text);
		code = cli_print(&text);
	}
	buf_done(&error);
	sight_done(&sight);
	state_file_close(&file);
	return code;
}

static int
list(const struct options *o)
{
	struct buf text = { 0 };

	if (o->seen == NULL) {
		list_as(o->format, NULL, &text);
		return cli_print(&text);
	}
	if (strcmp(o->format, "markdown") == 0) {
		cli_complain("--seen has no markdown; take table, json or "
			     "navigator");
		return EXIT_CODE_USAGE;
	}
	return list_seen(o);
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
	catalogue_add_sources(d->sources, out);
	buf_printf(out, "\nKind      %s\n",
	    d->statistical ? "statistical: answers to the alert budget"
			   : "rule");
	buf_printf(out, "Method    %s\nNeeds     ", row->method);
	catalogue_add_needs(d->needs, out);
	buf_add_str(out, "\nBetter    with ");
	catalogue_add_needs(catalogue_wants(d), out);
	buf_add_char(out, '\n');
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
	return is_show ? show(operands->at[1]) : list(options);
}

static const char *const actions[] = { "list", "show", NULL };

static const char *const formats[] = { "table", "json", "markdown", "navigator",
	NULL };

static const struct command_option options[] = {
	{ .name = "format",
	    .argument = "FORMAT",
	    .kind = OPTION_WORD,
	    .words = formats,
	    .fallback = "table",
	    .help = "how `list` is written; navigator: a layer for the "
		    "ATT&CK Navigator",
	    .offset = offsetof(struct options, format) },
	{ .name = "seen",
	    .argument = "STATE",
	    .kind = OPTION_FILE,
	    .help = "say how well each sees on the logs that this state file "
		    "was made of, and why not",
	    .offset = offsetof(struct options, seen) },
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "with --seen: the configuration with lists, geo files and "
		    "detectors",
	    .offset = offsetof(struct options, config) },
	{ 0 },
};

static const struct command_example examples[] = {
	{ "nephoscope detectors", "list what can be found" },
	{ "nephoscope detectors list --seen acme.db -c nephoscope.yaml",
	    "say which are blind on these logs, and why" },
	{ "nephoscope detectors list --format navigator > layer.json",
	    "make a layer of the techniques for the ATT&CK Navigator" },
	{ "nephoscope detectors show Recon:EC2/Portscan",
	    "show how one is found, and its parameters" },
	{ 0 },
};

const struct command cli_detectors = {
	.name = "detectors",
	.operands = "[list|show TYPE]",
	.summary = "list what can be found, or show one detector",
	.about = "`list` prints each finding type with its severity, the logs "
		 "it is found in, how it is found, whether GuardDuty has the "
		 "same type, its ATT&CK techniques and what it needs. With "
		 "--seen it says which see all they could, which are blind "
		 "and why: a source that was not seen, a field that the log "
		 "does not carry, a list that is not configured. `show TYPE` "
		 "prints how it is found and "
		 "the parameters that a configuration may set.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.actions = actions,
	.operands_most = 2,
	.run = run,
};

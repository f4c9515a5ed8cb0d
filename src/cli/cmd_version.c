/*
 * cmd_version.c - nephoscope version
 */
#include "cli/cli.h"
#include "cli/commands.h"
#include "detect/detector.h"

static int
run(const void *options, const struct command_operands *operands)
{
	struct buf text = { 0 };

	(void)options;
	(void)operands;
	buf_printf(&text, "nephoscope %s (%zu detectors)\n", NEPHOSCOPE_VERSION,
	    detector_count);
	return cli_print(&text);
}

static const struct command_example examples[] = {
	{ "nephoscope version", "say which version this is" },
	{ 0 },
};

const struct command cli_version = {
	.name = "version",
	.operands = "",
	.summary = "say which version this is",
	.about = "Prints the version and how many detectors are built in.",
	.examples = examples,
	.run = run,
};

/*
 * cmd_config.c - nephoscope config check|show|schema
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/config_ends.h"
#include "cli/config_file.h"
#include "config/config.h"
#include "lists/lists.h"

struct options {
	const char *config;
};

static void
summarize(const struct config *c, struct buf *out)
{
	size_t lasting = 0;

	buf_printf(out,
	    "ok: %zu source%s, %zu feed%s, %zu cluster%s, %zu account%s, "
	    "%zu detector override%s\n",
	    c->nsources, c->nsources == 1 ? "" : "s", c->nfeeds,
	    c->nfeeds == 1 ? "" : "s", c->nclusters,
	    c->nclusters == 1 ? "" : "s", c->naccounts,
	    c->naccounts == 1 ? "" : "s", c->ndetectors,
	    c->ndetectors == 1 ? "" : "s");
	for (size_t i = 0; i < c->nsuppress; i++)
		lasting += c->suppress[i].expires_us == 0;
	if (c->nsuppress > 0)
		buf_printf(out, "suppress: %zu, of which %zu never expire%s\n",
		    c->nsuppress, lasting, lasting == 1 ? "s" : "");
}

/* The lists are read as backfill and serve read them. */
static int
check(const struct config *config, struct buf *out)
{
	struct lists *lists = NULL;
	struct lists_counts counts;
	struct buf error = { 0 };
	int code = config_ends_check(config);

	if (lists_load(config, &lists, &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		code = EXIT_CODE_CONFIG;
	} else if (code == EXIT_CODE_DONE) {
		summarize(config, out);
	}
	if (lists != NULL) {
		counts = lists_count(lists);
		buf_printf(out,
		    "lists: %llu entries, %llu lines passed over, %.1f MiB\n",
		    (unsigned long long)counts.entries,
		    (unsigned long long)counts.skipped,
		    (double)counts.bytes / 1048576);
	}
	lists_free(lists);
	buf_done(&error);
	return code;
}

static int
run(const void *options, const struct command_operands *operands)
{
	const struct options *o = options;
	const char *action = operands->at[0];
	struct config *config = NULL;
	struct buf text = { 0 };
	int code;

	if (strcmp(action, "schema") == 0) {
		config_schema(&text);
		return cli_print(&text);
	}
	if (strcmp(action, "check") == 0 && o->config == NULL) {
		cli_complain("config check needs the file: -c FILE");
		return EXIT_CODE_USAGE;
	}
	code = config_file_load(o->config, &config);
	if (code != EXIT_CODE_DONE)
		return code;
	if (strcmp(action, "check") == 0)
		code = check(config, &text);
	else
		config_show(config, &text);
	config_free(config);
	if (code != EXIT_CODE_DONE) {
		buf_done(&text);
		return code;
	}
	return cli_print(&text);
}

static const struct command_option options[] = {
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "the configuration; without it `show` prints the "
		    "defaults",
	    .offset = offsetof(struct options, config) },
	{ 0 },
};

static const char *const actions[] = { "check", "show", "schema", NULL };

static const struct command_example examples[] = {
	{ "nephoscope config check -c nephoscope.yaml",
	    "find what is wrong with a configuration" },
	{ "nephoscope config show", "print the defaults as YAML" },
	{ "nephoscope config schema > nephoscope.schema.json",
	    "give an editor the JSON Schema of the file" },
	{ 0 },
};

const struct command cli_config = {
	.name = "config",
	.operands = "check|show|schema",
	.summary = "check or show a configuration, or print its schema",
	.about =
	    "`check` prints every error as file:line:column with its fix, and "
	    "what `serve` would refuse of sources and feeds (Kafka's "
	    "properties, URLs, certificates, keys) without opening them; it "
	    "exits with 78 when there is one. `show` prints what is in "
	    "effect, defaults included, as YAML that `check` accepts. "
	    "`schema` prints a JSON Schema (draft 2020-12).",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.actions = actions,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};

/*
 * cmd_backfill.c - nephoscope backfill
 */
#include <string.h>
#include <unistd.h>

#include "cli/backfill.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/config_file.h"
#include "cli/terminal.h"

#define JOBS_MAX 64

struct options {
	const char *config;
	int64_t since_us, until_us;
	unsigned jobs, details;
	const char *cluster;
	double min_severity, fail_on;
	const char *format;
	const char *output, *stats, *quarantine, *state;
	bool suppressed;
};

static const char *const formats[] = {
	[BACKFILL_TABLE] = "table",
	[BACKFILL_GUARDDUTY] = "guardduty",
	[BACKFILL_OCSF] = "ocsf",
	[BACKFILL_ASFF] = "asff",
	[BACKFILL_CSV] = "csv",
	NULL,
};

static unsigned
processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	if (count < 1)
		return 1;
	return count > JOBS_MAX ? JOBS_MAX : (unsigned)count;
}

static bool
is_stdout(const char *output)
{
	return output == NULL || strcmp(output, "-") == 0;
}

static enum backfill_format
format_of(const struct options *o)
{
	if (o->format == NULL)
		return is_stdout(o->output) && isatty(STDOUT_FILENO)
			   ? BACKFILL_TABLE
			   : BACKFILL_GUARDDUTY;
	for (size_t i = 0; formats[i] != NULL; i++) {
		if (strcmp(o->format, formats[i]) == 0)
			return (enum backfill_format)i;
	}
	return BACKFILL_GUARDDUTY;
}

/* What parsing cannot tell from one option alone. */
static int
check(const struct options *o, const struct command_operands *operands)
{
	size_t dashes = 0;

	if (o->until_us != INT64_MIN && o->since_us >= o->until_us) {
		cli_complain("--since is not before --until; nothing would "
			     "be read");
		return EXIT_CODE_USAGE;
	}
	for (size_t i = 0; i < operands->count; i++) {
		if (operands->at[i][0] == '\0') {
			cli_complain("a path is empty; give a folder or file");
			return EXIT_CODE_USAGE;
		}
		dashes += strcmp(operands->at[i], "-") == 0;
	}
	if (dashes > 1) {
		cli_complain("standard input (-) can be read once only");
		return EXIT_CODE_USAGE;
	}
	return EXIT_CODE_DONE;
}

static int
run(const void *options, const struct command_operands *operands)
{
	const struct options *o = options;
	struct backfill_options b = {
		.since_us = o->since_us,
		.until_us = o->until_us == INT64_MIN ? INT64_MAX : o->until_us,
		.jobs = o->jobs ? o->jobs : processors(),
		.cluster = o->cluster,
		.min_severity = o->min_severity,
		.fail_on = o->fail_on,
		.output = o->output,
		.stats = o->stats,
		.quarantine = o->quarantine,
		.state = o->state,
		.format = format_of(o),
		.details = o->details,
		.suppressed = o->suppressed,
		.progress = terminal_is(stderr),
		.paths = operands->at,
		.npaths = operands->count,
	};
	struct config *config = NULL;
	int code = check(o, operands);

	if (code != EXIT_CODE_DONE)
		return code;
	code = config_file_load(o->config, &config);
	if (code != EXIT_CODE_DONE)
		return code;
	code = backfill_run(&b, config);
	config_free(config);
	return code;
}

static const struct command_option options[] = {
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "configuration, see nephoscope.conf(5)",
	    .offset = offsetof(struct options, config) },
	{ .name = "since",
	    .argument = "T",
	    .kind = OPTION_TIME,
	    .help = "only events from then on: 2026-11-01 or "
		    "2026-11-01T08:30:00Z",
	    .offset = offsetof(struct options, since_us) },
	{ .name = "until",
	    .argument = "T",
	    .kind = OPTION_TIME,
	    .help = "only events before then",
	    .offset = offsetof(struct options, until_us) },
	{ .letter = 'j',
	    .name = "jobs",
	    .argument = "N",
	    .kind = OPTION_COUNT,
	    .least = 1,
	    .most = JOBS_MAX,
	    .help = "threads (default: one for each processor); the findings "
		    "are the same for any number",
	    .offset = offsetof(struct options, jobs) },
	{ .name = "cluster",
	    .argument = "NAME",
	    .kind = OPTION_TEXT,
	    .help = "cluster of audit logs that do not name theirs",
	    .offset = offsetof(struct options, cluster) },
	{ .name = "min-severity",
	    .argument = "SEVERITY",
	    .kind = OPTION_SEVERITY,
	    .help = "print nothing below: low, medium, high, critical or 1 "
		    "to 10",
	    .offset = offsetof(struct options, min_severity) },
	{ .name = "format",
	    .argument = "FORMAT",
	    .kind = OPTION_WORD,
	    .words = formats,
	    .help = "table, guardduty, ocsf, asff (JSON, one finding a line) "
		    "or csv; default table on a terminal, else guardduty",
	    .offset = offsetof(struct options, format) },
	{ .name = "details",
	    .argument = "N",
	    .kind = OPTION_COUNT,
	    .least = 0,
	    .most = 10000,
	    .help = "with the table: the N worst findings whole, with why, "
		    "whose and what to do",
	    .offset = offsetof(struct options, details) },
	{ .name = "suppressed",
	    .kind = OPTION_FLAG,
	    .help = "show what the configuration said to expect too",
	    .offset = offsetof(struct options, suppressed) },
	{ .letter = 'o',
	    .name = "output",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "write findings there, whole or not at all; - is "
		    "standard output",
	    .offset = offsetof(struct options, output) },
	{ .name = "stats",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "write what was read and found as JSON",
	    .offset = offsetof(struct options, stats) },
	{ .name = "quarantine",
	    .argument = "DIR",
	    .kind = OPTION_FOLDER,
	    .help = "keep records that cannot be understood there",
	    .offset = offsetof(struct options, quarantine) },
	{ .name = "fail-on",
	    .argument = "SEVERITY",
	    .kind = OPTION_SEVERITY,
	    .help = "exit with 1 when a finding is at or above",
	    .offset = offsetof(struct options, fail_on) },
	{ .name = "state",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "remember there what was read, learned and found: goes "
		    "on after an interruption, and with new logs later",
	    .offset = offsetof(struct options, state) },
	{ .name = "report",
	    .argument = "FILE",
	    .absent = "HTML reports are not in this version" },
	{ 0 },
};

static const struct command_example examples[] = {
	{ "nephoscope backfill ./logs", "read all logs below a folder" },
	{ "nephoscope backfill --format csv -o findings.csv ./logs",
	    "write the findings to a spreadsheet" },
	{ "zcat audit.log.gz | nephoscope backfill --cluster payments -",
	    "read the audit log of one cluster from a pipe" },
	{ "nephoscope backfill --state acme.db ./logs",
	    "go on from what earlier runs learned; read only what is new" },
	{ "nephoscope backfill s3://acme-trail/AWSLogs/",
	    "read what is in a bucket" },
	{ "nephoscope backfill --min-severity high --fail-on high ./logs",
	    "fail a pipeline on what is serious" },
	{ 0 },
};

const struct command cli_backfill = {
	.name = "backfill",
	.operands = "PATH|s3://BUCKET/PREFIX...",
	.summary = "find attacks in archived logs",
	.about =
	    "Reads files, folders (walked), standard input (-) and buckets "
	    "(as the configuration's source of that bucket says who, else as "
	    "AWS's SDKs find credentials): "
	    "CloudTrail, VPC flow logs, Route 53 and CoreDNS query logs and "
	    "Kubernetes audit logs; plain, gzip or zstd, told by content.\n\n"
	    "The first logs teach what is usual; the same input gives the "
	    "same findings. Nothing is left on disk but what -o, --stats, "
	    "--quarantine and --state name.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.operand_kind = OPTION_FILE,
	.operands_least = 1,
	.operands_most = 100000,
	.run = run,
};

/*
 * cmd_simulate.c - nephoscope simulate
 */
#include <string.h>

#include "base/span.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "config/nearest.h"
#include "simulate/simulate.h"

struct options {
	const char *out;
	uint64_t seed;
	unsigned days, clusters;
	int64_t start_us;
	const char *attacks, *changes;
	uint64_t scale;
	const char *scale_sources;
};

static const struct {
	const char *name;
	unsigned bit;
} sources[] = {
	{ "cloudtrail", SIMULATE_TRAIL },
	{ "vpcflow", SIMULATE_FLOW },
	{ "dns", SIMULATE_DNS },
	{ "k8s-audit", SIMULATE_AUDIT },
};

/* "cloudtrail,dns" as bits; 0 with a complaint when one is unknown. */
static unsigned
source_bits(const char *list)
{
	struct span rest = span_str(list);
	unsigned bits = 0;

	while (rest.at != NULL) {
		struct span name = span_cut(&rest, ',');
		struct nearest near = { 0 };
		unsigned bit = 0;

		for (size_t i = 0; i < COUNTOF(sources); i++) {
			if (span_equal(name, span_str(sources[i].name)))
				bit = sources[i].bit;
			nearest_offer(&near, name, sources[i].name);
		}
		if (bit == 0) {
			cli_complain("--scale-sources: \"%.*s\" is not known; "
				     "%s%s",
			    SPAN_ARGS(name),
			    near.name ? "did you mean " : "give any of ",
			    near.name ? near.name
				      : "cloudtrail,vpcflow,dns,k8s-audit");
			return 0;
		}
		bits |= bit;
	}
	return bits;
}

static int
print_list(void (*list)(struct buf *out))
{
	struct buf text = { 0 };

	list(&text);
	return cli_print(&text);
}

static bool
asks_for_list(const char *names)
{
	return names != NULL && strcmp(names, "list") == 0;
}

static int
exit_code_of(enum status st)
{
	return st == STATUS_INVALID ? EXIT_CODE_USAGE : EXIT_CODE_IO;
}

static int
run(const void *options, const struct command_operands *operands)
{
	const struct options *o = options;
	struct simulate_options s = {
		.out = o->out,
		.seed = o->seed,
		.days = o->days,
		.clusters = o->clusters,
		.start_us = o->start_us == INT64_MIN ? 0 : o->start_us,
		.attacks = o->attacks,
		.changes = o->changes,
		.scale_bytes_per_source = o->scale,
	};
	struct buf truth = { 0 }, error = { 0 };
	enum status st;

	(void)operands;
	if (asks_for_list(o->attacks))
		return print_list(simulate_list_attacks);
	if (asks_for_list(o->changes))
		return print_list(simulate_list_changes);
	if (o->out == NULL) {
		cli_complain("simulate needs --out DIR; see `nephoscope help "
			     "simulate`");
		return EXIT_CODE_USAGE;
	}
	if (o->scale_sources != NULL) {
		s.scale_sources = source_bits(o->scale_sources);
		if (s.scale_sources == 0)
			return EXIT_CODE_USAGE;
	}
	st = simulate_run(&s, &truth, &error);
	if (st == STATUS_OK) {
		buf_done(&error);
		return cli_print(&truth);
	}
	cli_complain("%s", error.len > 0 ? buf_text(&error) : status_text(st));
	buf_done(&truth);
	buf_done(&error);
	return exit_code_of(st);
}

static const struct command_option options[] = {
	{ .letter = 'o',
	    .name = "out",
	    .argument = "DIR",
	    .kind = OPTION_FOLDER,
	    .help = "where to write; made when missing",
	    .offset = offsetof(struct options, out) },
	{ .name = "seed",
	    .argument = "N",
	    .kind = OPTION_SEED,
	    .fallback = "1",
	    .help = "the same seed gives the same bytes",
	    .offset = offsetof(struct options, seed) },
	{ .name = "days",
	    .argument = "N",
	    .kind = OPTION_COUNT,
	    .least = 1,
	    .most = SIMULATE_DAYS_MAX,
	    .fallback = "14",
	    .help = "how many days",
	    .offset = offsetof(struct options, days) },
	{ .name = "clusters",
	    .argument = "N",
	    .kind = OPTION_COUNT,
	    .least = 1,
	    .most = SIMULATE_CLUSTERS_MAX,
	    .fallback = "2",
	    .help = "how many clusters",
	    .offset = offsetof(struct options, clusters) },
	{ .name = "start",
	    .argument = "T",
	    .kind = OPTION_TIME,
	    .fallback = "2026-11-02",
	    .help = "first day",
	    .offset = offsetof(struct options, start_us) },
	{ .name = "attack",
	    .argument = "NAME[,NAME]|all|none|list",
	    .kind = OPTION_TEXT,
	    .fallback = "none",
	    .help = "what goes wrong; `list` names the attacks",
	    .offset = offsetof(struct options, attacks) },
	{ .name = "change",
	    .argument = "NAME[,NAME]|all|none|list",
	    .kind = OPTION_TEXT,
	    .fallback = "none",
	    .help = "what changes without being wrong; `list` names it",
	    .offset = offsetof(struct options, changes) },
	{ .name = "scale",
	    .argument = "SIZE",
	    .kind = OPTION_SIZE,
	    .help = "go on until each source has so many bytes, for "
		    "benchmarks: 1GiB",
	    .offset = offsetof(struct options, scale) },
	{ .name = "scale-sources",
	    .argument = "NAME[,NAME]",
	    .kind = OPTION_TEXT,
	    .help = "with --scale only these: cloudtrail, vpcflow, dns, "
		    "k8s-audit",
	    .offset = offsetof(struct options, scale_sources) },
	{ 0 },
};

static const struct command_example examples[] = {
	{ "nephoscope simulate --out demo --attack all",
	    "make two weeks of logs with every attack in them" },
	{ "nephoscope simulate --attack list", "name the attacks" },
	{ "nephoscope simulate --out moved --change office-move",
	    "make a quiet fortnight in which the office moves" },
	{ "nephoscope simulate --out quiet --days 30 --seed 7 > truth.json",
	    "make a quiet month and keep its truth" },
	{ 0 },
};

const struct command cli_simulate = {
	.name = "simulate",
	.operands = "",
	.summary = "write the logs of an organisation that does not exist",
	.about =
	    "Writes CloudTrail, VPC flow, DNS and Kubernetes audit logs in "
	    "the formats and folders that AWS and Kubernetes use, with "
	    "attacks and benign changes on request. The truth (what, who, "
	    "when) goes to "
	    "standard output and to truth.json beside the logs, as JSON.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.operand_kind = OPTION_TEXT,
	.run = run,
};

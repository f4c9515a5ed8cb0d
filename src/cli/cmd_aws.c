/*
 * cmd_aws.c - nephoscope aws whoami|policy
 */
#include <stdlib.h>
#include <string.h>

#include "aws/credentials.h"
#include "base/civil.h"
#include "cli/aws_policy.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/config_file.h"
#include "config/nearest.h"
#include "config/printable.h"
#include "net/clock.h"

#define MINUTES_SHOWN_MOST 2880
#define US_PER_MINUTE (60 * CIVIL_US_PER_S)

struct options {
	const char *config, *source;
};

/* The s3 sources that are asked for; borrowed from the configuration. */
struct chosen {
	const struct config_source **at;
	size_t count;
};

static int
choose(const struct config *c, const char *name, struct chosen *chosen)
{
	struct nearest near = { 0 };

	chosen->at = status_calloc(c->nsources + 1, sizeof(*chosen->at));
	for (size_t i = 0; i < c->nsources; i++) {
		const struct config_source *s = &c->sources[i];

		if (strcmp(s->kind, "s3") != 0)
			continue;
		if (name == NULL || strcmp(s->name, name) == 0)
			chosen->at[chosen->count++] = s;
		else
			nearest_offer(&near, span_str(name), s->name);
	}
	if (chosen->count > 0)
		return EXIT_CODE_DONE;
	if (name == NULL)
		cli_complain("the configuration has no source of kind s3");
	else if (near.name != NULL)
		cli_complain("no source \"%s\" of kind s3; did you mean %s?",
		    name, near.name);
	else
		cli_complain("no source \"%s\" of kind s3", name);
	return EXIT_CODE_USAGE;
}

/* --- whoami ----------------------------------------------------------- */

static void
add_expiry(int64_t expiry_us, struct buf *out)
{
	int64_t left = (expiry_us - clock_wall_us()) / US_PER_MINUTE;
	char text[CIVIL_TEXT_BYTES];

	if (expiry_us == 0) {
		buf_add_str(out, "never");
		return;
	}
	/* Whole seconds are enough for a person. */
	buf_add_str(out,
	    civil_format(expiry_us / CIVIL_US_PER_S * CIVIL_US_PER_S, text));
	if (left < MINUTES_SHOWN_MOST)
		buf_printf(out, " (in %lld minute%s)", (long long)left,
		    left == 1 ? "" : "s");
}

static void
add_reports(const struct credentials *c, struct buf *out)
{
	const struct credentials_report *r;
	size_t count = credentials_reports(c, &r);

	for (size_t i = 0; i < count; i++)
		buf_printf(out, "  %s %-18s %s\n", r[i].won ? "yes" : " no",
		    r[i].provider, r[i].text);
}

/* One identity into *out; false when there is none. */
static bool
describe(
    const char *label, const struct credentials_options *o, struct buf *out)
{
	struct credentials *c = credentials_new(o);
	struct buf account = { 0 }, arn = { 0 }, error = { 0 };
	bool said, ok;
	const char *region = credentials_region(c, &said);

	ok = credentials_identity(c, &account, &arn, &error) == STATUS_OK;
	printable_add(out, span_str(label));
	if (ok)
		buf_printf(out, ": %s\n  account  %s\n", buf_text(&arn),
		    buf_text(&account));
	else
		buf_printf(out, ": no identity: %s\n", buf_text(&error));
	buf_add_str(out, "  region   ");
	printable_add(out, span_str(region));
	buf_add_str(out, said ? "\n" : " (nobody names one)\n");
	if (ok) {
		buf_add_str(out, "  expires  ");
		add_expiry(credentials_expiry_us(c), out);
		buf_add_char(out, '\n');
	}
	add_reports(c, out);
	buf_done(&account);
	buf_done(&arn);
	buf_done(&error);
	credentials_free(c);
	return ok;
}

/* `chosen` NULL: the chain alone. */
static int
whoami(const struct chosen *chosen)
{
	struct buf text = { 0 };
	bool ok = true;
	int code;

	if (chosen == NULL)
		ok = describe(
		    "default chain", &(struct credentials_options){ 0 }, &text);
	for (size_t i = 0; chosen != NULL && i < chosen->count; i++) {
		const struct credentials_options o =
		    credentials_options_of(chosen->at[i]);
		struct buf label = { 0 };

		buf_printf(&label, "source %s", chosen->at[i]->name);
		ok &= describe(buf_text(&label), &o, &text);
		buf_done(&label);
	}
	code = cli_print(&text);
	return code != EXIT_CODE_DONE || ok ? code : EXIT_CODE_UNAVAILABLE;
}

/* --- policy ----------------------------------------------------------- */

static int
policy(const struct chosen *chosen)
{
	struct buf text = { 0 }, notes = { 0 };
	struct span rest;

	aws_policy_write(chosen->at, chosen->count, &text);
	aws_policy_notes(chosen->at, chosen->count, &notes);
	rest = buf_span(&notes);
	while (rest.len > 0) {
		struct span line = span_cut(&rest, '\n');

		cli_complain("note: %.*s", SPAN_ARGS(line));
	}
	buf_done(&notes);
	return cli_print(&text);
}

static int
run(const void *options, const struct command_operands *operands)
{
	const struct options *o = options;
	bool asks_who = strcmp(operands->at[0], "whoami") == 0;
	struct config *config = NULL;
	struct chosen chosen = { 0 };
	int code;

	if (o->config == NULL && (o->source != NULL || !asks_who)) {
		cli_complain("%s needs the configuration: -c FILE",
		    asks_who ? "--source" : "aws policy");
		return EXIT_CODE_USAGE;
	}
	if (o->config == NULL)
		return whoami(NULL);
	code = config_file_load(o->config, &config);
	if (code != EXIT_CODE_DONE)
		return code;
	code = choose(config, o->source, &chosen);
	if (code == EXIT_CODE_DONE)
		code = asks_who ? whoami(&chosen) : policy(&chosen);
	free(chosen.at);
	config_free(config);
	return code;
}

static const struct command_option options[] = {
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "the configuration; without it `whoami` asks for what the "
		    "environment and the AWS files give",
	    .offset = offsetof(struct options, config) },
	{ .name = "source",
	    .argument = "NAME",
	    .kind = OPTION_TEXT,
	    .help = "this source of kind s3 alone",
	    .offset = offsetof(struct options, source) },
	{ 0 },
};

static const char *const actions[] = { "whoami", "policy", NULL };

static const struct command_example examples[] = {
	{ "nephoscope aws whoami -c nephoscope.yaml",
	    "see with which identity each bucket is read" },
	{ "nephoscope aws policy -c nephoscope.yaml --source trail",
	    "print the least IAM policy that one source needs" },
	{ 0 },
};

const struct command cli_aws = {
	.name = "aws",
	.operands = "whoami|policy",
	.summary = "tell which AWS identity is used, and what it must be "
		   "allowed",
	.about =
	    "Keys are found as AWS's SDKs find them: environment, web "
	    "identity (IRSA), profile (keys, role, SSO, credential_process), "
	    "container (ECS, EKS Pod Identity), instance metadata (IMDSv2); "
	    "then the source's role_arn is assumed.\n\n"
	    "`whoami` asks STS who that is and prints for each source its "
	    "ARN, account, region and expiry, and for each provider where "
	    "its keys are from or why it has none. It exits with 69 when a "
	    "source has no identity. Secrets are never printed.\n\n"
	    "`policy` prints the least IAM policy as JSON. Where sources "
	    "have a role_arn it prints an object of policies: one under each "
	    "role's ARN, and under \"keys\" that of the identity which "
	    "assumes them.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.actions = actions,
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};

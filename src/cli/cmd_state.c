/*
 * cmd_state.c - nephoscope state info|verify|backup
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/state_file.h"

struct options {
	const char *config, *state;
};

static void
add_line(struct buf *out, const char *name, uint64_t number)
{
	buf_printf(out, "%-12s %" PRIu64 "\n", name, number);
}

static int
fail(struct buf *error)
{
	cli_complain("%s", buf_text(error));
	buf_done(error);
	return EXIT_CODE_IO;
}

static int
info(struct state_file *file)
{
	struct store_sizes sizes;
	struct buf text = { 0 }, error = { 0 };

	if (store_measure(file->store, &sizes, &error) != STATUS_OK)
		return fail(&error);
	add_line(&text, "bytes", sizes.file_bytes);
	add_line(&text, "bytes-wal", sizes.wal_bytes);
	add_line(&text, "bytes-known", sizes.state_bytes);
	add_line(&text, "tenants", sizes.tenants);
	add_line(&text, "findings", sizes.findings);
	add_line(&text, "signals", sizes.signals);
	add_line(&text, "parcels", sizes.consumed);
	add_line(&text, "kept", sizes.kept);
	add_line(&text, "outbox", sizes.owed);
	add_line(&text, "runs", store_run(file->store));
	buf_printf(&text, "%-12s %s\n", "last-run",
	    store_run_is_open(file->store) ? "not ended" : "ended");
	return cli_print(&text);
}

static int
verify(const char *path)
{
	struct store *store;
	struct buf error = { 0 }, text = { 0 };
	enum status st = store_open(
	    &(struct store_options){ .path = path, .read_only = true }, &store,
	    &error);

	if (st == STATUS_OK) {
		st = store_verify(store, &error);
		store_close(store);
	}
	if (st != STATUS_OK)
		return fail(&error);
	buf_printf(&text, "ok: every page and row of %s is whole\n", path);
	return cli_print(&text);
}

static int
backup(struct state_file *file, const char *to)
{
	struct buf error = { 0 };
	struct stat about;

	if (stat(to, &about) == 0) {
		cli_complain(
		    "%s exists; a backup is written to a new file", to);
		return EXIT_CODE_USAGE;
	}
	if (store_backup(file->store, to, &error) != STATUS_OK)
		return fail(&error);
	return verify(to);
}

static int
run(const void *options, const struct command_operands *operands)
{
	const struct options *o = options;
	const char *action = operands->at[0];
	bool is_backup = strcmp(action, "backup") == 0;
	struct state_file file;
	int code;

	if (operands->count != (is_backup ? 2u : 1u)) {
		cli_complain(is_backup
				 ? "state backup needs the file to write"
				 : "state %s takes nothing more; name the "
				   "state by --state FILE",
		    action);
		return EXIT_CODE_USAGE;
	}
	code = state_file_open(o->state, o->config, false, &file);
	if (code != EXIT_CODE_DONE)
		return code;
	if (is_backup)
		code = backup(&file, operands->at[1]);
	else if (strcmp(action, "info") == 0)
		code = info(&file);
	else
		code = verify(o->state ? o->state : file.config->store_path);
	state_file_close(&file);
	return code;
}

static const struct command_option options[] = {
	{ .name = "state",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "the state file; default: what the configuration names",
	    .offset = offsetof(struct options, state) },
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "configuration with store: {path: ...}",
	    .offset = offsetof(struct options, config) },
	{ 0 },
};

static const char *const actions[] = { "info", "verify", "backup", NULL };

static const struct command_example examples[] = {
	{ "nephoscope state info --state acme.db", "say what is in it" },
	{ "nephoscope state verify --state acme.db",
	    "read and check every page and row" },
	{ "nephoscope state backup --state acme.db acme-copy.db",
	    "copy it, whole, while a service writes it" },
	{ 0 },
};

const struct command cli_state = {
	.name = "state",
	.operands = "info|verify|backup [FILE]",
	.summary = "look at, check or copy a state file",
	.about = "None of these disturbs a service that writes the file. A "
		 "backup is checked before the command says that it is done.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.actions = actions,
	.operands_least = 1,
	.operands_most = 2,
	.run = run,
};

#include "cli/cli.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "config/nearest.h"
#include "config/printable.h"

void
cli_complain(const char *fmt, ...)
{
	char text[2048];
	struct buf line = { 0 };
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_add_str(&line, "nephoscope: ");
	printable_add(&line, span_str(text));
	buf_add_char(&line, '\n');
	(void)fputs(buf_text(&line), stderr);
	buf_done(&line);
}

int
cli_print(struct buf *text)
{
	size_t written = fwrite(buf_text(text), 1, text->len, stdout);
	bool failed = written < text->len || fflush(stdout) != 0;

	buf_done(text);
	if (!failed)
		return EXIT_CODE_DONE;
	cli_complain("standard output: %s", status_errno_text(errno));
	return EXIT_CODE_IO;
}

static int
complain_unknown(const char *name)
{
	struct nearest near = { 0 };

	for (size_t i = 0; command_table[i] != NULL; i++)
		if (command_table[i]->absent == NULL)
			nearest_offer(
			    &near, span_str(name), command_table[i]->name);
	if (near.name != NULL)
		cli_complain("unknown command \"%s\"; did you mean %s?", name,
		    near.name);
	else
		cli_complain(
		    "unknown command \"%s\"; `nephoscope help` lists them",
		    name);
	return EXIT_CODE_USAGE;
}

/*
 * OpenSSL makes what it needs when it is first used and does not look whether
 * it could: without memory the digest after that crashes.  So it is made here,
 * where nothing is begun, and asked for.
 */
static bool
begin_crypto(void)
{
	if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) == 1 &&
	    OSSL_LIB_CTX_get0_global_default() != NULL)
		return true;
	cli_complain("OpenSSL cannot start: no memory, or its configuration "
		     "(openssl.cnf) is damaged");
	return false;
}

/* Keys are in files, in answers and in the environment: none may end up in a
 * core, of whatever command. */
static void
leave_no_core(void)
{
	(void)prctl(PR_SET_DUMPABLE, 0);
}

/* Parse the arguments of a command and run it. */
static int
run_command(const struct command *c, int argc, char **argv)
{
	struct parse_request r = {
		.command = c,
		.argc = argc,
		.argv = argv,
		.options = status_calloc(1, c->options_size + 1),
		.operands =
		    status_calloc((size_t)argc + 1, sizeof(*r.operands)),
	};
	struct buf text = { 0 };
	int code;

	leave_no_core();
	if (parse_arguments(&r, &text) != STATUS_OK) {
		cli_complain("%s", buf_text(&text));
		code = EXIT_CODE_USAGE;
	} else if (r.wants_help) {
		help_command(c, &text);
		code = cli_print(&text);
	} else if (!begin_crypto()) {
		code = EXIT_CODE_UNAVAILABLE;
	} else {
		struct command_operands operands = {
			.at = r.operands,
			.count = r.noperands,
		};

		code = c->run(r.options, &operands);
	}
	buf_done(&text);
	free(r.operands);
	free(r.options);
	return code;
}

int
cli_main(int argc, char **argv)
{
	const struct command *c;
	const char *name = argc > 1 ? argv[1] : NULL;

	if (name == NULL) {
		struct buf text = { 0 };

		help_overview(&text);
		(void)fputs(buf_text(&text), stderr);
		buf_done(&text);
		return EXIT_CODE_USAGE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return run_command(&cli_help, 0, NULL);
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		return run_command(&cli_version, 0, NULL);
	c = command_of_name(name);
	if (c == NULL)
		return complain_unknown(name);
	if (c->absent != NULL) {
		cli_complain("%s %s; `nephoscope help` lists what is", c->name,
		    c->absent);
		return EXIT_CODE_USAGE;
	}
	return run_command(c, argc - 2, argv + 2);
}

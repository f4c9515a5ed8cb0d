/*
 * parse.h - arguments into a command's options struct.
 *
 * `--name value`, `--name=value`, `-o value`, `-ovalue`, flags combined as
 * `-ab`, and `--` before operands that begin with a dash; options and
 * operands may be mixed.  A lone "-" is an operand.  Pure; any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"
#include "cli/command.h"

struct parse_request {
	const struct command *command;
	int argc; /* what follows the command's name */
	char *const *argv;
	void *options;	       /* zeroed, command->options_size */
	const char **operands; /* room for argc; filled */
	size_t noperands;      /* filled */
	bool wants_help;       /* filled: -h or --help was there */
};

/* On failure STATUS_INVALID, and *error one line with the fix. */
NODISCARD enum status parse_arguments(
    struct parse_request *r, struct buf *error);

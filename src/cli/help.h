/*
 * help.h - the help texts, made from the table of commands.
 *
 * Pure; any thread.
 */
#pragma once

#include "base/buf.h"
#include "cli/command.h"

/* What the program is and which commands it has. */
void help_overview(struct buf *out);

/* One command: examples first, then what it does, then its options. */
void help_command(const struct command *c, struct buf *out);

/* "nephoscope backfill [-c FILE] ... PATH...", as wide as it comes. */
void help_synopsis(const struct command *c, struct buf *out);

/* The option's help, allowed words and default: a sentence part. */
void help_option_text(const struct command_option *o, struct buf *out);

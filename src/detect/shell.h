/*
 * shell.h - does a command read like an attack?
 *
 * Looks for what a command does (connects a shell to a socket, pipes a
 * download into a shell, reads credentials of the node or the cloud), not for
 * the name of one tool.  Pure functions, any thread.
 */
#pragma once

#include "base/span.h"

enum shell_intent {
	SHELL_ORDINARY,
	SHELL_REVERSE,	   /* a shell bound to a network connection */
	SHELL_FETCH_RUN,   /* downloaded or decoded text is run */
	SHELL_CREDENTIALS, /* reads tokens, keys or the metadata service */
	SHELL_MINER,	   /* talks to a mining pool */
	SHELL_ESCAPE,	   /* enters the host's namespaces or file system */
};

#define SHELL_COMMAND_BYTES 8192

/* What the command line (words joined by spaces) is for, as far as its first
 * SHELL_COMMAND_BYTES say. */
enum shell_intent shell_intent_of(struct span command);

/* "opens a reverse shell", ...; "" for SHELL_ORDINARY. */
const char *shell_intent_text(enum shell_intent intent);

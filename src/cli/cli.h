/*
 * cli.h - the command line.
 *
 * Results go to stdout, all else to stderr.  One thread.
 */
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "base/status.h"

/* Run the program; gives its exit status. */
int cli_main(int argc, char **argv);

/* "nephoscope: text" and a line feed to stderr, control characters shown
 * escaped. */
void cli_complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Write a result to stdout and free it; EXIT_CODE_DONE, or EXIT_CODE_IO with
 * a complaint. */
int cli_print(struct buf *text);

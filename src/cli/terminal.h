/*
 * terminal.h - what a stream is connected to.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* A terminal that understands cursor movement (TERM is not dumb). */
bool terminal_is(FILE *stream);

/* The same, and the user has not asked for no colours (NO_COLOR). */
bool terminal_has_color(FILE *stream);

/* Columns of the terminal, 80 where it does not say. */
unsigned terminal_columns(FILE *stream);

/*
 * paper.h - words on a terminal of so many columns: cut, padded, wrapped by
 * what they take up on the screen.  Hostile text goes in as raw bytes and
 * comes out through escape_terminal(); nothing here prints it otherwise.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

struct paper {
	struct buf *out;
	unsigned columns;
	bool colour;
};

enum paper_ink {
	PAPER_PLAIN,
	PAPER_BOLD,
	PAPER_DIM,
	PAPER_RED,
	PAPER_BRIGHT_RED,
	PAPER_YELLOW,
	PAPER_BLUE,
	PAPER_GREEN,
};

/* Switch the colour, when there are colours. */
void paper_ink(struct paper *p, enum paper_ink ink);

void paper_spaces(struct paper *p, size_t n);

/* Raw text, escaped, as it is. */
void paper_add(struct paper *p, struct span text);

/* Escaped, cut to `width` columns ending in "..." and padded to it. */
void paper_cell(struct paper *p, struct span text, size_t width);

/* As paper_cell without the padding. */
void paper_cut(struct paper *p, struct span text, size_t width);

/*
 * Escaped and wrapped at blanks into lines that start at column `indent`;
 * the first line goes on where the cursor is, `at`.  Ends the line.
 */
void paper_wrap(struct paper *p, struct span text, size_t at, size_t indent);

/* A command: escaped, kept in its own lines, never cut or wrapped, so that
 * it can be copied. */
void paper_command(struct paper *p, struct span text, size_t indent);

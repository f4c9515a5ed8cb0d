/*
 * escape.h - hostile text made safe for one kind of output each.
 *
 * Whatever a log holds may end on a terminal, in a spreadsheet, a browser or
 * a shell.  There is one encoder for each, and outputs use nothing else.
 * All take any bytes, NUL and broken UTF-8 included.  Pure functions over
 * their arguments, any thread.
 *
 * "Invisible" below means: C0 and C1 controls, DEL, the bidirectional marks
 * and overrides, zero-width and other format characters, line and paragraph
 * separators, private-use tags and noncharacters.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * Cut the next character off the front of *rest: its length in bytes is
 * returned, its code point is in *point.  A byte that starts no valid UTF-8
 * sequence (overlong, surrogate and too large ones included) gives length 1
 * and ESCAPE_BROKEN.  *rest must not be empty.
 */
#define ESCAPE_BROKEN UINT32_MAX
size_t escape_next(struct span *rest, uint32_t *point);

/* True for what a person cannot see, or what moves other characters. */
bool escape_is_invisible(uint32_t point);

/* Inside a JSON string, without the quotes: invisible characters become
 * \uXXXX, broken bytes U+FFFD; the rest is as it was. */
void escape_json(struct span s, struct buf *out);

/* One CSV field (RFC 4180), quoted where needed.  What a spreadsheet would
 * run as a formula gets a leading apostrophe; invisible characters become
 * as on a terminal, so a record is one line. */
void escape_csv(struct span s, struct buf *out);

/* For a person's eyes: invisible characters and broken bytes become \xNN
 * for each of their bytes; a backslash stays as it is. */
void escape_terminal(struct span s, struct buf *out);

/* An HTML text node or a quoted attribute. */
void escape_html(struct span s, struct buf *out);

/*
 * One word of a POSIX shell command: as it is when only harmless characters
 * are in it, else in single quotes.  False, and nothing added, when it holds
 * invisible characters or broken bytes: a command a person cannot read must
 * not be pasted.
 */
NODISCARD bool escape_shell(struct span s, struct buf *out);

/* Columns that valid, visible text takes on a terminal; what is invisible
 * or broken counts as what escape_terminal() makes of it. */
size_t escape_width(struct span s);

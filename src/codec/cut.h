/*
 * cut.h - cut a decompressed stream into pieces that end where records end.
 *
 * A cutter belongs to one worker and is reused.  It reads through a reader
 * (codec/reader.h) and fills caller's memory, so that the piece lives as long
 * as the batch it is in; the unfinished rest is carried to the next piece.
 */
#pragma once

#include <stddef.h>

#include "base/span.h"
#include "base/status.h"
#include "codec/reader.h"

#define CUT_AIM_BYTES ((size_t)512 * 1024)
#define CUT_RECORD_BYTES ((size_t)4 * 1024 * 1024)
#define CUT_PREFIX_BYTES ((size_t)64 * 1024) /* the longest prefix */

enum cut_kind {
	CUT_LINES,  /* text: whole lines, the last perhaps without '\n' */
	CUT_VALUES, /* whole top-level JSON values, white space between;
		     * usually one a line, or one value for a whole object */
	CUT_ITEMS,  /* whole items of an array of objects, of an object (or a
		     * top-level array) that is too large for one piece or
		     * not whole, with the commas between them; `prefix` is
		     * the text from '{' to that array's '[', or just "[".
		     * Items of arrays given before are left out of it */
};

struct cutter;

struct cutter *cutter_new(void);
void cutter_free(struct cutter *c); /* NULL is allowed */

/* Start on a freshly opened reader, borrowed until the end. */
void cutter_begin(struct cutter *c, struct reader *r);

struct cut_piece {
	enum cut_kind kind;
	struct span prefix; /* of CUT_ITEMS; borrowed until the next piece */
	size_t len;	    /* bytes given; 0 at the end */
};

/*
 * Write the next piece, of about `aim` bytes and more only when a single
 * record is longer, into the memory that `reserve(cookie, bytes)` returns;
 * it is called once a piece and need not keep what was there before.
 *
 * The first byte tells text from JSON; JSON that looks like one value a line
 * is cut at line breaks, so that a broken line costs that line only.  Broken
 * text is given like any other, for the decoder to count.
 *
 * OK with len 0 at the end.  TRUNCATED: the stream ended early or broke in
 * the middle; what was whole was given before, and `lost` bytes of an
 * unfinished record are dropped.  TOO_LARGE: one record is longer than
 * `most`; it is skipped, `lost` says how many bytes, call again to go on.
 * Errors of the reader are passed through.
 */
NODISCARD enum status cutter_next(struct cutter *c, struct cut_piece *piece,
    char *(*reserve)(void *cookie, size_t bytes), void *cookie);

/* Bytes dropped by the last TRUNCATED or TOO_LARGE. */
size_t cutter_lost(const struct cutter *c);

/* Sizes: CUT_AIM_BYTES and CUT_RECORD_BYTES unless set. */
void cutter_limits(struct cutter *c, size_t aim, size_t most);

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

enum cut_kind {
	CUT_LINES,  /* text: whole lines, the last perhaps without '\n' */
	CUT_VALUES, /* whole top-level JSON values, white space between;
		     * usually one a line, or one value for a whole object */
	CUT_ITEMS,  /* whole items of the array of an object that is too
		     * large for one piece, with the commas between them;
		     * `prefix` is the text from '{' to that array's '[' */
};

struct cutter;

struct cutter *cutter_new(void);
void cutter_free(struct cutter *c); /* NULL is allowed */

/* Start on a freshly opened reader, borrowed until the end. */
void cutter_begin(struct cutter *c, struct reader *r);

struct cut_piece {
	enum cut_kind kind;
	struct span prefix; /* borrowed from the cutter until cutter_begin */
	size_t len;	    /* bytes given; 0 at the end */
};

/*
 * Fill `*text` (grown by calling `reserve(cookie, bytes)`, which returns the
 * possibly moved memory with room for `bytes`) with the next piece of about
 * `aim` bytes, more only when a single record is longer.
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

/* Sizes: BATCH_TEXT_BYTES and BATCH_RECORD_BYTES unless set. */
void cutter_limits(struct cutter *c, size_t aim, size_t most);

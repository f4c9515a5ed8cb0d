/*
 * gzip.h - decompress gzip: small objects at once, large ones as a stream.
 *
 * Objects of one member and at most GZIP_WHOLE_BYTES of output go through
 * libdeflate in one call; all else, and whatever libdeflate refuses, goes
 * through ISA-L's igzip as a stream, which gives what is whole of a broken
 * one.  Checksum and length are verified.  Of a stream that is corrupt, not
 * merely cut, up to 64 KiB before the fault may not be given.
 *
 * Concatenated members are one stream.  Zero bytes behind the last member
 * are padding and ignored; other bytes there are MALFORMED, after all output
 * was given.  One thread.
 */
#pragma once

#include <stddef.h>

#include "base/span.h"
#include "base/status.h"
#include "codec/source.h"

/* Measured on one core: 0.85 against 0.62 GB/s of output at 11 KiB an object,
 * 1.1 against 1.2 at 90 KiB, 1.0 against 1.2 at 1.5 MiB. */
#define GZIP_WHOLE_BYTES ((size_t)64 * 1024)

struct gzip;

struct gzip *gzip_new(void);
void gzip_free(struct gzip *g); /* NULL is allowed */

/* Forget the last stream. */
void gzip_begin(struct gzip *g);

/* OK with all output, borrowed until the next gzip_whole() or gzip_free();
 * UNSUPPORTED, and nothing taken from the source: stream it.  IO: errno. */
NODISCARD enum status gzip_whole(
    struct gzip *g, struct source *s, struct span *out);

/* The next bytes; *len is 0 at the end.  Bytes may come with a failure. */
NODISCARD enum status gzip_read(
    struct gzip *g, struct source *s, char *at, size_t room, size_t *len);

/* What the last failure was. */
const char *gzip_error(const struct gzip *g);

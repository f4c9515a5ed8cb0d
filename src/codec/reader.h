/*
 * reader.h - bytes of a file, object or standard input, decompressed.
 *
 * gzip (concatenated members too), zstd and plain are told by content.  A
 * reader belongs to one worker and is reused, keeping its buffers.  Output
 * and expansion ratio are capped, so that a bomb is refused early.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

struct reader;

struct reader_limits {
	uint64_t output_bytes; /* most of one input; 0: no limit (streams) */
	unsigned ratio;	       /* most output per input byte ... */
	uint64_t ratio_from;   /* ... once this much output was made */
};

/* 256 GiB, 1100, 16 MiB: logs of 10 GB compressed are read; DEFLATE cannot
 * exceed 1032; real logs stay under 100 and zstd's own expansion of logs under
 * 300. */
extern const struct reader_limits READER_LIMITS_DEFAULT;

struct reader *reader_new(const struct reader_limits *limits);
void reader_free(struct reader *r); /* NULL is allowed */

/* Open a file, or standard input for fd 0.  IO or NOT_FOUND with errno. */
NODISCARD enum status reader_open(struct reader *r, const char *path);
NODISCARD enum status reader_open_fd(struct reader *r, int fd);

/* Read from memory, borrowed until reader_close(). */
void reader_open_memory(struct reader *r, struct span bytes);

/*
 * Fill up to `room` bytes; *len is 0 at the end.  TRUNCATED or MALFORMED: the
 * compressed stream is broken, all bytes before were given.  TOO_LARGE: a
 * limit of the reader was reached.  IO: errno.  reader_error() tells more.
 */
NODISCARD enum status reader_read(
    struct reader *r, char *at, size_t room, size_t *len);

/* What went wrong, one line without the file's name. */
const char *reader_error(const struct reader *r);

/* Compressed bytes taken from the input and bytes given so far. */
uint64_t reader_bytes_in(const struct reader *r);
uint64_t reader_bytes_out(const struct reader *r);

/* Close the file, keep the buffers.  Idempotent. */
void reader_close(struct reader *r);

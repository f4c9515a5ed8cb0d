/*
 * source.h - raw bytes of a file, a pipe or memory, before decompression.
 *
 * Files are read with read(2), not mapped: a file that shrinks while it is
 * read then ends early instead of raising SIGBUS.  The end is where read(2)
 * says it is, whatever size the file had.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

#define SOURCE_BACK_BYTES ((size_t)8)

struct source {
	int fd; /* -1: memory, or closed */
	bool owns_fd;
	bool ended; /* nothing more will come behind `len` */
	const char *at;
	size_t len; /* bytes at hand */
	uint64_t taken;
	uint64_t size_hint; /* size when opened; 0: not a regular file */
	char *room;
	size_t room_bytes;
};

/* Nothing is open; the buffer comes with the first use. */
void source_init(struct source *s);
void source_done(struct source *s);

/* IO or NOT_FOUND with errno; a folder is IO with EISDIR.  With a path of
 * "-" and with fd 0 this is standard input, which is never closed. */
NODISCARD enum status source_open(struct source *s, const char *path);
NODISCARD enum status source_open_fd(struct source *s, int fd);

/* Borrows until source_close(). */
void source_open_memory(struct source *s, struct span bytes);
void source_close(struct source *s);

/* Have at least `want` bytes at hand, fewer only at the end.  IO: errno. */
NODISCARD enum status source_want(struct source *s, size_t want);

/* Drop `n` bytes at hand, which were used. */
void source_take(struct source *s, size_t n);

/* Have the last `n` bytes taken at hand again: SOURCE_BACK_BYTES at most, as
 * a decoder that reads words has when its stream ends inside one. */
void source_give_back(struct source *s, size_t n);

/* Move up to `room` bytes to `to`; *len is 0 at the end. */
NODISCARD enum status source_copy(
    struct source *s, char *to, size_t room, size_t *len);

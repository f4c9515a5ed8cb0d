/*
 * zst.h - decompress zstd as a stream: any number of frames, skippable ones
 * too, with a window of at most 128 MiB.  One thread.
 */
#pragma once

#include <stddef.h>

#include "base/status.h"
#include "codec/source.h"

#define ZST_WINDOW_LOG_MAX 27

struct zst;

struct zst *zst_new(void);
void zst_free(struct zst *z); /* NULL is allowed */

/* Forget the last stream. */
void zst_begin(struct zst *z);

/* The next bytes; *len is 0 at the end.  Bytes may come with a failure. */
NODISCARD enum status zst_read(
    struct zst *z, struct source *s, char *at, size_t room, size_t *len);

/* What the last failure was. */
const char *zst_error(const struct zst *z);

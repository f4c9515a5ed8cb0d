/*
 * arena.h - memory that lives and dies together.
 *
 * One arena belongs to one batch.  Whatever the decoder makes for that batch
 * is cut from it; resetting the batch frees all of it at once, and nothing
 * is ever freed alone.  An arena belongs to one thread at a time.
 */
#pragma once

#include <stddef.h>

#include "base/span.h"

struct arena; /* opaque: only arena.c knows the blocks */

/* Make an arena that never grows past `limit` bytes.  Caller frees it. */
struct arena *arena_new(size_t limit);

/* Release the arena and all that was cut from it.  NULL is allowed. */
void arena_free(struct arena *a);

/* Forget all that was cut, keep the blocks for the next batch. */
void arena_reset(struct arena *a);

/*
 * Cut `size` bytes, zeroed and aligned for any type.  The bytes stay valid
 * until arena_reset() or arena_free().  NULL when the limit is reached: the
 * caller drops the record it was building and counts it.
 */
void *arena_alloc(struct arena *a, size_t size);

/* Copy borrowed bytes into the arena; an empty span when they do not fit. */
struct span arena_dup(struct arena *a, struct span s);

/*
 * Blocks are chained and kept over resets.  Built with ARENA_EMULATE (the
 * sanitizer presets) each cut is its own malloc, so that an overrun of one
 * allocation into the next is seen by AddressSanitizer.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/status.h"

#define BLOCK_BYTES ((size_t)64 * 1024)
#define ALIGN_BYTES ((size_t)16)

struct block {
	struct block *next;
	size_t size;
	size_t used;
	_Alignas(16) char bytes[];
};

struct arena {
	struct block *first;
	struct block *open; /* where the next cut is tried */
	size_t limit;
	size_t used;
};

struct arena *
arena_new(size_t limit)
{
	struct arena *a = status_calloc(1, sizeof(*a));

	a->limit = limit;
	return a;
}

static void
free_blocks(struct arena *a)
{
	while (a->first != NULL) {
		struct block *next = a->first->next;

		free(a->first);
		a->first = next;
	}
	a->open = NULL;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_blocks(a);
	free(a);
}

void
arena_reset(struct arena *a)
{
	a->used = 0;
#ifdef ARENA_EMULATE
	free_blocks(a);
#else
	for (struct block *b = a->first; b != NULL; b = b->next)
		b->used = 0;
	a->open = a->first;
#endif
}

static struct block *
add_block(struct arena *a, size_t size)
{
	/* No memory is not the arena's limit: records are not dropped. */
	struct block *b = status_realloc(NULL, sizeof(*b) + size, 1);

	b->size = size;
	b->used = 0;
	if (a->open == NULL) {
		b->next = a->first;
		a->first = b;
	} else {
		b->next = a->open->next;
		a->open->next = b;
	}
	a->open = b;
	return b;
}

static struct block *
block_for(struct arena *a, size_t size)
{
#ifdef ARENA_EMULATE
	return add_block(a, size);
#else
	while (a->open != NULL) {
		if (a->open->size - a->open->used >= size)
			return a->open;
		if (a->open->next == NULL)
			break;
		a->open = a->open->next;
	}
	return add_block(a, size > BLOCK_BYTES ? size : BLOCK_BYTES);
#endif
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct block *b;
	char *cut;

	if (size > SIZE_MAX - ALIGN_BYTES)
		return NULL;
	size = (size + ALIGN_BYTES - 1) & ~(ALIGN_BYTES - 1);
	if (size > a->limit - a->used)
		return NULL;
	b = block_for(a, size);
	if (b == NULL)
		return NULL;
	cut = b->bytes + b->used;
	b->used += size;
	a->used += size;
	return memset(cut, 0, size);
}

struct span
arena_dup(struct arena *a, struct span s)
{
	char *copy = s.len ? arena_alloc(a, s.len) : NULL;

	if (copy == NULL)
		return span_of(NULL, 0);
	memcpy(copy, s.at, s.len);
	return span_of(copy, s.len);
}

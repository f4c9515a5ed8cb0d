#include "event/batch.h"

#include <stdlib.h>

/* Details of the events of the largest piece: 4 MiB of rows of 40 bytes. */
#define ARENA_LIMIT_BYTES ((size_t)256 * 1024 * 1024)
#define PARSER_LIMIT_BYTES ((size_t)32 * 1024 * 1024)

struct batch *
batch_new(void)
{
	struct batch *b = status_calloc(1, sizeof(*b));

	b->arena = arena_new(ARENA_LIMIT_BYTES);
	b->parser = json_parser_new(PARSER_LIMIT_BYTES);
	b->tenants = status_calloc(BATCH_TENANTS_MAX, sizeof(*b->tenants));
	return b;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	arena_free(b->arena);
	json_parser_free(b->parser);
	for (size_t i = 0; i < BATCH_INNER_MAX; i++)
		json_parser_free(b->inner[i]);
	free(b->tenants);
	free(b->events);
	if (b->text != NULL)
		free(b->text - BATCH_HEAD_BYTES);
	free(b);
}

void
batch_reset(struct batch *b)
{
	arena_reset(b->arena);
	b->text_len = 0;
	b->count = 0;
	b->ntenants = 0;
}

void
batch_reserve(struct batch *b, size_t bytes)
{
	if (b->text != NULL && bytes <= b->text_room)
		return;
	size_t whole = BATCH_HEAD_BYTES + bytes + JSON_PADDING;
	char *old = b->text != NULL ? b->text - BATCH_HEAD_BYTES : NULL;

	b->text = (char *)status_realloc(old, whole, 1) + BATCH_HEAD_BYTES;
	/* The padding is read, never meant: only its being there matters. */
	memset(b->text + b->text_len, 0, bytes + JSON_PADDING - b->text_len);
	b->text_room = bytes;
}

struct json_parser *
batch_inner(struct batch *b, size_t depth)
{
	ASSERT(depth < BATCH_INNER_MAX);
	if (b->inner[depth] == NULL)
		b->inner[depth] = json_parser_new(PARSER_LIMIT_BYTES);
	return b->inner[depth];
}

struct event *
batch_add(struct batch *b)
{
	if (b->count == b->room) {
		b->room = b->room ? b->room * 2 : 1024;
		b->events =
		    status_realloc(b->events, b->room, sizeof(*b->events));
	}
	return memset(&b->events[b->count++], 0, sizeof(*b->events));
}

uint32_t
batch_tenant(struct batch *b, struct span name)
{
	size_t i = b->ntenants;

	/* The latest is nearly always the one. */
	while (i > 0) {
		if (span_equal(b->tenants[--i], name))
			return (uint32_t)i;
	}
	if (b->ntenants == BATCH_TENANTS_MAX)
		return BATCH_TENANTS_MAX - 1;
	b->tenants[b->ntenants] = arena_dup(b->arena, name);
	return (uint32_t)b->ntenants++;
}

/* A dense array of rows and an open-addressed index of positions + 1. */
#include "detect/activities.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/status.h"

#define FIRST_INDEX ((size_t)256)

struct activities {
	struct activity_row *rows;
	size_t count, room, limit;
	uint32_t *index;
	size_t size; /* of the index, power of two, at most half full */
	struct arena *lessons;
	uint64_t refused;
};

struct activities *
activities_new(size_t limit_bytes)
{
	struct activities *t = status_calloc(1, sizeof(*t));

	/* Half for rows with their index, half for lessons. */
	t->limit = limit_bytes / 2 / (sizeof(struct activity_row) + 8) + 64;
	t->size = FIRST_INDEX;
	t->index = status_calloc(t->size, sizeof(*t->index));
	t->lessons = arena_new(limit_bytes / 2);
	return t;
}

void
activities_free(struct activities *t)
{
	if (t == NULL)
		return;
	free(t->rows);
	free(t->index);
	arena_free(t->lessons);
	free(t);
}

static uint32_t *
slot_of(struct activities *t, uint64_t key)
{
	size_t i = key & (t->size - 1);

	while (t->index[i] != 0 && t->rows[t->index[i] - 1].key != key)
		i = (i + 1) & (t->size - 1);
	return &t->index[i];
}

static void
grow_index(struct activities *t)
{
	free(t->index);
	t->size *= 2;
	t->index = status_calloc(t->size, sizeof(*t->index));
	for (size_t i = 0; i < t->count; i++)
		*slot_of(t, t->rows[i].key) = (uint32_t)(i + 1);
}

struct activity_row *
activities_add(struct activities *t, uint64_t key, bool *fresh)
{
	uint32_t *slot = slot_of(t, key);

	*fresh = false;
	if (*slot)
		return &t->rows[*slot - 1];
	if (t->count == t->limit) {
		t->refused++;
		return NULL;
	}
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 128;
		t->rows = status_realloc(t->rows, t->room, sizeof(*t->rows));
	}
	t->rows[t->count] = (struct activity_row){ .key = key };
	*slot = (uint32_t)++t->count;
	if (t->count * 2 > t->size)
		grow_index(t);
	*fresh = true;
	return &t->rows[t->count - 1];
}

struct lesson *
activities_lessons(struct activities *t, size_t count)
{
	return arena_alloc(t->lessons, count * sizeof(struct lesson));
}

struct activity_row *
activities_rows(struct activities *t, size_t *count)
{
	*count = t->count;
	return t->rows;
}

void
activities_reset(struct activities *t)
{
	if (t->count > 0)
		memset(t->index, 0, t->size * sizeof(*t->index));
	t->count = 0;
	arena_reset(t->lessons);
}

uint64_t
activities_refused(const struct activities *t)
{
	return t->refused;
}

size_t
activities_bytes(const struct activities *t)
{
	return t->room * sizeof(*t->rows) + t->size * sizeof(*t->index) +
	       arena_used(t->lessons);
}

#include "baseline/names.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/status.h"

struct name {
	uint64_t key; /* 0: free */
	struct span text;
};

struct names {
	struct name *rows;
	size_t size; /* power of two, at most half full */
	size_t count;
	struct arena *arena;
	size_t limit_bytes;
};

struct names *
names_new(size_t limit_bytes)
{
	struct names *t = status_calloc(1, sizeof(*t));

	t->size = 64;
	t->rows = status_calloc(t->size, sizeof(*t->rows));
	t->arena = arena_new(limit_bytes);
	t->limit_bytes = limit_bytes;
	return t;
}

void
names_free(struct names *t)
{
	if (t == NULL)
		return;
	arena_free(t->arena);
	free(t->rows);
	free(t);
}

static struct name *
slot_of(const struct names *t, uint64_t key)
{
	size_t i = key & (t->size - 1);

	while (t->rows[i].key != 0 && t->rows[i].key != key)
		i = (i + 1) & (t->size - 1);
	return &t->rows[i];
}

static void
grow(struct names *t)
{
	struct name *old = t->rows;
	size_t size = t->size;

	t->size *= 2;
	t->rows = status_calloc(t->size, sizeof(*t->rows));
	for (size_t i = 0; i < size; i++) {
		if (old[i].key != 0)
			*slot_of(t, old[i].key) = old[i];
	}
	free(old);
}

void
names_add(struct names *t, uint64_t key, struct span text)
{
	struct name *slot = slot_of(t, key);

	if (slot->key != 0 || key == 0)
		return;
	text = arena_dup(t->arena, span_first(text, NAMES_TEXT_BYTES));
	if (span_is_empty(text))
		return;
	*slot = (struct name){ key, text };
	if (++t->count * 2 > t->size)
		grow(t);
}

struct span
names_of(const struct names *t, uint64_t key)
{
	const struct name *slot = slot_of(t, key);

	return slot->key != 0 ? slot->text : span_of(NULL, 0);
}

size_t
names_count(const struct names *t)
{
	return t->count;
}

size_t
names_bytes(const struct names *t)
{
	return t->size * sizeof(*t->rows) + arena_used(t->arena);
}

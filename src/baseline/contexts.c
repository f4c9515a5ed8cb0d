/* A dense array of contexts and an open-addressed index of positions + 1. */
#include "baseline/contexts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fetch.h"
#include "base/status.h"

/* A context may be given up when it was known on at most so many days ... */
#define IMMATURE_DAYS 2
/* ... and not for so many. */
#define STALE_DAYS 7

struct contexts {
	struct context *rows;
	size_t count, room, limit;
	uint32_t *index;
	size_t size;	/* of the index, power of two, at most half full */
	int32_t looked; /* on that day, for what may go */
};

struct contexts *
contexts_new(size_t limit)
{
	struct contexts *t = status_calloc(1, sizeof(*t));

	t->limit = limit < UINT32_MAX / 4 ? limit : UINT32_MAX / 4;
	t->size = 256;
	t->index = status_calloc(t->size, sizeof(*t->index));
	return t;
}

void
contexts_free(struct contexts *t)
{
	if (t == NULL)
		return;
	free(t->rows);
	free(t->index);
	free(t);
}

static uint32_t *
slot_of(struct contexts *t, uint64_t key)
{
	size_t i = key & (t->size - 1);

	while (t->index[i] != 0 && t->rows[t->index[i] - 1].key != key)
		i = (i + 1) & (t->size - 1);
	return &t->index[i];
}

struct context *
contexts_find(struct contexts *t, uint64_t key)
{
	uint32_t *slot = slot_of(t, key);

	return *slot ? &t->rows[*slot - 1] : NULL;
}

void
contexts_expect(const struct contexts *t, uint64_t key, bool soon)
{
	const uint32_t *slot = &t->index[key & (t->size - 1)];

	if (!soon)
		__builtin_prefetch(slot);
	else if (*slot != 0)
		fetch_lines(&t->rows[*slot - 1], sizeof(*t->rows));
}

static void
rebuild_index(struct contexts *t, size_t size)
{
	free(t->index);
	t->size = size;
	t->index = status_calloc(t->size, sizeof(*t->index));
	for (size_t i = 0; i < t->count; i++)
		*slot_of(t, t->rows[i].key) = (uint32_t)(i + 1);
}

static bool
may_go(const struct context *c, int32_t today)
{
	return __builtin_popcountll(c->days.bits) <= IMMATURE_DAYS &&
	       today - c->days.anchor >= STALE_DAYS;
}

/* Close the ranks over what may go; once a day, as that is how it ages. */
static void
make_room(struct contexts *t, int32_t today)
{
	size_t kept = 0;

	if (t->looked == today)
		return;
	t->looked = today;
	for (size_t i = 0; i < t->count; i++) {
		if (may_go(&t->rows[i], today))
			continue;
		if (kept != i)
			t->rows[kept] = t->rows[i];
		kept++;
	}
	if (kept == t->count)
		return;
	t->count = kept;
	rebuild_index(t, t->size);
}

struct context *
contexts_add(struct contexts *t, uint64_t key, int32_t today)
{
	uint32_t *slot = slot_of(t, key);

	if (*slot)
		return &t->rows[*slot - 1];
	if (t->count >= t->limit) {
		make_room(t, today);
		slot = slot_of(t, key);
	}
	if (t->count >= t->limit)
		return NULL;
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->rows = status_realloc(t->rows, t->room, sizeof(*t->rows));
	}
	t->rows[t->count] = (struct context){ .key = key };
	*slot = (uint32_t)++t->count;
	if (t->count * 2 > t->size)
		rebuild_index(t, t->size * 2);
	return &t->rows[t->count - 1];
}

size_t
contexts_count(const struct contexts *t)
{
	return t->count;
}

size_t
contexts_bytes(const struct contexts *t)
{
	return t->room * sizeof(*t->rows) + t->size * sizeof(*t->index);
}

void
contexts_save(
    const struct contexts *t, const struct image_writer *w, unsigned region)
{
	image_put(w, region, t->rows, t->count * sizeof(*t->rows));
}

bool
contexts_load(struct contexts *t, const struct image_reader *r, unsigned region)
{
	struct span bytes = image_get(r, region);
	size_t count = bytes.len / sizeof(*t->rows);

	if (bytes.len % sizeof(*t->rows) != 0 || count > UINT32_MAX / 4)
		return false;
	if (count == 0)
		return true;
	t->rows = status_calloc(count, sizeof(*t->rows));
	memcpy(t->rows, bytes.at, bytes.len);
	t->count = t->room = count;
	while (t->size < count * 2)
		t->size *= 2;
	rebuild_index(t, t->size);
	return true;
}

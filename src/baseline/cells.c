#include "baseline/cells.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

static_assert(sizeof(struct cell) == 32, "two cells a cache line");

#define FIRST_CELLS ((size_t)64) /* many tenants say little */
#define LEAST_LIMIT ((size_t)1024)
/* A key is looked for in this many neighbours and no further. */
#define WINDOW 16
/* A cell may be given up when it was seen on at most so many days ... */
#define IMMATURE_DAYS 2
/* ... and not for so many. */
#define STALE_DAYS 7

struct cells {
	struct cell *cells;
	size_t size; /* power of two */
	size_t limit;
	size_t count;
	uint64_t refused;
};

struct cells *
cells_new(size_t limit)
{
	struct cells *t = status_calloc(1, sizeof(*t));

	t->limit = LEAST_LIMIT;
	while (t->limit * 2 <= limit)
		t->limit *= 2;
	t->size = FIRST_CELLS;
	t->cells = status_calloc(t->size, sizeof(*t->cells));
	return t;
}

void
cells_free(struct cells *t)
{
	if (t == NULL)
		return;
	free(t->cells);
	free(t);
}

/* The cell of `key` or the first free one in its window; NULL: neither. */
static struct cell *
probe(struct cell *cells, size_t size, uint64_t key)
{
	for (size_t i = 0; i < WINDOW; i++) {
		struct cell *c = &cells[(key + i) & (size - 1)];

		if (c->key == key || c->key == 0)
			return c;
	}
	return NULL;
}

struct cell *
cells_find(struct cells *t, uint64_t key)
{
	struct cell *c = probe(t->cells, t->size, key);

	return c != NULL && c->key == key ? c : NULL;
}

void
cells_expect(const struct cells *t, uint64_t key)
{
	__builtin_prefetch(&t->cells[key & (t->size - 1)], 1);
}

/* Move all into a table twice as large; false when a window overflowed even
 * there (then it is tried larger still, or left as it is at the limit). */
static bool
grow_to(struct cells *t, size_t size)
{
	struct cell *cells = status_calloc(size, sizeof(*cells));

	for (size_t i = 0; i < t->size; i++) {
		struct cell *to;

		if (t->cells[i].key == 0)
			continue;
		to = probe(cells, size, t->cells[i].key);
		if (to == NULL) {
			free(cells);
			return false;
		}
		*to = t->cells[i];
	}
	free(t->cells);
	t->cells = cells;
	t->size = size;
	return true;
}

static bool
grow(struct cells *t)
{
	for (size_t size = t->size * 2; size <= t->limit; size *= 2) {
		if (grow_to(t, size))
			return true;
	}
	return false;
}

/* The least worth keeping of a full window, if any may be given up. */
static struct cell *
victim(struct cells *t, uint64_t key, int32_t today)
{
	struct cell *worst = NULL;

	for (size_t i = 0; i < WINDOW; i++) {
		struct cell *c = &t->cells[(key + i) & (t->size - 1)];
		unsigned days = (unsigned)__builtin_popcountll(c->bits);

		if (days > IMMATURE_DAYS || today - c->anchor < STALE_DAYS)
			continue;
		if (worst == NULL || c->anchor < worst->anchor)
			worst = c;
	}
	return worst;
}

struct cell *
cells_add(struct cells *t, uint64_t key, int32_t today)
{
	struct cell *c;

	if (t->count * 4 > t->size * 3)
		(void)grow(t);
	c = probe(t->cells, t->size, key);
	/* Twice the room does not always make any in this window. */
	while (c == NULL && grow(t))
		c = probe(t->cells, t->size, key);
	if (c == NULL) {
		c = victim(t, key, today);
		if (c == NULL) {
			t->refused++;
			return NULL;
		}
		*c = (struct cell){ 0 };
		t->count--;
	}
	if (c->key == 0) {
		c->key = key;
		c->first_day = today;
		t->count++;
	}
	return c;
}

size_t
cells_count(const struct cells *t)
{
	return t->count;
}

uint64_t
cells_refused(const struct cells *t)
{
	return t->refused;
}

size_t
cells_bytes(const struct cells *t)
{
	return t->size * sizeof(*t->cells);
}

void
cells_save(const struct cells *t, const struct image_writer *w, unsigned region)
{
	image_put(w, region, t->cells, cells_bytes(t));
}

bool
cells_load(struct cells *t, const struct image_reader *r, unsigned region)
{
	struct span bytes = image_get(r, region);
	size_t size = bytes.len / sizeof(*t->cells);

	if (size == 0 || (size & (size - 1)) != 0 ||
	    bytes.len != size * sizeof(*t->cells))
		return bytes.len == 0;
	free(t->cells);
	t->cells = status_calloc(size, sizeof(*t->cells));
	memcpy(t->cells, bytes.at, bytes.len);
	t->size = size;
	t->count = 0;
	for (size_t i = 0; i < size; i++)
		t->count += t->cells[i].key != 0;
	return true;
}

/* A dense array of rows and an open-addressed index of positions + 1. */
#include "detect/activities.h"

#include <stdlib.h>
#include <string.h>

#include "base/fetch.h"
#include "base/status.h"

#define FIRST_INDEX ((size_t)256)

/* Regions of an image, from the first. */
enum { REGION_ROWS, REGION_LESSONS };

struct activities {
	struct activity_row *rows;
	size_t count, room, limit;
	uint32_t *index;
	size_t size; /* of the index, power of two, at most half full */
	struct lesson *lessons; /* of all rows, in their order */
	size_t nlessons, lessons_room, lessons_limit;
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
	t->lessons_limit = limit_bytes / 2 / sizeof(struct lesson);
	return t;
}

void
activities_free(struct activities *t)
{
	if (t == NULL)
		return;
	free(t->rows);
	free(t->index);
	free(t->lessons);
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

void
activities_expect(const struct activities *t, uint64_t key, bool soon)
{
	const uint32_t *slot = &t->index[key & (t->size - 1)];

	if (!soon) {
		__builtin_prefetch(slot, 1);
	} else if (*slot != 0) {
		fetch_lines(&t->rows[*slot - 1], sizeof(*t->rows));
	}
}

struct activity_row *
activities_add(struct activities *t, uint64_t key, bool *fresh)
{
	uint32_t *slot = slot_of(t, key);

	*fresh = false;
	if (*slot)
		return &t->rows[*slot - 1];
	if (t->count >= t->limit) {
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
	if (t->nlessons + count > t->lessons_limit)
		return NULL;
	if (t->nlessons + count > t->lessons_room) {
		size_t room = t->lessons_room ? t->lessons_room : 256;

		while (room < t->nlessons + count)
			room *= 2;
		t->lessons =
		    status_realloc(t->lessons, room, sizeof(*t->lessons));
		t->lessons_room = room;
	}
	return t->lessons + t->nlessons;
}

void
activities_keep(struct activities *t, struct activity_row *row, size_t used)
{
	ASSERT(used <= UINT16_MAX && t->nlessons + used <= t->lessons_room);
	row->lessons = (uint32_t)t->nlessons;
	row->nlessons = (uint16_t)used;
	t->nlessons += used;
}

const struct lesson *
activities_taught(const struct activities *t, const struct activity_row *row)
{
	return t->lessons + row->lessons;
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
	t->nlessons = 0;
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
	       t->lessons_room * sizeof(*t->lessons);
}

void
activities_save(
    const struct activities *t, const struct image_writer *w, unsigned first)
{
	image_put(w, first + REGION_ROWS, t->rows, t->count * sizeof(*t->rows));
	image_put(w, first + REGION_LESSONS, t->lessons,
	    t->nlessons * sizeof(*t->lessons));
}

static bool
load_lessons(struct activities *t, struct span bytes)
{
	size_t count = bytes.len / sizeof(*t->lessons);

	if (bytes.len % sizeof(*t->lessons) != 0 || count > UINT32_MAX)
		return false;
	t->lessons = status_calloc(count, sizeof(*t->lessons));
	if (count > 0)
		memcpy(t->lessons, bytes.at, bytes.len);
	t->nlessons = t->lessons_room = count;
	for (size_t i = 0; i < t->count; i++) {
		if (t->rows[i].lessons > count ||
		    t->rows[i].nlessons > count - t->rows[i].lessons ||
		    t->rows[i].nraised > ACTIVITY_RAISED_MAX)
			return false;
	}
	return true;
}

bool
activities_load(struct activities *t, const struct image_reader *r,
    unsigned first, uint64_t refused)
{
	struct span bytes = image_get(r, first + REGION_ROWS);
	size_t count = bytes.len / sizeof(*t->rows);

	if (bytes.len % sizeof(*t->rows) != 0 || count > UINT32_MAX / 4)
		return false;
	if (count > 0) {
		t->rows = status_calloc(count, sizeof(*t->rows));
		memcpy(t->rows, bytes.at, bytes.len);
		t->count = t->room = count;
		while (t->size < count * 2)
			t->size *= 2;
		t->size /= 2; /* which grow_index() doubles */
		grow_index(t);
	}
	t->refused = refused;
	return load_lessons(t, image_get(r, first + REGION_LESSONS));
}

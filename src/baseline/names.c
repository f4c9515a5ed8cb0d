#include "baseline/names.h"

#include <stdlib.h>

#include "base/status.h"

struct name {
	uint64_t key; /* 0: free */
	uint32_t at, len;
};

/* Regions of an image, from the first. */
enum { REGION_ROWS, REGION_TEXT };

struct names {
	struct name *rows; /* in the order they came */
	size_t count, room;
	uint32_t *index; /* positions + 1 */
	size_t size;	 /* power of two, at most half full */
	char *text;	 /* grows at its end only */
	size_t len, text_room;
	size_t limit_bytes;
};

#define FIRST_ROWS ((size_t)32)
#define FIRST_TEXT ((size_t)1024)

static uint32_t *
slot_of(const struct names *t, uint64_t key)
{
	size_t i = key & (t->size - 1);

	while (t->index[i] != 0 && t->rows[t->index[i] - 1].key != key)
		i = (i + 1) & (t->size - 1);
	return &t->index[i];
}

static void
make_index(struct names *t, size_t size)
{
	free(t->index);
	t->size = size;
	t->index = status_calloc(size, sizeof(*t->index));
	for (size_t i = 0; i < t->count; i++)
		*slot_of(t, t->rows[i].key) = (uint32_t)(i + 1);
}

struct names *
names_new(size_t limit_bytes)
{
	struct names *t = status_calloc(1, sizeof(*t));

	t->limit_bytes =
	    limit_bytes < UINT32_MAX / 2 ? limit_bytes : UINT32_MAX / 2;
	make_index(t, FIRST_ROWS * 2);
	return t;
}

void
names_free(struct names *t)
{
	if (t == NULL)
		return;
	free(t->rows);
	free(t->index);
	free(t->text);
	free(t);
}

/* Room for `len` bytes more; false at the limit. */
static bool
reserve(struct names *t, size_t len)
{
	size_t room = t->text_room ? t->text_room : FIRST_TEXT;

	if (t->len + len > t->limit_bytes)
		return false;
	while (room < t->len + len)
		room *= 2;
	if (room != t->text_room) {
		t->text = status_realloc(t->text, room, 1);
		t->text_room = room;
	}
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : FIRST_ROWS;
		t->rows = status_realloc(t->rows, t->room, sizeof(*t->rows));
		make_index(t, t->room * 2);
	}
	return true;
}

void
names_add(struct names *t, uint64_t key, struct span text)
{
	struct span kept = span_first(text, NAMES_TEXT_BYTES);

	if (key == 0 || kept.len == 0 || *slot_of(t, key) != 0 ||
	    !reserve(t, kept.len))
		return;
	memcpy(t->text + t->len, kept.at, kept.len);
	t->rows[t->count] =
	    (struct name){ key, (uint32_t)t->len, (uint32_t)kept.len };
	t->len += kept.len;
	*slot_of(t, key) = (uint32_t)(t->count + 1);
	t->count++;
}

struct span
names_of(const struct names *t, uint64_t key)
{
	uint32_t at = *slot_of(t, key);

	if (at == 0)
		return span_of(NULL, 0);
	return span_of(t->text + t->rows[at - 1].at, t->rows[at - 1].len);
}

size_t
names_count(const struct names *t)
{
	return t->count;
}

size_t
names_bytes(const struct names *t)
{
	return t->room * sizeof(*t->rows) + t->size * sizeof(*t->index) +
	       t->text_room;
}

void
names_save(const struct names *t, const struct image_writer *w, unsigned first)
{
	image_put(w, first + REGION_ROWS, t->rows, t->count * sizeof(*t->rows));
	image_put(w, first + REGION_TEXT, t->text, t->len);
}

bool
names_load(struct names *t, const struct image_reader *r, unsigned first)
{
	struct span rows = image_get(r, first + REGION_ROWS), text;
	size_t count = rows.len / sizeof(*t->rows), room = FIRST_ROWS;

	if (rows.len % sizeof(*t->rows) != 0 || count > UINT32_MAX / 4)
		return false;
	if (count == 0)
		return true;
	while (room < count)
		room *= 2;
	t->rows = status_calloc(room, sizeof(*t->rows));
	t->room = room;
	t->count = count;
	memcpy(t->rows, rows.at, rows.len);
	text = image_get(r, first + REGION_TEXT);
	for (size_t i = 0; i < count; i++) {
		if (t->rows[i].at > text.len ||
		    t->rows[i].len > text.len - t->rows[i].at)
			return false;
	}
	t->text = status_calloc(text.len + 1, 1);
	if (text.len > 0)
		memcpy(t->text, text.at, text.len);
	t->len = text.len;
	t->text_room = text.len + 1;
	make_index(t, room * 2);
	return true;
}

#include "detect/states.h"

#include <stdlib.h>
#include <string.h>

#include "base/fetch.h"
#include "base/status.h"

#define HEAD_BYTES 16
#define FIRST_INDEX ((size_t)64)
/* What most look at of a state. */
#define EXPECTED_BYTES ((size_t)2 * FETCH_LINE)

struct head {
	uint64_t key;
	int64_t used_us;
};

_Static_assert(sizeof(struct head) == HEAD_BYTES, "states stay aligned");

struct states {
	char *rows; /* head and state, `stride` bytes each */
	size_t stride;
	size_t count, room, limit;
	uint32_t *index;
	size_t size;
	int64_t ttl_us;
	uint64_t refused;
};

struct states *
states_new(size_t state_size, size_t limit_bytes, int64_t ttl_us)
{
	struct states *t = status_calloc(1, sizeof(*t));

	t->stride = HEAD_BYTES + ((state_size + 15) & ~(size_t)15);
	t->limit = limit_bytes / (t->stride + 8) + 16;
	t->size = FIRST_INDEX;
	t->index = status_calloc(t->size, sizeof(*t->index));
	t->ttl_us = ttl_us;
	return t;
}

void
states_free(struct states *t)
{
	if (t == NULL)
		return;
	free(t->rows);
	free(t->index);
	free(t);
}

static struct head *
row(const struct states *t, size_t i)
{
	return (struct head *)(void *)(t->rows + i * t->stride);
}

static uint32_t *
slot_of(struct states *t, uint64_t key)
{
	size_t i = key & (t->size - 1);

	while (t->index[i] != 0 && row(t, t->index[i] - 1)->key != key)
		i = (i + 1) & (t->size - 1);
	return &t->index[i];
}

static void
rebuild_index(struct states *t, size_t size)
{
	if (size != t->size || t->index == NULL) {
		free(t->index);
		t->index = status_calloc(size, sizeof(*t->index));
		t->size = size;
	} else {
		memset(t->index, 0, size * sizeof(*t->index));
	}
	for (size_t i = 0; i < t->count; i++)
		*slot_of(t, row(t, i)->key) = (uint32_t)(i + 1);
}

/* Close the ranks over states unused since before `horizon_us`. */
static void
expire(struct states *t, int64_t horizon_us)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (row(t, i)->used_us < horizon_us)
			continue;
		if (kept != i)
			memcpy(row(t, kept), row(t, i), t->stride);
		kept++;
	}
	t->count = kept;
	rebuild_index(t, t->size);
}

static void
make_room(struct states *t, int64_t now_us)
{
	if (t->count < t->room)
		return;
	/* Before growing, and at the limit, let go of what is too old; at
	 * the limit at most once per sixteenth, to bound the work. */
	if (t->room != 0 && t->refused % (t->limit / 16 + 1) == 0)
		expire(t, now_us - t->ttl_us);
	if (t->count < t->room || t->room >= t->limit)
		return;
	t->room = t->room ? t->room * 2 : 16;
	if (t->room > t->limit)
		t->room = t->limit;
	t->rows = status_realloc(t->rows, t->room, t->stride);
}

void *
states_get(struct states *t, uint64_t key, int64_t now_us)
{
	uint32_t *slot = slot_of(t, key);
	struct head *head;

	if (*slot) {
		head = row(t, *slot - 1);
		if (head->used_us < now_us - t->ttl_us)
			memset(head + 1, 0, t->stride - HEAD_BYTES);
		if (head->used_us < now_us)
			head->used_us = now_us;
		return head + 1;
	}
	make_room(t, now_us);
	if (t->count >= t->room) {
		t->refused++;
		return NULL;
	}
	head = row(t, t->count++);
	memset(head, 0, t->stride);
	head->key = key;
	head->used_us = now_us;
	if (t->count * 2 > t->size)
		rebuild_index(t, t->size * 2);
	else
		*slot_of(t, key) = (uint32_t)t->count;
	return head + 1;
}

void
states_expect(const struct states *t, uint64_t key, bool soon)
{
	const uint32_t *slot = &t->index[key & (t->size - 1)];

	if (!soon) {
		__builtin_prefetch(slot);
	} else if (*slot != 0) {
		fetch_lines(row(t, *slot - 1),
		    t->stride < EXPECTED_BYTES ? t->stride : EXPECTED_BYTES);
	}
}

uint64_t
states_refused(const struct states *t)
{
	return t->refused;
}

size_t
states_bytes(const struct states *t)
{
	return t->room * t->stride + t->size * sizeof(*t->index);
}

void
states_save(const struct states *t, const struct image_writer *w,
    unsigned region, struct buf *head)
{
	pack_u64(head, t->refused);
	pack_u64(head, t->room);
	image_put(w, region, t->rows, t->count * t->stride);
}

/* As much room as it had, within the bounds of now. */
static size_t
room_of(const struct states *t, uint64_t room, size_t count)
{
	if (room > t->limit)
		room = t->limit;
	return room > count ? (size_t)room : count;
}

bool
states_load(struct states *t, const struct image_reader *r, unsigned region,
    struct unpack *head)
{
	struct span bytes = image_get(r, region);
	size_t count = bytes.len / t->stride;
	uint64_t room;

	t->refused = unpack_u64(head);
	room = unpack_u64(head);
	if (head->failed || bytes.len % t->stride != 0 ||
	    count > UINT32_MAX / 4)
		return false;
	t->count = count;
	t->room = room_of(t, room, count);
	if (t->room == 0)
		return true;
	t->rows = status_calloc(t->room, t->stride);
	if (count > 0)
		memcpy(t->rows, bytes.at, bytes.len);
	free(t->index);
	t->index = NULL;
	while (t->size < count * 2)
		t->size *= 2;
	rebuild_index(t, t->size);
	return true;
}

void
states_skip(struct unpack *head)
{
	(void)unpack_u64(head);
	(void)unpack_u64(head);
}

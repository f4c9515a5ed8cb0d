/*
 * A generation is the list of its keys in the order they came and an open-
 * addressed index of positions: the list grows at its end only, so that
 * storing what is new touches few pages.  Full, it becomes the older
 * generation and the older one is dropped.
 *
 * Most keys are new.  The bits of a slot that positions leave free hold some
 * of the key's, so that a new one is known as such without a look at another.
 */
#include "detect/dedup.h"

#include <stdlib.h>

#include "base/pack.h"
#include "base/status.h"

#define FIRST_KEYS ((size_t)64) /* many tenants say little */
#define LEAST_HORIZON ((size_t)1024)

struct id_key {
	uint64_t word[2]; /* never both 0 */
};

struct generation {
	struct id_key *keys;
	size_t count, room;
	uint32_t *index; /* positions + 1, and bits of the key above */
	size_t size;	 /* power of two, at most half full */
};

/* Regions of an image, from the first; the generations take turns. */
enum { REGION_HEAD, REGION_EVEN, REGION_ODD };

struct dedup {
	struct generation young, old;
	size_t horizon;
	uint64_t turns;
};

struct dedup *
dedup_new(size_t horizon)
{
	struct dedup *d = status_calloc(1, sizeof(*d));

	d->horizon = horizon > LEAST_HORIZON ? horizon : LEAST_HORIZON;
	return d;
}

static void
generation_free(struct generation *g)
{
	free(g->keys);
	free(g->index);
	*g = (struct generation){ 0 };
}

void
dedup_free(struct dedup *d)
{
	if (d == NULL)
		return;
	generation_free(&d->young);
	generation_free(&d->old);
	free(d);
}

/* A position + 1 is less than the size of the index. */
static uint32_t
slot_value(const struct generation *g, const uint64_t key[2], size_t position)
{
	uint32_t mask = (uint32_t)(g->size - 1);

	return ((uint32_t)key[1] & ~mask) | (uint32_t)(position + 1);
}

/* The index slot that leads to the key, or the free one where it would go. */
static uint32_t *
slot_of(const struct generation *g, const uint64_t key[2])
{
	uint32_t mask = (uint32_t)(g->size - 1);
	uint32_t i = (uint32_t)key[0] & mask;

	for (; g->index[i] != 0; i = (i + 1) & mask) {
		const struct id_key *k;

		if ((((uint32_t)key[1] ^ g->index[i]) & ~mask) != 0)
			continue;
		k = &g->keys[(g->index[i] & mask) - 1];
		if (k->word[0] == key[0] && k->word[1] == key[1])
			break;
	}
	return &g->index[i];
}

/* Make the index `size` slots large and enter all keys. */
static void
make_index(struct generation *g, size_t size)
{
	free(g->index);
	g->size = size;
	g->index = status_calloc(size, sizeof(*g->index));
	for (size_t i = 0; i < g->count; i++)
		*slot_of(g, g->keys[i].word) =
		    slot_value(g, g->keys[i].word, i);
}

static void
grow(struct generation *g)
{
	g->room = g->room ? g->room * 2 : FIRST_KEYS;
	g->keys = status_realloc(g->keys, g->room, sizeof(*g->keys));
	make_index(g, g->room * 2);
}

static void
turn(struct dedup *d)
{
	generation_free(&d->old);
	d->old = d->young;
	d->young = (struct generation){ 0 };
	d->turns++;
}

bool
dedup_seen(struct dedup *d, const uint64_t key[2])
{
	uint32_t *slot;

	if (d->old.count > 0 && *slot_of(&d->old, key) != 0)
		return true;
	if (d->young.count >= d->horizon)
		turn(d);
	if (d->young.count == d->young.room)
		grow(&d->young);
	slot = slot_of(&d->young, key);
	if (*slot != 0)
		return true;
	d->young.keys[d->young.count] = (struct id_key){ { key[0], key[1] } };
	*slot = slot_value(&d->young, key, d->young.count++);
	return false;
}

static void
expect(const struct generation *g, const uint64_t key[2])
{
	if (g->size > 0)
		__builtin_prefetch(&g->index[key[0] & (g->size - 1)]);
}

void
dedup_expect(const struct dedup *d, const uint64_t key[2])
{
	expect(&d->old, key);
	expect(&d->young, key);
}

static size_t
generation_bytes(const struct generation *g)
{
	return g->room * sizeof(*g->keys) + g->size * sizeof(*g->index);
}

size_t
dedup_bytes(const struct dedup *d)
{
	return generation_bytes(&d->young) + generation_bytes(&d->old);
}

static unsigned
region_of(uint64_t turn_number)
{
	return turn_number % 2 ? REGION_ODD : REGION_EVEN;
}

void
dedup_save(const struct dedup *d, const struct image_writer *w, unsigned first)
{
	struct buf head = { 0 };

	pack_u64(&head, d->turns);
	image_put(w, first + REGION_HEAD, head.at, head.len);
	image_put(w, first + region_of(d->turns), d->young.keys,
	    d->young.count * sizeof(struct id_key));
	image_put(w, first + region_of(d->turns + 1), d->old.keys,
	    d->old.count * sizeof(struct id_key));
	buf_done(&head);
}

static bool
load_generation(struct generation *g, struct span bytes)
{
	size_t count = bytes.len / sizeof(struct id_key), room = FIRST_KEYS;

	if (bytes.len % sizeof(struct id_key) != 0 || count > UINT32_MAX / 4)
		return false;
	if (count == 0)
		return true;
	while (room < count)
		room *= 2;
	g->keys = status_calloc(room, sizeof(*g->keys));
	g->room = room;
	memcpy(g->keys, bytes.at, bytes.len);
	g->count = count;
	make_index(g, room * 2);
	return true;
}

bool
dedup_load(struct dedup *d, const struct image_reader *r, unsigned first)
{
	struct unpack head = unpack_of(image_get(r, first + REGION_HEAD));

	d->turns = unpack_u64(&head);
	return unpack_is_whole(&head) &&
	       load_generation(
		   &d->young, image_get(r, first + region_of(d->turns))) &&
	       load_generation(
		   &d->old, image_get(r, first + region_of(d->turns + 1)));
}

/*
 * A generation is an open-addressed table of whole 128-bit keys that grows to
 * its limit; then the older generation is dropped and the full one becomes
 * the older.
 */
#include "detect/dedup.h"

#include <stdlib.h>

#include "base/status.h"

#define FIRST_SLOTS ((size_t)64) /* many tenants say little */
#define LEAST_HORIZON ((size_t)1024)

struct slot {
	uint64_t key[2]; /* both 0: free */
};

struct generation {
	struct slot *slots;
	size_t size; /* power of two, at most 3/4 full */
	size_t count;
};

struct dedup {
	struct generation young, old;
	size_t horizon;
};

struct dedup *
dedup_new(size_t horizon)
{
	struct dedup *d = status_calloc(1, sizeof(*d));

	d->horizon = horizon > LEAST_HORIZON ? horizon : LEAST_HORIZON;
	return d;
}

void
dedup_free(struct dedup *d)
{
	if (d == NULL)
		return;
	free(d->young.slots);
	free(d->old.slots);
	free(d);
}

/* The slot that holds the key, or the free one where it would go. */
static struct slot *
slot_of(const struct generation *g, const uint64_t key[2])
{
	size_t i = key[0] & (g->size - 1);

	while ((g->slots[i].key[0] | g->slots[i].key[1]) != 0) {
		if (g->slots[i].key[0] == key[0] &&
		    g->slots[i].key[1] == key[1])
			break;
		i = (i + 1) & (g->size - 1);
	}
	return &g->slots[i];
}

static void
grow(struct generation *g)
{
	struct generation next = { 0 };

	next.size = g->size ? g->size * 2 : FIRST_SLOTS;
	next.count = g->count;
	next.slots = status_calloc(next.size, sizeof(*next.slots));
	for (size_t i = 0; i < g->size; i++) {
		if ((g->slots[i].key[0] | g->slots[i].key[1]) != 0)
			*slot_of(&next, g->slots[i].key) = g->slots[i];
	}
	free(g->slots);
	*g = next;
}

static void
turn(struct dedup *d)
{
	free(d->old.slots);
	d->old = d->young;
	d->young = (struct generation){ 0 };
}

bool
dedup_seen(struct dedup *d, const uint64_t key[2])
{
	struct slot *s;

	if (d->old.size != 0 && slot_of(&d->old, key)->key[0] == key[0] &&
	    slot_of(&d->old, key)->key[1] == key[1])
		return true;
	if (d->young.count >= d->horizon)
		turn(d);
	if (d->young.count * 4 >= d->young.size * 3)
		grow(&d->young);
	s = slot_of(&d->young, key);
	if (s->key[0] == key[0] && s->key[1] == key[1])
		return true;
	s->key[0] = key[0];
	s->key[1] = key[1];
	d->young.count++;
	return false;
}

size_t
dedup_bytes(const struct dedup *d)
{
	return (d->young.size + d->old.size) * sizeof(struct slot);
}

#include "stats/space_saving.h"

#include <stddef.h>

static uint32_t
add_saturated(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static unsigned
smallest(const struct space_saving *s)
{
	unsigned least = 0;

	for (unsigned i = 1; i < s->used; i++)
		if (s->count[i] < s->count[least])
			least = i;
	return least;
}

unsigned
space_saving_find(const struct space_saving *s, uint64_t key)
{
	for (unsigned i = 0; i < s->used; i++)
		if (s->key[i] == key)
			return i;
	return SPACE_SAVING_SLOTS;
}

unsigned
space_saving_add(
    struct space_saving *s, uint64_t key, uint32_t weight, uint64_t *evicted)
{
	unsigned i = space_saving_find(s, key);

	if (evicted != NULL)
		*evicted = key;
	s->total += weight;
	if (i < SPACE_SAVING_SLOTS) {
		s->count[i] = add_saturated(s->count[i], weight);
		return i;
	}
	if (s->used < SPACE_SAVING_SLOTS) {
		i = s->used++;
		s->count[i] = weight;
		s->error[i] = 0;
	} else {
		i = smallest(s);
		if (evicted != NULL)
			*evicted = s->key[i];
		s->error[i] = s->count[i];
		s->count[i] = add_saturated(s->count[i], weight);
	}
	s->key[i] = key;
	return i;
}

uint32_t
space_saving_count(const struct space_saving *s, uint64_t key)
{
	unsigned i = space_saving_find(s, key);

	if (i < SPACE_SAVING_SLOTS)
		return s->count[i];
	return s->used < SPACE_SAVING_SLOTS ? 0 : s->count[smallest(s)];
}

unsigned
space_saving_rank(const struct space_saving *s, unsigned rank)
{
	for (unsigned i = 0; i < s->used; i++) {
		unsigned before = 0;

		for (unsigned j = 0; j < s->used; j++)
			before += s->count[j] > s->count[i] ||
				  (s->count[j] == s->count[i] && j < i);
		if (before == rank)
			return i;
	}
	return SPACE_SAVING_SLOTS;
}

void
space_saving_halve(struct space_saving *s)
{
	for (unsigned i = 0; i < s->used; i++) {
		s->count[i] = s->count[i] / 2 + s->count[i] % 2;
		s->error[i] = s->error[i] / 2 + s->error[i] % 2;
	}
	s->total = s->total / 2 + s->total % 2;
}

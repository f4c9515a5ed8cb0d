#include "detect/waves.h"

#include <string.h>

#include "base/status.h"

#define SHARE 3 /* one of so many peers */

_Static_assert(sizeof(struct wave_row) == 24 + 8 * WAVES_ACTORS,
    "rows are stored as they lie");

/* Where the row of a value is; WAVES_MAX: there is none. */
static size_t
place_of(const struct waves *w, uint64_t key)
{
	size_t i = 0;

	ASSERT(key != 0);
	while (i < WAVES_MAX && w->rows[i].key != key)
		i++;
	return i;
}

unsigned
waves_add(struct waves *w, uint64_t key, uint64_t actor, int64_t hour)
{
	struct wave_row *r;
	size_t at;

	ASSERT(w != NULL);
	at = place_of(w, key);
	r = at < WAVES_MAX ? &w->rows[at] : NULL;

	if (r == NULL || hour > r->hour + (r->is_shared ? WAVES_STAY : 1) ||
	    hour < r->hour - 1) {
		if (r == NULL)
			r = &w->rows[w->next++ % WAVES_MAX];
		*r = (struct wave_row){ .key = key, .hour = hour };
	}
	for (uint32_t i = 0; i < r->count; i++) {
		if (r->actors[i] == actor)
			return r->count;
	}
	if (r->count < WAVES_ACTORS)
		r->actors[r->count++] = actor;
	if (hour > r->hour)
		r->hour = hour;
	return r->count;
}

bool
waves_is_one(unsigned actors, double peers)
{
	return actors >= WAVES_LEAST &&
	       (actors >= WAVES_ACTORS || SHARE * actors >= peers);
}

void
waves_note(
    struct waves *w, uint64_t identity, const uint64_t *keys, size_t count)
{
	struct wave_told *t;

	if (count == 0 || count > WAVES_KEYS)
		return;
	t = &w->told[w->next_told++ % WAVES_TOLD];
	*t = (struct wave_told){ .identity = identity };
	memcpy(t->keys, keys, count * sizeof(*keys));
}

bool
waves_share(struct waves *w, uint64_t key)
{
	size_t at = place_of(w, key);

	if (at == WAVES_MAX || w->rows[at].is_shared)
		return false;
	w->rows[at].is_shared = true;
	return true;
}

/* The row of a value that is a wave, or NULL. */
static const struct wave_row *
shared_row(const struct waves *w, uint64_t key)
{
	size_t at = place_of(w, key);

	return at < WAVES_MAX && w->rows[at].is_shared ? &w->rows[at] : NULL;
}

bool
waves_is_shared(const struct waves *w, uint64_t key, int64_t hour)
{
	const struct wave_row *r = shared_row(w, key);

	return r != NULL && hour <= r->hour + WAVES_STAY;
}

static bool
rests_on(const struct wave_told *t, uint64_t key)
{
	for (size_t i = 0; i < WAVES_KEYS; i++) {
		if (t->keys[i] == key)
			return true;
	}
	return false;
}

static bool
is_excused(const struct waves *w, const struct wave_told *t)
{
	for (size_t i = 0; i < WAVES_KEYS && t->keys[i] != 0; i++) {
		if (shared_row(w, t->keys[i]) == NULL)
			return false;
	}
	return true;
}

/* How many events of an identity were noted, when all are excused. */
static size_t
excused_of(const struct waves *w, uint64_t identity)
{
	size_t count = 0;

	for (size_t i = 0; i < WAVES_TOLD; i++) {
		if (w->told[i].identity != identity)
			continue;
		if (!is_excused(w, &w->told[i]))
			return 0;
		count++;
	}
	return count;
}

size_t
waves_excused(
    const struct waves *w, uint64_t key, size_t *at, uint64_t *identity)
{
	while (*at < WAVES_TOLD) {
		const struct wave_told *t = &w->told[(*at)++];
		size_t count;

		if (t->identity == 0 || !rests_on(t, key))
			continue;
		count = excused_of(w, t->identity);
		*identity = t->identity;
		if (count > 0)
			return count;
	}
	return 0;
}

void
waves_save(
    const struct waves *w, const struct image_writer *to, unsigned region)
{
	image_put(to, region, w, w->next > 0 ? sizeof(*w) : 0);
}

bool
waves_load(struct waves *w, const struct image_reader *from, unsigned region)
{
	struct span bytes = image_get(from, region);

	if (span_is_empty(bytes))
		return true; /* none, or made before there were any */
	if (bytes.len != sizeof(*w) &&
	    bytes.len != offsetof(struct waves, told))
		return false; /* the latter: before what was told was noted */
	memcpy(w, bytes.at, bytes.len);
	for (size_t i = 0; i < WAVES_MAX; i++) {
		if (w->rows[i].count > WAVES_ACTORS)
			return false;
	}
	return true;
}

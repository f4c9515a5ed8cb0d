#include "detect/waves.h"

#include <string.h>

#include "base/status.h"

#define SHARE 3 /* one of so many peers */

_Static_assert(sizeof(struct wave_row) == 24 + 8 * WAVES_ACTORS,
    "rows are stored as they lie");

static struct wave_row *
row_of(struct waves *w, uint64_t key)
{
	for (size_t i = 0; i < WAVES_MAX; i++) {
		if (w->rows[i].key == key)
			return &w->rows[i];
	}
	return NULL;
}

unsigned
waves_add(struct waves *w, uint64_t key, uint64_t actor, int64_t hour)
{
	struct wave_row *r = row_of(w, key ? key : 1);

	if (r == NULL || hour > r->hour + 1 || hour < r->hour - 1) {
		if (r == NULL)
			r = &w->rows[w->next++ % WAVES_MAX];
		*r = (struct wave_row){ .key = key ? key : 1, .hour = hour };
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
	if (bytes.len != sizeof(*w))
		return false;
	memcpy(w, bytes.at, sizeof(*w));
	for (size_t i = 0; i < WAVES_MAX; i++) {
		if (w->rows[i].count > WAVES_ACTORS)
			return false;
	}
	return true;
}

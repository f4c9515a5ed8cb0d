/*
 * A tenant as regions of plain bytes: a head that says what there is, the
 * baseline, the memory of ids, a few regions for each lane, and one for each
 * detector that keeps states.
 */
#include <stdlib.h>

#include "base/pack.h"
#include "detect/engine_internal.h"

/* Bump when a lane, an activity or the head change their layout. */
#define IMAGE_VERSION 3
/* The one before, which did not know what lanes carry and did not keep
 * repetitions apart by kind of log, is read too. */
#define IMAGE_VERSION_PLAIN 2

/* The regions of an image; IMAGE_REGIONS bounds the last. */
#define REGION_HEAD 0
#define REGION_BASELINE 8
#define REGION_DEDUP (REGION_BASELINE + BASELINE_REGIONS)
#define REGION_KNOWN 32
#define REGION_PASSING 40
#define REGION_WAITING 48
#define REGION_WAVES 49
#define REGION_LANES 64
#define REGION_STATES 32768
#define LANE_STRIDE 8
#define LANES_MAX ((REGION_STATES - REGION_LANES) / LANE_STRIDE)

_Static_assert(LANE_REGIONS <= LANE_STRIDE, "lanes stay apart");
_Static_assert(REGION_DEDUP + DEDUP_REGIONS <= REGION_KNOWN, "no overlap");
_Static_assert(
    REGION_KNOWN + INVENTORY_REGIONS <= REGION_PASSING, "no overlap");
_Static_assert(
    REGION_PASSING + INVENTORY_REGIONS <= REGION_WAITING, "no overlap");

static void
save_lanes(
    const struct tenant *t, const struct image_writer *w, struct buf *head)
{
	unsigned count = 0;

	for (const struct lane *l = t->lanes; l != NULL; l = l->next)
		count++;
	ASSERT(count < LANES_MAX);
	pack_u64(head, count);
	count = 0;
	for (const struct lane *l = t->lanes; l != NULL; l = l->next) {
		pack_u64(head, l->source);
		pack_u64(head, l->key);
		pack_u64(head, l->carried);
		lane_save(l, w, REGION_LANES + LANE_STRIDE * count++);
	}
}

static void
save_states(
    const struct tenant *t, const struct image_writer *w, struct buf *head)
{
	const struct engine *e = t->engine;

	for (size_t i = 0; i < e->nrows; i++) {
		const struct detector_row *row = e->rows[i].row;
		unsigned region =
		    REGION_STATES + (unsigned)(row - detector_table);

		if (t->states[i] == NULL)
			continue;
		pack_u64(head, region);
		pack_span(head, span_str(row->name));
		pack_u64(head, row->detector->state_version);
		pack_u64(head, row->detector->state_size);
		states_save(t->states[i], w, region, head);
	}
	pack_u64(head, 0);
}

void
engine_tenant_save(const struct tenant *t, const struct image_writer *w)
{
	struct buf head = { 0 };

	pack_u64(&head, IMAGE_VERSION);
	pack_u64(&head, sizeof(struct activity_row));
	pack_u64(&head, t->events);
	pack_u64(&head, SOURCE_COUNT);
	for (enum source i = 0; i < SOURCE_COUNT; i++)
		pack_u64(&head, t->duplicates[i]);
	pack_u64(&head, t->held);
	baseline_save(t->baseline, w, REGION_BASELINE);
	dedup_save(t->dedup, w, REGION_DEDUP);
	inventory_save(t->known, w, REGION_KNOWN);
	inventory_save(t->passing, w, REGION_PASSING);
	waiting_save(&t->waiting, w, REGION_WAITING);
	if (t->waves != NULL)
		waves_save(t->waves, w, REGION_WAVES);
	save_lanes(t, w, &head);
	save_states(t, w, &head);
	image_put(w, REGION_HEAD, head.at, head.len);
	buf_done(&head);
}

/* What of a tenant's head stands before the states of its detectors. */
struct head {
	struct unpack rest;
	uint64_t version;
	uint64_t events, duplicates[SOURCE_COUNT], held;
};

static void
read_duplicates(struct head *h)
{
	uint64_t count = 1;

	if (h->version != IMAGE_VERSION_PLAIN)
		count = unpack_count(&h->rest, SOURCE_COUNT);
	for (uint64_t i = 0; i < count; i++)
		h->duplicates[i] = unpack_u64(&h->rest);
}

static bool
head_read(struct head *h, struct span bytes)
{
	*h = (struct head){ .rest = unpack_of(bytes) };
	h->version = unpack_u64(&h->rest);
	if ((h->version != IMAGE_VERSION &&
		h->version != IMAGE_VERSION_PLAIN) ||
	    unpack_u64(&h->rest) != sizeof(struct activity_row))
		return false;
	h->events = unpack_u64(&h->rest);
	read_duplicates(h);
	h->held = unpack_u64(&h->rest);
	return !h->rest.failed;
}

static struct engine_stream
stream_read(struct head *h)
{
	struct engine_stream s = { 0 };

	s.source = (enum source)unpack_count(&h->rest, SOURCE_COUNT - 1);
	s.key = unpack_u64(&h->rest);
	if (h->version != IMAGE_VERSION_PLAIN)
		s.carried = (unsigned)unpack_count(&h->rest, UINT32_MAX);
	return s;
}

static bool
load_lanes(struct tenant *t, const struct image_reader *r, struct head *h)
{
	uint64_t count = unpack_count(&h->rest, LANES_MAX);
	struct lane **at = &t->lanes;

	for (unsigned i = 0; i < count && !h->rest.failed; i++) {
		struct engine_stream s = stream_read(h);

		*at = engine_lane_new(t, s.source, s.key);
		(*at)->carried = s.carried;
		if (!lane_load(*at, r, REGION_LANES + LANE_STRIDE * i))
			return false;
		at = &(*at)->next;
	}
	return !h->rest.failed;
}

static struct engine_row *
row_named(const struct engine *e, struct span name)
{
	for (size_t i = 0; i < e->nrows; i++) {
		if (span_equal(name, span_str(e->rows[i].row->name)))
			return &e->rows[i];
	}
	return NULL;
}

static bool
load_states(struct tenant *t, const struct image_reader *r, struct unpack *head)
{
	for (;;) {
		uint64_t region = unpack_count(head, IMAGE_REGIONS - 1);
		const struct engine_row *row;
		uint64_t version, size;

		if (region == 0)
			return unpack_is_whole(head);
		row = row_named(t->engine, unpack_span(head));
		version = unpack_u64(head);
		size = unpack_u64(head);
		if (row == NULL || head->failed ||
		    version != row->row->detector->state_version ||
		    size != row->row->detector->state_size) {
			states_skip(head);
			continue;
		}
		if (!states_load(
			engine_states_of(t, row), r, (unsigned)region, head))
			return false;
	}
}

static bool
load_waves(struct tenant *t, const struct image_reader *r)
{
	if (span_is_empty(image_get(r, REGION_WAVES)))
		return true;
	t->waves = status_calloc(1, sizeof(*t->waves));
	return waves_load(t->waves, r, REGION_WAVES);
}

bool
engine_tenant_load(struct tenant *t, const struct image_reader *r)
{
	/* The head outlives the next get(). */
	struct buf copy = { 0 };
	struct head head;
	bool loaded;

	buf_add(&copy, image_get(r, REGION_HEAD));
	loaded = head_read(&head, buf_span(&copy));
	if (loaded) {
		t->events = head.events;
		memcpy(t->duplicates, head.duplicates, sizeof(t->duplicates));
		t->held = head.held;
		loaded = baseline_load(t->baseline, r, REGION_BASELINE) &&
			 dedup_load(t->dedup, r, REGION_DEDUP) &&
			 inventory_load(t->known, r, REGION_KNOWN) &&
			 inventory_load(t->passing, r, REGION_PASSING) &&
			 waiting_load(&t->waiting, r, REGION_WAITING) &&
			 load_waves(t, r) && load_lanes(t, r, &head) &&
			 load_states(t, r, &head.rest);
	}
	buf_done(&copy);
	if (!loaded) {
		engine_tenant_forget(t);
		return false;
	}
	memcpy(t->loaded_duplicates, t->duplicates, sizeof(t->duplicates));
	for (const struct lane *l = t->lanes; l != NULL; l = l->next)
		t->loaded_late[l->source] += l->late;
	return true;
}

bool
engine_known(const struct image_reader *r, const struct hash_key *key,
    void (*visit)(void *cookie, const struct inventory_row *row), void *cookie)
{
	static const unsigned regions[] = { REGION_KNOWN, REGION_PASSING };
	bool loaded = true;

	for (size_t i = 0; i < COUNTOF(regions) && loaded; i++) {
		struct inventory *t = inventory_new(0, key);

		loaded = inventory_load(t, r, regions[i]);
		if (loaded)
			inventory_each(t, visit, cookie);
		inventory_free(t);
	}
	return loaded;
}

bool
engine_streams(const struct image_reader *r,
    void (*visit)(void *cookie, const struct engine_stream *s), void *cookie)
{
	struct head head;
	uint64_t count;

	if (!head_read(&head, image_get(r, REGION_HEAD)))
		return false;
	count = unpack_count(&head.rest, LANES_MAX);
	for (unsigned i = 0; i < count; i++) {
		struct engine_stream s = stream_read(&head);

		if (head.rest.failed)
			return false;
		visit(cookie, &s);
	}
	return true;
}

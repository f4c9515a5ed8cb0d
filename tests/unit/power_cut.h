/*
 * power_cut.h - what a power cut leaves of a store, for tests.
 *
 * From the list of changes the disk is made that a cut after any number of
 * them may leave:
 *
 *   - What was written to a file before its last sync is there.
 *   - Each later write and truncation is kept, lost or torn, whatever became
 *     of those before and behind it: systems and disks write in their own
 *     order.  A torn write has its first sectors, or some of them; or only
 *     the file's length has grown, and zeros are there.  Bytes beside a write
 *     are never harmed, which is what SQLite relies on by default
 *     (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
 *   - Making and deleting a file is on the disk when the folder was synced.
 *     Later ones took place up to any of them, for each name by itself.  That
 *     some file systems write a file's name when the file is synced, and that
 *     SQLite syncs the folder of a new journal without heeding whether it
 *     could, is not counted on.
 *   - The file of the seal, which no one syncs, may be as it ever was.
 *   - The shared memory of the journal's index is gone.
 *
 * What has reached the disk stays as it is: a disk that forgets or changes
 * bytes is not modelled.
 */
#pragma once

#include "unit/store_recorder.h"

#define SECTOR ((size_t)512)

/* What a cut is made to believe, to show that syncs are what saves a store. */
enum deaf { DEAF_TO_NOTHING, DEAF_TO_SYNC, DEAF_TO_FOLDER };

/* Seeds that are no dice: all that was not synced is lost, or all is kept. */
enum { SEED_ALL_LOST, SEED_ALL_KEPT, SEEDS_RANDOM };

#define FILES_MAX 16
#define PENDING_MAX 4096

struct pending {
	size_t changes[PENDING_MAX];
	size_t count;
};

/* What is on the disk for certain after `position` changes, and what is
 * pending. */
struct cut {
	enum deaf deaf;
	size_t position;
	struct image files[FILES_MAX + 1]; /* by number */
	struct pending pending[FILES_MAX + 1];
	unsigned file_of[NAMES];
	struct pending names;
};

static inline struct cut *
cut_new(const struct disk *start, enum deaf deaf)
{
	struct cut *c = status_calloc(1, sizeof(*c));

	c->deaf = deaf;
	for (unsigned i = 0; i < NAMES; i++) {
		if (!start->there[i])
			continue;
		c->file_of[i] = i + 1;
		image_copy(&c->files[i + 1], &start->files[i]);
	}
	return c;
}

static inline void
cut_free(struct cut *c)
{
	for (size_t i = 0; i < COUNTOF(c->files); i++)
		free(c->files[i].at);
	free(c);
}

static inline void
add_pending(struct pending *p, size_t change)
{
	assert_true(p->count < PENDING_MAX);
	p->changes[p->count++] = change;
}

static inline void
change_apply(const struct change *c, struct image *to)
{
	if (c->kind == CHANGE_WRITE)
		image_write(to, c->at, c->bytes, c->len);
	else
		image_set_len(to, c->at);
}

static inline void
settle_file(struct cut *c, unsigned file)
{
	struct pending *p = &c->pending[file];

	for (size_t i = 0; i < p->count; i++)
		change_apply(&recorder.changes[p->changes[i]], &c->files[file]);
	p->count = 0;
}

static inline unsigned
file_after(const struct change *c)
{
	return c->kind == CHANGE_MAKE ? c->file : 0;
}

static inline void
settle_names(struct cut *c)
{
	for (size_t i = 0; i < c->names.count; i++) {
		const struct change *ch =
		    &recorder.changes[c->names.changes[i]];

		c->file_of[ch->name] = file_after(ch);
	}
	c->names.count = 0;
}

/* One change more took place before the cut. */
static inline void
cut_advance(struct cut *c)
{
	size_t at = c->position++;
	const struct change *ch = &recorder.changes[at];

	assert_true(ch->file <= FILES_MAX);
	switch (ch->kind) {
	case CHANGE_WRITE:
	case CHANGE_TRUNCATE:
		add_pending(&c->pending[ch->file], at);
		break;
	case CHANGE_SYNC:
		if (c->deaf != DEAF_TO_SYNC)
			settle_file(c, ch->file);
		break;
	case CHANGE_MAKE:
	case CHANGE_DELETE:
		add_pending(&c->names, at);
		break;
	case CHANGE_SYNC_FOLDER:
		if (c->deaf == DEAF_TO_NOTHING)
			settle_names(c);
		break;
	}
}

struct dice {
	uint64_t seed, throws;
	bool thrown;   /* false: `keep` alone decides */
	uint64_t keep; /* of 8 changes so many are kept whole */
};

static inline uint64_t throw(struct dice * d, uint64_t sides)
{
	return hash_mix(d->seed, ++d->throws) % sides;
}

/* Some sectors of a write: with `front` the first few, else any. */
static inline void
apply_torn(const struct change *c, struct image *to, struct dice *d, bool front)
{
	size_t sectors =
	    (c->at + c->len + SECTOR - 1) / SECTOR - c->at / SECTOR;
	size_t most = front ? (size_t) throw(d, sectors) : sectors;

	for (size_t i = 0, from = 0; i < most; i++) {
		size_t end = (c->at / SECTOR + i + 1) * SECTOR - c->at;

		if (end > c->len)
			end = c->len;
		if (front || throw(d, 2) == 0)
			image_write(
			    to, c->at + from, c->bytes + from, end - from);
		from = end;
	}
}

static inline void
apply_by_chance(const struct change *c, struct image *to, struct dice *d)
{
	if (!d->thrown ? d->keep > 0 : throw(d, 8) < d->keep) {
		change_apply(c, to);
		return;
	}
	if (!d->thrown || c->kind != CHANGE_WRITE)
		return;
	switch (throw(d, 4)) {
	case 0:
		apply_torn(c, to, d, true);
		break;
	case 1:
		apply_torn(c, to, d, false);
		break;
	case 2:
		if (to->len < c->at + c->len)
			image_set_len(to, c->at + c->len);
		break;
	default:
		break;
	}
}

/* The file that a name has: as it was synced, or after any later change. */
static inline unsigned
file_by_chance(const struct cut *c, enum name name, struct dice *d)
{
	unsigned states[FILES_MAX + 1] = { c->file_of[name] };
	size_t count = 1;

	for (size_t i = 0; i < c->names.count; i++) {
		const struct change *ch =
		    &recorder.changes[c->names.changes[i]];

		if (ch->name != name)
			continue;
		assert_true(count < COUNTOF(states));
		states[count++] = file_after(ch);
	}
	if (!d->thrown)
		return states[d->keep > 0 ? count - 1 : 0];
	return states[throw(d, count)];
}

/* The disk after a cut here.  Each seed has other luck. */
static inline void
cut_leave(const struct cut *c, uint64_t seed, struct disk *left)
{
	struct dice d = { .seed = hash_mix(seed, c->position),
		.thrown = seed >= SEEDS_RANDOM };

	d.keep = d.thrown ? throw(&d, 8) : seed == SEED_ALL_KEPT;
	for (unsigned i = 0; i < NAMES; i++) {
		unsigned file = file_by_chance(c, (enum name)i, &d);
		struct image *to = &left->files[i];

		left->there[i] = file != 0;
		to->len = 0;
		if (file == 0)
			continue;
		image_copy(to, &c->files[file]);
		for (size_t k = 0; k < c->pending[file].count; k++)
			apply_by_chance(
			    &recorder.changes[c->pending[file].changes[k]], to,
			    &d);
	}
}

#include "pipeline/told.h"

#include <stdlib.h>
#include <string.h>

struct told_row {
	char id[FINDING_ID_BYTES];
	int64_t fired_us, last_us;
	uint64_t count, revision;
	bool found; /* by the update under way */
};

struct told {
	struct told_row *rows;
	size_t count;
};

struct told *
told_new(void)
{
	return status_calloc(1, sizeof(struct told));
}

void
told_free(struct told *t)
{
	if (t == NULL)
		return;
	free(t->rows);
	free(t);
}

static struct told_row *
row_of(const struct told *t, const char *id)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->rows[i].id, id) == 0)
			return &t->rows[i];
	}
	return NULL;
}

static void
set(struct told_row *row, const struct finding *f)
{
	memcpy(row->id, f->id, sizeof(row->id));
	row->fired_us = f->chain->fired_us;
	row->last_us = f->last_us;
	row->count = f->count;
	row->revision = f->revision;
	row->found = true;
}

void
told_restore(struct told *t, const struct finding *f)
{
	struct told_row *row = row_of(t, f->id);

	if (row == NULL) {
		t->rows =
		    status_realloc(t->rows, t->count + 1, sizeof(*t->rows));
		row = &t->rows[t->count++];
	}
	set(row, f);
}

static void
update_one(struct told *t, struct finding *f, int64_t settled_us,
    const struct told_visit *visit)
{
	struct told_row *row = row_of(t, f->id);

	if (row == NULL && f->chain->fired_us < settled_us)
		return;
	if (row != NULL && row->last_us == f->last_us &&
	    row->count == f->count && row->revision == f->revision &&
	    row->fired_us == f->chain->fired_us) {
		row->found = true;
		return;
	}
	/* Judged from a part of its signals it only grows. */
	if (row != NULL && f->chain->fired_us < settled_us &&
	    f->count <= row->count) {
		row->found = true;
		return;
	}
	f->stored = row != NULL ? row->revision : 0;
	visit->put(visit->cookie, f, f->stored != f->revision);
	told_restore(t, f);
}

void
told_update(struct told *t, struct finding *const *findings, size_t count,
    int64_t settled_us, const struct told_visit *visit)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++)
		t->rows[i].found = false;
	for (size_t i = 0; i < count; i++)
		update_one(t, findings[i], settled_us, visit);
	for (size_t i = 0; i < t->count; i++) {
		struct told_row *row = &t->rows[i];

		if (!row->found && row->fired_us >= settled_us) {
			visit->drop(visit->cookie, row->id);
			continue;
		}
		if (row->found || row->last_us >= settled_us)
			t->rows[kept++] = *row;
	}
	t->count = kept;
}

/*
 * change.h - what changes in an organisation without anything being wrong.
 *
 * A change that is chosen is planned before life begins, as people and
 * clusters live differently from its day on; some write records of their own
 * besides.  change_table lists them all.
 */
#pragma once

#include "simulate/world.h"

/* People whom `new-employee` adds to the staff. */
#define CHANGE_HIRED 2

struct change_kind {
	const char *name;
	const char *what; /* one sentence */
	/* Before life begins; NULL: nothing to plan. */
	void (*plan)(struct world *w, int64_t day_us);
	/* Own records, when life is written; NULL: none. */
	void (*act)(struct world *w, int64_t day_us);
};

extern const struct change_kind change_table[];
extern const size_t change_count;

/* Midnight of its working day, the same for the same name and seed. */
int64_t change_day(const struct world *w, const struct change_kind *kind);

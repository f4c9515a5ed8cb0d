/*
 * told.h - which attack sequences the store has, so that what is judged anew
 * with each commit is written only where it differs.
 *
 * Signals may come late: what was a sequence may be another one by then.  The
 * store is made to have what follows from all signals there are.  One thread.
 */
#pragma once

#include <stdint.h>

#include "finding/finding.h"

struct told;

struct told *told_new(void);
void told_free(struct told *t); /* NULL is allowed */

/* The store has it so. */
void told_restore(struct told *t, const struct finding *f);

struct told_visit {
	/* Write it; `news` is whether feeds are to be told.  f->stored is the
	 * revision that the store has, 0: none. */
	void (*put)(void *cookie, const struct finding *f, bool news);
	void (*drop)(void *cookie, const char *id);
	void *cookie;
};

/* These follow now; what was recognised before `settled_us` stays unless it
 * grew. */
void told_update(struct told *t, struct finding *const *findings, size_t count,
    int64_t settled_us, const struct told_visit *visit);

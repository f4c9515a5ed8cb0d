/*
 * calls.h - which detectors an event is shown to.
 *
 * A source's detectors in the order in which they are called: those of an
 * activity's first event, of its doublings, of each event, and of each those
 * of acts last.
 * Which of them a kind of act concerns (detector.h: of_kind, by_tactic) is
 * found out once and remembered, so that a hundred rules about a hundred calls
 * cost an event no more than the few that are about its own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/detector.h"

#define CALLS_MAX 256 /* detectors of one source */
#define CALLS_WORDS (CALLS_MAX / 64)
/* Twice the `when` of a detector, one more where it is of acts only. */
#define CALLS_GROUPS (2 * DETECT_WHENS)
#define CALLS_KINDS 1024 /* kinds remembered; a power of two */

struct engine_row;

struct call {
	bool (*match)(const struct event *ev);
	const struct engine_row *row;
};

/* Bits of positions in a list of calls. */
struct call_set {
	uint64_t word[CALLS_WORDS];
};

/* The calls of one source. */
struct calls {
	struct call list[CALLS_MAX];
	size_t count;
	struct call_set group[CALLS_GROUPS];
};

struct kind_calls {
	uint64_t kind;			    /* 0: free */
	struct call_set concerned, refused; /* refused: when it was denied */
};

/* One thread's memory, for one engine. */
struct calls_memo {
	struct kind_calls known[CALLS_KINDS];
};

/* Enter the rows of one source, in the order of their table. */
void calls_fill(struct calls *c, enum source source,
    const struct engine_row *rows, size_t nrows);

/*
 * The calls for this event, which is the first of its activity, one that
 * doubles it or just one of it (`when`, and all that are less choosy); those
 * of acts when `is_act`.  Their `match` is still to be asked.
 */
struct call_set calls_for(const struct calls *c, struct calls_memo *m,
    const struct event *ev, enum detect_when when, bool is_act);

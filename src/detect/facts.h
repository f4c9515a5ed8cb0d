/*
 * facts.h - what an event says, under fixed names, for texts and playbooks.
 *
 * The names are listed in docs/facts.md.  Values borrow from the event, the
 * subject or the room; static strings name them.
 */
#pragma once

#include <stddef.h>

#include "detect/detector.h"
#include "detect/subject.h"
#include "event/event.h"
#include "geo/geo.h"

#define FACTS_MAX 48
#define FACTS_ROOM_BYTES 6144

struct facts {
	struct fact list[FACTS_MAX];
	size_t count;
	size_t used;
	char room[FACTS_ROOM_BYTES]; /* for values that had to be made */
};

/* Collect the facts of `ev`; `parcel` is the place it came from. */
void facts_of(struct facts *f, const struct event *ev,
    const struct subject *subject, struct span tenant, struct span parcel);

/* Add where the other side is: country, city, network, AWS's region. */
void facts_place(struct facts *f, const struct geo_place *place);

/* A text that is kept in the room; cut where the room ends. */
struct span facts_copy(struct facts *f, struct span value);

/* Add a fact with a copy of its value, which it gives. */
struct span facts_keep(struct facts *f, const char *name, struct span value);

/*
 * entities.h - who and what a finding is about: its actor, its resource, and
 * what its facts name.  Spans borrow from the signal.  Any thread.
 */
#pragma once

#include <stddef.h>

#include "detect/signal.h"

#define ENTITIES_MAX 32

struct entity {
	enum entity_kind kind;
	struct span name;
};

/* Each once, the actor first; the number of them. */
size_t entities_of(const struct signal *s, struct entity list[ENTITIES_MAX]);

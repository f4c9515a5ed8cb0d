/*
 * scale.h - gigabytes of realistic logs, fast.
 *
 * A day of a large organisation is simulated once; its records become
 * templates that are written again and again with new times, ids, keys and
 * ports.  For measuring, not for finding anything.  One thread.
 */
#pragma once

#include <stdint.h>

#include "simulate/object.h"
#include "simulate/world.h"

struct scale {
	struct world *world; /* has lived; only one day */
	struct object_writer *writer;
	uint64_t bytes;	  /* to write of each source, uncompressed */
	unsigned sources; /* bits of enum simulate_source */
};

/* Write at least that much of each source. */
void scale_write(const struct scale *s);

/*
 * sight.h - which detectors are blind, by what a state file and a
 * configuration say.
 *
 * A state keeps for each stream of logs which fields its records carried.
 * What a detector's descriptor needs and no stream carries makes it blind.
 * One thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "cli/state_file.h"
#include "detect/engine.h"

struct sight_stream {
	struct span tenant; /* owned */
	struct engine_stream stream;
};

struct sight {
	const struct config *config; /* borrowed */
	struct sight_stream *streams;
	size_t count;
	bool damaged; /* a tenant's state could not be read */
};

enum sight_state {
	SIGHT_SEES,
	SIGHT_WEAK,    /* something that helps is missing */
	SIGHT_PARTLY,  /* blind in some streams */
	SIGHT_UNKNOWN, /* written before this was kept */
	SIGHT_BLIND,
	SIGHT_OFF, /* by default or by the configuration */
	SIGHT_STATES,
};

const char *sight_text(enum sight_state state); /* "sees", "blind", ... */

/* What the state says of its streams.  *error on failure. */
NODISCARD enum status sight_load(
    struct sight *s, const struct state_file *file, struct buf *error);
void sight_done(struct sight *s);

/* How well a detector sees; the reasons are added to *why, separated by
 * "; ". */
enum sight_state sight_of(
    const struct sight *s, const struct detector_row *row, struct buf *why);

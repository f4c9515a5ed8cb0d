/*
 * listed.h - raise what the user's threat lists say.
 *
 * What the families of detectors/lists share: from a hit and a type to a
 * finding that names list, entry and expiry.  The shard's thread.
 */
#pragma once

#include "detect/detector.h"
#include "lists/lists.h"

struct listed {
	const struct detector *as; /* NULL: nothing is raised */
	double severity;	   /* 0: the descriptor's */
	enum entity_kind resource_kind;
	struct span resource;
	const char *feature; /* what was looked up: "address called" */
	struct span observed;
};

/* Whose word it is, where the type depends on that. */
enum listed_origin {
	LISTED_THREAT, /* a list of threats */
	LISTED_CUSTOM, /* an entry of the user's own */
	LISTED_TOR,
	LISTED_ORIGINS
};

/* Raise what the lists say of the event's caller, whose address the log has
 * as `address`; a NULL of `types` raises nothing. */
void listed_raise_caller(struct detect *d, const struct event *ev,
    struct span address, const struct detector *const types[LISTED_ORIGINS]);

/* Raise one hit. */
void listed_raise(
    struct detect *d, const struct lists_hit *hit, const struct listed *listed);

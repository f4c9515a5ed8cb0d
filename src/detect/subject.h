/*
 * subject.h - who an event is about, and its values of all features.
 *
 * The slow part of judging an event (normalising names, hashing values) is
 * done once per activity and hour, not per event.  A subject borrows from
 * the event and from its own room; it is reused for the next event.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "detect/detector.h"
#include "geo/geo.h"

#define SUBJECT_FEATURE_BYTES 256

/*
 * Names of principals, normalised before: the slowest part of a subject, and
 * few principals do most of what happens.
 */
#define SUBJECT_PRINCIPALS 256
#define SUBJECT_PRINCIPAL_BYTES 152

struct subject_principal {
	uint64_t hash; /* of what the names depend on; 0: free */
	uint8_t name_len, peers_len;
	char name[SUBJECT_PRINCIPAL_BYTES], peers[SUBJECT_PRINCIPAL_BYTES];
};

struct subject {
	struct actor actor;
	struct span text[FEATURE_COUNT]; /* empty: not of this event */
	uint64_t key[FEATURE_COUNT];	 /* 0: not of this event */
	uint64_t entity[SCOPE_COUNT];	 /* 0: no such scope */
	struct buf name, peers, scratch; /* room for normalised names */
	char room[FEATURE_COUNT][SUBJECT_FEATURE_BYTES];
	struct subject_principal principals[SUBJECT_PRINCIPALS];
	/* Where addresses are; NULL: nobody says.  Set by who makes it. */
	const struct geo *geo;
	struct geo_cache *places;
};

/* What of a subject is compared and learned: its texts are only shown. */
struct subject_keys {
	uint64_t key[FEATURE_COUNT];
	uint64_t entity[SCOPE_COUNT];
	uint64_t actor;
};

void subject_take_keys(const struct subject *s, struct subject_keys *keys);

/*
 * A number that is the same only for events of a tenant whose keys are the
 * same but for the hour's; 0: such a number would not be sure.
 */
uint64_t subject_memo(const struct event *ev);

/* The hour of day as a value: its text in `room`, and its key. */
#define SUBJECT_HOUR_BYTES 32
struct span subject_hour(int64_t time_us, char room[SUBJECT_HOUR_BYTES]);

/* Fill `s` (zeroed before its first use, but for geo) for `ev`. */
void subject_of(
    struct subject *s, const struct event *ev, const struct hash_key *key);

/* The key under which a value of a feature is known: of an AS, its number and
 * not its name, which changes. */
uint64_t subject_value_key(
    const struct hash_key *key, enum feature feature, struct span value);

/* Release the room. */
void subject_done(struct subject *s);

/* One (scope, feature) that the baseline learns from events of a source. */
struct profile_kind {
	enum scope scope;
	enum feature feature;
};

/* The profiles learned from a source; *count rows. */
const struct profile_kind *subject_profiles(enum source source, size_t *count);

/* False for what must not shape a baseline: connections refused at the
 * door, records without an actor. */
bool subject_teaches(const struct event *ev);

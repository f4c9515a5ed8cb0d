/*
 * kafka_part.h - one partition: what of it was given, and what is safe.
 *
 * Records are gathered into a group of consecutive ones, which becomes one
 * parcel, or one for each cluster that takes turns in it.  Only the last
 * parcel of a group carries the position behind the group; the others carry
 * the one before it.  Parcels of a source are committed in the order given,
 * so a position is committed only when all before it is.
 *
 * The record of a partition outlives its being taken away: its parcels may
 * still be under way when it comes back.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "collect/kafka_record.h"

#define KAFKA_RUN_RECORDS 512
#define KAFKA_RUN_BYTES ((size_t)512 * 1024)
#define KAFKA_NOWHERE (-1) /* no position is known */

/* Records of one cluster that become a parcel. */
struct kafka_run {
	struct buf body;
	struct buf cluster;
	enum kafka_form form;
	size_t records;
	int64_t arrived_us; /* of the first */
};

struct kafka_flight {
	int64_t next; /* once safe: all before it is, if what precedes is */
	bool safe;
};

struct kafka_part {
	char *topic;
	int32_t number;
	size_t index; /* among the member's */
	struct buf place, cursor_key;
	bool owned;
	int64_t next; /* behind what was taken up; KAFKA_NOWHERE at first */
	/* The open group. */
	struct kafka_run *runs;
	size_t nruns, runs_size;
	int64_t group_first; /* the offset of its first record */
	size_t group_records, group_bytes;
	/* Given and not told safe, a ring by sequence number. */
	struct kafka_flight *flights;
	size_t flights_size; /* a power of two, or 0 */
	uint64_t flights_first, flights_end;
	int64_t given;	/* behind what was given */
	int64_t safe;	/* behind what is safe */
	int64_t asked;	/* the position that the broker was asked to keep */
	bool told_null; /* a record without value was spoken of */
};

void kafka_part_init(
    struct kafka_part *p, const char *group, const char *topic, int32_t number);
void kafka_part_done(struct kafka_part *p);

/* Put a record of `form` and `cluster` into the group. */
void kafka_part_add(struct kafka_part *p, enum kafka_form form,
    struct span cluster, struct span value, int64_t arrived_us);

/* Is the group so large that it should be given now? */
bool kafka_part_is_full(const struct kafka_part *p);

/* Forget the open group; the records come again. */
void kafka_part_drop(struct kafka_part *p);

/* A parcel was given: its number.  `next` is the position it carries. */
uint64_t kafka_part_given(struct kafka_part *p, int64_t next);

/* Everything before `next` that was not given is not worth giving. */
void kafka_part_skipped(struct kafka_part *p, int64_t next);

/* The parcel is safe.  A number that is not under way has no effect. */
void kafka_part_safe(struct kafka_part *p, uint64_t number);

/* The partition begins again: positions known before mean nothing. */
void kafka_part_rewind(struct kafka_part *p);

/* Is anything given and not yet safe? */
bool kafka_part_is_waiting(const struct kafka_part *p);

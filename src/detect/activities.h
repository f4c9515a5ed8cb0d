/*
 * activities.h - what happened in one hour of one stream, tallied.
 *
 * A table from activity key to its sums, and to the list of (profile, value)
 * pairs the baseline will learn from it when the hour is over.  Bounded: past
 * the limit an event is tallied nowhere and counted.  Iteration is in order
 * of first appearance.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/image.h"
#include "detect/detector.h"

#define ACTIVITY_RAISED_MAX 3

/* One thing to learn. */
struct lesson {
	uint64_t profile;
	uint64_t value;
};

struct activity_row {
	uint64_t key;
	struct activity sums;
	uint64_t routine; /* key of its days in the baseline; 0: not kept */
	uint32_t lessons; /* where they begin in the table's list */
	uint16_t nlessons;
	uint8_t nraised;
	bool tainted;	   /* part of a finding: teaches nothing */
	int32_t hour_late; /* its hour when older than the table's; else 0 */
	/* Findings that count this activity, and the count they were told. */
	struct activity_raised {
		uint64_t identity;
		uint64_t told;
	} raised[ACTIVITY_RAISED_MAX];
};

struct activities;

struct activities *activities_new(size_t limit_bytes);
void activities_free(struct activities *t); /* NULL is allowed */

/* Found or made (*fresh), or NULL when the table is full.  Valid until the
 * next call. */
struct activity_row *activities_add(
    struct activities *t, uint64_t key, bool *fresh);

/* It is about to be asked for: first fetches where its row is to be found,
 * `soon` then the row itself. */
void activities_expect(const struct activities *t, uint64_t key, bool soon);

/*
 * Room for up to `count` lessons, to be filled before the next call; NULL
 * when full.  activities_keep() gives the first `used` of them to the row.
 */
struct lesson *activities_lessons(struct activities *t, size_t count);
void activities_keep(
    struct activities *t, struct activity_row *row, size_t used);

/* The lessons of a row of the table. */
const struct lesson *activities_taught(
    const struct activities *t, const struct activity_row *row);

/* Rows in order of first appearance, for closing the hour. */
struct activity_row *activities_rows(struct activities *t, size_t *count);

void activities_reset(struct activities *t);
uint64_t activities_refused(const struct activities *t);
size_t activities_bytes(const struct activities *t);

/* ACTIVITIES_REGIONS regions from `first` on; into a new table, which had
 * refused so many, false when they do not fit. */
#define ACTIVITIES_REGIONS 2
void activities_save(
    const struct activities *t, const struct image_writer *w, unsigned first);
bool activities_load(struct activities *t, const struct image_reader *r,
    unsigned first, uint64_t refused);

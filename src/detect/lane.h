/*
 * lane.h - one stream of a tenant: a source, and the cluster for audit logs.
 *
 * Hours are opened and closed by the lane's own watermark, so that a source
 * that is read ahead of another makes nothing late.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/image.h"
#include "base/span.h"
#include "baseline/baseline.h"
#include "detect/activities.h"
#include "event/event.h"
#include "stats/fdr.h"

/* Records may come this much after the newest before their hour closes. */
#define LANE_LATENESS_US ((int64_t)15 * 60 * 1000000)

#define LANE_PAID_MAX 32

struct lane_purse {
	struct alert_budget budget;
	/* Findings that the budget has paid for: more of the same within the
	 * day costs nothing.  A ring. */
	struct lane_paid {
		uint64_t identity;
		int64_t day;
	} paid[LANE_PAID_MAX];
	uint32_t npaid;
};

struct lane {
	struct lane *next;
	enum source source;
	uint64_t key;	   /* hash of the cluster's name */
	int64_t newest_us; /* watermark */
	int64_t hour;	   /* the older of the two open hours; 0: none yet */
	struct activities *open[2]; /* by parity of the hour */
	/* What is suppressed has a purse of its own: it takes nothing from the
	 * rest, and weighs in sequences what it would weigh without. */
	struct lane_purse purse, suppressed;
	uint64_t late;
	unsigned carried; /* bits of enum carried: what its records showed */
};

struct lane *lane_new(enum source source, uint64_t key, size_t limit_bytes);
void lane_free(struct lane *l); /* NULL is allowed */

/*
 * Move the watermark to `time_us` and close the hours that are over, calling
 * close(cookie, lane, hour) before each is emptied.
 */
void lane_advance(struct lane *l, int64_t time_us,
    void (*close)(void *cookie, struct lane *l, int64_t hour), void *cookie);

/* The table for an event of `hour`, and whether it is late: then the table
 * is the oldest open one. */
struct activities *lane_activities(struct lane *l, int64_t hour, bool *late);

/* LANE_REGIONS regions from `first` on; into a new lane of the same source
 * and key, false when they do not fit. */
#define LANE_REGIONS (1 + 2 * ACTIVITIES_REGIONS)
void lane_save(
    const struct lane *l, const struct image_writer *w, unsigned first);
bool lane_load(struct lane *l, const struct image_reader *r, unsigned first);

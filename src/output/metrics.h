/*
 * metrics.h - what a monitoring system asks for, as Prometheus text.
 *
 * Plain numbers in, text out: the owner fills the structs with what holds at
 * that moment.  Names begin with nephoscope_, units are seconds and bytes,
 * counters end in _total and only grow.  Pure, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "collect/source.h"

#define METRICS_BUCKETS 14

/* How long something took; all zero at first. */
struct metrics_histogram {
	uint64_t buckets[METRICS_BUCKETS]; /* at most the bound, each alone */
	uint64_t count;
	double sum_s;
};

void metrics_histogram_add(struct metrics_histogram *h, double seconds);

/* One kind of log. */
struct metrics_events {
	const char *source; /* "cloudtrail", "k8s-audit" ... "unknown" */
	uint64_t events, late, duplicates, quarantined, dropped;
};

/* One of the configured sources. */
struct metrics_source {
	const char *name, *kind;
	struct source_counts counts;
	uint64_t events, quarantined; /* of its records, understood or not */
	double lag_s; /* of the newest judged record; negative: not known */
};

/* One of the configured feeds. */
struct metrics_feed {
	const char *name, *kind;
	uint64_t delivered, failures, retries;
	uint64_t queued; /* findings not yet delivered */
	bool healthy;
};

struct metrics_number {
	const char *name; /* the label's value: a finding's type, a use */
	uint64_t value;
};

struct metrics {
	const char *version;
	double start_s;	 /* seconds since 1970 */
	double uptime_s; /* of the service */
	const struct metrics_events *events;
	size_t nevents;
	const struct metrics_source *sources;
	size_t nsources;
	const struct metrics_feed *feeds;
	size_t nfeeds;
	const struct metrics_number *findings; /* by type */
	size_t nfindings;
	const struct metrics_number *suppressed; /* findings, by type */
	size_t nsuppressed;
	const struct metrics_number *memory; /* bytes, by use */
	size_t nmemory;
	uint64_t memory_limit; /* of collected bytes not yet judged */
	uint64_t tenants;
	uint64_t signals;
	uint64_t store_bytes; /* of the database; 0: none */
	uint64_t log_suppressed, log_lost;
	struct metrics_histogram commit;   /* how long commits took */
	struct metrics_histogram delivery; /* arrival to finding */
	bool ready;
};

/* The whole page, in the text format 0.0.4. */
void metrics_write(const struct metrics *m, struct buf *out);

/* Its media type. */
extern const char metrics_type[];

/*
 * simulate.h - writes the logs of an organisation that does not exist.
 *
 * People, robots, clusters and, on request, attackers act out two weeks;
 * what CloudTrail, VPC flow logs, DNS query logs and the Kubernetes audit
 * log would have kept of it is written in the formats and folder layouts of
 * AWS and Kubernetes.  The same options give the same bytes.  One thread.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

#define SIMULATE_DAYS_DEFAULT 14
#define SIMULATE_CLUSTERS_DEFAULT 2
#define SIMULATE_DAYS_MAX 400
#define SIMULATE_CLUSTERS_MAX 32
#define SIMULATE_START_DEFAULT 1793577600000000 /* 2026-11-02, a Monday */

/* Bits of simulate_options.scale_sources. */
enum simulate_source {
	SIMULATE_TRAIL = 1,
	SIMULATE_FLOW = 2,
	SIMULATE_DNS = 4,
	SIMULATE_AUDIT = 8,
};

struct simulate_options {
	const char *out;     /* folder, made when missing */
	uint64_t seed;	     /* 0 is a seed like any other */
	unsigned days;	     /* 0: SIMULATE_DAYS_DEFAULT */
	unsigned clusters;   /* 0: SIMULATE_CLUSTERS_DEFAULT */
	int64_t start_us;    /* its day, 0: SIMULATE_START_DEFAULT */
	const char *attacks; /* NULL, "none", "all" or comma list */
	const char *changes; /* the same of benign changes */
	uint64_t scale_bytes_per_source; /* 0: natural size */
	unsigned scale_sources; /* bits of enum simulate_source, 0: all */
};

/*
 * Write the logs below `o->out` and the truth to `truth.json` there and to
 * `truth_json`.  STATUS_INVALID: an option is out of range, an attack or a
 * change is unknown; STATUS_IO: a file could not be written; in both cases
 * `error` holds one line for the user and files written so far stay.
 */
NODISCARD enum status simulate_run(const struct simulate_options *o,
    struct buf *truth_json, struct buf *error);

/* One line for each attack, each benign change: its name and what happens. */
void simulate_list_attacks(struct buf *out);
void simulate_list_changes(struct buf *out);

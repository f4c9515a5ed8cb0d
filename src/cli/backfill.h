/*
 * backfill.h - what `nephoscope backfill` was asked to do.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

enum backfill_format {
	BACKFILL_TABLE,
	BACKFILL_GUARDDUTY,
	BACKFILL_OCSF,
	BACKFILL_ASFF,
	BACKFILL_CSV,
};

struct backfill_options {
	int64_t since_us;	/* INT64_MIN: from the beginning */
	int64_t until_us;	/* INT64_MAX: to the end; exclusive */
	unsigned jobs;		/* at least 1 */
	const char *cluster;	/* NULL: as the logs say */
	double min_severity;	/* 0: all */
	double fail_on;		/* 0: never */
	const char *output;	/* NULL or "-": standard output */
	const char *stats;	/* NULL: none */
	const char *quarantine; /* folder; NULL: none */
	const char *state;	/* state file; NULL: none */
	enum backfill_format format;
	unsigned details; /* of a table: so many findings whole, behind it */
	bool suppressed;  /* show what is suppressed too */
	bool progress;	  /* a terminal is there to show it on */
	const char *const *paths;
	size_t npaths;
};

/*
 * Do it: everything is checked already, the configuration loaded.  Gives an
 * enum exit_code; has complained where that is not EXIT_CODE_DONE.
 */
int backfill_run(const struct backfill_options *o, const struct config *config);

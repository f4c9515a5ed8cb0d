/*
 * layout.h - how a bucket's keys are laid out: whose logs, of which day.
 *
 * AWS's own: AWSLogs/[o-ID/]ACCOUNT/SERVICE/REGION/YYYY/MM/DD/, and flow logs
 * partitioned as Hive has it (aws-account-id=A/aws-service=S/aws-region=R/
 * year=Y/month=M/day=D/).  Elsewhere any folder whose name begins a date.
 * A stream is what stands before the date.  Pure, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

enum layout_form {
	LAYOUT_FLAT, /* no date in the folders */
	LAYOUT_ROW,  /* 2026/11/22/ */
	LAYOUT_HIVE, /* year=2026/month=11/day=22/ */
	LAYOUT_DASH, /* 2026-11-22/, and what stands before the digits */
	LAYOUT_PLAIN /* 20261122/, and what stands before the digits */
};

/*
 * What a folder called `name` (with or without its "/") begins: the form of
 * dates, or LAYOUT_FLAT for no date.  *before (may be NULL) is the part of
 * the name before the digits ("dt=") of LAYOUT_DASH and LAYOUT_PLAIN.
 */
enum layout_form layout_of_folder(struct span name, struct span *before);

/*
 * The prefix of a day's keys below the stream.  Hive's partitions may be
 * written without zeros (month=1): `variant` 1 adds that, false when it is
 * no other than variant 0.  FLAT has one variant, without a day.
 */
bool layout_day_prefix(enum layout_form form, struct span stream, int64_t day,
    unsigned variant, struct buf *out);

/* What the folders tell of a key or of a stream's prefix; parts are empty
 * where they do not. */
struct layout_names {
	struct span account; /* 12 digits */
	struct span service; /* "CloudTrail", "vpcflowlogs" */
	struct span region;
	bool digest; /* CloudTrail's digest files */
};

struct layout_names layout_names_of(struct span key);

/* A folder (its last part with or without "/") of an AWS service whose files
 * are no logs that are read. */
bool layout_is_foreign(struct span folder);

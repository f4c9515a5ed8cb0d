/*
 * quarantine.h - records that could not be understood, kept to be looked at.
 *
 * One file for each parcel, DIR/<hash of its place>.ndjson, a line for each
 * record: {"parcel","reason","record"} with the record's text, or with
 * "encoding":"base64" where it is not UTF-8.  Files of an earlier run are
 * replaced when the same parcel has records again.  Any thread.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

#define QUARANTINE_LIMIT_BYTES ((uint64_t)1 << 30) /* of one run */
#define QUARANTINE_FILES_MAX 10000

struct quarantine;

/*
 * Records of one run, at most `limit_bytes` of output.  The folder is made
 * with the first record; what exists and is no folder fails then.
 */
struct quarantine *quarantine_new(const char *dir, uint64_t limit_bytes);
void quarantine_free(struct quarantine *q); /* NULL is allowed */

/* Keep one record; `place` is the parcel's. */
void quarantine_add(struct quarantine *q, struct span place, struct span record,
    const char *reason);

struct quarantine_counts {
	uint64_t kept;
	uint64_t overflow; /* past the limits: counted, not kept */
	uint64_t failed;   /* the system said no */
};

/* After the last add.  STATUS_IO with one line in *error, of the first
 * failure, when any record could not be written. */
NODISCARD enum status quarantine_finish(
    struct quarantine *q, struct quarantine_counts *counts, struct buf *error);

/*
 * stats_file.h - what `--stats FILE` writes.
 *
 * One JSON object; the members up to "seconds" are fixed (design.md 8), more
 * follow them.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "decode/decode.h"
#include "event/event.h"

struct stats_skip {
	const char *path;
	const char *reason;
};

struct stats_type {
	const char *type; /* of finding */
	uint64_t count;
};

struct stats_suppression {
	const char *reason, *owner; /* owner: NULL when not said */
	int64_t expires_us;	    /* 0: never */
	uint64_t findings;
};

struct stats_extra {
	const char *name;
	uint64_t count;
};

struct run_stats {
	uint64_t bytes;		       /* read, as stored */
	uint64_t events[SOURCE_COUNT]; /* understood, duplicates included */
	uint64_t duplicates[SOURCE_COUNT], late[SOURCE_COUNT];
	uint64_t quarantined[DECODE_KINDS];
	const struct stats_skip *skips;
	size_t nskips;
	const struct stats_type *types; /* of findings */
	size_t ntypes;
	double seconds;
	const struct stats_extra *extras; /* "ignored", "overflow", ... */
	size_t nextras;
	/* Each of the configuration, also those that nothing met. */
	const struct stats_suppression *suppressions;
	size_t nsuppressions;
};

/* The object and a line feed.  Texts that are not UTF-8 are escaped. */
void stats_file_format(const struct run_stats *s, struct buf *out);

/* Write it whole or not at all; one line in *error on STATUS_IO. */
NODISCARD enum status stats_file_write(
    const char *path, const struct run_stats *s, struct buf *error);

/*
 * peek.h - what the first bytes of a parcel tell.  Pure, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define PEEK_BYTES ((size_t)64 * 1024)

/* The time of the first record of the text's first bytes, or 0. */
int64_t peek_time(struct span text);

/* True when the text could be a log: JSON, rows that begin with a number or
 * a time, a header of flow logs, lines of CoreDNS or a container runtime. */
bool peek_is_log(struct span text);

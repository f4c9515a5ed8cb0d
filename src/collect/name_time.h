/*
 * name_time.h - the time that a path or a name tells.  Pure, any thread.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

#define NAME_TIME_NONE INT64_MIN

/*
 * From the stamp in the file's name, else from the date in its folders
 * (2026/11/22/03, year=2026/month=11, date=2026-11-22), else NAME_TIME_NONE.
 *
 * The stamp of a rotated file is when it was closed, so names such as
 * audit-2026-11-22T03-21-30.000.log and audit.log-20261122 tell nothing.
 */
int64_t name_time_of(struct span path);

/*
 * csv.h - findings as rows of RFC 4180, one line each, for spreadsheets.
 * Nothing in a cell can run as a formula.  One thread.
 */
#pragma once

#include "base/buf.h"
#include "config/config.h"
#include "finding/finding.h"

void csv_write_header(struct buf *out);

/* `c` may be NULL. */
void csv_write(
    const struct finding *f, const struct config *c, struct buf *out);

/*
 * asff.h - a finding as AWS Security Hub takes it (BatchImportFindings): the
 * AWS Security Finding Format of 2018-10-08, every text cut to the length
 * that Security Hub allows.  docs/finding.md says what goes where.  One
 * thread.
 */
#pragma once

#include "base/buf.h"
#include "config/config.h"
#include "finding/finding.h"

/*
 * Append one line of JSON with its newline.  The bytes depend on the finding
 * and the config alone.  `c` may be NULL.
 */
void asff_write(
    const struct finding *f, const struct config *c, struct buf *out);

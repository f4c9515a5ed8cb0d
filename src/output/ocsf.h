/*
 * ocsf.h - a finding as the Open Cybersecurity Schema Framework, 1.5.0,
 * writes it: class Detection Finding (2004), profile cloud where an account
 * is known.  docs/finding.md says what goes where.  One thread.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "config/config.h"
#include "finding/finding.h"

/*
 * Append one line of JSON with its newline.  `revision` says how often the
 * finding has been told before: 0 is activity Create, more is Update.  The
 * bytes depend on the arguments alone.  `c` may be NULL.
 */
void ocsf_write(const struct finding *f, const struct config *c,
    uint64_t revision, struct buf *out);

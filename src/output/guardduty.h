/*
 * guardduty.h - a finding as Amazon GuardDuty writes it, so that tools made
 * for it work, with one member more, `nephoscope`, for what GuardDuty does
 * not say.  Wire names of the API of 2017-11-28; docs/finding.md explains
 * each member.  One thread.
 */
#pragma once

#include "base/buf.h"
#include "config/config.h"
#include "finding/finding.h"

/*
 * Append one line of JSON with its newline.  The bytes depend on the finding
 * and the config alone: createdAt and updatedAt are times of events.  `c`
 * may be NULL.
 */
void guardduty_write(
    const struct finding *f, const struct config *c, struct buf *out);

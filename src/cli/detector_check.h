/*
 * detector_check.h - the configuration against the detectors of this build.
 *
 * What config/ cannot know: whether a pattern matches a finding type, and
 * whether a parameter exists and is in range.
 */
#pragma once

#include "base/buf.h"
#include "base/status.h"
#include "config/config.h"

/*
 * STATUS_INVALID when something does not fit; *error then holds lines as
 * config_load() writes them.  A pattern with wildcards that matches nothing
 * is only a note: one file may serve several versions.
 */
NODISCARD enum status detector_check(
    const struct config *config, struct buf *notes, struct buf *error);

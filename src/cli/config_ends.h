/*
 * config_ends.h - the two ends of a service, before they are opened.
 */
#pragma once

#include "cli/exit_code.h"
#include "config/config.h"

/* What `serve` would say of sources and feeds when it opens them, as far as
 * that is known without opening any: complains of all that is wrong.  Gives
 * EXIT_CODE_DONE or EXIT_CODE_CONFIG. */
int config_ends_check(const struct config *c);

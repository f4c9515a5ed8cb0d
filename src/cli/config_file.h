/*
 * config_file.h - load the user's configuration, or complain.
 */
#pragma once

#include "config/config.h"

/*
 * Load and check `path` (NULL: the defaults) against config/ and against the
 * detectors.  Gives EXIT_CODE_DONE and the configuration, which the caller
 * frees, or complains on stderr and gives the exit code.  Notes about keys
 * without effect go to stderr as well.
 */
int config_file_load(const char *path, struct config **config);

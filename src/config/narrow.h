/*
 * narrow.h - is each suppression about something?
 *
 * A suppression that matches everything would end all alarms; one of its
 * patterns must say more than "anything".  Patterns are bounded, so that
 * matching is.  One thread.
 */
#pragma once

#include "config/faults.h"
#include "config/tree.h"

#define NARROW_PATTERN_BYTES 256
#define NARROW_SUPPRESSIONS_MAX 1000

/* Add a fault for each entry of `suppress` under `root` that is too wide, too
 * long or one too many.  Wrong types have had theirs. */
void narrow_check(const struct tree_node *root, struct faults *faults);

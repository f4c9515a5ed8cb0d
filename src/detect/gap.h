/*
 * gap.h - a log that should be there and is not, as a source noticed it.
 */
#pragma once

#include "detect/detector.h"

/* Tell of what the notice is about: what is missing and, where that was
 * counted, in how many hours there was a log before; `lines` of that at most,
 * the third is of how many hours. */
void gap_raise(struct detect *d, const struct notice *n, enum entity_kind kind,
    size_t lines);

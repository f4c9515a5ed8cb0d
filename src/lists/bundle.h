/*
 * bundle.h - lists in JSON: STIX 2 bundles and MISP events or attributes.
 */
#pragma once

#include <stdio.h>

#include "base/status.h"
#include "lists/intake.h"

#define BUNDLE_BYTES_MAX ((size_t)1 << 30)

/*
 * Read one JSON value: the whole file.  STIX: the comparisons of indicators'
 * patterns, until `valid_until`; MISP: attributes that are for detection
 * (to_ids).  MALFORMED or TOO_LARGE with what is wrong in *why.
 */
NODISCARD enum status bundle_read(
    struct intake *in, FILE *file, const char **why);

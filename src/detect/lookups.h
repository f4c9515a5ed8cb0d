/*
 * lookups.h - domains under which names carry data on purpose and by
 * agreement: block lists, reputation services, anti-virus clouds.
 *
 * Facts from their operators' documents.  Nobody but the operator can put a
 * name server below them, so a tunnel cannot hide there.  Pure functions.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"

/* `name` (lower case, no final dot) is such a domain or below one. */
bool lookups_is_service(struct span name);

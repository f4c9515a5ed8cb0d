/*
 * repair.h - make a text parsable that a strict JSON parser refuses, without
 * changing what the rest of it means.
 *
 * For the cold path only: a text is repaired after it was refused.  Pure.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

/*
 * Append the repaired text to *out: bytes that are no UTF-8 become U+FFFD,
 * halves of surrogate pairs in escapes become \ufffd, control characters in
 * strings are escaped (a NUL outside strings becomes a blank), escapes that
 * JSON does not have lose their backslash, and integers of more than 18
 * digits get an exponent, so that they parse as doubles.
 *
 * False when there was nothing to repair or no room in *out; *out is then as
 * it was.
 */
NODISCARD bool repair_json(struct span text, struct buf *out);

/*
 * json_text.h - strings of the JSON that the command line writes itself.
 *
 * Apart from jansson, whose names meet those of codec/json.h.  Pure.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Valid UTF-8 all through. */
bool json_text_is_utf8(struct span s);

/*
 * `s` in quotes, ASCII controls escaped; what is not UTF-8 is made printable
 * (printable.h) first, since JSON cannot hold it.
 */
void json_text_add(struct buf *out, struct span s);

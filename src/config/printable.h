/*
 * printable.h - text from outside, made safe to show on a terminal.
 *
 * What a file or an argument says may hold escape sequences or characters
 * that turn the reading order; messages show them as \xNN and \uNNNN.
 * Pure, any thread.
 */
#pragma once

#include "base/buf.h"
#include "base/span.h"

/*
 * Append `s` with control characters, bidirectional controls and bytes that
 * are not UTF-8 escaped.  Line feeds are escaped as well.
 */
void printable_add(struct buf *out, struct span s);

/* Bytes of the valid UTF-8 sequence at the start of `s`; 0 when there is
 * none.  Surrogates and overlong forms are not valid. */
size_t printable_utf8(struct span s, uint32_t *code);

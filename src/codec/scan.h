/*
 * scan.h - find where JSON values end, without parsing them.
 *
 * Counts brackets outside strings, 64 bytes at a time.  It does not check
 * the text, and one kind of bracket closes the other.  A line break ends a
 * string: JSON has none inside one, so an unclosed quote does not swallow
 * what follows its line.  Pure but for *s; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Where a scan stands; all zero in front of a value. */
struct scan {
	uint64_t depth;
	bool in_string;
	bool escape; /* the next byte is behind an odd backslash */
};

/*
 * Go on over `text` until a bracket closes down to depth `base` or below,
 * and return the bytes passed, that bracket included; or all of them, with
 * *closed false, to go on with the bytes behind.
 */
size_t scan_to_close(
    struct scan *s, struct span text, uint64_t base, bool *closed);

/* The bytes of the value at the start of `text`, leading blanks included,
 * which must be an object or an array; 0 when it is neither or not whole. */
size_t scan_value(struct span text);

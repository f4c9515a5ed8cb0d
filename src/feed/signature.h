/*
 * signature.h - what proves to a webhook's receiver that a request is ours
 * and fresh: "t=UNIX,v1=HEX", where HEX is the HMAC-SHA256 (RFC 2104) of
 * "UNIX.BODY" under the shared key.  Pure.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

void signature_make(
    struct span key, int64_t unix_s, struct span body, struct buf *out);

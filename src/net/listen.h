/*
 * listen.h - a socket that waits for callers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/*
 * Listen on "host:port" or "[address]:port"; port 0 takes a free one.  OK
 * with a non-blocking descriptor that the caller closes; *loopback is true
 * when only this machine can call.  Else INVALID (no such address) or IO,
 * with *error saying what to do.
 */
NODISCARD enum status listen_on(
    const char *address, int *fd, bool *loopback, struct buf *error);

/* The port a descriptor is bound to, 0 when it is none. */
uint16_t listen_port(int fd);

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

/* What listen_on() says of an address before it takes it: OK with *loopback,
 * or INVALID with *error. */
NODISCARD enum status listen_check(
    const char *address, bool *loopback, struct buf *error);

/*
 * Sockets that outlive the servers on them, by address: who calls while a
 * server is made anew waits for it.  One thread.
 */
struct listen_set;

struct listen_set *listen_set_new(void);
void listen_set_free(struct listen_set *set); /* NULL is allowed */

/* As listen_on(), with a copy of the socket that is kept for the address;
 * NULL: as listen_on(). */
NODISCARD enum status listen_set_on(struct listen_set *set, const char *address,
    int *fd, bool *loopback, struct buf *error);
/* Close those that were not asked for since this was called last. */
void listen_set_sweep(struct listen_set *set); /* NULL is allowed */

/* The port a descriptor is bound to, 0 when it is none. */
uint16_t listen_port(int fd);

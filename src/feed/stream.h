/*
 * stream.h - a connection by TCP or TLS, or a UDP socket, to one server,
 * that never blocks: the name is looked up, the connection made and the TLS
 * handshake done piece by piece by stream_run().
 *
 * TLS is 1.2 or newer and checks the server's certificate and its name.  A
 * stream belongs to one thread.  The process ignores SIGPIPE.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "config/config.h"

struct stream;

enum stream_kind { STREAM_TLS, STREAM_TCP, STREAM_UDP };

enum stream_state {
	STREAM_DOWN, /* stream_start() makes a new attempt */
	STREAM_COMING,
	STREAM_UP,
};

/*
 * A stream to "host:port" or "[v6]:port", not yet started.  INVALID with
 * *error in words when the address is none or a file of `tls` cannot be used.
 * `tls` is read for STREAM_TLS only.  Caller frees.
 */
NODISCARD enum status stream_new(enum stream_kind kind, const char *address,
    const struct config_tls *tls, struct stream **stream, struct buf *error);
void stream_free(struct stream *s); /* NULL is allowed */

/* Begin an attempt; the stream is down. */
void stream_start(struct stream *s);

/* Close, if it is not down. */
void stream_stop(struct stream *s);

/*
 * Move on, waiting for at most `wait_ms` for the network; with `writable` a
 * stream that is up waits for room to write as well.  Gives the state; DOWN
 * after an attempt or a connection failed, with the reason in
 * stream_trouble().  What the server sends is read and thrown away.
 */
enum stream_state stream_run(struct stream *s, int wait_ms, bool writable);

/* Why the stream is down; "" when it was not started or was stopped. */
const char *stream_trouble(const struct stream *s);

/*
 * Write what goes without waiting; how much, 0: nothing for now or the
 * stream is down since.  A UDP stream sends all as one datagram or nothing;
 * *too_large is set where that is too long to send.
 */
size_t stream_write(struct stream *s, struct span bytes, bool *too_large);

/* Bytes of the connection handed to the system, TLS's own included. */
uint64_t stream_written(const struct stream *s);

/* Of these, what the server's system has acknowledged. */
uint64_t stream_acknowledged(const struct stream *s);

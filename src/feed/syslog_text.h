/*
 * syslog_text.h - a finding as a message of RFC 5424.
 *
 *   <PRI>1 TIME HOST nephoscope - MSGID [finding@32473 id= ...] MSG
 *
 * Facility local0; severity critical, error, warning, notice.  TIME is the
 * finding's last event, MSGID its type cut to what RFC 5424 allows, MSG its
 * text.  The same finding gives the same bytes when it is sent again.  No
 * byte order mark stands before MSG, though 6.4 of the RFC wants one before
 * UTF-8: receivers that parse MSG as JSON stumble over it, and without one
 * the RFC still allows any bytes ("MSG-ANY").  Pure.
 */
#pragma once

#include "base/buf.h"
#include "feed/feed.h"

/* A datagram that most receivers take whole. */
#define SYSLOG_TEXT_DATAGRAM_BYTES 8192

/* `host` is ours, as gethostname() gives it. */
void syslog_text(
    const struct feed_item *item, struct span host, struct buf *out);

/* The same with the title in place of the text, cut to fit `most` bytes, and
 * cut="true" among the data: for what does not fit a datagram. */
void syslog_text_short(const struct feed_item *item, struct span host,
    size_t most, struct buf *out);

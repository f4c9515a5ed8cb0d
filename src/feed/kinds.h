/*
 * kinds.h - the kinds of feeds, for the table alone: everybody else finds
 * them by feed_of_kind() (feed.h).
 */
#pragma once

#include "feed/feed.h"

extern const struct feed_ops feed_file;
extern const struct feed_ops feed_stdout;
extern const struct feed_ops feed_syslog;
extern const struct feed_ops feed_webhook;

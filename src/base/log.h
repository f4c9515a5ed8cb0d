/*
 * log.h - the service's own log: one line an entry, logfmt or JSON.
 *
 *	time=2026-11-22T03:21:30.000Z level=warning msg="a request was refused"
 *	    source=metal-1 detail="401 A bearer token is needed."
 *
 * Values may be hostile: control characters, quotes and broken UTF-8 are
 * escaped, lengths are bounded, a line is one write(2) of at most
 * LOG_LINE_BYTES.  Lines of one message are rate-limited by a token bucket;
 * what was left out is counted and told by the next line of that message or
 * by log_tell().  Clocks are passed in.  One thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define LOG_LINE_BYTES ((size_t)4096)  /* PIPE_BUF: a line stays whole */
#define LOG_VALUE_BYTES ((size_t)1024) /* of a value, before escaping */

/* The numbers of enum source_level. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

struct log_options {
	int fd; /* borrowed */
	bool json;
	enum log_level level; /* nothing below it */
	unsigned burst;	      /* lines of a message at once; 0: 10 */
	double per_second;    /* and so many a second later; 0: 0.5 */
};

struct log;

struct log *log_new(const struct log_options *options);
void log_free(struct log *l); /* NULL is allowed */

/* "error", "warning", "info" or "debug"; false for another word. */
bool log_level_of(struct span word, enum log_level *level);

/*
 * Write a line, unless its level or its rate is not allowed.  `message` is
 * constant text: the rate is kept by it.  `fields` are key, value, key,
 * value, NULL; or NULL.  A value of NULL is an empty one.
 */
void log_line(struct log *l, int64_t now_us, enum log_level level,
    const char *message, const char *const *fields);

/* Tell what was left out of messages that may be written again; to be called
 * now and then. */
void log_tell(struct log *l, int64_t now_us);

struct log_entry {
	int64_t time_us;
	enum log_level level;
	const char *message;
	const char *const *fields; /* as log_line() takes them */
};

/* The line of an entry, whatever its level and rate. */
void log_format(const struct log_entry *e, bool json, struct buf *out);

/* Lines that were written, left out by rate, and lost since the descriptor
 * did not take them. */
struct log_counts {
	uint64_t written, suppressed, lost;
};
struct log_counts log_count(const struct log *l);

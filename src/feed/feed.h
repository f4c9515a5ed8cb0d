/*
 * feed.h - where findings go, one kind a file.
 *
 * The store keeps an outbox: for each feed the findings that changed, in
 * order.  A feed is given the next few of them and answers, then or later,
 * which it has delivered; only then does the store forget them.  So each is
 * delivered at least once, with an id that tells repetitions.
 *
 * All functions of one feed are called on one thread, which the host owns.
 * The process ignores SIGPIPE and SIGXFSZ: their errno values are handled.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "config/config.h"

/* One finding as it leaves; spans live until the call returns. */
struct feed_item {
	uint64_t number; /* place in the outbox, growing */
	struct span id;	 /* of the finding: the same for every repetition */
	struct span type;
	double severity;
	/* How often it has changed: id and revision name the delivery. */
	uint64_t revision;
	int64_t first_us, last_us;
	struct span title;
	struct span text; /* in the feed's format, one line, no line feed */
};

struct feed_host {
	/* Everything up to and including `number` is delivered. */
	void (*delivered)(void *cookie, uint64_t number);
	/* As source_host.say. */
	void (*say)(void *cookie, int level, const char *message,
	    const char *const *fields);
	void *cookie;
};

struct feed_counts {
	uint64_t delivered, failures, retries;
	bool healthy;
	char trouble[160]; /* why not; "" when healthy */
};

struct feed_ops {
	const char *kind; /* of the configuration */
	/* What can be said of a configuration without opening it: nothing is
	 * made, nobody called.  INVALID as open().  NULL: nothing. */
	enum status (*check)(
	    const struct config_feed *config, struct buf *error);
	/* INVALID with *error naming what to change; a receiver that does not
	 * answer is no failure. */
	enum status (*open)(const struct config_feed *config,
	    const struct feed_host *host, void **feed, struct buf *error);
	/*
	 * Take items in order; gives how many were taken, 0 when none can be
	 * now (the receiver is away, or enough are under way).  What was taken
	 * and not delivered when the feed is closed or fails is given again.
	 */
	size_t (*take)(void *feed, const struct feed_item *items, size_t count);
	/* Go on delivering, for at most `wait_ms`. */
	void (*run)(void *feed, int wait_ms);
	void (*count)(const void *feed, struct feed_counts *counts);
	void (*close)(void *feed);
};

extern const struct feed_ops feed_kafka;

/* By the configuration's word; NULL: there is none. */
const struct feed_ops *feed_of_kind(const char *kind);

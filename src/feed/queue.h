/*
 * queue.h - the findings that a feed has taken and not yet delivered, in
 * order, copied.  Part of a feed, on its thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "feed/feed.h"

#define QUEUE_ITEMS 1024
#define QUEUE_BYTES ((size_t)16 * 1024 * 1024)

enum queue_state {
	QUEUE_WAITS,
	QUEUE_UNDER_WAY,
	QUEUE_DONE, /* delivered, though others before it may not be */
};

struct queue_item {
	enum queue_state state;
	uint64_t number;
	size_t bytes;
	struct buf text; /* what is sent */
	struct buf key;	 /* "ID-REVISION" */
	unsigned failures;
	/* For the feed: when it may be tried, or when it was sent; how often
	 * it was, or how many bytes of the connection it ends. */
	int64_t at_us;
	uint64_t mark;
	void *feed; /* whose it is */
};

struct queue {
	struct queue_item items[QUEUE_ITEMS]; /* a ring */
	size_t first, count, bytes;
};

void queue_done(struct queue *q);

/*
 * A place for the next finding, `number` set, texts empty; NULL: there are
 * enough.  `bytes` is about what it will take; one always fits in an empty
 * queue.
 */
struct queue_item *queue_add(struct queue *q, uint64_t number, size_t bytes);

/* The i-th oldest; i < q->count. */
struct queue_item *queue_at(struct queue *q, size_t i);

/* Drop the delivered ones at the head; how many, the last's number in
 * *number. */
size_t queue_drop_done(struct queue *q, uint64_t *number);

/*
 * sqs.h - one queue of SQS.
 *
 * Over the JSON protocol of SQS; where a server knows the query protocol
 * alone, that is found out with the first request and used from then on.
 * Requests are started and end in a callback from aws_run().  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/call.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

#define SQS_BATCH_MAX 10
#define SQS_WAIT_MAX_S 20

struct sqs;

struct sqs_options {
	struct aws *aws;    /* borrowed */
	const char *url;    /* of the queue; copied */
	const char *region; /* NULL: as the URL says, else the credentials' */
};

/* INVALID with *error.  Caller frees. */
NODISCARD enum status sqs_new(
    const struct sqs_options *options, struct sqs **result, struct buf *error);
/* Requests under way are forgotten.  NULL is allowed. */
void sqs_free(struct sqs *s);

struct sqs_message {
	struct span id, receipt, body;
	unsigned receives; /* how often it was received; 0: not said */
};

struct sqs_reply {
	bool ok;
	bool later;	  /* not ok, but may go well later */
	const char *text; /* what went wrong, with the permission missing */
	/* Of sqs_receive(). */
	const struct sqs_message *messages;
	size_t count;
	/* Of sqs_delete() and sqs_extend(): those that failed. */
	size_t failed;
};

struct sqs_wish {
	void (*done)(void *cookie, const struct sqs_reply *reply);
	void *cookie;
};

/* At most SQS_BATCH_MAX messages, waiting for the first for `wait_s`; nobody
 * else sees them for `hidden_s`. */
void sqs_receive(
    struct sqs *s, unsigned wait_s, unsigned hidden_s, struct sqs_wish wish);

/* At most SQS_BATCH_MAX receipts. */
void sqs_delete(struct sqs *s, const struct span *receipts, size_t count,
    struct sqs_wish wish);
void sqs_extend(struct sqs *s, const struct span *receipts, size_t count,
    unsigned hidden_s, struct sqs_wish wish);

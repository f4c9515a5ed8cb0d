/*
 * sqs_event.h - which objects a notice tells of.
 *
 * Notices of S3 itself, of EventBridge and of CloudTrail, each as it is or
 * wrapped once or twice by SNS.  All of it is hostile: bounded in size,
 * depth and number.  One parser belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

#define SQS_EVENT_OBJECTS_MAX 1000

struct sqs_event_object {
	struct span bucket, etag; /* may be empty */
	/* S3 percent-encodes keys in its notices, others do not: the likely
	 * reading, and the other one, empty when there is none. */
	struct span key, other_key;
	uint64_t size;	 /* 0: not said */
	int64_t time_us; /* 0: not said */
};

struct sqs_event {
	/* None for a test notice, and for what is no new object. */
	struct sqs_event_object *objects;
	size_t count;
	size_t ignored;	  /* records of other events: removals, tags */
	bool test;	  /* S3 tries the way when notices are set up */
	char *text, *end; /* what the spans point into */
};

struct sqs_event_parser;

struct sqs_event_parser *sqs_event_parser_new(void);
void sqs_event_parser_free(struct sqs_event_parser *p); /* NULL is allowed */

/*
 * Read a message.  MALFORMED or UNSUPPORTED with *why (a static text): it is
 * no such notice, and *event needs no sqs_event_done().
 */
NODISCARD enum status sqs_event_read(struct sqs_event_parser *p,
    struct span body, struct sqs_event *event, const char **why);
void sqs_event_done(struct sqs_event *event);

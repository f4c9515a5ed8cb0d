/*
 * inbox.h - the messages of an S3 source's queue.  See work.h.
 *
 * A message is hidden from others while its objects are under way, and
 * deleted when all of them are safe, gone or not wanted.  What cannot be
 * understood, and what names objects that cannot be read, is left to come
 * again, or to go where the queue sends such messages.
 */
#pragma once

#include "collect/s3/work.h"

struct inbox *inbox_new(void);
void inbox_free(struct inbox *i); /* NULL is allowed */

/* Receive, extend and delete what is due. */
void inbox_step(struct s3_source *s);
int inbox_wait_ms(const struct s3_source *s, int most_ms);

/* Send the deletions that are due, and wait for them some seconds. */
void inbox_finish(struct s3_source *s);

enum inbox_end {
	INBOX_SAFE,
	INBOX_LEAVE, /* the object cannot be read now */
};

/* One object of the message has come to its end. */
void inbox_settle(struct s3_source *s, void *message, enum inbox_end end);

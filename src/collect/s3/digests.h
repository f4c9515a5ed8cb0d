/*
 * digests.h - CloudTrail's digest files against what an S3 source read.  See
 * work.h and aws/digest.h.
 *
 * The hash of each CloudTrail log is kept until a digest lists the log.  What
 * a digest lists and was not read since the start is read again, to be
 * hashed.  A digest that is checked is given on as an empty parcel, so that
 * the host remembers it.
 */
#pragma once

#include "collect/s3/work.h"

struct digests *digests_new(void);
void digests_free(struct digests *d); /* NULL is allowed */

/* An object was read and is about to be HELD: its hash, or a digest's
 * signature, is noted. */
void digests_note(struct s3_source *s, struct object *object,
    const struct http_response *response);

/* Check a digest, taken from the queue; takes body and fd. */
void digests_take(
    struct s3_source *s, struct object *object, char *body, size_t len, int fd);

/* Go on with the checks that wait for something. */
void digests_step(struct s3_source *s);

/*
 * s3_place.h - where a bucket's requests go, and where an answer may send
 * them.
 *
 * A redirect is an answer that anybody on the way may have written, and what
 * follows it is signed: it is followed to S3 itself only, over TLS, and never
 * away from an endpoint that was given.
 *
 * Pure.  For s3.c.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

struct s3_place {
	const char *bucket, *region;
	const char *endpoint; /* URL in place of AWS's; NULL: AWS's */
	bool path_style;      /* the bucket stands in the path */
};

/* What AWS allows, or did once, in a bucket's name. */
bool s3_place_is_bucket(const char *name);

/* No dot and nothing else that a certificate's wildcard does not cover. */
bool s3_place_is_label(const char *name);

/* Add "scheme://host" of requests; `service` (empty: the endpoint, or the
 * region's own) is a host of S3 as s3_place_follow() gives it. */
void s3_place_url(
    const struct s3_place *p, struct span service, struct buf *url);

/* Add the raw path of a key, or with an empty one of the bucket. */
void s3_place_path(const struct s3_place *p, struct span key, struct buf *path);

struct s3_place_answer {
	int status;
	struct span region;   /* that it names; may be empty */
	struct span location; /* its header; may be empty */
};

/* Borrowed from the answer. */
struct s3_place_target {
	struct span region; /* to sign for */
	/* A host of S3 without the bucket, for this request alone; empty: the
	 * bucket is in `region`, for all that follow too. */
	struct span service;
};

/* Does the answer to a request that was signed for p->region send elsewhere?
 * False: it is the last word. */
bool s3_place_follow(const struct s3_place *p, const struct s3_place_answer *a,
    struct s3_place_target *target);

/*
 * s3.h - one bucket of S3, or of a server that speaks as S3 does.
 *
 * Listings and downloads are started and end in a callback from aws_run().
 * A download that breaks goes on where it broke, as long as the object is
 * the same; one that is whole has its length and, where the ETag can be an
 * MD5, its content checked.  A bucket in another region is followed there.
 *
 * A bucket and its requests belong to the thread of its aws client.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/call.h"
#include "aws/s3_page.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

struct s3;

struct s3_options {
	struct aws *aws;      /* borrowed for the bucket's life */
	const char *bucket;   /* the rest may be NULL; all is copied */
	const char *region;   /* else the credentials' */
	const char *endpoint; /* else AWS_ENDPOINT_URL_S3 ..., else AWS's */
	int path_style;	      /* -1: where the endpoint is not AWS's */
	bool requester_pays;
};

/* INVALID with *error for names and URLs that cannot be.  Caller frees. */
NODISCARD enum status s3_new(
    const struct s3_options *options, struct s3 **result, struct buf *error);
/* Requests under way are forgotten.  NULL is allowed. */
void s3_free(struct s3 *s);

const char *s3_bucket(const struct s3 *s);

enum s3_outcome {
	S3_DONE,
	S3_MISSING, /* no such key */
	S3_NO_BUCKET,
	S3_DENIED,	/* text says which permission is missing */
	S3_REFUSED,	/* another last word */
	S3_UNAVAILABLE, /* may go well later */
};

struct s3_listing {
	enum s3_outcome outcome;
	const char *text; /* what went wrong */
	const struct s3_page *page;
};

struct s3_list {
	struct span prefix, start_after, token; /* may be empty */
	bool delimited;				/* by "/" */
	unsigned page_size;			/* 0: 1,000 */
	void (*done)(void *cookie, const struct s3_listing *listing);
	void *cookie;
};

/* A page of keys in byte order. */
void s3_list(struct s3 *s, const struct s3_list *list);

struct s3_download {
	enum s3_outcome outcome;
	const char *text;
	struct span etag; /* of what was read, without quotes */
	char *body;	  /* malloc()ed, to be taken; NULL: see fd */
	size_t len;
	int fd; /* at its start, to be taken; -1: none */
	uint64_t size;
	int64_t modified_us;
	/* Headers of the object, "x-amz-meta-..." and others. */
	const struct http_response *response;
};

struct s3_get {
	struct span key;
	size_t memory_limit; /* larger ones go to a file below spool */
	const char *spool;   /* NULL: larger ones are refused */
	uint64_t size_limit; /* 0: none */
	size_t first_bytes;  /* no more than these, unchecked; 0: all */
	void (*done)(void *cookie, const struct s3_download *download);
	void *cookie;
};

void s3_get(struct s3 *s, const struct s3_get *get);

struct s3_counts {
	uint64_t requests, resumed, bytes;
};

struct s3_counts s3_count(const struct s3 *s);

/*
 * s3_page.h - one page of a bucket's listing (ListObjectsV2), read.
 *
 * Keys are any bytes.  They come percent-encoded where the server did what
 * encoding-type=url asks, and says so; else as they are.  Pure, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

struct s3_object {
	struct span key;
	struct span etag; /* without its quotes; may be empty */
	uint64_t size;
	int64_t modified_us; /* 0: not said */
	bool cold;	     /* in an archive: must be restored to be read */
};

struct s3_page {
	struct s3_object *objects;
	size_t nobjects;
	struct span *prefixes; /* common to more keys, with the delimiter */
	size_t nprefixes;
	bool truncated;	   /* there is more ... */
	struct span token; /* ... to be asked for with this */
	char *text;	   /* holds the spans */
};

/*
 * MALFORMED: no listing; *page then needs no s3_page_done().  A truncated
 * page always has a token: without one it is MALFORMED.
 */
NODISCARD enum status s3_page_read(struct span xml, struct s3_page *page);
void s3_page_done(struct s3_page *page);

/* Undo what S3 does to keys in listings and notices: "+" is a blank, %XX a
 * byte; a broken % stays as it is. */
void s3_page_decode(struct span s, struct buf *out);

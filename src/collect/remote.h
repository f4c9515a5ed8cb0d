/*
 * remote.h - buckets as the input of a backfill: s3://BUCKET/PREFIX.
 *
 * Who reads them is as the configuration's source of that bucket says, else
 * found as AWS's SDKs do.  An object's path is "s3://BUCKET/KEY#ETAG", which
 * is also its name for ever; its place is its key, as where a source of kind
 * s3 gives it.  One thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/s3.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "config/config.h"

struct remote;

/* `config` is borrowed.  Caller frees. */
struct remote *remote_new(const struct config *config);
void remote_free(struct remote *r); /* NULL is allowed */

/* Is it such a path? */
bool remote_is_path(const char *path);

struct remote_object {
	const char *path, *place;
	struct span etag;
	uint64_t size;
	int64_t modified_us;
	bool cold; /* in an archive class: cannot be read */
};

/*
 * List all keys below the path; blocks.  NOT_FOUND: no such bucket, or
 * nothing below.  UNAVAILABLE: no answer, or not allowed.  INVALID: it names
 * no bucket.  *error says which, with what to do.
 */
NODISCARD enum status remote_list(struct remote *r, const char *path,
    void (*object)(void *cookie, const struct remote_object *object),
    void *cookie, struct buf *error);

/*
 * The first bytes of some objects; blocks until all are told, in no order.
 * What cannot be read is told as no bytes.
 */
struct remote_heads {
	const char *const *paths;
	size_t count;
	size_t bytes;
	void (*head)(void *cookie, size_t index, struct span bytes);
	void *cookie;
};

void remote_heads(struct remote *r, const struct remote_heads *heads);

/* Begin to download an object of which remote_list() told the path; `done` is
 * called from remote_run(), as of s3_get(). */
struct remote_get {
	const char *path;
	size_t memory_limit;
	const char *spool;
	void (*done)(void *cookie, const struct s3_download *download);
	void *cookie;
};

void remote_start(struct remote *r, const struct remote_get *get);

/* Move what is under way, for at most wait_ms or until wake_fd is readable. */
void remote_run(struct remote *r, int wait_ms, int wake_fd);

/*
 * object.h - gzip files in a tree of folders, as an archive bucket has them.
 *
 * The first failure is kept; later calls do nothing, so that writers need
 * not test every step.  One thread.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

struct object_writer {
	const char *root; /* borrowed; outlives the writer */
	int level;	  /* of libdeflate, 1..12 */
	uint64_t plain_bytes, packed_bytes, objects;
	enum status status;
	struct buf *error; /* borrowed; one line on failure */
	void *compressor;
	char *packed;
	size_t packed_size;
	char made[1024]; /* the folder that was made last */
};

void object_writer_init(
    struct object_writer *o, const char *root, struct buf *error);
void object_writer_done(struct object_writer *o);

/* Write `content` gzipped to root/path, making folders as needed. */
void object_write(
    struct object_writer *o, const char *path, struct span content);

/* The same without compression. */
void object_write_plain(
    struct object_writer *o, const char *path, struct span content);

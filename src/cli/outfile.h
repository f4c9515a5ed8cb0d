/*
 * outfile.h - an output file that is there whole or not at all.
 *
 * Written beside its name and renamed by outfile_commit().  "-" is standard
 * output; what exists and is no regular file (a pipe, /dev/null) is written
 * directly.  One thread.
 */
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

struct outfile;

/* STATUS_IO with one line in *error when the file cannot be made. */
NODISCARD enum status outfile_open(
    const char *path, struct outfile **out, struct buf *error);

/* Where to write; valid until commit or free. */
FILE *outfile_stream(struct outfile *o);

/* Flush, and give the file its name.  STATUS_IO with one line in *error when
 * any write failed: then the old file, if any, is as it was. */
NODISCARD enum status outfile_commit(struct outfile *o, struct buf *error);

/* Without a commit before, nothing is left.  NULL is allowed. */
void outfile_free(struct outfile *o);

/* All at once: open, write `text`, commit, free. */
NODISCARD enum status outfile_write(
    const char *path, struct span text, struct buf *error);

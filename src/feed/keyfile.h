/*
 * keyfile.h - the key or token that a file holds, for one request.  Never
 * says what is in the file.
 */
#pragma once

#include "base/buf.h"
#include "base/status.h"

#define KEYFILE_BYTES_MAX 4096

/*
 * Read the file without the white space around it.  On failure *key is empty
 * and *error says why: "PATH: empty".  Caller calls keyfile_wipe().
 */
NODISCARD enum status keyfile_read(
    const char *path, struct buf *key, struct buf *error);

/* Overwrite and release.  Any buf. */
void keyfile_wipe(struct buf *key);

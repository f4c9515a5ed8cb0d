/*
 * content.h - the name of what is in a file, wherever the file lies.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define CONTENT_PREFIX "file#"

/*
 * "file#SIZE#HASH" behind *name: SHA-256 of all bytes, or of the first and the
 * last eight million of a large file: archives differ in both.  Not of path,
 * inode or times, so that a file that was moved, copied or restored is known,
 * and one that was written anew is not.  False when it cannot be read.
 */
bool content_name(int fd, uint64_t size, struct buf *name);

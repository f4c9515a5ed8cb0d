/*
 * secret.h - memory for what nobody may see.
 *
 * Whole pages of their own, left out of core dumps and of forked children,
 * wiped when freed.  For the few long-lived keys and tokens; never per
 * request.  One thread per piece.
 */
#pragma once

#include <stddef.h>

#include "base/span.h"
#include "base/status.h"

/* `size` zeroed bytes.  Never NULL: no memory ends the program. */
char *secret_new(size_t size);

/* Wipe and give back.  NULL is allowed. */
void secret_free(char *s);

/* A copy, NUL-terminated. */
char *secret_dup(struct span s);

/*
 * Read a file of at most `limit` bytes: *text borrows from *memory, which is
 * to be freed with secret_free().  NOT_FOUND when there is none, or /dev/null
 * in its place, IO with errno, TOO_LARGE; anything but a regular file or a link
 * to one is INVALID.
 */
NODISCARD enum status secret_read(
    const char *path, size_t limit, char **memory, struct span *text);

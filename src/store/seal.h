/*
 * seal.h - how many commits a store has confirmed, kept beside its file.
 *
 * A frame of SQLite's journal that does not check ends the journal: what was
 * committed behind it silently never was.  The store therefore counts its
 * commits, and the count is written here too when one is on the disk.  The
 * seal itself is not synchronised: it may be behind, and is never ahead.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct seal {
	uint64_t epoch; /* of the file: a backup has another */
	uint64_t number;
};

/* False: there is none, or not a whole one. */
bool seal_read(int fd, struct seal *seal);
/* As well as can be: a seal that is behind is still true. */
void seal_write(int fd, const struct seal *seal);

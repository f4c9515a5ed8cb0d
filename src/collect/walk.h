/*
 * walk.h - the files under a plan's arguments, before they are ordered.
 */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collect/plan.h"

struct walk_file {
	char *path;
	char *place;
	uint64_t size;
	dev_t device;
	ino_t inode;
	bool named;   /* an argument itself: tried whatever its name */
	bool regular; /* else a pipe or the like: read once, never looked at */
	bool doubted; /* its name does not tell that it is a log */
	bool remote;  /* an object of a bucket; not regular */
	int64_t modified_us;	  /* of a remote one */
	unsigned char digest[32]; /* the same for the same bytes, if any byte
				   * is not 0; of a remote one */
};

struct walk {
	struct walk_file *files;
	size_t count;
	size_t room;
	struct plan *plan; /* takes the skips */
	const struct plan_options *options;
	uint64_t bytes;
};

/* Walk one argument.  NOT_FOUND when there is nothing of that name. */
NODISCARD enum status walk_argument(struct walk *w, const char *path);

/* The same of a bucket, by the options' remote; fails as remote_list(). */
NODISCARD enum status walk_bucket(
    struct walk *w, const char *path, struct buf *error);

/* Release the files that were not moved out. */
void walk_done(struct walk *w);

/* True when a name does not tell that it is a log: its content must. */
bool walk_doubts(struct span place);

/* Why a file of that place is no log, by its name alone, or NULL; *partial
 * as in struct plan_skip. */
const char *walk_refuses(struct span place, bool *partial);

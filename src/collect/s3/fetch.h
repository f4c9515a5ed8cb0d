/*
 * fetch.h - some downloads at a time, given in the order of the queue.  See
 * work.h.
 */
#pragma once

#include "collect/s3/work.h"

/* Give what can be given, start what can be started. */
void fetch_step(struct s3_source *s);

/* Milliseconds until fetch_step() has something to do, at most `most_ms`. */
int fetch_wait_ms(const struct s3_source *s, int most_ms);

/* Hand a body over as that object's parcel; takes body and fd. */
void fetch_give(
    struct s3_source *s, struct object *object, char *body, size_t len, int fd);

/*
 * rounds.h - when an S3 source lists what.  See work.h.
 */
#pragma once

#include "collect/s3/work.h"

/* Read the committed position and begin the first round. */
void rounds_open(struct s3_source *s);

/* Go on: queue what a round found, begin the next when it is due. */
void rounds_step(struct s3_source *s);

/* Milliseconds until rounds_step() has something to do, at most `most_ms`. */
int rounds_wait_ms(const struct s3_source *s, int most_ms);

/* The position to commit with that object, in s->cursor. */
void rounds_cursor(struct s3_source *s, const struct object *object);

/* Of struct lister_options, with the source as cookie. */
void rounds_on_object(
    void *cookie, const struct s3_object *object, int64_t day);
void rounds_on_trouble(void *cookie, enum s3_outcome outcome, const char *text);

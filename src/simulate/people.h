/*
 * people.h - what the staff does in an ordinary fortnight, in the cloud's
 * API and with kubectl.
 */
#pragma once

#include "simulate/world.h"

/* Write the whole staff's ordinary life. */
void people_live(struct world *w);

/* Sessions of a person that begins at `time_us`: fresh keys, the office's
 * or the home's address. */
struct identity people_session(struct world *w, const struct person *p,
    int64_t time_us, const char *address);

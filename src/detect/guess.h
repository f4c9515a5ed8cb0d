/*
 * guess.h - somebody tries passwords over the network.
 *
 * What SSH and RDP guessing share: many short connections from one host to
 * the same port of another, each as long as a failed login.  Logins that
 * succeed carry more; a probe that never speaks carries less.  One that carries
 * much more, right after guesses from a place that the account hardly knows,
 * is a guess that was right.  Runs in a detector's observe(), on the shard's
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "detect/detector.h"
#include "stats/decay_mean.h"

/* Parameters, in the order of the detectors' tables. */
enum { GUESS_ATTEMPTS, GUESS_PACKETS, GUESS_BYTES, GUESS_PARAMS };

/* Per pair of addresses; zeroed memory is valid. */
struct guess {
	int64_t window; /* of 10 minutes, since 1970 */
	uint32_t now, before;
	uint32_t told; /* attempts when last raised in this window */
	uint16_t port; /* client's port of the last attempt */
	uint16_t unused;
	struct decay_mean usual; /* attempts per window with any */
	int64_t first_us;	 /* of the current series */
	uint64_t total;		 /* attempts in it */
	int64_t told_us;	 /* when guesses were last raised */
	int64_t in_us;		 /* when a session after them was */
};

/* The row is the calling side's half of a connection to `port`. */
bool guess_match(const struct event *ev, unsigned port);

/* Count an attempt and raise when there are too many.  `what` names the
 * protocol: "SSH". */
void guess_observe(struct detect *d, const struct event *ev, struct guess *g,
    struct span what);

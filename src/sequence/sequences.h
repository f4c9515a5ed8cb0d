/*
 * sequences.h - from signals to attack sequences.
 *
 * A set of signals, added in any order and from any tenant, and what follows
 * from it: chains of signals that one actor may have caused, by whatever name
 * its logs know it, and of these the ones that look like an attack.  What is
 * judged depends on the set alone, not on the order or the batches in which
 * it came; so it is the same for any number of threads and any commits.
 *
 * The set is bounded: of more than SEQUENCES_STEPS_MAX steps the weakest go
 * first.  Owns copies of all it is given.  One thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "finding/finding.h"

#define SEQUENCES_STEPS_MAX 8192

struct sequences;

struct sequences *sequences_new(const struct config *config); /* borrows */
void sequences_free(struct sequences *s); /* NULL is allowed */

/* Add a copy of what matters of the signal. */
void sequences_take(struct sequences *s, const struct signal *signal);

/* Move all that `from` has. */
void sequences_move(struct sequences *to, struct sequences *from);

/* Was anything added since it was judged last? */
bool sequences_are_stale(const struct sequences *s);

/*
 * The sequences in the set, by the time they were recognised; borrowed until
 * the next call of any function here.
 */
struct finding *const *sequences_judge(struct sequences *s, size_t *count);

/* How far back the set must reach for what is new. */
int64_t sequences_reach_us(const struct sequences *s);

/*
 * Forget what is so old that nothing new can follow from it.  Sequences
 * recognised before sequences_settled_us() are judged from a part of what
 * they rest on afterwards: the store has them as they were.
 */
void sequences_forget(struct sequences *s);
int64_t sequences_settled_us(const struct sequences *s);

/* The memory of the steps that are kept, texts left out. */
size_t sequences_bytes(const struct sequences *s);

/* Before the set was filled from a store that may hold more: forgotten is
 * what is older. */
void sequences_begin(struct sequences *s, int64_t since_us);

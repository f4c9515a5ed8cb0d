/*
 * judge.h - which chains there are among steps, and which are sequences.
 *
 * A fold over steps in order of time: a step joins the chains with which it
 * shares a key (keys.h) within the window; a chain whose steps of the window
 * serve enough tactics, with enough evidence, becomes a sequence, and what
 * joins it later belongs to it.  A pure function of the ordered steps.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "finding/chain.h"

/* What an actor was noticed for on other days of the week before says less:
 * its evidence is divided by one more than their number. */
#define SEQUENCE_HABIT_DAYS 7

enum sequence_kind {
	SEQUENCE_CLUSTER,
	SEQUENCE_DATA,
	SEQUENCE_INSTANCES,
	SEQUENCE_CREDENTIALS,
	SEQUENCE_KINDS
};

struct sequence_rule {
	bool enabled;
	double score;	/* evidence that is needed */
	double tactics; /* different ones that are needed */
};

struct judge_options {
	int64_t window_us;
	struct sequence_rule rules[SEQUENCE_KINDS];
};

/* A chain that is a sequence. */
struct verdict {
	enum sequence_kind kind;
	unsigned also;	 /* bits of other kinds */
	uint32_t *steps; /* positions, ascending */
	size_t nsteps, room;
	uint32_t first; /* the earliest step when it was recognised */
	uint32_t main;	/* the step of whoever did most, then */
	int64_t fired_us, last_us;
	double score;
	unsigned tactics;
	uint64_t signals, told, revision;
};

/* The sequences in order; the caller frees them. */
struct verdict *judge_steps(const struct judge_options *options,
    struct chain_step *const *steps, size_t count, size_t *nverdicts);
void judge_free(struct verdict *verdicts, size_t count);

/* How much a step says: like -ln p, bounded. */
double judge_evidence(const struct chain_step *s);

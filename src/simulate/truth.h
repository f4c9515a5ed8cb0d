/*
 * truth.h - what really happened: the answer sheet of a simulated world.
 *
 * Attacks register themselves and each of their steps; the sinks add in
 * which object a step's record is.  Owns its texts.  One thread.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct truth;

struct truth *truth_new(void);
void truth_free(struct truth *t);

/* Begin an attack; later calls belong to it.  Texts are borrowed literals;
 * `expected` is a comma list of finding types. */
void truth_attack(
    struct truth *t, const char *name, const char *what, const char *expected);

/* Who or where: `kind` names the member ("actors", "clusters", "accounts",
 * "targets", "addresses"); the value is copied, repetitions are dropped. */
void truth_name(struct truth *t, const char *kind, const char *value);

/* A step of the open attack; gives its number for sink_end(). */
int truth_step(struct truth *t, const char *what);

/* The record that proves a step: when, and its id in its log or "". */
void truth_proof(struct truth *t, int step, int64_t time_us, const char *id);

/* The object that holds the records of a step. */
void truth_place(struct truth *t, int step, const char *path);

/* All as one JSON object with `head` (members, may be "") first. */
void truth_json(const struct truth *t, const char *head, struct buf *out);

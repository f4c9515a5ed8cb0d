/*
 * findings.h - the findings of one tenant, as its signals arrive.
 *
 * Takes signals, joins those of one behaviour, keeps the rest of the count.
 * Bounded: past the limit new findings are counted and left out.  What is
 * suppressed is kept apart, with findings and a limit of its own: it neither
 * hides nor uses up what is not.  One thread, the shard's.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "finding/finding.h"

#define FINDINGS_MAX 5000 /* per tenant, of those that may still grow */
#define FINDINGS_SUPPRESSED_MAX 1000

/* A finding may grow until its tenant's newest is so much younger. */
#define FINDINGS_RECENT_US ((int64_t)8 * 24 * 3600 * 1000000)

struct findings;

struct findings *findings_new(void);
void findings_free(struct findings *f); /* NULL is allowed */

/* Takes the signal.  One that the alert budget holds back only joins a
 * finding that is open already; else it is freed. */
void findings_take(struct findings *f, struct signal *s);

/* The open finding of `identity`, if any, counts `more` events. */
void findings_grew(
    struct findings *f, uint64_t identity, uint64_t more, int64_t last_us);

/* Takes a finding that was stored before, as it was then. */
void findings_restore(struct findings *f, struct finding *n);

/* Visit those that changed since they were last visited: `told` when what
 * changed is worth telling by feeds. */
void findings_changed(struct findings *f,
    void (*visit)(void *cookie, const struct finding *finding, bool told),
    void *cookie);

/* The findings of `identity` learn which pod they are about; nothing when
 * there are none or they know.  What `config` suppresses of that pod is
 * suppressed from now on. */
struct config;
void findings_knew(struct findings *f, const struct config *config,
    uint64_t identity, const struct fact *facts, size_t count);

/*
 * Of the open finding of `identity`, `signals` tell of what many peers of its
 * actor share by now.  When those are all of it, it is suppressed with that as
 * the reason, and its feeds are told: true.
 */
bool findings_excused(struct findings *f, uint64_t identity, size_t signals);

/* Free those that cannot grow any more. */
void findings_forget(struct findings *f);

/* All of them, in order of their first signal; borrowed. */
struct finding **findings_list(struct findings *f, size_t *count);

/* The memory they take, most of their texts and events left out. */
size_t findings_bytes(const struct findings *f);

uint64_t findings_left_out(const struct findings *f);

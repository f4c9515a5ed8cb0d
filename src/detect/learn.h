/*
 * learn.h - what an event teaches of the cluster: what runs where, from which
 * image, made by whom, owned by whom, acting as which role.
 *
 * Only what changes something is looked into; reads pass by one comparison.
 * Texts in records are hostile: they are bounded by the inventory, and what
 * many cheap events can teach (names, who was seen where) goes to a table of
 * its own, so that it drives nothing else out.  One thread.
 */
#pragma once

#include <stdbool.h>

#include "base/ip.h"
#include "event/event.h"
#include "inventory/inventory.h"

struct learn {
	struct inventory *known;   /* what runs, who made and owns it */
	struct inventory *passing; /* sessions, answers, who was seen */
	const struct event *ev;
	/* A pod's address that the event taught; none: it taught none. */
	struct ip *pod_address;
};

/* Each event that is no duplicate. */
void learn_event(const struct learn *l);

/* The first event of an activity in its hour. */
void learn_activity(const struct learn *l);

/* One fact of the event's time and record, in the event's cluster or, with
 * `wide`, in the account. */
struct learn_fact {
	enum inventory_relation relation;
	enum inventory_sure sure;
	bool wide;
	struct span name, value;
	int64_t since_us; /* 0: since the event */
};

void learn_fact(
    const struct learn *l, struct inventory *to, const struct learn_fact *f);

/* The parts for one source each, called by learn_event(). */
void learn_audit_event(const struct learn *l);
void learn_trail_event(const struct learn *l);

/*
 * Who owns a thing, by its labels, annotations or tags: the best of what was
 * offered counts.
 */
struct learn_owner {
	struct span owner, contact;
	unsigned owner_rank, contact_rank;
};

void learn_owner_offer(
    struct learn_owner *o, struct span key, struct span value);
void learn_owner_keep(const struct learn *l, const struct learn_owner *o,
    struct span name, bool wide);

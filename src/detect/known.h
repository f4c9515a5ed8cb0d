/*
 * known.h - what the inventory knows of those a finding is about, as facts:
 * pod, workload, image, node, deployer, owner, and from which record.
 *
 * Values are copied into the facts' room.  One thread, the shard's.
 */
#pragma once

#include "detect/detector.h"
#include "detect/facts.h"
#include "inventory/inventory.h"

struct known {
	struct inventory *known, *passing;
	int64_t time_us;
	const struct event *ev;	   /* of known_facts() */
	const struct raise *raise; /* its own facts are not said again */
};

/* Add to `f` what is known of the event's own at the time. */
void known_facts(struct facts *f, const struct known *k);

/* The same of one address of ours; `cluster` may be empty. */
void known_address(struct facts *f, const struct known *k,
    const struct ip *address, struct span cluster);

/*
 * inquiry.h - what a state file has to say of a finding or an entity: whom it
 * is about, what the inventory knows of them, and what else was noticed.
 *
 * Names spread from what was asked for along the inventory - an address to
 * its pod, the pod to its workload, the workload to who changed it - a few
 * steps and not to what many share (accounts, clusters, namespaces, nodes,
 * images).  Everything is bounded; what is left out is counted.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "finding/entities.h"
#include "finding/finding.h"
#include "inventory/inventory.h"
#include "store/store.h"

#define INQUIRY_NAMES_MAX 64
#define INQUIRY_ROWS_MAX 256
#define INQUIRY_LINES_MAX 512

/* Something of the inventory; its texts are the inquiry's. */
struct inquiry_row {
	struct inventory_row row;
	struct span tenant;
};

/* A finding or a run of signals alike. */
struct inquiry_line {
	int64_t first_us, last_us;
	uint64_t count;		 /* signals; 0: a finding */
	struct finding *finding; /* owned; NULL: signals */
	struct signal *signal;	 /* owned, the first of them; or NULL */
	bool archived;
};

struct inquiry {
	int64_t since_us, until_us; /* until: excluded */
	struct span names[INQUIRY_NAMES_MAX];
	size_t nnames, asked; /* the first `asked` were asked for */
	struct inquiry_row rows[INQUIRY_ROWS_MAX];
	size_t nrows;
	struct inquiry_line lines[INQUIRY_LINES_MAX];
	size_t nlines;
	size_t left_out; /* names, rows and lines that found no room */
};

/* Ask for a name besides those asked for already. */
void inquiry_ask(struct inquiry *q, struct span name);

/* Names of a finding's entities that are not shared by many. */
void inquiry_ask_finding(struct inquiry *q, const struct finding *f);

/* Fill in rows and lines, in order of time.  Not OK with *error. */
NODISCARD enum status inquiry_answer(
    struct inquiry *q, struct store *store, struct buf *error);

void inquiry_done(struct inquiry *q);

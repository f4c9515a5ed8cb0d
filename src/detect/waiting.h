/*
 * waiting.h - findings that wait for the record of the pod they are about.
 *
 * The audit log of an hour may be read after its flow and DNS logs.  A finding
 * about an address that no pod is known for yet is remembered, and told of
 * the pod when its record comes.  A ring: the oldest gives way.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/image.h"
#include "base/ip.h"
#include "base/span.h"

#define WAITING_MAX 128
#define WAITING_CLUSTER_BYTES 64

struct waiting_row {
	uint64_t identity; /* of the finding; 0: free */
	int64_t time_us;
	struct ip address;
	char cluster[WAITING_CLUSTER_BYTES]; /* "" when not known */
};

struct waiting {
	struct waiting_row rows[WAITING_MAX];
	uint64_t next; /* where the next one goes */
};

/* A finding waits for the pod of an address; once is enough. */
void waiting_add(struct waiting *w, uint64_t identity, const struct ip *address,
    struct span cluster, int64_t time_us);

/* The next row of the address from *at on, or NULL; *at is then behind it.
 * The caller sets its identity to 0 when it need not wait any more. */
struct waiting_row *waiting_next(
    struct waiting *w, const struct ip *address, size_t *at);

/* One region; false when the bytes are damaged. */
void waiting_save(
    const struct waiting *w, const struct image_writer *to, unsigned region);
bool waiting_load(
    struct waiting *w, const struct image_reader *from, unsigned region);

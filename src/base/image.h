/*
 * image.h - the memory of a structure as numbered regions of plain bytes.
 *
 * What is to survive the program gives its tables as they lie in memory,
 * without pointers; who keeps them finds out which parts have changed.  A
 * number names the same region for ever.  A region may grow and shrink.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

#define IMAGE_REGIONS 65536

struct image_writer {
	/* The region's bytes now; borrowed until the call returns. */
	void (*put)(void *cookie, unsigned region, struct span bytes);
	void *cookie;
};

struct image_reader {
	/* The region's bytes as they were put; empty when there are none.
	 * Borrowed until the next call. */
	struct span (*get)(void *cookie, unsigned region);
	void *cookie;
};

static inline void
image_put(
    const struct image_writer *w, unsigned region, const void *at, size_t len)
{
	w->put(w->cookie, region, span_of((const char *)at, len));
}

static inline struct span
image_get(const struct image_reader *r, unsigned region)
{
	return r->get(r->cookie, region);
}

/*
 * image_box.h - the regions of an image, kept in memory: what a store does
 * with them, for tests.
 */
#pragma once

#include <string.h>

#include "base/buf.h"
#include "base/image.h"

#define IMAGE_BOX_REGIONS 4096

struct image_box {
	struct image_box_region {
		unsigned number;
		struct buf bytes;
	} regions[IMAGE_BOX_REGIONS];
	size_t count;
};

static inline void
image_box_put(void *cookie, unsigned number, struct span bytes)
{
	struct image_box *box = cookie;
	struct image_box_region *r = &box->regions[box->count++];

	ASSERT(box->count < IMAGE_BOX_REGIONS);
	r->number = number;
	buf_reset(&r->bytes);
	r->bytes.limit = SIZE_MAX / 4;
	buf_add(&r->bytes, bytes);
}

static inline struct span
image_box_get(void *cookie, unsigned number)
{
	const struct image_box *box = cookie;

	for (size_t i = 0; i < box->count; i++) {
		if (box->regions[i].number == number)
			return buf_span(&box->regions[i].bytes);
	}
	return span_of(NULL, 0);
}

/* To write into it, from empty; and to read it. */
static inline struct image_writer
image_box_writer(struct image_box *box)
{
	box->count = 0;
	return (struct image_writer){ image_box_put, box };
}

static inline struct image_reader
image_box_reader(struct image_box *box)
{
	return (struct image_reader){ image_box_get, box };
}

static inline void
image_box_done(struct image_box *box)
{
	for (size_t i = 0; i < IMAGE_BOX_REGIONS; i++)
		buf_done(&box->regions[i].bytes);
}

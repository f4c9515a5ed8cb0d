/*
 * names.h - texts of values, so that a key can be shown.
 *
 * Bounded: texts past the limit are not kept, and names_of() then gives an
 * empty span.  Spans stay valid until the next names_add().  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/image.h"
#include "base/span.h"

#define NAMES_TEXT_BYTES 96 /* longer texts are cut */

struct names;

struct names *names_new(size_t limit_bytes);
void names_free(struct names *t); /* NULL is allowed */

/* Keep `text` for `key` unless there is one. */
void names_add(struct names *t, uint64_t key, struct span text);

struct span names_of(const struct names *t, uint64_t key);

size_t names_count(const struct names *t);
size_t names_bytes(const struct names *t);

/* Two regions from `first` on; into a new table, false when they are not
 * what was saved. */
#define NAMES_REGIONS 2
void names_save(
    const struct names *t, const struct image_writer *w, unsigned first);
bool names_load(struct names *t, const struct image_reader *r, unsigned first);

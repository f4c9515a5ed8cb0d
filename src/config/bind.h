/*
 * bind.h - a YAML tree into the structs that a table of keys describes.
 *
 * Strict: an unknown or repeated key, a missing one, a wrong type or value
 * is a fault with its place and its fix; binding goes on to find more.
 * One thread.
 */
#pragma once

#include "base/buf.h"
#include "config/faults.h"
#include "config/shape.h"
#include "config/tree.h"

struct bind {
	struct faults *faults;
	struct buf *notes; /* one line for each key that has no effect */
};

/* Set what `key` describes in the zeroed struct `base` to its fallbacks. */
void bind_defaults(const struct shape_key *key, void *base);

/*
 * Bind `node` as `key` into the struct `base`, which holds defaults; with
 * `base` NULL only check.  Whatever faults there were, `base` is left fit
 * for bind_free().
 */
void bind_value(struct bind *b, const struct shape_key *key,
    const struct tree_node *node, void *base);

/* Free all that `key` describes in `base`, and zero it; not `base`. */
void bind_free(const struct shape_key *key, void *base);

/* Kinds whose value is an owned text. */
bool bind_is_text(enum shape_kind kind);

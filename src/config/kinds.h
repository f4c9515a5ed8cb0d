/*
 * kinds.h - which keys the kinds of sources and feeds need, and which they
 * have.
 *
 * A key that is needed and missing is a fault with the fix, so that `serve`
 * never finds out; one that belongs to another kind is a note, as it has no
 * effect.  One thread.
 */
#pragma once

#include "base/buf.h"
#include "config/faults.h"
#include "config/tree.h"

/* Look at the sources and feeds of a file, which may be wrong in any way. */
void kinds_check(
    const struct tree_node *root, struct faults *faults, struct buf *notes);

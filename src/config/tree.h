/*
 * tree.h - a YAML text as a tree that remembers where each thing stood.
 *
 * The part of YAML that a configuration needs: texts, lists and mappings.
 * Anchors, aliases, tags, second documents, keys that are no text, deep
 * nesting and anything but UTF-8 are refused, so a small file stays a small
 * tree.  The tree lives in the caller's arena.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "config/faults.h"

#define TREE_DEPTH_MAX 16
#define TREE_MEMBERS_MAX 10000 /* of one list or mapping */
#define TREE_BYTES_MAX ((size_t)1 << 20)
/* Room for the tree of any text of TREE_BYTES_MAX. */
#define TREE_ARENA_BYTES ((size_t)256 << 20)

enum tree_kind { TREE_TEXT, TREE_LIST, TREE_MAP };

struct tree_node {
	enum tree_kind kind;
	bool plain;	       /* a text without quotes */
	unsigned line, column; /* from 1 */
	struct span text;      /* NUL-terminated, without NUL inside */
	struct tree_node *key; /* what a mapping calls this member */
	struct tree_node *next;
	struct tree_node *first; /* members of a list or mapping */
};

/*
 * Read `text`.  *root is NULL when the document is empty.  On failure the
 * faults say what is wrong: MALFORMED, UNSUPPORTED or TOO_LARGE.
 */
NODISCARD enum status tree_parse(struct span text, struct arena *arena,
    struct faults *faults, struct tree_node **root);

/* The member of a mapping with that key; NULL when there is none, or `map` is
 * no mapping or NULL. */
const struct tree_node *tree_member(
    const struct tree_node *map, const char *name);

/* "a text", "a list", "a mapping". */
const char *tree_kind_text(const struct tree_node *n);

/* A plain text that YAML reads as nothing: empty, ~ or null. */
bool tree_is_null(const struct tree_node *n);

#include "config/bind.h"

#include <stdlib.h>

#include "config/nearest.h"
#include "config/printable.h"
#include "config/value.h"

/* Bytes of a quoted piece of the file in a message. */
#define QUOTE_BYTES 60

static void *
place(void *base, size_t offset)
{
	return base ? (char *)base + offset : NULL;
}

bool
bind_is_text(enum shape_kind kind)
{
	return kind == SHAPE_TEXT || kind == SHAPE_ACCOUNT ||
	       kind == SHAPE_ADDRESS || kind == SHAPE_WORD;
}

void
bind_defaults(const struct shape_key *key, void *base)
{
	if (base == NULL || key->unused)
		return;
	if (key->kind == SHAPE_MAP) {
		for (const struct shape_key *k = key->keys; k->name; k++)
			bind_defaults(k, base);
		return;
	}
	if (key->fallback != NULL) {
		bool fits = value_set(
		    key, span_str(key->fallback), place(base, key->offset));

		ASSERT(fits);
	} else if (key->kind == SHAPE_BOOL) {
		*(int *)place(base, key->offset) = -1;
	}
}

static void
fault_wrong_kind(
    struct bind *b, const struct shape_key *key, const struct tree_node *node)
{
	struct buf wanted = { 0 };
	const char *name = key->name ? key->name : "this";

	value_wanted(key, &wanted);
	if (tree_is_null(node))
		faults_add(b->faults, node->line, node->column,
		    "%s has no value; remove it, or write %s", name,
		    buf_text(&wanted));
	else
		faults_add(b->faults, node->line, node->column,
		    "%s is %s; write %s", name, tree_kind_text(node),
		    buf_text(&wanted));
	buf_done(&wanted);
}

static void
fault_wrong_value(
    struct bind *b, const struct shape_key *key, const struct tree_node *node)
{
	struct span quote = span_first(node->text, QUOTE_BYTES);
	struct nearest near = { 0 };
	struct buf wanted = { 0 };

	for (size_t i = 0; key->words != NULL && key->words[i]; i++)
		nearest_offer(&near, node->text, key->words[i]);
	value_wanted(key, &wanted);
	if (near.name != NULL)
		faults_add(b->faults, node->line, node->column,
		    "%s%s\"%.*s\" is not known; did you mean %s? (%s)",
		    key->name ? key->name : "", key->name ? ": " : "",
		    SPAN_ARGS(quote), near.name, buf_text(&wanted));
	else
		faults_add(b->faults, node->line, node->column,
		    "%s%s\"%.*s\" does not fit; write %s",
		    key->name ? key->name : "", key->name ? ": " : "",
		    SPAN_ARGS(quote), buf_text(&wanted));
	buf_done(&wanted);
}

/* True for kinds that YAML itself types: in quotes they are texts. */
static bool
is_typed(enum shape_kind kind)
{
	return kind == SHAPE_BOOL || kind == SHAPE_NUMBER;
}

static void
bind_scalar(struct bind *b, const struct shape_key *key,
    const struct tree_node *node, void *base)
{
	void *at = place(base, key->offset);

	if (node->kind != TREE_TEXT || tree_is_null(node)) {
		fault_wrong_kind(b, key, node);
		return;
	}
	if (is_typed(key->kind) && !node->plain) {
		struct buf wanted = { 0 };

		value_wanted(key, &wanted);
		faults_add(b->faults, node->line, node->column,
		    "%s is a text; write %s without quotes",
		    key->name ? key->name : "this", buf_text(&wanted));
		buf_done(&wanted);
		return;
	}
	if (at != NULL && bind_is_text(key->kind)) {
		free(*(char **)at);
		*(char **)at = NULL;
	}
	if (!value_set(key, node->text, at))
		fault_wrong_value(b, key, node);
}

static const struct shape_key *
key_of_name(const struct shape_key *keys, struct span name)
{
	for (; keys->name != NULL; keys++)
		if (span_equal(name, span_str(keys->name)))
			return keys;
	return NULL;
}

static void
fault_unknown_key(
    struct bind *b, const struct shape_key *keys, const struct tree_node *name)
{
	struct span quote = span_first(name->text, QUOTE_BYTES);
	struct nearest near = { 0 };
	struct buf known = { 0 };

	for (const struct shape_key *k = keys; k->name != NULL; k++) {
		nearest_offer(&near, name->text, k->name);
		buf_printf(&known, "%s%s", k == keys ? "" : ", ", k->name);
	}
	if (near.name != NULL)
		faults_add(b->faults, name->line, name->column,
		    "unknown key \"%.*s\"; did you mean %s?", SPAN_ARGS(quote),
		    near.name);
	else
		faults_add(b->faults, name->line, name->column,
		    "unknown key \"%.*s\"; known here: %s", SPAN_ARGS(quote),
		    buf_text(&known));
	buf_done(&known);
}

/* True, with a fault, when an earlier member has the same key. */
static bool
is_repeated(
    struct bind *b, const struct tree_node *map, const struct tree_node *member)
{
	const struct tree_node *m = map->first;

	for (; m != member; m = m->next) {
		if (!span_equal(m->key->text, member->key->text))
			continue;
		faults_add(b->faults, member->key->line, member->key->column,
		    "\"%.*s\" was given in line %u already; keep one",
		    SPAN_ARGS(span_first(member->key->text, QUOTE_BYTES)),
		    m->key->line);
		return true;
	}
	return false;
}

static void
fault_missing_keys(
    struct bind *b, const struct shape_key *keys, const struct tree_node *node)
{
	for (const struct shape_key *k = keys; k->name != NULL; k++) {
		const struct tree_node *m = node->first;

		while (m && !span_equal(m->key->text, span_str(k->name)))
			m = m->next;
		if (k->required && m == NULL)
			faults_add(b->faults, node->line, node->column,
			    "%s is missing; add \"%s:\", %s", k->name, k->name,
			    k->help);
	}
}

static void
note_unused(
    struct bind *b, const struct shape_key *key, const struct tree_node *name)
{
	printable_add(b->notes, span_str(b->faults->path));
	buf_printf(b->notes,
	    ":%u:%u: note: %s is checked but has no effect: this version "
	    "does not have what it is for\n",
	    name->line, name->column, key->name);
}

static void
bind_map(struct bind *b, const struct shape_key *key,
    const struct tree_node *node, void *base)
{
	for (const struct tree_node *m = node->first; m; m = m->next) {
		const struct shape_key *k =
		    key_of_name(key->keys, m->key->text);

		if (faults_full(b->faults))
			return;
		if (k == NULL) {
			fault_unknown_key(b, key->keys, m->key);
			continue;
		}
		if (is_repeated(b, node, m))
			continue;
		if (k->unused)
			note_unused(b, k, m->key);
		bind_value(b, k, m, k->unused ? NULL : base);
	}
	fault_missing_keys(b, key->keys, node);
}

static size_t
members_of(const struct tree_node *node)
{
	size_t count = 0;

	for (const struct tree_node *m = node->first; m; m = m->next)
		count++;
	return count;
}

/* Keep the name of a NAMED item, and where an item stood. */
static void
keep_name(const struct shape_key *key, const struct tree_node *node, void *item)
{
	static const struct shape_key text = { .kind = SHAPE_TEXT };
	const struct tree_node *at =
	    key->kind == SHAPE_NAMED ? node->key : node;

	if (item == NULL)
		return;
	if (key->kind == SHAPE_NAMED)
		(void)value_set(&text, at->text, place(item, key->name_offset));
	if (key->line_offset != 0)
		*(unsigned *)place(item, key->line_offset) = at->line;
	if (key->column_offset != 0)
		*(unsigned *)place(item, key->column_offset) = at->column;
}

/* A list, or a mapping whose keys are names. */
static void
bind_items(struct bind *b, const struct shape_key *key,
    const struct tree_node *node, void *base)
{
	char *items = NULL;
	size_t *count = place(base, key->count_offset);

	if (base != NULL) {
		items = status_calloc(members_of(node) + 1, key->item_size);
		*(void **)place(base, key->offset) = items;
		*count = 0;
	}
	for (const struct tree_node *m = node->first; m; m = m->next) {
		void *item = items ? items + *count * key->item_size : NULL;

		if (faults_full(b->faults))
			return;
		if (key->kind == SHAPE_NAMED && m->key->text.len == 0) {
			faults_add(b->faults, m->key->line, m->key->column,
			    "a name is empty; write one");
			continue;
		}
		if (key->kind == SHAPE_NAMED && is_repeated(b, node, m))
			continue;
		if (item != NULL)
			(*count)++;
		bind_defaults(key->item, item);
		keep_name(key, m, item);
		bind_value(b, key->item, m, item);
	}
}

void
bind_value(struct bind *b, const struct shape_key *key,
    const struct tree_node *node, void *base)
{
	bool wants_list = key->kind == SHAPE_LIST;
	bool wants_map = key->kind == SHAPE_MAP || key->kind == SHAPE_NAMED;

	if (!wants_list && !wants_map)
		bind_scalar(b, key, node, base);
	else if (node->kind != (wants_list ? TREE_LIST : TREE_MAP))
		fault_wrong_kind(b, key, node);
	else if (key->kind == SHAPE_MAP)
		bind_map(b, key, node, base);
	else
		bind_items(b, key, node, base);
}

static void
free_items(const struct shape_key *key, void *base)
{
	char **items = place(base, key->offset);
	size_t *count = place(base, key->count_offset);

	for (size_t i = 0; i < *count; i++) {
		char *item = *items + i * key->item_size;

		bind_free(key->item, item);
		if (key->kind == SHAPE_NAMED)
			free(*(char **)place(item, key->name_offset));
	}
	free(*items);
	*items = NULL;
	*count = 0;
}

void
bind_free(const struct shape_key *key, void *base)
{
	if (key->unused)
		return;
	if (key->kind == SHAPE_MAP) {
		for (const struct shape_key *k = key->keys; k->name; k++)
			bind_free(k, base);
	} else if (key->kind == SHAPE_LIST || key->kind == SHAPE_NAMED) {
		free_items(key, base);
	} else if (bind_is_text(key->kind)) {
		char **text = place(base, key->offset);

		free(*text);
		*text = NULL;
	}
}

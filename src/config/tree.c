#include "config/tree.h"

#include <yaml.h>

struct parse {
	yaml_parser_t yaml;
	struct arena *arena;
	struct faults *faults;
	struct span text;
};

static void
fault_at(struct parse *p, yaml_mark_t mark, const char *what)
{
	faults_add(p->faults, (unsigned)mark.line + 1,
	    (unsigned)mark.column + 1, "%s", what);
}

/* libyaml gives a byte offset for what it cannot decode. */
static void
fault_at_offset(struct parse *p, size_t offset)
{
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < offset && i < p->text.len; i++) {
		column++;
		if (p->text.at[i] == '\n') {
			line++;
			column = 1;
		}
	}
	faults_add(p->faults, line, column,
	    "not UTF-8 text; save the file as UTF-8 without control "
	    "characters");
}

static enum status
fault_of_library(struct parse *p)
{
	const char *problem = p->yaml.problem ? p->yaml.problem : "unreadable";
	const char *fix = "check indentation, quotes and brackets here";

	if (p->yaml.error == YAML_MEMORY_ERROR)
		return STATUS_NO_MEMORY;
	if (p->yaml.error == YAML_READER_ERROR) {
		fault_at_offset(p, p->yaml.problem_offset);
		return STATUS_MALFORMED;
	}
	if (p->yaml.context != NULL && strstr(p->yaml.context, "an alias"))
		fix = "put a text that begins with * in quotes";
	faults_add(p->faults, (unsigned)p->yaml.problem_mark.line + 1,
	    (unsigned)p->yaml.problem_mark.column + 1, "not YAML: %s; %s",
	    problem, fix);
	return STATUS_MALFORMED;
}

static enum status
next_event(struct parse *p, yaml_event_t *event)
{
	if (!yaml_parser_parse(&p->yaml, event))
		return fault_of_library(p);
	return STATUS_OK;
}

static struct tree_node *
node_new(struct parse *p, enum tree_kind kind, yaml_mark_t mark)
{
	struct tree_node *n = arena_alloc(p->arena, sizeof(*n));

	if (n == NULL) {
		fault_at(p, mark, "too much in one file; split it");
		return NULL;
	}
	n->kind = kind;
	n->line = (unsigned)mark.line + 1;
	n->column = (unsigned)mark.column + 1;
	return n;
}

static enum status
refuse_tag(struct parse *p, const yaml_event_t *e, const yaml_char_t *anchor,
    const yaml_char_t *tag)
{
	if (anchor != NULL) {
		fault_at(p, e->start_mark,
		    "anchors (&name) are not read; write the value out");
		return STATUS_UNSUPPORTED;
	}
	if (tag != NULL) {
		fault_at(p, e->start_mark,
		    "tags (!type) are not read; remove the tag");
		return STATUS_UNSUPPORTED;
	}
	return STATUS_OK;
}

static enum status
read_text(struct parse *p, const yaml_event_t *e, struct tree_node **out)
{
	struct span value =
	    span_of((const char *)e->data.scalar.value, e->data.scalar.length);
	enum status st =
	    refuse_tag(p, e, e->data.scalar.anchor, e->data.scalar.tag);
	struct tree_node *n;
	char *copy;

	if (st != STATUS_OK)
		return st;
	if (value.len > 0 && memchr(value.at, '\0', value.len) != NULL) {
		fault_at(p, e->start_mark,
		    "the text holds a NUL character; remove it");
		return STATUS_MALFORMED;
	}
	n = node_new(p, TREE_TEXT, e->start_mark);
	copy = n ? arena_alloc(p->arena, value.len + 1) : NULL;
	if (copy == NULL)
		return STATUS_TOO_LARGE;
	if (value.len > 0)
		memcpy(copy, value.at, value.len);
	n->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	n->text = span_of(copy, value.len);
	*out = n;
	return STATUS_OK;
}

static enum status read_node(
    struct parse *p, yaml_event_t *e, unsigned depth, struct tree_node **out);

/* Read the key that `*e` starts; leaves the value's first event in `*e`. */
static enum status
read_key(
    struct parse *p, yaml_event_t *e, unsigned depth, struct tree_node **key)
{
	enum status st = read_node(p, e, depth, key);

	if (st != STATUS_OK)
		return st;
	if ((*key)->kind != TREE_TEXT) {
		faults_add(p->faults, (*key)->line, (*key)->column,
		    "a key is %s; write a name", tree_kind_text(*key));
		return STATUS_UNSUPPORTED;
	}
	return next_event(p, e);
}

/* Read members up to the end of the list or mapping `n`. */
static enum status
read_members(struct parse *p, struct tree_node *n, unsigned depth)
{
	struct tree_node **tail = &n->first;

	for (size_t count = 0;; count++) {
		struct tree_node *key = NULL, *member = NULL;
		yaml_event_t e;
		enum status st = next_event(p, &e);

		if (st != STATUS_OK)
			return st;
		if (e.type == YAML_SEQUENCE_END_EVENT ||
		    e.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&e);
			return STATUS_OK;
		}
		if (count >= TREE_MEMBERS_MAX) {
			fault_at(p, e.start_mark,
			    "more than 10000 members; shorten it");
			yaml_event_delete(&e);
			return STATUS_TOO_LARGE;
		}
		if (n->kind == TREE_MAP)
			st = read_key(p, &e, depth, &key);
		if (st == STATUS_OK)
			st = read_node(p, &e, depth, &member);
		if (st != STATUS_OK)
			return st;
		member->key = key;
		*tail = member;
		tail = &member->next;
	}
}

static enum status
read_group(
    struct parse *p, yaml_event_t *e, unsigned depth, struct tree_node **out)
{
	bool is_list = e->type == YAML_SEQUENCE_START_EVENT;
	enum status st = is_list
			     ? refuse_tag(p, e, e->data.sequence_start.anchor,
				   e->data.sequence_start.tag)
			     : refuse_tag(p, e, e->data.mapping_start.anchor,
				   e->data.mapping_start.tag);

	if (st != STATUS_OK)
		return st;
	if (depth >= TREE_DEPTH_MAX) {
		fault_at(p, e->start_mark,
		    "nested too deeply; no key needs more than a few levels");
		return STATUS_TOO_LARGE;
	}
	*out = node_new(p, is_list ? TREE_LIST : TREE_MAP, e->start_mark);
	return *out ? read_members(p, *out, depth + 1) : STATUS_TOO_LARGE;
}

/* Read the node that `e` starts; takes `e`. */
static enum status
read_node(
    struct parse *p, yaml_event_t *e, unsigned depth, struct tree_node **out)
{
	enum status st = STATUS_MALFORMED;

	if (e->type == YAML_SCALAR_EVENT) {
		st = read_text(p, e, out);
	} else if (e->type == YAML_ALIAS_EVENT) {
		fault_at(p, e->start_mark,
		    "aliases (*name) are not read; write the value out, or "
		    "put a pattern with * in quotes");
		st = STATUS_UNSUPPORTED;
	} else if (e->type == YAML_SEQUENCE_START_EVENT ||
		   e->type == YAML_MAPPING_START_EVENT) {
		st = read_group(p, e, depth, out);
	}
	yaml_event_delete(e);
	return st;
}

/* Skip events that carry nothing; give the type of the next that does. */
static enum status
next_content(struct parse *p, yaml_event_t *e)
{
	for (;;) {
		enum status st = next_event(p, e);

		if (st != STATUS_OK)
			return st;
		if (e->type != YAML_STREAM_START_EVENT &&
		    e->type != YAML_DOCUMENT_START_EVENT &&
		    e->type != YAML_DOCUMENT_END_EVENT)
			return STATUS_OK;
		yaml_event_delete(e);
	}
}

static enum status
read_document(struct parse *p, struct tree_node **root)
{
	yaml_event_t e;
	enum status st = next_content(p, &e);

	if (st != STATUS_OK)
		return st;
	if (e.type == YAML_STREAM_END_EVENT) {
		yaml_event_delete(&e);
		return STATUS_OK;
	}
	st = read_node(p, &e, 0, root);
	if (st != STATUS_OK)
		return st;
	st = next_content(p, &e);
	if (st != STATUS_OK)
		return st;
	if (e.type != YAML_STREAM_END_EVENT) {
		fault_at(p, e.start_mark,
		    "a second document (---) starts here; keep one");
		st = STATUS_UNSUPPORTED;
	}
	yaml_event_delete(&e);
	return st;
}

enum status
tree_parse(struct span text, struct arena *arena, struct faults *faults,
    struct tree_node **root)
{
	struct parse p = { .arena = arena, .faults = faults, .text = text };
	enum status st;

	*root = NULL;
	if (text.len > TREE_BYTES_MAX) {
		faults_add(faults, 1, 1, "larger than 1 MiB; split the file");
		return STATUS_TOO_LARGE;
	}
	if (!yaml_parser_initialize(&p.yaml))
		return STATUS_NO_MEMORY;
	yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &p.yaml, (const unsigned char *)(text.at ? text.at : ""), text.len);
	st = read_document(&p, root);
	yaml_parser_delete(&p.yaml);
	return st;
}

const struct tree_node *
tree_member(const struct tree_node *map, const char *name)
{
	const struct tree_node *m =
	    map != NULL && map->kind == TREE_MAP ? map->first : NULL;

	while (m != NULL && !span_equal(m->key->text, span_str(name)))
		m = m->next;
	return m;
}

const char *
tree_kind_text(const struct tree_node *n)
{
	switch (n->kind) {
	case TREE_TEXT:
		return "a text";
	case TREE_LIST:
		return "a list";
	case TREE_MAP:
		return "a mapping";
	}
	return "nothing";
}

bool
tree_is_null(const struct tree_node *n)
{
	return n->kind == TREE_TEXT && n->plain &&
	       (n->text.len == 0 || span_equal(n->text, SPAN("~")) ||
		   span_equal(n->text, SPAN("null")));
}

/*
 * The strict reader of playbooks: libyaml makes the tree, tables say what
 * may be where, and every refusal names its line.
 */
#include <stdlib.h>
#include <yaml.h>

#include "detect/detector.h"
#include "finding/vocabulary.h"
#include "playbook/playbook.h"
#include "playbook/table.h"

#define PARSE_TEXT_BYTES ((size_t)4096) /* longest text of a playbook */

struct parse {
	yaml_document_t doc;
	const char *name;
	struct playbook *playbook;
	struct buf *error;
};

/* A member of a mapping that is a text, at `offset` of the item's struct. */
struct text_field {
	const char *key;
	size_t offset;
	bool required;
};

#define STEP(member) offsetof(struct playbook_step, member)
static const struct text_field step_fields[] = {
	{ "title", STEP(title), true },
	{ "command", STEP(command), false },
	{ "effect", STEP(effect), false },
	{ "undo", STEP(undo), false },
	{ "needs", STEP(needs), false },
	{ "expect", STEP(expect), false },
	{ "when", STEP(when), false },
};

static const struct text_field question_fields[] = {
	{ "text", offsetof(struct playbook_question, text), true },
	{ "benign_if", offsetof(struct playbook_question, benign_if), true },
	{ "malicious_if", offsetof(struct playbook_question, malicious_if),
	    true },
};

static const struct text_field benign_fields[] = {
	{ "condition", offsetof(struct playbook_benign, condition), true },
	{ "suggestion", offsetof(struct playbook_benign, suggestion), true },
};

static const char *const part_keys[PLAYBOOK_PART_COUNT] = {
	[PLAYBOOK_EVIDENCE] = "evidence",
	[PLAYBOOK_CONTAIN] = "contain",
	[PLAYBOOK_ERADICATE] = "eradicate",
	[PLAYBOOK_RECOVER] = "recover",
	[PLAYBOOK_VERIFY] = "verify",
};

/* Note the first thing that is wrong, at its place. */
static enum status
refuse(
    struct parse *p, const yaml_mark_t *at, const char *what, struct span which)
{
	if (p->error->len == 0) {
		buf_printf(p->error, "%s:%zu:%zu: %s", p->name, at->line + 1,
		    at->column + 1, what);
		if (!span_is_empty(which))
			buf_printf(p->error, " \"%.*s\"",
			    SPAN_ARGS(span_first(which, 80)));
	}
	return STATUS_INVALID;
}

static struct span
scalar_of(const yaml_node_t *node)
{
	return span_of(
	    (const char *)node->data.scalar.value, node->data.scalar.length);
}

/* Copy a scalar into the playbook as a C string without its last newline. */
static enum status
bind_text(struct parse *p, const yaml_node_t *node, const char **text)
{
	struct span s;
	char *copy;

	if (node->type != YAML_SCALAR_NODE)
		return refuse(
		    p, &node->start_mark, "a text is expected here", SPAN(""));
	s = span_trim(scalar_of(node));
	if (span_is_empty(s))
		return refuse(p, &node->start_mark, "an empty text", SPAN(""));
	if (s.len > PARSE_TEXT_BYTES || memchr(s.at, '\0', s.len) != NULL)
		return refuse(p, &node->start_mark,
		    "a text that is too long or holds NUL", SPAN(""));
	copy = arena_alloc(p->playbook->texts, s.len + 1);
	if (copy == NULL)
		return refuse(p, &node->start_mark, "too much text", SPAN(""));
	memcpy(copy, s.at, s.len);
	copy[s.len] = '\0';
	*text = copy;
	return STATUS_OK;
}

static const struct text_field *
field_of(const struct text_field *fields, size_t n, struct span key)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equal(span_str(fields[i].key), key))
			return &fields[i];
	}
	return NULL;
}

struct shape {
	const struct text_field *fields;
	size_t n;
};

/* The member of an item that a field describes. */
static const char **
member(void *item, const struct text_field *field)
{
	void *at = (char *)item + field->offset;

	return at;
}

/* A mapping of texts into the struct `item`. */
static enum status
bind_item(
    struct parse *p, const yaml_node_t *node, struct shape shape, void *item)
{
	if (node->type != YAML_MAPPING_NODE)
		return refuse(p, &node->start_mark,
		    "a mapping is expected here", SPAN(""));
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key =
		    yaml_document_get_node(&p->doc, pair->key);
		const struct text_field *field;
		const char **text;

		if (key->type != YAML_SCALAR_NODE)
			return refuse(
			    p, &key->start_mark, "a key is no text", SPAN(""));
		field = field_of(shape.fields, shape.n, scalar_of(key));
		if (field == NULL)
			return refuse(
			    p, &key->start_mark, "unknown key", scalar_of(key));
		text = member(item, field);
		if (*text != NULL)
			return refuse(p, &key->start_mark, "key given twice",
			    scalar_of(key));
		if (bind_text(p, yaml_document_get_node(&p->doc, pair->value),
			text) != STATUS_OK)
			return STATUS_INVALID;
	}
	for (size_t i = 0; i < shape.n; i++) {
		if (shape.fields[i].required &&
		    *member(item, &shape.fields[i]) == NULL)
			return refuse(p, &node->start_mark, "missing key",
			    span_str(shape.fields[i].key));
	}
	return STATUS_OK;
}

/* What a step must have beyond its title, by its part. */
static enum status
check_step(
    struct parse *p, const yaml_node_t *node, const struct playbook_step *step)
{
	const yaml_mark_t *at = &node->start_mark;
	const char *wrong = NULL;

	if (step->command != NULL)
		wrong = playbook_check_command(step->command);
	if (wrong == NULL && step->undo != NULL)
		wrong = playbook_check_command(step->undo);
	if (wrong == NULL && step->when != NULL)
		wrong = playbook_check_when(step->when);
	if (wrong != NULL)
		return refuse(p, at, wrong, span_str(step->title));
	if (step->part == PLAYBOOK_CONTAIN &&
	    (step->undo == NULL || step->effect == NULL))
		return refuse(p, at,
		    "a step that contains must say its effect and undo",
		    span_str(step->title));
	if (step->part == PLAYBOOK_EVIDENCE && step->command == NULL)
		return refuse(
		    p, at, "evidence without a command", span_str(step->title));
	if (step->part == PLAYBOOK_VERIFY &&
	    (step->command == NULL || step->expect == NULL))
		return refuse(p, at, "verify must say its command and expect",
		    span_str(step->title));
	return STATUS_OK;
}

static enum status
bind_step(struct parse *p, const yaml_node_t *node, enum playbook_part part)
{
	struct playbook *pb = p->playbook;
	struct playbook_step *step;
	struct shape shape = { step_fields, COUNTOF(step_fields) };

	if (pb->nsteps == PLAYBOOK_STEPS_MAX)
		return refuse(p, &node->start_mark, "too many steps", SPAN(""));
	step = &pb->steps[pb->nsteps];
	step->part = part;
	if (bind_item(p, node, shape, step) != STATUS_OK)
		return STATUS_INVALID;
	pb->nsteps++;
	return check_step(p, node, step);
}

static enum status
bind_question(struct parse *p, const yaml_node_t *node)
{
	struct playbook *pb = p->playbook;
	struct shape shape = { question_fields, COUNTOF(question_fields) };

	if (pb->nquestions == PLAYBOOK_LIST_MAX)
		return refuse(
		    p, &node->start_mark, "too many questions", SPAN(""));
	return bind_item(p, node, shape, &pb->questions[pb->nquestions++]);
}

static enum status
bind_benign(struct parse *p, const yaml_node_t *node)
{
	struct playbook *pb = p->playbook;
	struct shape shape = { benign_fields, COUNTOF(benign_fields) };

	if (pb->nbenign == PLAYBOOK_LIST_MAX)
		return refuse(
		    p, &node->start_mark, "too many conditions", SPAN(""));
	return bind_item(p, node, shape, &pb->benign[pb->nbenign++]);
}

struct texts {
	const char **list;
	size_t *n;
};

static bool
texts_of(struct playbook *pb, struct span key, struct texts *texts)
{
	if (span_equal(key, SPAN("applies_to")))
		*texts = (struct texts){ pb->applies_to, &pb->napplies_to };
	else if (span_equal(key, SPAN("references")))
		*texts = (struct texts){ pb->references, &pb->nreferences };
	else if (span_equal(key, SPAN("mitre")))
		*texts = (struct texts){ pb->mitre, &pb->nmitre };
	else
		return false;
	return true;
}

static enum playbook_part
part_of(struct span key)
{
	unsigned part = 0;

	while (part < PLAYBOOK_PART_COUNT &&
	       !span_equal(span_str(part_keys[part]), key))
		part++;
	return (enum playbook_part)part;
}

/* One element of the list `key`. */
static enum status
bind_element(struct parse *p, struct span key, const yaml_node_t *node)
{
	struct texts texts;

	if (span_equal(key, SPAN("questions")))
		return bind_question(p, node);
	if (span_equal(key, SPAN("false_positive")))
		return bind_benign(p, node);
	if (!texts_of(p->playbook, key, &texts))
		return bind_step(p, node, part_of(key));
	if (*texts.n == PLAYBOOK_LIST_MAX)
		return refuse(p, &node->start_mark, "too many of", key);
	return bind_text(p, node, &texts.list[(*texts.n)++]);
}

static bool
is_list(struct playbook *pb, struct span key)
{
	struct texts texts;

	return span_equal(key, SPAN("questions")) ||
	       span_equal(key, SPAN("false_positive")) ||
	       texts_of(pb, key, &texts) || part_of(key) < PLAYBOOK_PART_COUNT;
}

static enum status
bind_list(struct parse *p, struct span key, const yaml_node_t *node)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return refuse(
		    p, &node->start_mark, "a list is expected here", SPAN(""));
	for (yaml_node_item_t *item = node->data.sequence.items.start;
	     item < node->data.sequence.items.top; item++) {
		if (bind_element(p, key,
			yaml_document_get_node(&p->doc, *item)) != STATUS_OK)
			return STATUS_INVALID;
	}
	return STATUS_OK;
}

static enum status
bind_version(struct parse *p, const yaml_node_t *node)
{
	uint64_t version = 0;

	if (node->type != YAML_SCALAR_NODE ||
	    !span_to_u64(scalar_of(node), &version) || version == 0 ||
	    version > 1000000)
		return refuse(p, &node->start_mark,
		    "version must be a number from 1", SPAN(""));
	p->playbook->version = (unsigned)version;
	return STATUS_OK;
}

static enum status
bind_key(struct parse *p, const yaml_node_t *key, const yaml_node_t *value)
{
	struct playbook *pb = p->playbook;
	struct span name = scalar_of(key);

	if (span_equal(name, SPAN("id")))
		return bind_text(p, value, &pb->id);
	if (span_equal(name, SPAN("summary")))
		return bind_text(p, value, &pb->summary);
	if (span_equal(name, SPAN("version")))
		return bind_version(p, value);
	if (is_list(pb, name))
		return bind_list(p, name, value);
	return refuse(p, &key->start_mark, "unknown key", name);
}

/* Duplicate keys of the top mapping; items find theirs themselves. */
static bool
is_repeated(struct parse *p, const yaml_node_t *root, yaml_node_pair_t *pair)
{
	struct span key = scalar_of(yaml_document_get_node(&p->doc, pair->key));

	for (yaml_node_pair_t *other = root->data.mapping.pairs.start;
	     other < pair; other++) {
		if (span_equal(key,
			scalar_of(yaml_document_get_node(&p->doc, other->key))))
			return true;
	}
	return false;
}

/* Steps are in the order of their parts whatever the file's order is. */
static void
sort_steps(struct playbook *pb)
{
	for (size_t i = 1; i < pb->nsteps; i++) {
		struct playbook_step step = pb->steps[i];
		size_t at = i;

		for (; at > 0 && pb->steps[at - 1].part > step.part; at--)
			pb->steps[at] = pb->steps[at - 1];
		pb->steps[at] = step;
	}
}

static enum status
check_whole(struct parse *p, const yaml_node_t *root)
{
	const struct playbook *pb = p->playbook;
	const char *missing = NULL;

	if (pb->id == NULL)
		missing = "id";
	else if (pb->version == 0)
		missing = "version";
	else if (pb->summary == NULL)
		missing = "summary";
	else if (pb->napplies_to == 0)
		missing = "applies_to";
	else if (pb->nsteps == 0 || pb->steps[0].part != PLAYBOOK_EVIDENCE)
		missing = "evidence";
	if (missing != NULL)
		return refuse(
		    p, &root->start_mark, "missing key", span_str(missing));
	return STATUS_OK;
}

static enum status
bind_root(struct parse *p)
{
	const yaml_node_t *root = yaml_document_get_root_node(&p->doc);
	yaml_mark_t start = { 0 };

	if (root == NULL || root->type != YAML_MAPPING_NODE)
		return refuse(p, root ? &root->start_mark : &start,
		    "a playbook is a mapping", SPAN(""));
	for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
	     pair < root->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key =
		    yaml_document_get_node(&p->doc, pair->key);

		if (key->type != YAML_SCALAR_NODE)
			return refuse(
			    p, &key->start_mark, "a key is no text", SPAN(""));
		if (is_repeated(p, root, pair))
			return refuse(p, &key->start_mark, "key given twice",
			    scalar_of(key));
		if (bind_key(
			p, key, yaml_document_get_node(&p->doc, pair->value)) !=
		    STATUS_OK)
			return STATUS_INVALID;
	}
	sort_steps(p->playbook);
	return check_whole(p, root);
}

static enum status
load(struct parse *p, struct span yaml)
{
	yaml_parser_t parser;
	enum status st;

	if (!yaml_parser_initialize(&parser))
		return STATUS_NO_MEMORY;
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)yaml.at, yaml.len);
	if (yaml_parser_load(&parser, &p->doc)) {
		st = bind_root(p);
		yaml_document_delete(&p->doc);
	} else {
		st = refuse(p, &parser.problem_mark,
		    parser.problem ? parser.problem : "not YAML", SPAN(""));
	}
	yaml_parser_delete(&parser);
	return st;
}

enum status
playbook_parse(struct span yaml, const char *name, struct playbook **playbook,
    struct buf *error)
{
	struct parse p = { .name = name, .error = error };
	yaml_mark_t start = { 0 };
	enum status st;

	buf_reset(error);
	if (yaml.len > PLAYBOOK_BYTES_MAX)
		return refuse(&p, &start, "too large for a playbook", SPAN(""));
	p.playbook = status_calloc(1, sizeof(*p.playbook));
	p.playbook->texts = arena_new(4 * PLAYBOOK_BYTES_MAX);
	st = load(&p, span_of(yaml.at ? yaml.at : "", yaml.len));
	if (st == STATUS_OK)
		*playbook = p.playbook;
	else
		playbook_free(p.playbook);
	return st;
}

/* The detector's file name for a finding type, or the text itself. */
static const char *
name_of_type(const char *name_or_type)
{
	for (size_t i = 0; i < detector_count; i++) {
		if (!strcmp(detector_table[i].detector->type, name_or_type))
			return detector_table[i].file;
	}
	return name_or_type;
}

struct playbook *
playbook_of_type(const char *name_or_type)
{
	const char *name = name_of_type(name_or_type);

	for (size_t i = 0; i < playbook_count; i++) {
		const struct playbook_text *row = &playbook_table[i];
		struct playbook *playbook = NULL;
		struct buf error = { 0 };

		if (strcmp(row->name, name) != 0)
			continue;
		/* A unit test parses them all. */
		if (playbook_parse(span_of((const char *)row->bytes, row->size),
			row->name, &playbook, &error) != STATUS_OK)
			status_no_memory(1, row->size);
		buf_done(&error);
		return playbook;
	}
	return NULL;
}

void
playbook_free(struct playbook *p)
{
	if (p == NULL)
		return;
	arena_free(p->texts);
	free(p);
}

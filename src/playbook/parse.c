/*
 * The strict reader of playbooks: libyaml makes the tree, tables say what
 * may be where, and every refusal names its line.
 *
 * A list may take the same list of a part, which is read then and there: a
 * document of its own that adds to the playbook of the one that names it.
 */
#include <stdlib.h>
#include <yaml.h>

#include "playbook/playbook.h"
#include "playbook/table.h"

#define PARSE_TEXT_BYTES ((size_t)4096) /* longest text of a playbook */

/* The reading of one document: of the playbook, or of a part. */
struct parse {
	yaml_document_t doc;
	const char *name;
	struct playbook *playbook;
	struct buf *error;
	const struct playbook_text *parts;
	const struct parse *outer; /* who includes this part; or NULL */
	size_t *includes;	   /* of the whole playbook so far */
	struct span list;	   /* the only list to take; empty: all */
	const char *when;	   /* holds for all that is taken, or NULL */
	bool taken;		   /* there was something to take */
};

static enum status load(struct parse *p, struct span yaml);

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
	{ "blast_radius", STEP(blast_radius), false },
	{ "destructive", STEP(destructive), false },
	{ "undo", STEP(undo), false },
	{ "needs", STEP(needs), false },
	{ "store", STEP(store), false },
	{ "expect", STEP(expect), false },
	{ "when", STEP(when), false },
};

#define QUESTION(member) offsetof(struct playbook_question, member)
static const struct text_field question_fields[] = {
	{ "text", QUESTION(text), true },
	{ "query", QUESTION(query), false },
	{ "ask", QUESTION(ask), false },
	{ "benign_if", QUESTION(benign_if), true },
	{ "malicious_if", QUESTION(malicious_if), true },
	{ "when", QUESTION(when), false },
};

#define BENIGN(member) offsetof(struct playbook_benign, member)
static const struct text_field benign_fields[] = {
	{ "condition", BENIGN(condition), true },
	{ "suggestion", BENIGN(suggestion), true },
	{ "suppress", BENIGN(suppress), false },
	{ "days", BENIGN(days), false },
	{ "when", BENIGN(when), false },
};

static const struct text_field elsewhere_fields[] = {
	{ "if", offsetof(struct playbook_elsewhere, condition), true },
	{ "playbook", offsetof(struct playbook_elsewhere, playbook), true },
};

/* What takes from a part stands in the place of an item. */
struct include {
	const char *name, *when;
	struct span list; /* the only list to take; empty: all */
};

static const struct text_field include_fields[] = {
	{ "include", offsetof(struct include, name), true },
	{ "when", offsetof(struct include, when), false },
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

/* What holds for all of a part and what the item itself says. */
static const char *
join_when(const struct parse *p, const char *own)
{
	struct buf both = { 0 };
	struct span kept;

	if (p->when == NULL || own == NULL)
		return p->when ? p->when : own;
	buf_printf(&both, "%s and %s", p->when, own);
	buf_add_char(&both, '\0');
	kept = arena_dup(p->playbook->texts, buf_span(&both));
	buf_done(&both);
	return span_is_empty(kept) ? own : kept.at;
}

static enum status
judge(struct parse *p, const yaml_node_t *node, const char *wrong,
    const char *which)
{
	return wrong == NULL
		   ? STATUS_OK
		   : refuse(p, &node->start_mark, wrong, span_str(which));
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
	step->when = join_when(p, step->when);
	return judge(p, node, playbook_check_step(step), step->title);
}

static enum status
bind_question(struct parse *p, const yaml_node_t *node)
{
	struct playbook *pb = p->playbook;
	struct playbook_question *q;
	struct shape shape = { question_fields, COUNTOF(question_fields) };

	if (pb->nquestions == PLAYBOOK_LIST_MAX)
		return refuse(
		    p, &node->start_mark, "too many questions", SPAN(""));
	q = &pb->questions[pb->nquestions++];
	if (bind_item(p, node, shape, q) != STATUS_OK)
		return STATUS_INVALID;
	q->when = join_when(p, q->when);
	return judge(p, node, playbook_check_question(q), q->text);
}

static enum status
bind_benign(struct parse *p, const yaml_node_t *node)
{
	struct playbook *pb = p->playbook;
	struct playbook_benign *b;
	struct shape shape = { benign_fields, COUNTOF(benign_fields) };

	if (pb->nbenign == PLAYBOOK_LIST_MAX)
		return refuse(
		    p, &node->start_mark, "too many conditions", SPAN(""));
	b = &pb->benign[pb->nbenign++];
	if (bind_item(p, node, shape, b) != STATUS_OK)
		return STATUS_INVALID;
	b->when = join_when(p, b->when);
	return judge(p, node, playbook_check_benign(b), b->condition);
}

static enum status
bind_elsewhere(struct parse *p, const yaml_node_t *node)
{
	struct playbook *pb = p->playbook;
	struct shape shape = { elsewhere_fields, COUNTOF(elsewhere_fields) };

	if (pb->nelsewhere == PLAYBOOK_LIST_MAX)
		return refuse(
		    p, &node->start_mark, "too many of out_of_scope", SPAN(""));
	return bind_item(p, node, shape, &pb->elsewhere[pb->nelsewhere++]);
}

/* --- parts ---------------------------------------------------------------- */

/* Why the part cannot be taken here, or NULL. */
static const char *
check_include(const struct parse *p, const struct playbook_text *part)
{
	size_t depth = 0;

	if (part->name == NULL)
		return "no such part in playbooks/parts";
	for (const struct parse *at = p; at->outer != NULL; at = at->outer) {
		if (!strcmp(at->name, part->name))
			return "a part that includes itself";
		depth++;
	}
	if (depth == PLAYBOOK_DEPTH_MAX)
		return "parts inside parts, too deep";
	if (++*p->includes > PLAYBOOK_INCLUDES_MAX)
		return "too many includes";
	return NULL;
}

/* Take from a part; *taken says whether it had something. */
static enum status
take(struct parse *p, const yaml_node_t *node, const struct include *include,
    bool *taken)
{
	const struct playbook_text *part = p->parts;
	struct parse inner = {
		.playbook = p->playbook,
		.error = p->error,
		.parts = p->parts,
		.outer = p,
		.includes = p->includes,
		.list = include->list,
		.when = join_when(p, include->when),
	};
	const char *wrong;

	ASSERT(include->name != NULL);
	while (part->name != NULL && strcmp(part->name, include->name) != 0)
		part++;
	wrong = check_include(p, part);
	if (wrong != NULL)
		return refuse(
		    p, &node->start_mark, wrong, span_str(include->name));
	inner.name = part->name;
	if (load(&inner, span_of((const char *)part->bytes, part->size)) !=
	    STATUS_OK)
		return STATUS_INVALID;
	*taken = inner.taken;
	return STATUS_OK;
}

/* "include: [NAME]" at the top: all that the part has. */
static enum status
bind_include(struct parse *p, const yaml_node_t *node)
{
	struct include include = { .list = p->list };
	bool taken = false;
	enum status st = bind_text(p, node, &include.name);

	if (st == STATUS_OK)
		st = take(p, node, &include, &taken);
	p->taken |= taken;
	return st;
}

static bool
is_include(struct parse *p, const yaml_node_t *node)
{
	if (node->type != YAML_MAPPING_NODE)
		return false;
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key =
		    yaml_document_get_node(&p->doc, pair->key);

		if (key->type == YAML_SCALAR_NODE &&
		    span_equal(scalar_of(key), SPAN("include")))
			return true;
	}
	return false;
}

/* "- {include: NAME, when: ...}" in a list: the part's list of that name. */
static enum status
bind_list_include(struct parse *p, const yaml_node_t *node, struct span list)
{
	struct shape shape = { include_fields, COUNTOF(include_fields) };
	struct include include = { .list = list };
	bool taken = false;

	if (bind_item(p, node, shape, &include) != STATUS_OK ||
	    take(p, node, &include, &taken) != STATUS_OK)
		return STATUS_INVALID;
	if (!taken)
		return refuse(p, &node->start_mark,
		    "a part without such a list", span_str(include.name));
	return STATUS_OK;
}

/* --- the document --------------------------------------------------------- */

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

	if (is_include(p, node))
		return bind_list_include(p, node, key);
	if (span_equal(key, SPAN("questions")))
		return bind_question(p, node);
	if (span_equal(key, SPAN("false_positive")))
		return bind_benign(p, node);
	if (span_equal(key, SPAN("out_of_scope")))
		return bind_elsewhere(p, node);
	if (span_equal(key, SPAN("include")))
		return bind_include(p, node);
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
	       span_equal(key, SPAN("out_of_scope")) ||
	       span_equal(key, SPAN("include")) || texts_of(pb, key, &texts) ||
	       part_of(key) < PLAYBOOK_PART_COUNT;
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
bind_gate(struct parse *p, const yaml_node_t *node)
{
	uint64_t gate = 0;

	if (node->type != YAML_SCALAR_NODE ||
	    !span_to_u64(scalar_of(node), &gate) || gate == 0 || gate > 10)
		return refuse(p, &node->start_mark,
		    "severity_gate must be 1 to 10", SPAN(""));
	p->playbook->gate = (double)gate;
	return STATUS_OK;
}

/* A part says what it is about and has lists, of which one may be asked. */
static enum status
bind_part_key(struct parse *p, const yaml_node_t *key, const yaml_node_t *value)
{
	struct span name = scalar_of(key);
	const char *about;

	if (span_equal(name, SPAN("about")))
		return bind_text(p, value, &about);
	if (!is_list(p->playbook, name) || span_equal(name, SPAN("applies_to")))
		return refuse(p, &key->start_mark, "unknown key", name);
	if (span_equal(name, SPAN("include")))
		return bind_list(p, name, value);
	if (!span_is_empty(p->list) && !span_equal(name, p->list))
		return STATUS_OK;
	p->taken = true;
	return bind_list(p, name, value);
}

static enum status
bind_key(struct parse *p, const yaml_node_t *key, const yaml_node_t *value)
{
	struct playbook *pb = p->playbook;
	struct span name = scalar_of(key);

	if (p->outer != NULL)
		return bind_part_key(p, key, value);
	if (span_equal(name, SPAN("severity_gate")))
		return bind_gate(p, value);
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
	if (p->outer != NULL)
		return STATUS_OK;
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
playbook_parse_with(const struct playbook_text *parts,
    const struct playbook_text *text, struct playbook **playbook,
    struct buf *error)
{
	size_t includes = 0;
	struct parse p = {
		.name = text->name,
		.error = error,
		.parts = parts,
		.includes = &includes,
	};
	yaml_mark_t start = { 0 };
	enum status st;

	buf_reset(error);
	if (text->size > PLAYBOOK_BYTES_MAX)
		return refuse(&p, &start, "too large for a playbook", SPAN(""));
	p.playbook = status_calloc(1, sizeof(*p.playbook));
	p.playbook->gate = PLAYBOOK_GATE;
	p.playbook->texts = arena_new(4 * PLAYBOOK_BYTES_MAX);
	st = load(&p,
	    span_of(text->bytes ? (const char *)text->bytes : "", text->size));
	if (st == STATUS_OK)
		*playbook = p.playbook;
	else
		playbook_free(p.playbook);
	return st;
}

enum status
playbook_parse(struct span yaml, const char *name, struct playbook **playbook,
    struct buf *error)
{
	const struct playbook_text text = {
		.name = name,
		.bytes = (const unsigned char *)yaml.at,
		.size = yaml.len,
	};

	return playbook_parse_with(playbook_part_table, &text, playbook, error);
}

void
playbook_free(struct playbook *p)
{
	if (p == NULL)
		return;
	arena_free(p->texts);
	free(p);
}

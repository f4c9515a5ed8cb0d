#include "cli/inquiry.h"

#include <stdlib.h>

#define STEPS 4

static struct span
copy(struct span s)
{
	return span_of(span_to_str(s), s.len);
}

/* The name as asked for: whole, or without its namespace or path. */
static bool
is_name(struct span name, struct span asked)
{
	if (name.len <= asked.len)
		return span_equal(name, asked);
	return span_ends(name, asked) &&
	       name.at[name.len - asked.len - 1] == '/';
}

static bool
has_name(const struct inquiry *q, struct span name)
{
	for (size_t i = 0; i < q->nnames; i++) {
		if (is_name(name, q->names[i]))
			return true;
	}
	return false;
}

static void
add_name(struct inquiry *q, struct span name)
{
	if (span_is_empty(name) || has_name(q, name))
		return;
	if (q->nnames == INQUIRY_NAMES_MAX) {
		q->left_out++;
		return;
	}
	q->names[q->nnames++] = copy(name);
}

void
inquiry_ask(struct inquiry *q, struct span name)
{
	add_name(q, name);
	q->asked = q->nnames;
}

/* What many things share leads everywhere. */
static bool
is_shared(enum entity_kind kind)
{
	static const enum entity_kind shared[] = { ENTITY_NONE, ENTITY_ACCOUNT,
		ENTITY_CLUSTER, ENTITY_NAMESPACE, ENTITY_NODE, ENTITY_IMAGE,
		ENTITY_INSTANCE };

	for (size_t i = 0; i < COUNTOF(shared); i++) {
		if (shared[i] == kind)
			return true;
	}
	return false;
}

void
inquiry_ask_finding(struct inquiry *q, const struct finding *f)
{
	struct entity list[ENTITIES_MAX];
	size_t count = entities_of(f->first, list);

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !is_shared(list[i].kind))
			inquiry_ask(q, list[i].name);
	}
}

/* --- the inventory -------------------------------------------------------- */

struct scan {
	struct inquiry *q;
	struct span tenant;
	bool backwards; /* also what has an asked name as its value */
	bool damaged;
	const struct hash_key *key;
};

/* Values that are asked for in their turn. */
static bool
leads_on(enum inventory_relation r)
{
	static const enum inventory_relation on[] = { INVENTORY_ADDRESS_POD,
		INVENTORY_POD_WORKLOAD, INVENTORY_WORKLOAD_PERSON,
		INVENTORY_KEY_ACCOUNT, INVENTORY_KEY_PERSON };

	for (size_t i = 0; i < COUNTOF(on); i++) {
		if (on[i] == r)
			return true;
	}
	return false;
}

static bool
is_kept(const struct inquiry *q, const struct scan *s,
    const struct inventory_row *row)
{
	for (size_t i = 0; i < q->nrows; i++) {
		const struct inventory_row *k = &q->rows[i].row;

		if (k->relation == row->relation &&
		    k->from_us == row->from_us &&
		    span_equal(k->name, row->name) &&
		    span_equal(k->scope, row->scope) &&
		    span_equal(k->value, row->value) &&
		    span_equal(q->rows[i].tenant, s->tenant))
			return true;
	}
	return false;
}

static void
keep_row(
    struct inquiry *q, const struct scan *s, const struct inventory_row *row)
{
	struct inquiry_row *k = &q->rows[q->nrows];

	if (is_kept(q, s, row))
		return;
	if (q->nrows == INQUIRY_ROWS_MAX) {
		q->left_out++;
		return;
	}
	q->nrows++;
	k->row = *row;
	k->row.name = copy(row->name);
	k->row.scope = copy(row->scope);
	k->row.value = copy(row->value);
	k->row.record = copy(row->record);
	k->tenant = copy(s->tenant);
}

/* "CLIENT>ADDRESS" is about both. */
static bool
is_about(const struct inquiry *q, const struct inventory_row *row)
{
	struct span rest = row->name;

	if (row->relation != INVENTORY_ADDRESS_NAME)
		return has_name(q, row->name);
	return has_name(q, span_cut(&rest, '>')) && has_name(q, rest);
}

static void
look_at_row(void *cookie, const struct inventory_row *row)
{
	const struct scan *s = cookie;
	struct inquiry *q = s->q;
	bool asked = false;

	if (row->from_us >= q->until_us || row->to_us < q->since_us)
		return;
	for (size_t i = 0; s->backwards && i < q->asked && !asked; i++)
		asked = is_name(row->value, q->names[i]);
	if (!asked && !is_about(q, row))
		return;
	keep_row(q, s, row);
	/* A pipeline's account deploys everything. */
	if (leads_on(row->relation) && !asked &&
	    !span_starts(row->value, SPAN("system:serviceaccount:")))
		add_name(q, row->value);
}

static void
look_at_tenant(void *cookie, struct span name, const struct image_reader *state)
{
	struct scan *s = cookie;

	s->tenant = name;
	for (unsigned step = 0; step < STEPS; step++) {
		size_t before = s->q->nnames;

		if (!engine_known(state, s->key, look_at_row, s))
			s->damaged = true;
		if (s->q->nnames == before)
			break;
	}
}

/* --- findings and signals ------------------------------------------------- */

static bool
concerns(const struct inquiry *q, const struct signal *s)
{
	struct entity list[ENTITIES_MAX];
	size_t count = entities_of(s, list);

	for (size_t i = 0; i < count; i++) {
		/* What was asked for counts even when many share it. */
		for (size_t k = 0; k < q->asked; k++) {
			if (is_name(list[i].name, q->names[k]))
				return true;
		}
		if (!is_shared(list[i].kind) && has_name(q, list[i].name))
			return true;
	}
	return false;
}

static struct inquiry_line *
add_line(struct inquiry *q)
{
	if (q->nlines == INQUIRY_LINES_MAX) {
		q->left_out++;
		return NULL;
	}
	return &q->lines[q->nlines++];
}

static bool
look_at_finding(void *cookie, const struct store_finding *stored)
{
	struct inquiry *q = cookie;
	struct finding *f = finding_unpack(stored->packed);
	struct inquiry_line *l = NULL;

	if (f != NULL && f->last_us >= q->since_us &&
	    f->first_us < q->until_us && concerns(q, f->first))
		l = add_line(q);
	if (l == NULL) {
		finding_free(f);
		return true;
	}
	*l = (struct inquiry_line){ .first_us = f->first_us,
		.last_us = f->last_us,
		.finding = f,
		.archived = stored->archived };
	return true;
}

/* A finding that is listed tells of its signals. */
static bool
is_told(const struct inquiry *q, const struct signal *s)
{
	for (size_t i = 0; s->counted && i < q->nlines; i++) {
		const struct inquiry_line *l = &q->lines[i];

		if (l->finding != NULL &&
		    l->finding->first->identity == s->identity &&
		    s->time_us >= l->first_us && s->time_us <= l->last_us)
			return true;
	}
	return false;
}

/* The line of signals alike within a day, or NULL. */
static struct inquiry_line *
line_of(struct inquiry *q, const struct signal *s)
{
	for (size_t i = q->nlines; i-- > 0;) {
		struct inquiry_line *l = &q->lines[i];

		if (l->signal != NULL && l->signal->identity == s->identity &&
		    s->time_us - l->last_us <= FINDING_GAP_US)
			return l;
	}
	return NULL;
}

static void
look_at_signal(void *cookie, const struct store_signal *stored)
{
	struct inquiry *q = cookie;
	struct unpack u = unpack_of(stored->packed);
	struct signal *s = signal_unpack(&u);
	struct inquiry_line *l;

	if (s == NULL || !concerns(q, s) || is_told(q, s)) {
		signal_free(s);
		return;
	}
	l = line_of(q, s);
	if (l != NULL) {
		l->count++;
		l->last_us = s->time_us;
		signal_free(s);
		return;
	}
	l = add_line(q);
	if (l == NULL) {
		signal_free(s);
		return;
	}
	*l = (struct inquiry_line){ .first_us = s->time_us,
		.last_us = s->time_us,
		.count = 1,
		.signal = s };
}

static const struct signal *
signal_of(const struct inquiry_line *l)
{
	return l->finding != NULL ? l->finding->first : l->signal;
}

/* By time; a finding before its signals; then by type and what it is of, so
 * that the order is one. */
static int
compare_lines(const void *a, const void *b)
{
	const struct inquiry_line *x = a, *y = b;
	int order;

	if (x->first_us != y->first_us)
		return x->first_us < y->first_us ? -1 : 1;
	if ((x->finding != NULL) != (y->finding != NULL))
		return x->finding != NULL ? -1 : 1;
	order = strcmp(signal_of(x)->row->detector->type,
	    signal_of(y)->row->detector->type);
	if (order != 0)
		return order;
	order = span_compare(signal_of(x)->actor, signal_of(y)->actor);
	return order != 0 ? order
			  : span_compare(
				signal_of(x)->resource, signal_of(y)->resource);
}

static int
compare_rows(const void *a, const void *b)
{
	const struct inquiry_row *x = a, *y = b;
	int order;

	if (x->row.from_us != y->row.from_us)
		return x->row.from_us < y->row.from_us ? -1 : 1;
	if (x->row.relation != y->row.relation)
		return x->row.relation < y->row.relation ? -1 : 1;
	order = span_compare(x->row.name, y->row.name);
	return order != 0 ? order : span_compare(x->row.value, y->row.value);
}

enum status
inquiry_answer(struct inquiry *q, struct store *store, struct buf *error)
{
	struct scan s = { .q = q, .backwards = true, .key = store_key(store) };
	const int64_t times_us[] = { q->since_us, q->until_us };
	enum status st = store_tenants(store, look_at_tenant, &s, error);

	if (st == STATUS_OK && s.damaged) {
		buf_add_str(
		    error, "the inventory in the state file is damaged");
		st = STATUS_MALFORMED;
	}
	if (st == STATUS_OK)
		st = store_findings(store, &(struct store_wanted){ 0 },
		    look_at_finding, q, error);
	if (st == STATUS_OK)
		st = store_signals(store, times_us, look_at_signal, q, error);
	qsort(q->lines, q->nlines, sizeof(q->lines[0]), compare_lines);
	qsort(q->rows, q->nrows, sizeof(q->rows[0]), compare_rows);
	return st;
}

void
inquiry_done(struct inquiry *q)
{
	for (size_t i = 0; i < q->nnames; i++)
		free(span_memory(q->names[i]));
	for (size_t i = 0; i < q->nrows; i++) {
		struct inquiry_row *r = &q->rows[i];

		free(span_memory(r->row.name));
		free(span_memory(r->row.scope));
		free(span_memory(r->row.value));
		free(span_memory(r->row.record));
		free(span_memory(r->tenant));
	}
	for (size_t i = 0; i < q->nlines; i++) {
		finding_free(q->lines[i].finding);
		signal_free(q->lines[i].signal);
	}
	*q = (struct inquiry){ 0 };
}

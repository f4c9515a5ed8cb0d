#include "inventory/inventory.h"

#include <stdlib.h>

#include "base/pack.h"
#include "base/status.h"

#define VERSION 1
#define FIRST_ROWS ((size_t)32)
#define FIRST_TEXT ((size_t)2048)
/* Periods of one name that are looked through. */
#define CHAIN_MOST 64

struct row {
	uint64_t key;
	int64_t from_us, to_us, seen_us;
	uint32_t text; /* scope, name, value, record lie there in turn */
	uint32_t prev; /* an earlier period of the key: position + 1 */
	uint16_t scope_len, name_len, value_len;
	uint8_t record_len, relation, sure, spare[7];
};

_Static_assert(sizeof(struct row) == 56, "rows are stored as they lie");

struct generation {
	struct row *rows; /* in the order they came */
	size_t count, room;
	uint32_t *index; /* of a key's newest row: position + 1 */
	size_t size;	 /* power of two, at most half full */
	char *text;
	size_t len, text_room;
};

struct inventory {
	struct hash_key key;
	size_t limit_bytes; /* of a generation */
	struct generation young, old;
	uint64_t turns, forgotten, refused;
};

/* Regions of an image, from the first. */
enum { REGION_HEAD, REGION_ROWS, REGION_TEXT, REGION_OTHER = 3 };

const char *
inventory_relation_text(enum inventory_relation r)
{
	static const char *const texts[INVENTORY_RELATIONS] = {
		[INVENTORY_NONE] = "nothing",
		[INVENTORY_ADDRESS_CLUSTER] = "cluster",
		[INVENTORY_ADDRESS_POD] = "pod",
		[INVENTORY_ADDRESS_NODE] = "node",
		[INVENTORY_ADDRESS_INSTANCE] = "instance",
		[INVENTORY_POD_WORKLOAD] = "workload",
		[INVENTORY_POD_IMAGE] = "image",
		[INVENTORY_POD_DIGEST] = "image digest",
		[INVENTORY_POD_NODE] = "node",
		[INVENTORY_POD_ACCOUNT] = "service account",
		[INVENTORY_WORKLOAD_IMAGE] = "image",
		[INVENTORY_WORKLOAD_PERSON] = "deployer",
		[INVENTORY_OWNER] = "owner",
		[INVENTORY_CONTACT] = "contact",
		[INVENTORY_NODE_INSTANCE] = "instance",
		[INVENTORY_INSTANCE_PERSON] = "started by",
		[INVENTORY_INTERFACE] = "instance",
		[INVENTORY_ACCOUNT_CLUSTER] = "cluster",
		[INVENTORY_ROLE_ACCOUNT] = "service account",
		[INVENTORY_KEY_ACCOUNT] = "service account",
		[INVENTORY_KEY_PERSON] = "assumed by",
		[INVENTORY_ADDRESS_NAME] = "name",
		[INVENTORY_ADDRESS_USER] = "seen from it",
		[INVENTORY_CLUSTER_KIND] = "run by",
	};

	return r < INVENTORY_RELATIONS ? texts[r] : texts[INVENTORY_NONE];
}

const char *
inventory_sure_text(enum inventory_sure sure)
{
	switch (sure) {
	case INVENTORY_GUESSED:
		return "guessed";
	case INVENTORY_INFERRED:
		return "inferred";
	case INVENTORY_SAID:
		break;
	}
	return "said by the log";
}

/* --- a generation --------------------------------------------------------- */

static uint32_t *
slot_of(const struct generation *g, uint64_t key)
{
	size_t i = key & (g->size - 1);

	while (g->index[i] != 0 && g->rows[g->index[i] - 1].key != key)
		i = (i + 1) & (g->size - 1);
	return &g->index[i];
}

/* The newest row of the key, or NULL. */
static struct row *
newest(const struct generation *g, uint64_t key)
{
	uint32_t at = g->size > 0 ? *slot_of(g, key) : 0;

	return at != 0 ? &g->rows[at - 1] : NULL;
}

/* Earlier periods of a key are reached from its newest row only. */
static bool
is_newest(const struct generation *g, size_t at)
{
	return *slot_of(g, g->rows[at].key) == at + 1;
}

static void
make_index(struct generation *g, size_t size)
{
	uint8_t *behind = status_calloc(g->count + 1, 1);

	free(g->index);
	g->size = size;
	g->index = status_calloc(size, sizeof(*g->index));
	for (size_t i = 0; i < g->count; i++)
		behind[g->rows[i].prev] = 1;
	for (size_t i = 0; i < g->count; i++) {
		if (!behind[i + 1])
			*slot_of(g, g->rows[i].key) = (uint32_t)(i + 1);
	}
	free(behind);
}

static void
generation_free(struct generation *g)
{
	free(g->rows);
	free(g->index);
	free(g->text);
}

static size_t
generation_bytes(const struct generation *g)
{
	return g->room * sizeof(*g->rows) + g->size * sizeof(*g->index) +
	       g->text_room;
}

static void
reserve(struct generation *g, size_t len)
{
	size_t room = g->text_room ? g->text_room : FIRST_TEXT;

	while (room < g->len + len)
		room *= 2;
	if (room != g->text_room) {
		g->text = status_realloc(g->text, room, 1);
		g->text_room = room;
	}
	if (g->count == g->room) {
		g->room = g->room ? g->room * 2 : FIRST_ROWS;
		g->rows = status_realloc(g->rows, g->room, sizeof(*g->rows));
		make_index(g, g->room * 2);
	}
}

static void
add_text(struct generation *g, struct span s)
{
	if (s.len > 0)
		memcpy(g->text + g->len, s.at, s.len);
	g->len += s.len;
}

static size_t
text_len(const struct row *r)
{
	return (size_t)r->scope_len + r->name_len + r->value_len +
	       r->record_len;
}

static struct span
value_of(const struct generation *g, const struct row *r)
{
	return span_of(
	    g->text + r->text + r->scope_len + r->name_len, r->value_len);
}

static struct inventory_row
view(const struct generation *g, const struct row *r)
{
	const char *at = g->text + r->text;
	struct inventory_row v = {
		.relation = (enum inventory_relation)r->relation,
		.sure = (enum inventory_sure)r->sure,
		.from_us = r->from_us,
		.to_us = r->to_us,
		.seen_us = r->seen_us,
	};

	v.scope = span_of(at, r->scope_len);
	v.name = span_of(at + r->scope_len, r->name_len);
	v.value = value_of(g, r);
	v.record = span_of(v.value.at + r->value_len, r->record_len);
	return v;
}

/* --- the two of them ------------------------------------------------------ */

struct inventory *
inventory_new(size_t limit_bytes, const struct hash_key *key)
{
	struct inventory *t = status_calloc(1, sizeof(*t));

	t->key = *key;
	t->limit_bytes = limit_bytes / 2;
	if (t->limit_bytes > UINT32_MAX / 2)
		t->limit_bytes = UINT32_MAX / 2;
	return t;
}

void
inventory_free(struct inventory *t)
{
	if (t == NULL)
		return;
	generation_free(&t->young);
	generation_free(&t->old);
	free(t);
}

static uint64_t
key_of(const struct inventory *t, enum inventory_relation relation,
    struct span scope, struct span name)
{
	struct hash_state h = hash_begin(&t->key, (uint64_t)relation + 0x1a00);

	hash_more(&h, scope);
	hash_more(&h, name);
	return hash_end(&h);
}

/* The old generation makes room; what still held there is forgotten unless
 * it lives on in the young one. */
static void
turn(struct inventory *t)
{
	for (size_t i = 0; i < t->old.count; i++) {
		const struct row *r = &t->old.rows[i];

		if (r->to_us == INVENTORY_FOREVER && is_newest(&t->old, i) &&
		    newest(&t->young, r->key) == NULL)
			t->forgotten++;
	}
	generation_free(&t->old);
	t->old = t->young;
	t->young = (struct generation){ 0 };
	t->turns++;
}

static bool
is_full(const struct inventory *t, size_t len)
{
	const struct generation *g = &t->young;
	size_t row = sizeof(*g->rows) + 4 * sizeof(*g->index);

	return (g->count + 1) * row + g->len + len > t->limit_bytes;
}

/* A row at the end of the young generation; its key's newest. */
static struct row *
add_row(struct inventory *t, uint64_t key, const struct inventory_row *from)
{
	size_t len = from->scope.len + from->name.len + from->value.len +
		     from->record.len;
	struct generation *g = &t->young;
	struct row *r;
	uint32_t *slot;

	reserve(g, len);
	ASSERT(g->rows != NULL);
	slot = slot_of(g, key);
	r = &g->rows[g->count];
	*r = (struct row){
		.key = key,
		.from_us = from->from_us,
		.to_us = from->to_us,
		.seen_us = from->seen_us,
		.text = (uint32_t)g->len,
		.prev = *slot,
		.scope_len = (uint16_t)from->scope.len,
		.name_len = (uint16_t)from->name.len,
		.value_len = (uint16_t)from->value.len,
		.record_len = (uint8_t)from->record.len,
		.relation = (uint8_t)from->relation,
		.sure = (uint8_t)from->sure,
	};
	add_text(g, from->scope);
	add_text(g, from->name);
	add_text(g, from->value);
	add_text(g, from->record);
	*slot = (uint32_t)++g->count;
	return r;
}

/* The key's newest row in the young generation, moved there when it was in
 * the old one only; NULL when there is none. */
static struct row *
carry(struct inventory *t, uint64_t key)
{
	struct row *r = newest(&t->young, key);
	struct inventory_row copy;

	if (r != NULL)
		return r;
	r = newest(&t->old, key);
	if (r == NULL || is_full(t, text_len(r)))
		return NULL;
	copy = view(&t->old, r);
	return add_row(t, key, &copy);
}

/* What was said of a time before the key's newest row `r`. */
static void
learn_late(struct inventory *t, uint64_t key, struct row *r,
    const struct inventory_row *row)
{
	struct generation *g = &t->young;
	size_t at = (size_t)(r - g->rows);
	struct row *n;

	if (r->prev != 0 || row->from_us + INVENTORY_SLACK_US >= r->from_us)
		return; /* it makes no difference, or the past is known */
	n = add_row(t, key, row);
	r = &g->rows[at];
	n->to_us = r->from_us;
	n->prev = 0;
	r->prev = (uint32_t)g->count;
	*slot_of(g, key) = (uint32_t)(at + 1);
}

/* Many may be seen from one address; all else means one thing at a time. */
static bool
is_many(enum inventory_relation r)
{
	return r == INVENTORY_ADDRESS_USER;
}

/* One of many values is said again: true when it is among them. */
static bool
confirm_one(struct generation *g, struct row *r, const struct inventory_row *n)
{
	for (unsigned i = 0; r != NULL && i < CHAIN_MOST; i++) {
		if (span_equal(value_of(g, r), n->value)) {
			if (n->from_us > r->seen_us)
				r->seen_us = n->from_us;
			return true;
		}
		r = r->prev != 0 ? &g->rows[r->prev - 1] : NULL;
	}
	return false;
}

/* True when the row says what is known anyway. */
static bool
confirm(struct row *r, const struct inventory_row *row)
{
	if (row->from_us >= r->to_us)
		return false; /* it began anew */
	if (row->from_us > r->seen_us)
		r->seen_us = row->from_us;
	if (row->from_us < r->from_us && r->prev == 0)
		r->from_us = row->from_us;
	if (row->sure > r->sure)
		r->sure = (uint8_t)row->sure;
	return true;
}

void
inventory_learn(struct inventory *t, const struct inventory_row *given)
{
	struct inventory_row row = *given;
	struct row *r;
	uint64_t key;
	size_t len;

	if (span_is_empty(row.name) || span_is_empty(row.value))
		return;
	row.record = span_first(row.record, INVENTORY_RECORD_BYTES);
	len = row.scope.len + row.name.len;
	if (len > INVENTORY_NAME_BYTES ||
	    row.value.len > INVENTORY_VALUE_BYTES) {
		t->refused++;
		return;
	}
	row.to_us = INVENTORY_FOREVER;
	row.seen_us = row.from_us;
	key = key_of(t, row.relation, row.scope, row.name);
	if (is_full(t, 2 * (len + row.value.len + INVENTORY_RECORD_BYTES) +
			   sizeof(struct row)))
		turn(t);
	r = carry(t, key);
	if (r == NULL) {
		(void)add_row(t, key, &row);
		return;
	}
	if (is_many(row.relation)) {
		if (!confirm_one(&t->young, r, &row))
			(void)add_row(t, key, &row);
		return;
	}
	if (span_equal(value_of(&t->young, r), row.value)) {
		if (confirm(r, &row))
			return;
	} else if (row.from_us < r->from_us) {
		learn_late(t, key, r, &row);
		return;
	}
	if (row.from_us < r->to_us)
		r->to_us = row.from_us;
	(void)add_row(t, key, &row);
}

void
inventory_end(struct inventory *t, enum inventory_relation relation,
    struct span scope, struct span name, int64_t time_us)
{
	struct row *r = carry(t, key_of(t, relation, scope, name));

	if (r != NULL && time_us > r->from_us && time_us < r->to_us)
		r->to_us = time_us;
}

static const struct row *
find_in(const struct generation *g, uint64_t key, int64_t time_us)
{
	const struct row *r = newest(g, key);

	for (unsigned i = 0; r != NULL && i < CHAIN_MOST; i++) {
		if (r->from_us - INVENTORY_SLACK_US <= time_us &&
		    (r->to_us == INVENTORY_FOREVER ||
			time_us <= r->to_us + INVENTORY_SLACK_US))
			return r;
		r = r->prev != 0 ? &g->rows[r->prev - 1] : NULL;
	}
	return NULL;
}

bool
inventory_find(struct inventory *t, const struct inventory_question *q,
    struct inventory_row *row)
{
	uint64_t key = key_of(t, q->relation, q->scope, q->name);
	const struct generation *g = &t->young;
	const struct row *r;

	(void)carry(t, key); /* what is asked for is kept */
	r = find_in(g, key, q->time_us);
	if (r == NULL) {
		g = &t->old;
		r = find_in(g, key, q->time_us);
	}
	if (r == NULL)
		return false;
	*row = view(g, r);
	return true;
}

void
inventory_each(const struct inventory *t,
    void (*visit)(void *cookie, const struct inventory_row *row), void *cookie)
{
	struct inventory_row v;

	for (size_t i = 0; i < t->old.count; i++) {
		const struct row *r = &t->old.rows[i];

		if (is_newest(&t->old, i) && newest(&t->young, r->key) != NULL)
			continue; /* it moved */
		v = view(&t->old, r);
		visit(cookie, &v);
	}
	for (size_t i = 0; i < t->young.count; i++) {
		ASSERT(t->young.rows != NULL);
		v = view(&t->young, &t->young.rows[i]);
		visit(cookie, &v);
	}
}

struct inventory_sizes
inventory_sizes(const struct inventory *t)
{
	return (struct inventory_sizes){
		.rows = t->young.count + t->old.count,
		.bytes =
		    generation_bytes(&t->young) + generation_bytes(&t->old),
		.forgotten = t->forgotten,
		.refused = t->refused,
	};
}

/* --- kept ----------------------------------------------------------------- */

static unsigned
regions_of(unsigned first, uint64_t turn_number)
{
	return first + (turn_number % 2 ? REGION_OTHER : REGION_ROWS);
}

static void
save_generation(
    const struct generation *g, const struct image_writer *w, unsigned first)
{
	image_put(w, first, g->rows, g->count * sizeof(*g->rows));
	image_put(w, first + 1, g->text, g->len);
}

void
inventory_save(
    const struct inventory *t, const struct image_writer *w, unsigned first)
{
	struct buf head = { 0 };

	pack_u64(&head, VERSION);
	pack_u64(&head, sizeof(struct row));
	pack_u64(&head, t->turns);
	pack_u64(&head, t->forgotten);
	pack_u64(&head, t->refused);
	image_put(w, first + REGION_HEAD, head.at, head.len);
	save_generation(&t->young, w, regions_of(first, t->turns));
	save_generation(&t->old, w, regions_of(first, t->turns + 1));
	buf_done(&head);
}

/* Chains lead to rows of the same key and to an end. */
static bool
is_sound(const struct generation *g)
{
	uint8_t *behind = status_calloc(g->count + 1, 1);
	bool sound = true;

	for (size_t i = 0; i < g->count && sound; i++) {
		const struct row *r = &g->rows[i];

		sound = r->text <= g->len && text_len(r) <= g->len - r->text &&
			r->relation < INVENTORY_RELATIONS &&
			r->sure <= INVENTORY_SAID && r->prev <= g->count &&
			r->prev != i + 1 && !(r->prev && behind[r->prev]) &&
			(r->prev == 0 || g->rows[r->prev - 1].key == r->key);
		if (sound && r->prev != 0)
			behind[r->prev] = 1;
	}
	free(behind);
	return sound;
}

static bool
load_generation(
    struct generation *g, const struct image_reader *r, unsigned first)
{
	struct span rows = image_get(r, first), text;
	size_t count = rows.len / sizeof(*g->rows), room = FIRST_ROWS;

	if (rows.len % sizeof(*g->rows) != 0 || count > UINT32_MAX / 4)
		return false;
	if (count == 0)
		return true;
	while (room < count)
		room *= 2;
	g->rows = status_calloc(room, sizeof(*g->rows));
	memcpy(g->rows, rows.at, rows.len);
	g->room = room;
	g->count = count;
	text = image_get(r, first + 1);
	g->text = status_calloc(text.len + 1, 1);
	if (text.len > 0)
		memcpy(g->text, text.at, text.len);
	g->len = text.len;
	g->text_room = text.len + 1;
	if (!is_sound(g)) {
		g->count = 0;
		return false;
	}
	make_index(g, room * 2);
	return true;
}

bool
inventory_load(
    struct inventory *t, const struct image_reader *r, unsigned first)
{
	struct span bytes = image_get(r, first + REGION_HEAD);
	struct unpack head = unpack_of(bytes);

	if (span_is_empty(bytes) || unpack_u64(&head) != VERSION ||
	    unpack_u64(&head) != sizeof(struct row))
		return true; /* made before, or by another version */
	t->turns = unpack_u64(&head);
	t->forgotten = unpack_u64(&head);
	t->refused = unpack_u64(&head);
	return unpack_is_whole(&head) &&
	       load_generation(&t->young, r, regions_of(first, t->turns)) &&
	       load_generation(&t->old, r, regions_of(first, t->turns + 1));
}

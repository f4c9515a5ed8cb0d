/*
 * A commit is a list of small packed operations: built without touching the
 * file, walked to write it, walked again if that failed.
 */
#include <stdlib.h>

#include "store/store_internal.h"

#define HASH_BYTES 16

static struct buf *
op(struct store *s, enum store_op what)
{
	pack_u64(&s->ops, what);
	return &s->ops;
}

void
store_begin(struct store *s)
{
	buf_reset(&s->ops);
}

bool
store_is_empty(const struct store *s)
{
	return s->ops.len == 0;
}

/* --- building ------------------------------------------------------------- */

static void
put_page(void *cookie, int64_t key, uint64_t checksum, struct span bytes)
{
	struct store *s = cookie;

	if (bytes.len == 0) {
		pack_i64(op(s, OP_PAGE_DROP), key);
		return;
	}
	pack_i64(op(s, OP_PAGE), key);
	pack_u64(&s->ops, checksum);
	pack_span(&s->ops, bytes);
}

struct putting {
	struct store *store;
	int64_t tenant;
};

static void
put_region(void *cookie, unsigned region, struct span bytes)
{
	const struct putting *p = cookie;
	struct store *s = p->store;

	pager_put(s->pager, p->tenant, region, bytes,
	    &(struct pager_sink){ put_page, s });
	pack_i64(op(s, OP_REGION), pager_region_key(p->tenant, region));
	pack_u64(&s->ops, bytes.len);
}

void
store_put_tenant(struct store *s, const struct tenant *t)
{
	struct span name = engine_tenant_name(t);
	bool fresh;
	struct putting p = { s, pager_tenant(s->pager, name, &fresh) };

	if (fresh) {
		pack_i64(op(s, OP_TENANT), p.tenant);
		pack_span(&s->ops, name);
	}
	engine_tenant_save(t, &(struct image_writer){ put_region, &p });
}

static void
feed_op(struct store *s, enum store_op what, const char *feed, const char *id)
{
	op(s, what);
	pack_span(&s->ops, span_str(feed));
	pack_span(&s->ops, span_str(id));
}

void
store_put_finding(struct store *s, struct span tenant, const struct finding *f,
    const char *const *feeds)
{
	struct buf body = { 0 };

	finding_pack(f, &body);
	/* With late signals a sequence may have changed less often than was
	 * told: feeds' revisions grow none the less. */
	if (f->stored > f->revision) {
		op(s, OP_WITHDRAW);
		pack_span(&s->ops, span_str(f->id));
	}
	op(s, OP_FINDING);
	pack_span(&s->ops, span_str(f->id));
	pack_span(&s->ops, tenant);
	pack_span(&s->ops, span_str(finding_detector(f)->type));
	pack_f64(&s->ops, f->severity);
	pack_i64(&s->ops, f->first_us);
	pack_i64(&s->ops, f->last_us);
	pack_u64(&s->ops, f->count);
	pack_u64(&s->ops, f->revision);
	pack_span(&s->ops, buf_span(&body));
	buf_done(&body);
	for (size_t i = 0; feeds != NULL && feeds[i] != NULL; i++) {
		feed_op(s, OP_OWE, feeds[i], f->id);
		if (f->chain != NULL)
			feed_op(s, OP_TOLD, feeds[i], f->id);
	}
}

void
store_drop_finding(struct store *s, const char *id, const char *const *feeds)
{
	static const enum store_op ops[] = { OP_OWE_DROP, OP_WITHDRAW,
		OP_FINDING_DROP };

	for (size_t i = 0; i < COUNTOF(ops); i++) {
		op(s, ops[i]);
		pack_span(&s->ops, span_str(id));
	}
	for (size_t i = 0; feeds != NULL && feeds[i] != NULL; i++)
		feed_op(s, OP_OWE_TOLD, feeds[i], id);
}

void
store_put_signal(
    struct store *s, struct span tenant, int64_t time_us, struct span packed)
{
	op(s, OP_SIGNAL);
	pack_span(&s->ops, tenant);
	pack_i64(&s->ops, time_us);
	pack_span(&s->ops, packed);
}

void
store_put_consumed(
    struct store *s, struct span source, const uint64_t hash[2], int64_t day)
{
	op(s, OP_CONSUMED);
	pack_span(&s->ops, source);
	pack_span(&s->ops, span_of((const char *)hash, HASH_BYTES));
	pack_i64(&s->ops, day);
}

void
store_put_cursor(
    struct store *s, struct span source, struct span name, struct span value)
{
	op(s, OP_CURSOR);
	pack_span(&s->ops, source);
	pack_span(&s->ops, name);
	pack_span(&s->ops, value);
}

void
store_put_counter(struct store *s, const char *name, uint64_t value)
{
	op(s, OP_COUNTER);
	pack_span(&s->ops, span_str(name));
	pack_u64(&s->ops, value);
}

void
store_drop_kept(struct store *s, uint64_t number)
{
	pack_u64(op(s, OP_KEPT_DROP), number);
}

void
store_prune(struct store *s, int64_t day, int64_t time_us)
{
	pack_i64(op(s, OP_PRUNE), day);
	pack_i64(&s->ops, time_us);
}

void
store_put_run(struct store *s, bool open)
{
	if (open && !s->run_open)
		s->run++;
	s->run_open = open;
	pack_u64(op(s, OP_RUN), s->run);
	pack_u64(&s->ops, open);
}

void
store_resume_run(struct store *s)
{
	s->run_open = s->run > 0;
	store_put_run(s, true);
}

/* --- writing -------------------------------------------------------------- */

static const char *const statements[OP_COUNT] = {
	[OP_TENANT] = "INSERT OR REPLACE INTO tenant(id, sum, name) "
		      "VALUES(?1, ?2, ?3)",
	[OP_PAGE] = "INSERT OR REPLACE INTO page VALUES(?1, ?2, ?3)",
	[OP_PAGE_DROP] = "DELETE FROM page WHERE key = ?1",
	[OP_REGION] = "INSERT INTO region VALUES(?1, ?2, ?3) ON CONFLICT(key) "
		      "DO UPDATE SET bytes = excluded.bytes, "
		      "sum = excluded.sum WHERE bytes <> excluded.bytes",
	[OP_FINDING] =
	    "INSERT INTO finding(id, tenant, type, severity, first_us, "
	    "last_us, events, revision, run, sum, body) VALUES(?1, ?2, ?3, ?4, "
	    "?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT(id) DO UPDATE SET "
	    /* What was put away comes back when it is worse, or better. */
	    "archived = archived AND severity = excluded.severity, "
	    "severity = excluded.severity, first_us = excluded.first_us, "
	    "last_us = excluded.last_us, events = excluded.events, "
	    "revision = excluded.revision, run = excluded.run, "
	    "sum = CASE WHEN archived AND severity = excluded.severity "
	    "THEN ~excluded.sum ELSE excluded.sum END, body = excluded.body",
	[OP_OWE] = "INSERT OR REPLACE INTO outbox(feed, finding) "
		   "VALUES(?1, ?2)",
	[OP_FINDING_DROP] = "DELETE FROM finding WHERE id = ?1",
	[OP_OWE_DROP] = "DELETE FROM outbox WHERE finding = ?1",
	[OP_TOLD] = "INSERT OR IGNORE INTO told(feed, finding) VALUES(?1, ?2)",
	/* Nobody was told: then nobody need be told that it is gone. */
	[OP_WITHDRAW] =
	    "INSERT OR REPLACE INTO withdrawn(id, tenant, run, last_us, "
	    "revision, sum, body) SELECT id, tenant, run, last_us, "
	    "revision + 1 + coalesce((SELECT w.revision FROM withdrawn w "
	    "WHERE w.id = ?1), 0), CASE WHEN archived THEN ~sum ELSE sum END, "
	    "body FROM finding WHERE id = ?1 AND EXISTS "
	    "(SELECT 1 FROM told WHERE finding = ?1)",
	[OP_OWE_TOLD] =
	    "INSERT OR REPLACE INTO outbox(feed, finding) SELECT ?1, ?2 "
	    "WHERE EXISTS (SELECT 1 FROM told WHERE finding = ?2 "
	    "AND feed IN (?1, ''))",
	[OP_SIGNAL] = "INSERT INTO signal(tenant, time_us, sum, body) "
		      "VALUES(?1, ?2, ?3, ?4)",
	[OP_CONSUMED] = "INSERT OR REPLACE INTO consumed "
			"VALUES(?1, ?2, ?3, row_sum(?1, ?2, ?3))",
	[OP_CURSOR] = "INSERT OR REPLACE INTO cursor VALUES(?1, ?2, ?3, ?4)",
	[OP_COUNTER] = "INSERT OR REPLACE INTO counter "
		       "VALUES(?1, ?2, row_sum(?1, ?2))",
	[OP_KEPT_DROP] = "DELETE FROM kept WHERE number = ?1",
	[OP_PRUNE] = "DELETE FROM consumed WHERE day < ?1",
	[OP_RUN] = "INSERT OR REPLACE INTO meta VALUES('run', ?1, ?2)",
};

/* Texts before the last are bound from `at` on. */
static void
bind_texts(sqlite3_stmt *q, struct unpack *u, int at, int count)
{
	for (int i = 0; i < count; i++)
		store_bind_text(q, at + i, unpack_span(u));
}

/* A span and the checksum before it. */
static void
bind_summed(sqlite3_stmt *q, struct unpack *u, int at)
{
	struct span bytes = unpack_span(u);

	(void)sqlite3_bind_int64(q, at, store_checksum(bytes));
	store_bind(q, at + 1, bytes);
}

static void
bind_finding(const struct store *s, sqlite3_stmt *q, struct unpack *u)
{
	bind_texts(q, u, 1, 1);
	store_bind(q, 2, unpack_span(u));
	bind_texts(q, u, 3, 1);
	(void)sqlite3_bind_double(q, 4, unpack_f64(u));
	for (int i = 5; i <= 8; i++)
		(void)sqlite3_bind_int64(q, i, unpack_i64(u));
	(void)sqlite3_bind_int64(q, 9, (int64_t)s->run);
	bind_summed(q, u, 10);
}

static void
bind_run(sqlite3_stmt *q, struct unpack *u)
{
	struct span run = span_first(u->rest, 2 * sizeof(uint64_t));

	(void)sqlite3_bind_int64(q, 1, store_checksum(run));
	store_bind(q, 2, run);
	u->rest = span_skip(u->rest, run.len);
}

static void
bind_region(sqlite3_stmt *q, struct unpack *u)
{
	int64_t bytes;

	(void)sqlite3_bind_int64(q, 1, unpack_i64(u));
	bytes = unpack_i64(u);
	(void)sqlite3_bind_int64(q, 2, bytes);
	(void)sqlite3_bind_int64(
	    q, 3, store_checksum(span_of((const char *)&bytes, sizeof(bytes))));
}

static void
bind_signal(sqlite3_stmt *q, struct unpack *u)
{
	store_bind(q, 1, unpack_span(u));
	(void)sqlite3_bind_int64(q, 2, unpack_i64(u));
	bind_summed(q, u, 3);
}

/*
 * How the operands of an operation, which lie packed one behind the other,
 * are bound: n a number, t a text, b bytes, s bytes behind their checksum;
 * NULL: in a way of its own.
 */
static const char *const operands[OP_COUNT] = {
	[OP_TENANT] = "ns",
	[OP_PAGE] = "nnb",
	[OP_PAGE_DROP] = "n",
	[OP_OWE] = "tt",
	[OP_FINDING_DROP] = "t",
	[OP_OWE_DROP] = "t",
	[OP_TOLD] = "tt",
	[OP_WITHDRAW] = "t",
	[OP_OWE_TOLD] = "tt",
	[OP_CONSUMED] = "tbn",
	[OP_CURSOR] = "tts",
	[OP_COUNTER] = "tn",
	[OP_KEPT_DROP] = "n",
	[OP_PRUNE] = "n",
};

static void
bind_listed(const char *kinds, sqlite3_stmt *q, struct unpack *u)
{
	for (int i = 0; kinds[i] != '\0'; i++) {
		if (kinds[i] == 'n')
			(void)sqlite3_bind_int64(q, i + 1, unpack_i64(u));
		else if (kinds[i] == 't')
			store_bind_text(q, i + 1, unpack_span(u));
		else if (kinds[i] == 'b')
			store_bind(q, i + 1, unpack_span(u));
		else
			bind_summed(q, u, i + 1);
	}
}

/* Bind the operands of one operation, which lie at the front of *u. */
static void
bind(const struct store *s, enum store_op what, sqlite3_stmt *q,
    struct unpack *u)
{
	if (operands[what] != NULL)
		bind_listed(operands[what], q, u);
	else if (what == OP_FINDING)
		bind_finding(s, q, u);
	else if (what == OP_REGION)
		bind_region(q, u);
	else if (what == OP_SIGNAL)
		bind_signal(q, u);
	else if (what == OP_RUN)
		bind_run(q, u);
}

/* What is older than a time: signals, and of sequences that cannot be taken
 * back any more, or are for long, who was told. */
static enum status
prune_older(struct store *s, struct unpack *u, struct buf *error)
{
	static const char *const sql[] = {
		"DELETE FROM signal WHERE time_us < ?1",
		"DELETE FROM withdrawn WHERE last_us < ?1 "
		"AND id NOT IN (SELECT finding FROM outbox)",
		"DELETE FROM told WHERE finding NOT IN "
		"(SELECT id FROM withdrawn) AND finding NOT IN "
		"(SELECT id FROM finding WHERE last_us >= ?1)",
	};
	int64_t time_us = unpack_i64(u);
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < COUNTOF(sql); i++) {
		sqlite3_stmt *q =
		    store_statement(s, STATEMENT_PRUNE + (int)i, sql[i], error);

		if (q == NULL)
			return STATUS_IO;
		(void)sqlite3_bind_int64(q, 1, time_us);
		st = store_step(s, q, error);
	}
	return st;
}

static enum status
write_ops(struct store *s, struct buf *error)
{
	struct unpack u = unpack_of(buf_span(&s->ops));

	while (u.rest.len > 0) {
		enum store_op what =
		    (enum store_op)unpack_count(&u, OP_COUNT - 1);
		sqlite3_stmt *q;
		enum status st;

		ASSERT(what != OP_END && !u.failed);
		q = store_statement(s, (int)what, statements[what], error);
		if (q == NULL)
			return STATUS_IO;
		bind(s, what, q, &u);
		st = store_step(s, q, error);
		if (st == STATUS_OK && what == OP_PRUNE)
			st = prune_older(s, &u, error);
		if (st != STATUS_OK)
			return st;
	}
	ASSERT(!u.failed);
	return STATUS_OK;
}

static void
roll_back(struct store *s)
{
	if (sqlite3_get_autocommit(s->db) == 0)
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

enum status
store_commit(struct store *s, struct buf *error)
{
	sqlite3_stmt *q = store_statement(s, STATEMENT_COMMIT,
	    "UPDATE commits SET number = number + 1 WHERE id = 1 "
	    "RETURNING epoch, number",
	    error);
	struct seal seal = { 0 };
	enum status st;

	if (q == NULL)
		return STATUS_IO;
	if (sqlite3_step(q) == SQLITE_ROW) {
		seal.epoch = (uint64_t)sqlite3_column_int64(q, 0);
		seal.number = (uint64_t)sqlite3_column_int64(q, 1);
	}
	st = store_step(s, q, error);
	if (st == STATUS_OK)
		st = store_exec(s, "COMMIT", error);
	if (st == STATUS_OK && s->lock >= 0 && seal.number > 0)
		seal_write(s->lock, &seal);
	return st;
}

enum status
store_write(struct store *s, struct buf *error)
{
	enum status st;

	if (buf_is_cut(&s->ops)) {
		buf_printf(error, "%s: a commit is too large", s->path);
		return STATUS_INVALID;
	}
	if (store_is_empty(s))
		return STATUS_OK;
	st = store_exec(s, "BEGIN IMMEDIATE", error);
	if (st == STATUS_OK)
		st = write_ops(s, error);
	if (st == STATUS_OK)
		st = store_commit(s, error);
	if (st == STATUS_OK)
		buf_reset(&s->ops);
	else
		roll_back(s);
	return st;
}

/* --- small transactions --------------------------------------------------- */

static enum status
keep_one(struct store *s, const struct store_kept *kept, uint64_t *number,
    struct buf *error)
{
	sqlite3_stmt *q = store_statement(s, STATEMENT_KEEP,
	    "INSERT INTO kept(source, place, identity, cluster, arrived_us, "
	    "sum, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	    error);
	enum status st;

	if (q == NULL)
		return STATUS_IO;
	store_bind_text(q, 1, kept->source);
	store_bind(q, 2, kept->place);
	store_bind(q, 3, kept->identity);
	store_bind(q, 4, kept->cluster);
	(void)sqlite3_bind_int64(q, 5, kept->arrived_us);
	(void)sqlite3_bind_int64(q, 6, store_checksum(kept->body));
	store_bind(q, 7, kept->body);
	st = store_step(s, q, error);
	if (st == STATUS_OK)
		*number = (uint64_t)sqlite3_last_insert_rowid(s->db);
	return st;
}

enum status
store_keep(struct store *s, const struct store_kept *kept, uint64_t *numbers,
    size_t count, struct buf *error)
{
	enum status st = store_exec(s, "BEGIN IMMEDIATE", error);

	for (size_t i = 0; st == STATUS_OK && i < count; i++)
		st = keep_one(s, &kept[i], &numbers[i], error);
	if (st == STATUS_OK)
		st = store_commit(s, error);
	if (st != STATUS_OK)
		roll_back(s);
	return st;
}

/* Step a statement, its bindings made, in a transaction of its own. */
static enum status
step_alone(struct store *s, sqlite3_stmt *q, struct buf *error)
{
	enum status st = store_exec(s, "BEGIN IMMEDIATE", error);

	if (st == STATUS_OK)
		st = store_step(s, q, error);
	else
		(void)sqlite3_clear_bindings(q);
	if (st == STATUS_OK)
		st = store_commit(s, error);
	if (st != STATUS_OK)
		roll_back(s);
	return st;
}

enum status
store_delivered(
    struct store *s, const char *feed, uint64_t number, struct buf *error)
{
	sqlite3_stmt *q = store_statement(s, STATEMENT_DELIVERED,
	    "DELETE FROM outbox WHERE feed = ?1 AND number <= ?2", error);

	if (q == NULL)
		return STATUS_IO;
	store_bind_text(q, 1, span_str(feed));
	(void)sqlite3_bind_int64(q, 2, (int64_t)number);
	return step_alone(s, q, error);
}

enum status
store_archive(struct store *s, const char *id, bool archived, struct buf *error)
{
	sqlite3_stmt *q = store_statement(s, STATEMENT_ARCHIVE,
	    "UPDATE finding SET archived = ?2, sum = ~sum "
	    "WHERE id = ?1 AND archived <> ?2",
	    error);

	if (q == NULL)
		return STATUS_IO;
	store_bind_text(q, 1, span_str(id));
	(void)sqlite3_bind_int(q, 2, archived);
	return step_alone(s, q, error);
}

enum status
store_feedback_put(struct store *s, const char *id,
    const struct store_feedback *feedback, struct buf *error)
{
	sqlite3_stmt *q = store_statement(s, STATEMENT_FEEDBACK,
	    "INSERT OR REPLACE INTO feedback VALUES(?1, ?2, ?3, ?4, ?5)",
	    error);

	if (q == NULL)
		return STATUS_IO;
	store_bind_text(q, 1, span_str(id));
	(void)sqlite3_bind_int(q, 2, feedback->useful);
	(void)sqlite3_bind_int64(q, 3, feedback->at_us);
	(void)sqlite3_bind_int64(q, 4, store_checksum(feedback->note));
	store_bind(q, 5, feedback->note);
	return step_alone(s, q, error);
}

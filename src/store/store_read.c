/* What is in the file, each row checked against its checksum. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/store_internal.h"

/* A region larger than this is no state of ours. */
#define REGION_BYTES_MAX ((int64_t)16 << 30)

/* Call `row` for each row; it gives the status to go on with. */
static enum status
each(struct store *s, sqlite3_stmt *q,
    enum status (*row)(
	struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error),
    void *cookie, struct buf *error)
{
	enum status st = STATUS_OK;
	int code;

	while (st == STATUS_OK && (code = sqlite3_step(q)) != SQLITE_DONE)
		st = code == SQLITE_ROW ? row(s, q, cookie, error)
					: store_fault(s, error);
	(void)sqlite3_finalize(q);
	return st;
}

static enum status
query(struct store *s, const char *sql,
    enum status (*row)(
	struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error),
    void *cookie, struct buf *error)
{
	sqlite3_stmt *q;
	enum status st = store_prepare(s, sql, &q, error);

	return st == STATUS_OK ? each(s, q, row, cookie, error) : st;
}

/* Column `at` + 1 must have the checksum in column `at`. */
static bool
is_summed(sqlite3_stmt *q, int at)
{
	return store_checksum(store_column(q, at + 1)) ==
	       sqlite3_column_int64(q, at);
}

/* --- tenants -------------------------------------------------------------- */

struct loaded_region {
	unsigned number;
	size_t len;
	char *at;
};

struct loading {
	int64_t tenant;
	struct loaded_region *regions; /* by number */
	size_t count, room;
	void (*visit)(
	    void *cookie, struct span name, const struct image_reader *state);
	void *cookie;
};

static void
forget_regions(struct loading *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->regions[i].at);
	l->count = 0;
}

static struct loaded_region *
find_region(const struct loading *l, unsigned number)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (l->regions[middle].number == number)
			return &l->regions[middle];
		if (l->regions[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static struct span
get_region(void *cookie, unsigned number)
{
	const struct loaded_region *r = find_region(cookie, number);

	return r != NULL ? span_of(r->at, r->len) : span_of(NULL, 0);
}

static enum status
load_region(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	struct loading *l = cookie;
	int64_t bytes = sqlite3_column_int64(q, 1);
	struct loaded_region *r;

	if (bytes < 0 || bytes > REGION_BYTES_MAX ||
	    store_checksum(span_of((const char *)&bytes, sizeof(bytes))) !=
		sqlite3_column_int64(q, 2))
		return store_damaged(s, "the size of a table", error);
	if (l->count == l->room) {
		l->room = l->room ? l->room * 2 : 64;
		l->regions =
		    status_realloc(l->regions, l->room, sizeof(*l->regions));
	}
	r = &l->regions[l->count++];
	r->number = (unsigned)(sqlite3_column_int64(q, 0) & 0xffff);
	r->len = (size_t)bytes;
	r->at = status_calloc((size_t)bytes + 1, 1);
	return STATUS_OK;
}

static enum status
load_page(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	struct loading *l = cookie;
	int64_t key = sqlite3_column_int64(q, 0);
	struct loaded_region *r =
	    find_region(l, (unsigned)(key >> 24 & 0xffff));
	size_t at = (size_t)(key & (PAGER_PAGES_MAX - 1)) * PAGER_PAGE_BYTES;
	struct span body = store_column(q, 2);

	if (!is_summed(q, 1) || r == NULL || at > r->len ||
	    body.len > r->len - at)
		return store_damaged(s, "a page of what is usual", error);
	memcpy(r->at + at, body.at, body.len);
	pager_know_page(s->pager, key, (uint64_t)sqlite3_column_int64(q, 1));
	return STATUS_OK;
}

/* Rows of one table whose keys, `bits` longer than a tenant's number, belong
 * to the tenant. */
struct part {
	const char *sql;
	int bits;
	enum status (*row)(
	    struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error);
};

static const struct part parts[] = {
	{ "SELECT key, bytes, sum FROM region WHERE key >= ?1 AND key < ?2 "
	  "ORDER BY key",
	    16, load_region },
	{ "SELECT key, sum, body FROM page WHERE key >= ?1 AND key < ?2", 40,
	    load_page },
};

static enum status
load_part(struct store *s, struct loading *l, const struct part *part,
    struct buf *error)
{
	sqlite3_stmt *q;
	enum status st = store_prepare(s, part->sql, &q, error);

	if (st != STATUS_OK)
		return st;
	(void)sqlite3_bind_int64(q, 1, l->tenant << part->bits);
	(void)sqlite3_bind_int64(q, 2, (l->tenant + 1) << part->bits);
	return each(s, q, part->row, l, error);
}

static enum status
load_tenant(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	struct loading *l = cookie;
	int64_t number = sqlite3_column_int64(q, 0);
	struct span name = store_column(q, 2);
	enum status st = STATUS_OK;

	if (!is_summed(q, 1) || number != l->tenant + 1)
		return store_damaged(s, "the name of an account", error);
	l->tenant = number;
	pager_know_tenant(s->pager, name, number);
	for (size_t i = 0; st == STATUS_OK && i < COUNTOF(parts); i++)
		st = load_part(s, l, &parts[i], error);
	if (st == STATUS_OK && l->visit != NULL)
		l->visit(
		    l->cookie, name, &(struct image_reader){ get_region, l });
	forget_regions(l);
	return st;
}

enum status
store_tenants(struct store *s,
    void (*visit)(
	void *cookie, struct span name, const struct image_reader *state),
    void *cookie, struct buf *error)
{
	struct loading l = { .visit = visit, .cookie = cookie };
	enum status st;

	pager_free(s->pager);
	s->pager = pager_new();
	st = query(s, "SELECT id, sum, name FROM tenant ORDER BY id",
	    load_tenant, &l, error);
	free(l.regions);
	return st;
}

/* --- findings ------------------------------------------------------------- */

#define FINDING_COLUMNS "f.id, f.tenant, f.run, f.archived, f.sum, f.body"

struct visiting {
	bool (*visit)(void *cookie, const struct store_finding *f);
	void *cookie;
	bool stopped;
	size_t count;
	/* The outbox's rows have two columns more. */
	void (*owed)(void *cookie, const struct store_owed *owed);
};

/* The checksum of one that is archived is stored inverted, so that the mark
 * cannot be damaged unseen. */
static enum status
read_finding(struct store *s, sqlite3_stmt *q, struct store_finding *f,
    struct buf *error)
{
	int64_t mark = sqlite3_column_int(q, 3) != 0 ? -1 : 0;

	if (store_checksum(store_column(q, 5)) !=
	    (sqlite3_column_int64(q, 4) ^ mark))
		return store_damaged(s, "a finding", error);
	*f = (struct store_finding){
		.id = (const char *)sqlite3_column_text(q, 0),
		.tenant = store_column(q, 1),
		.run = (uint64_t)sqlite3_column_int64(q, 2),
		.archived = sqlite3_column_int(q, 3) != 0,
		.packed = store_column(q, 5),
	};
	if (f->id == NULL)
		return store_damaged(s, "the id of a finding", error);
	return STATUS_OK;
}

static enum status
visit_finding(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	struct visiting *v = cookie;
	struct store_finding f;
	enum status st = read_finding(s, q, &f, error);

	v->count++;
	if (st == STATUS_OK && !v->stopped)
		v->stopped = !v->visit(v->cookie, &f);
	return st;
}

enum status
store_findings(struct store *s, const struct store_wanted *wanted,
    bool (*visit)(void *cookie, const struct store_finding *f), void *cookie,
    struct buf *error)
{
	struct visiting v = { .visit = visit, .cookie = cookie };
	sqlite3_stmt *q;
	enum status st = store_prepare(s,
	    "SELECT " FINDING_COLUMNS " FROM finding f WHERE f.run >= ?1 "
	    "OR (?2 > 0 AND f.last_us >= (SELECT max(g.last_us) FROM finding g "
	    "WHERE g.tenant = f.tenant) - ?2) "
	    "ORDER BY f.first_us, f.type, f.id",
	    &q, error);

	if (st != STATUS_OK)
		return st;
	(void)sqlite3_bind_int64(q, 1, (int64_t)wanted->since_run);
	(void)sqlite3_bind_int64(q, 2, wanted->recent_us);
	return each(s, q, visit_finding, &v, error);
}

enum status
store_finding(struct store *s, const char *prefix,
    bool (*visit)(void *cookie, const struct store_finding *f), void *cookie,
    struct buf *error)
{
	struct visiting v = { .visit = visit, .cookie = cookie };
	sqlite3_stmt *q;
	enum status st = store_prepare(s,
	    "SELECT " FINDING_COLUMNS " FROM finding f "
	    "WHERE substr(f.id, 1, length(?1)) = ?1 ORDER BY f.id LIMIT 2",
	    &q, error);

	if (st != STATUS_OK)
		return st;
	store_bind_text(q, 1, span_str(prefix));
	st = each(s, q, visit_finding, &v, error);
	if (st != STATUS_OK || v.count == 1)
		return st;
	return v.count == 0 ? STATUS_NOT_FOUND : STATUS_INVALID;
}

struct visiting_signals {
	void (*visit)(void *cookie, const struct store_signal *signal);
	void *cookie;
};

static enum status
visit_signal(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	const struct visiting_signals *v = cookie;

	if (!is_summed(q, 2))
		return store_damaged(s, "a signal", error);
	v->visit(v->cookie, &(struct store_signal){
				.tenant = store_column(q, 0),
				.time_us = sqlite3_column_int64(q, 1),
				.packed = store_column(q, 3),
			    });
	return STATUS_OK;
}

enum status
store_signals(struct store *s, const int64_t times_us[2],
    void (*visit)(void *cookie, const struct store_signal *signal),
    void *cookie, struct buf *error)
{
	sqlite3_stmt *q;
	enum status st = store_prepare(s,
	    "SELECT tenant, time_us, sum, body FROM signal "
	    "WHERE time_us >= ?1 AND time_us < ?2 ORDER BY time_us, number",
	    &q, error);

	if (st != STATUS_OK)
		return st;
	(void)sqlite3_bind_int64(q, 1, times_us[0]);
	(void)sqlite3_bind_int64(q, 2, times_us[1]);
	return each(s, q, visit_signal,
	    &(struct visiting_signals){ visit, cookie }, error);
}

struct visit_feedback {
	void (*visit)(void *cookie, const struct store_feedback *feedback);
	void *cookie;
	size_t count;
};

static enum status
feedback_row(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	struct visit_feedback *v = cookie;

	if (!is_summed(q, 2))
		return store_damaged(s, "feedback on a finding", error);
	v->count++;
	if (v->visit != NULL)
		v->visit(v->cookie, &(struct store_feedback){
					.useful = sqlite3_column_int(q, 0) != 0,
					.at_us = sqlite3_column_int64(q, 1),
					.note = store_column(q, 3),
				    });
	return STATUS_OK;
}

enum status
store_feedback(struct store *s, const char *id,
    void (*visit)(void *cookie, const struct store_feedback *feedback),
    void *cookie, struct buf *error)
{
	struct visit_feedback v = { .visit = visit, .cookie = cookie };
	sqlite3_stmt *q;
	enum status st = store_prepare(s,
	    "SELECT useful, at_us, sum, note FROM feedback WHERE finding = ?1",
	    &q, error);

	if (st != STATUS_OK)
		return st;
	store_bind_text(q, 1, span_str(id));
	st = each(s, q, feedback_row, &v, error);
	return st == STATUS_OK && v.count == 0 ? STATUS_NOT_FOUND : st;
}

static enum status
visit_owed(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	struct visiting *v = cookie;
	struct store_owed owed = { 0 };
	enum status st = read_finding(s, q, &owed.finding, error);

	owed.number = (uint64_t)sqlite3_column_int64(q, 6);
	owed.revision = (uint64_t)sqlite3_column_int64(q, 7);
	owed.withdrawn = sqlite3_column_int(q, 8) != 0;
	if (st == STATUS_OK)
		v->owed(v->cookie, &owed);
	return st;
}

enum status
store_outbox(struct store *s, const struct store_debt *debt,
    void (*visit)(void *cookie, const struct store_owed *owed), void *cookie,
    struct buf *error)
{
	struct visiting v = { .owed = visit, .cookie = cookie };
	sqlite3_stmt *q;
	enum status st = store_prepare(s,
	    "SELECT coalesce(f.id, w.id), coalesce(f.tenant, w.tenant), "
	    "coalesce(f.run, w.run), coalesce(f.archived, 0), "
	    "coalesce(f.sum, w.sum), coalesce(f.body, w.body), o.number, "
	    "coalesce(f.revision, 0) + coalesce(w.revision, 0), f.id IS NULL "
	    "FROM outbox o LEFT JOIN finding f ON f.id = o.finding "
	    "LEFT JOIN withdrawn w ON w.id = o.finding "
	    "WHERE o.feed = ?1 AND o.number > ?2 "
	    "AND coalesce(f.id, w.id) IS NOT NULL "
	    "ORDER BY o.number LIMIT ?3",
	    &q, error);

	if (st != STATUS_OK)
		return st;
	store_bind_text(q, 1, span_str(debt->feed));
	(void)sqlite3_bind_int64(q, 2, (int64_t)debt->after);
	(void)sqlite3_bind_int64(q, 3, (int64_t)debt->most);
	return each(s, q, visit_owed, &v, error);
}

/* --- signals -------------------------------------------------------------- */

static enum status
since_row(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	struct store_recent *recent = cookie;
	int64_t oldest_us = sqlite3_column_int64(q, 0);
	int64_t newest_us = sqlite3_column_int64(q, 1);

	(void)s;
	(void)error;
	recent->since_us = INT64_MIN;
	if (newest_us - recent->recent_us > oldest_us)
		recent->since_us = newest_us - recent->recent_us;
	return STATUS_OK;
}

enum status
store_signals_recent(
    struct store *s, struct store_recent *recent, struct buf *error)
{
	return query(s,
	    "SELECT min(time_us), (SELECT time_us FROM signal ORDER BY time_us "
	    "DESC LIMIT 1 OFFSET 16) FROM signal",
	    since_row, recent, error);
}

/* --- what was consumed ---------------------------------------------------- */

struct visit_consumed {
	void (*visit)(void *cookie, const uint64_t hash[2], int64_t day);
	void *cookie;
};

static enum status
consumed_row(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	const struct visit_consumed *v = cookie;
	struct span identity = store_column(q, 0);
	uint64_t hash[2];

	if (identity.len != sizeof(hash) || sqlite3_column_int(q, 2) == 0)
		return store_damaged(s, "what was consumed", error);
	memcpy(hash, identity.at, sizeof(hash));
	v->visit(v->cookie, hash, sqlite3_column_int64(q, 1));
	return STATUS_OK;
}

enum status
store_consumed(struct store *s,
    void (*visit)(void *cookie, const uint64_t hash[2], int64_t day),
    void *cookie, struct buf *error)
{
	struct visit_consumed v = { visit, cookie };

	return query(s,
	    "SELECT identity, day, sum = row_sum(source, identity, day) "
	    "FROM consumed",
	    consumed_row, &v, error);
}

struct visit_cursor {
	void (*visit)(void *cookie, struct span source, struct span name,
	    struct span value);
	void *cookie;
};

static enum status
cursor_row(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	const struct visit_cursor *v = cookie;

	if (!is_summed(q, 2))
		return store_damaged(s, "a position of a source", error);
	v->visit(v->cookie, store_column(q, 0), store_column(q, 1),
	    store_column(q, 3));
	return STATUS_OK;
}

enum status
store_cursors(struct store *s,
    void (*visit)(
	void *cookie, struct span source, struct span name, struct span value),
    void *cookie, struct buf *error)
{
	struct visit_cursor v = { visit, cookie };

	return query(s, "SELECT source, name, sum, value FROM cursor",
	    cursor_row, &v, error);
}

struct visit_counter {
	void (*visit)(void *cookie, struct span name, uint64_t value);
	void *cookie;
};

static enum status
counter_row(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	const struct visit_counter *v = cookie;

	if (sqlite3_column_int(q, 2) == 0)
		return store_damaged(s, "a counter", error);
	v->visit(v->cookie, store_column(q, 0),
	    (uint64_t)sqlite3_column_int64(q, 1));
	return STATUS_OK;
}

enum status
store_counters(struct store *s,
    void (*visit)(void *cookie, struct span name, uint64_t value), void *cookie,
    struct buf *error)
{
	struct visit_counter v = { visit, cookie };

	return query(s,
	    "SELECT name, value, sum = row_sum(name, value) FROM counter",
	    counter_row, &v, error);
}

struct visit_kept {
	void (*visit)(void *cookie, const struct store_kept *kept);
	void *cookie;
};

static enum status
kept_row(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	const struct visit_kept *v = cookie;

	if (!is_summed(q, 6))
		return store_damaged(s, "a kept delivery", error);
	if (v->visit != NULL)
		v->visit(v->cookie,
		    &(struct store_kept){
			.number = (uint64_t)sqlite3_column_int64(q, 0),
			.source = store_column(q, 1),
			.place = store_column(q, 2),
			.identity = store_column(q, 3),
			.cluster = store_column(q, 4),
			.arrived_us = sqlite3_column_int64(q, 5),
			.body = store_column(q, 7),
		    });
	return STATUS_OK;
}

enum status
store_kept(struct store *s,
    void (*visit)(void *cookie, const struct store_kept *kept), void *cookie,
    struct buf *error)
{
	struct visit_kept v = { visit, cookie };

	return query(s,
	    "SELECT number, source, place, identity, cluster, arrived_us, sum, "
	    "body FROM kept ORDER BY number",
	    kept_row, &v, error);
}

/* --- about the file ------------------------------------------------------- */

static enum status
count_row(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	(void)s;
	(void)error;
	*(uint64_t *)cookie = (uint64_t)sqlite3_column_int64(q, 0);
	return STATUS_OK;
}

static uint64_t
bytes_of(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 ? (uint64_t)about.st_size : 0;
}

enum status
store_measure(struct store *s, struct store_sizes *sizes, struct buf *error)
{
	const struct {
		const char *sql;
		uint64_t *to;
	} counts[] = {
		{ "SELECT count(*) FROM tenant", &sizes->tenants },
		{ "SELECT count(*) FROM finding", &sizes->findings },
		{ "SELECT count(*) FROM signal", &sizes->signals },
		{ "SELECT count(*) FROM consumed", &sizes->consumed },
		{ "SELECT count(*) FROM kept", &sizes->kept },
		{ "SELECT count(*) FROM outbox", &sizes->owed },
		{ "SELECT coalesce(sum(bytes), 0) FROM region",
		    &sizes->state_bytes },
	};
	struct buf wal = { 0 };
	enum status st = STATUS_OK;

	*sizes = (struct store_sizes){ 0 };
	for (size_t i = 0; st == STATUS_OK && i < COUNTOF(counts); i++)
		st = query(s, counts[i].sql, count_row, counts[i].to, error);
	buf_printf(&wal, "%s-wal", s->path);
	sizes->file_bytes = bytes_of(s->path);
	sizes->wal_bytes = bytes_of(buf_text(&wal));
	buf_done(&wal);
	return st;
}

static enum status
verify_finding(
    struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	struct store_finding f;

	(void)cookie;
	return read_finding(s, q, &f, error);
}

static enum status
verify_signal(struct store *s, sqlite3_stmt *q, void *cookie, struct buf *error)
{
	(void)cookie;
	return is_summed(q, 0) ? STATUS_OK
			       : store_damaged(s, "a signal", error);
}

static void
skip_consumed(void *cookie, const uint64_t hash[2], int64_t day)
{
	(void)cookie;
	(void)hash;
	(void)day;
}

static void
skip_counter(void *cookie, struct span name, uint64_t value)
{
	(void)cookie;
	(void)name;
	(void)value;
}

static void
skip_cursor(
    void *cookie, struct span source, struct span name, struct span value)
{
	(void)cookie;
	(void)source;
	(void)name;
	(void)value;
}

enum status
store_verify(struct store *s, struct buf *error)
{
	enum status st = store_tenants(s, NULL, NULL, error);

	if (st == STATUS_OK)
		st = query(s, "SELECT " FINDING_COLUMNS " FROM finding f",
		    verify_finding, NULL, error);
	if (st == STATUS_OK)
		st = query(s,
		    "SELECT id, tenant, run, 0, sum, body FROM withdrawn",
		    verify_finding, NULL, error);
	if (st == STATUS_OK)
		st = query(s, "SELECT sum, body FROM signal", verify_signal,
		    NULL, error);
	if (st == STATUS_OK)
		st = query(s, "SELECT useful, at_us, sum, note FROM feedback",
		    feedback_row, &(struct visit_feedback){ 0 }, error);
	if (st == STATUS_OK)
		st = store_consumed(s, skip_consumed, NULL, error);
	if (st == STATUS_OK)
		st = store_cursors(s, skip_cursor, NULL, error);
	if (st == STATUS_OK)
		st = store_counters(s, skip_counter, NULL, error);
	return st == STATUS_OK ? store_kept(s, NULL, NULL, error) : st;
}

enum status
store_backup(struct store *s, const char *path, struct buf *error)
{
	sqlite3 *to = NULL;
	sqlite3_backup *backup;
	int code = sqlite3_open_v2(
	    path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (code == SQLITE_OK) {
		backup = sqlite3_backup_init(to, "main", s->db, "main");
		if (backup != NULL) {
			while ((code = sqlite3_backup_step(backup, 1024)) ==
			       SQLITE_OK)
				continue;
			(void)sqlite3_backup_finish(backup);
		}
		code = code == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode(to);
	}
	if (code == SQLITE_OK &&
	    /* Where it is put, another number of commits is no fault. */
	    (store_add_row_sum(to) != SQLITE_OK ||
		sqlite3_exec(to,
		    "UPDATE commits SET epoch = row_sum(randomblob(16));"
		    "PRAGMA journal_mode = DELETE",
		    NULL, NULL, NULL) != SQLITE_OK))
		code = sqlite3_errcode(to);
	if (code != SQLITE_OK)
		buf_printf(error, "%s: %s", path,
		    to != NULL ? sqlite3_errmsg(to) : sqlite3_errstr(code));
	(void)sqlite3_close(to);
	return code == SQLITE_OK ? STATUS_OK : STATUS_IO;
}

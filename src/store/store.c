/* Opening, checking and closing the file. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_internal.h"

#define APPLICATION_ID 0x6e657068 /* "neph" */
#define SCHEMA_VERSION 4
#define SCHEMA_SEALED 4 /* from here on commits are counted */
#define BUSY_MS 10000
#define KEY_NAME "key"
#define RUN_NAME "run"
/* A larger file is checked page by page, its indexes are not compared. */
#define WHOLE_CHECK_BYTES ((int64_t)1 << 30)

/* migrations[i] brings schema i to i + 1. */
static const char *const migrations[SCHEMA_VERSION] = {
	"CREATE TABLE meta(name TEXT PRIMARY KEY, sum INTEGER NOT NULL,"
	"  value BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE tenant(id INTEGER PRIMARY KEY, sum INTEGER NOT NULL,"
	"  name BLOB NOT NULL);"
	"CREATE TABLE region(key INTEGER PRIMARY KEY, bytes INTEGER NOT NULL,"
	"  sum INTEGER NOT NULL);"
	"CREATE TABLE page(key INTEGER PRIMARY KEY, sum INTEGER NOT NULL,"
	"  body BLOB NOT NULL);"
	"CREATE TABLE consumed(source TEXT NOT NULL, identity BLOB NOT NULL,"
	"  day INTEGER NOT NULL, PRIMARY KEY(source, identity)) WITHOUT ROWID;"
	"CREATE TABLE cursor(source TEXT NOT NULL, name TEXT NOT NULL,"
	"  sum INTEGER NOT NULL, value BLOB NOT NULL,"
	"  PRIMARY KEY(source, name)) WITHOUT ROWID;"
	"CREATE TABLE finding(number INTEGER PRIMARY KEY, id TEXT NOT NULL"
	"  UNIQUE, tenant BLOB NOT NULL, type TEXT NOT NULL, severity REAL NOT"
	"  NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL,"
	"  events INTEGER NOT NULL, revision INTEGER NOT NULL, run INTEGER NOT"
	"  NULL, archived INTEGER NOT NULL DEFAULT 0, sum INTEGER NOT NULL,"
	"  body BLOB NOT NULL);"
	"CREATE INDEX finding_by_time ON finding(first_us);"
	"CREATE INDEX finding_by_run ON finding(run);"
	"CREATE INDEX finding_by_tenant ON finding(tenant, last_us);"
	"CREATE TABLE signal(number INTEGER PRIMARY KEY, tenant BLOB NOT NULL,"
	"  time_us INTEGER NOT NULL, sum INTEGER NOT NULL,"
	"  body BLOB NOT NULL);"
	"CREATE INDEX signal_by_time ON signal(time_us);"
	"CREATE TABLE outbox(number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  feed TEXT NOT NULL, finding TEXT NOT NULL, UNIQUE(feed, finding));"
	"CREATE TABLE kept(number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  source TEXT NOT NULL, place BLOB NOT NULL, identity BLOB NOT NULL,"
	"  cluster BLOB NOT NULL, arrived_us INTEGER NOT NULL, sum INTEGER NOT"
	"  NULL, body BLOB NOT NULL);"
	"CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
	"  WITHOUT ROWID;",
	"CREATE TABLE feedback(finding TEXT PRIMARY KEY, useful INTEGER NOT"
	"  NULL, at_us INTEGER NOT NULL, sum INTEGER NOT NULL,"
	"  note BLOB NOT NULL) WITHOUT ROWID;",
	/* What was told of sequences before is not known: to everybody (''). */
	"CREATE TABLE told(number INTEGER PRIMARY KEY, finding TEXT NOT NULL,"
	"  feed TEXT NOT NULL, UNIQUE(finding, feed));"
	"INSERT INTO told(finding, feed) SELECT id, '' FROM finding"
	"  WHERE type LIKE 'AttackSequence:%';"
	"CREATE TABLE withdrawn(number INTEGER PRIMARY KEY, id TEXT NOT NULL"
	"  UNIQUE, tenant BLOB NOT NULL, run INTEGER NOT NULL, last_us INTEGER"
	"  NOT NULL, revision INTEGER NOT NULL, sum INTEGER NOT NULL,"
	"  body BLOB NOT NULL);",
	"CREATE TABLE commits(id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL,"
	"  number INTEGER NOT NULL);"
	"INSERT INTO commits VALUES(1, row_sum(randomblob(16)), 0);"
	"ALTER TABLE consumed ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;"
	"UPDATE consumed SET sum = row_sum(source, identity, day);"
	"ALTER TABLE counter ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;"
	"UPDATE counter SET sum = row_sum(name, value);",
};

/* --- what went wrong ------------------------------------------------------ */

enum status
store_damaged(struct store *s, const char *what, struct buf *error)
{
	buf_printf(error,
	    "%s is damaged: %s. It was left as it is. Restore a backup made "
	    "with `nephoscope state backup`, or move the file away: a new one "
	    "is begun, what is usual is learned anew, and logs that are still "
	    "upstream are read again",
	    s->path, what);
	return STATUS_MALFORMED;
}

enum status
store_fault(struct store *s, struct buf *error)
{
	int code = sqlite3_extended_errcode(s->db);
	const char *text = sqlite3_errmsg(s->db);

	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return store_damaged(s, text, error);
	case SQLITE_FULL:
		buf_printf(error,
		    "%s: no space is left for it; free some, nothing is lost "
		    "meanwhile",
		    s->path);
		return STATUS_IO;
	case SQLITE_READONLY:
		buf_printf(error,
		    "%s cannot be written (%s); check the owner and mode of "
		    "the file and its folder, and that the disk is not mounted "
		    "read-only",
		    s->path, text);
		return STATUS_IO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		buf_printf(error,
		    "%s is in use by another nephoscope; stop it, or name "
		    "another file",
		    s->path);
		return STATUS_IO;
	default:
		break;
	}
	if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) {
		buf_printf(error,
		    "%s: the disk did not confirm that it has what was "
		    "written; stopping, as nothing it says can be relied on",
		    s->path);
		return STATUS_INVALID;
	}
	buf_printf(error, "%s: %s", s->path, text);
	if (sqlite3_system_errno(s->db) != 0)
		buf_printf(error, " (%s)",
		    status_errno_text(sqlite3_system_errno(s->db)));
	if ((code & 0xff) == SQLITE_IOERR)
		buf_add_str(error, "; look at the disk it is on: the kernel's "
				   "log says more");
	return STATUS_IO;
}

/* --- statements ----------------------------------------------------------- */

int64_t
store_checksum(struct span bytes)
{
	return (int64_t)pager_checksum(bytes);
}

/* row_sum(...): numbers as eight bytes, all else behind its length. */
static void
row_sum(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct buf bytes = { 0 };

	for (int i = 0; i < count; i++) {
		const char *at;

		if (sqlite3_value_type(values[i]) == SQLITE_INTEGER) {
			pack_i64(&bytes, sqlite3_value_int64(values[i]));
			continue;
		}
		at = sqlite3_value_blob(values[i]);
		pack_span(&bytes,
		    span_of(at, (size_t)sqlite3_value_bytes(values[i])));
	}
	sqlite3_result_int64(context, store_checksum(buf_span(&bytes)));
	buf_done(&bytes);
}

int
store_add_row_sum(sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "row_sum", -1,
	    SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, row_sum, NULL, NULL,
	    NULL);
}

struct span
store_column(sqlite3_stmt *statement, int column)
{
	const char *at = sqlite3_column_blob(statement, column);

	return span_of(at, (size_t)sqlite3_column_bytes(statement, column));
}

void
store_bind(sqlite3_stmt *statement, int at, struct span bytes)
{
	/* A NULL pointer would bind NULL instead of nothing. */
	(void)sqlite3_bind_blob64(
	    statement, at, bytes.at ? bytes.at : "", bytes.len, SQLITE_STATIC);
}

void
store_bind_text(sqlite3_stmt *statement, int at, struct span text)
{
	(void)sqlite3_bind_text64(statement, at, text.at ? text.at : "",
	    text.len, SQLITE_STATIC, SQLITE_UTF8);
}

enum status
store_prepare(struct store *s, const char *sql, sqlite3_stmt **statement,
    struct buf *error)
{
	if (sqlite3_prepare_v2(s->db, sql, -1, statement, NULL) == SQLITE_OK)
		return STATUS_OK;
	return store_fault(s, error);
}

sqlite3_stmt *
store_statement(struct store *s, int which, const char *sql, struct buf *error)
{
	if (s->statements[which] == NULL &&
	    store_prepare(s, sql, &s->statements[which], error) != STATUS_OK)
		return NULL;
	return s->statements[which];
}

enum status
store_step(struct store *s, sqlite3_stmt *statement, struct buf *error)
{
	int code = sqlite3_step(statement);
	enum status st = STATUS_OK;

	if (code != SQLITE_DONE && code != SQLITE_ROW)
		st = store_fault(s, error);
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return st;
}

enum status
store_exec(struct store *s, const char *sql, struct buf *error)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return STATUS_OK;
	return store_fault(s, error);
}

static enum status
pragma_number(
    struct store *s, const char *sql, int64_t *number, struct buf *error)
{
	sqlite3_stmt *statement;
	enum status st = store_prepare(s, sql, &statement, error);

	if (st != STATUS_OK)
		return st;
	if (sqlite3_step(statement) == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	else
		st = store_fault(s, error);
	(void)sqlite3_finalize(statement);
	return st;
}

/* --- meta ----------------------------------------------------------------- */

static enum status
put_meta(
    struct store *s, const char *name, struct span value, struct buf *error)
{
	sqlite3_stmt *statement;
	enum status st =
	    store_prepare(s, "INSERT OR REPLACE INTO meta VALUES(?1, ?2, ?3)",
		&statement, error);

	if (st != STATUS_OK)
		return st;
	store_bind_text(statement, 1, span_str(name));
	(void)sqlite3_bind_int64(statement, 2, store_checksum(value));
	store_bind(statement, 3, value);
	st = store_step(s, statement, error);
	(void)sqlite3_finalize(statement);
	return st;
}

/* The value into `room`, whose size it must have; NOT_FOUND: there is none. */
static enum status
get_meta(struct store *s, const char *name, void *room, size_t size,
    struct buf *error)
{
	sqlite3_stmt *statement;
	enum status st = store_prepare(s,
	    "SELECT sum, value FROM meta WHERE name = ?1", &statement, error);
	int code;

	if (st != STATUS_OK)
		return st;
	store_bind_text(statement, 1, span_str(name));
	code = sqlite3_step(statement);
	if (code == SQLITE_DONE) {
		st = STATUS_NOT_FOUND;
	} else if (code != SQLITE_ROW) {
		st = store_fault(s, error);
	} else {
		struct span value = store_column(statement, 1);

		if (value.len != size ||
		    store_checksum(value) != sqlite3_column_int64(statement, 0))
			st = store_damaged(s, "its secret or run", error);
		else
			memcpy(room, value.at, size);
	}
	(void)sqlite3_finalize(statement);
	return st;
}

/* Run number and whether it is open. */
static enum status
load_run(struct store *s, struct buf *error)
{
	uint64_t run[2] = { 0 };
	enum status st = get_meta(s, RUN_NAME, run, sizeof(run), error);

	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	s->run = run[0];
	s->run_open = run[1] != 0;
	return STATUS_OK;
}

static enum status
load_meta(struct store *s, struct buf *error)
{
	enum status st = get_meta(s, KEY_NAME, &s->key, sizeof(s->key), error);

	if (st == STATUS_NOT_FOUND) {
		if (s->read_only)
			return store_damaged(s, "it has no secret", error);
		if (RAND_bytes((unsigned char *)&s->key, sizeof(s->key)) != 1) {
			buf_printf(error, "%s: no random numbers", s->path);
			return STATUS_IO;
		}
		st = put_meta(s, KEY_NAME,
		    span_of((const char *)&s->key, sizeof(s->key)), error);
	}
	return st == STATUS_OK ? load_run(s, error) : st;
}

/* --- opening -------------------------------------------------------------- */

static enum status
check_whole(struct store *s, struct buf *error)
{
	sqlite3_stmt *statement;
	struct stat about = { 0 };
	const char *sql = "PRAGMA integrity_check(1)";
	enum status st;

	if (stat(s->path, &about) == 0 && about.st_size > WHOLE_CHECK_BYTES)
		sql = "PRAGMA quick_check(1)";
	st = store_prepare(s, sql, &statement, error);
	if (st != STATUS_OK)
		return st;
	if (sqlite3_step(statement) != SQLITE_ROW)
		st = store_fault(s, error);
	else if (!span_equal(store_column(statement, 0), SPAN("ok")))
		st = store_damaged(
		    s, (const char *)sqlite3_column_text(statement, 0), error);
	(void)sqlite3_finalize(statement);
	return st;
}

static enum status
migrate(struct store *s, int64_t version, struct buf *error)
{
	enum status st = store_exec(s, "BEGIN IMMEDIATE", error);

	for (int64_t i = version; st == STATUS_OK && i < SCHEMA_VERSION; i++)
		st = store_exec(s, migrations[i], error);
	if (st == STATUS_OK && version < SCHEMA_VERSION) {
		char sql[96];

		(void)sqlite3_snprintf(sizeof(sql), sql,
		    "PRAGMA user_version = %d; PRAGMA application_id = %d",
		    SCHEMA_VERSION, APPLICATION_ID);
		st = store_exec(s, sql, error);
	}
	if (st == STATUS_OK)
		st = load_meta(s, error);
	if (st == STATUS_OK)
		return store_exec(s, "COMMIT", error);
	(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return st;
}

/* Only so many commits are in it: are there all that were confirmed? */
static enum status
refuse_fewer(struct store *s, uint64_t number, struct buf *error)
{
	if (!s->sealed || number >= s->seal.number)
		return STATUS_OK;
	buf_printf(error,
	    "%s is damaged: the last %llu commits that were confirmed are not "
	    "in it. Its journal %s-wal was damaged, cut or taken away, or an "
	    "older copy was put in its place. It was left as it is. Restore a "
	    "backup made with `nephoscope state backup`; or remove %s-lock to "
	    "go on with what is there, and read again what it lacks",
	    s->path, (unsigned long long)(s->seal.number - number), s->path,
	    s->path);
	return STATUS_MALFORMED;
}

static enum status
check_seal(struct store *s, struct buf *error)
{
	int64_t epoch = 0, number = 0;
	enum status st = pragma_number(
	    s, "SELECT epoch FROM commits WHERE id = 1", &epoch, error);

	if (st == STATUS_OK)
		st = pragma_number(s, "SELECT number FROM commits WHERE id = 1",
		    &number, error);
	if (st != STATUS_OK || (uint64_t)epoch != s->seal.epoch)
		return st;
	return refuse_fewer(s, (uint64_t)number, error);
}

/* Is it ours, and of which version? */
static enum status
identify(struct store *s, struct buf *error)
{
	int64_t id = 0, version = 0, tables = 0;
	enum status st = pragma_number(s, "PRAGMA application_id", &id, error);

	if (st == STATUS_OK)
		st = pragma_number(s, "PRAGMA user_version", &version, error);
	if (st == STATUS_OK)
		st = pragma_number(
		    s, "SELECT count(*) FROM sqlite_schema", &tables, error);
	if (st != STATUS_OK)
		return st;
	/* All that was in it was in its journal. */
	if (id != APPLICATION_ID && tables == 0)
		st = refuse_fewer(s, 0, error);
	if (st != STATUS_OK)
		return st;
	if (id != APPLICATION_ID && (tables > 0 || s->read_only)) {
		buf_printf(error,
		    "%s is not a nephoscope state file; name another one",
		    s->path);
		return STATUS_MALFORMED;
	}
	if (version > SCHEMA_VERSION) {
		buf_printf(error,
		    "%s was made by a newer nephoscope (schema %lld, this one "
		    "knows %d); use that version",
		    s->path, (long long)version, SCHEMA_VERSION);
		return STATUS_UNSUPPORTED;
	}
	if (version >= SCHEMA_SEALED)
		st = check_seal(s, error);
	if (st != STATUS_OK)
		return st;
	if (!s->read_only)
		return migrate(s, version, error);
	if (version < SCHEMA_VERSION) {
		buf_printf(error,
		    "%s was made by an older nephoscope; `nephoscope state "
		    "verify` brings it up to date",
		    s->path);
		return STATUS_UNSUPPORTED;
	}
	return load_meta(s, error);
}

static enum status
connect(struct store *s, struct buf *error)
{
	int flags = s->read_only ? SQLITE_OPEN_READONLY
				 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	int code, made;

	/* Findings name people: the file, and with it its journal, is for its
	 * owner. */
	if (!s->read_only) {
		made = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (made >= 0)
			(void)close(made);
	}
	flags |= SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE;
	code = sqlite3_open_v2(s->path, &s->db, flags, NULL);
	if (s->db == NULL) {
		buf_printf(error, "%s: %s", s->path, sqlite3_errstr(code));
		return STATUS_IO;
	}
	if (code != SQLITE_OK)
		return store_fault(s, error);
	(void)sqlite3_busy_timeout(s->db, BUSY_MS);
	/* Hostile files are a database too. */
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return store_add_row_sum(s->db) == SQLITE_OK ? STATUS_OK
						     : store_fault(s, error);
}

static enum status
set_modes(struct store *s, struct buf *error)
{
	enum status st = store_exec(
	    s, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", error);

	if (s->read_only || st != STATUS_OK)
		return st;
	/* The mode of the journal reads the header: the first to see damage. */
	return store_exec(s,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "PRAGMA journal_size_limit = 67108864; PRAGMA foreign_keys = OFF",
	    error);
}

/* The names of the file and its journal must be on the disk too; SQLite does
 * not heed whether they are. */
static enum status
sync_folder(struct store *s, struct buf *error)
{
	const char *slash = strrchr(s->path, '/');
	struct buf folder = { 0 };
	enum status st = STATUS_OK;
	int fd;

	if (s->read_only)
		return STATUS_OK;
	if (slash == NULL)
		buf_add_str(&folder, ".");
	else
		buf_add(
		    &folder, span_of(s->path, (size_t)(slash - s->path) + 1));
	fd = open(buf_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems cannot (EINVAL), some folders cannot be read. */
	if (fd >= 0 && fsync(fd) != 0 && errno != EINVAL) {
		buf_printf(error, "%s: %s", buf_text(&folder),
		    status_errno_text(errno));
		st = STATUS_IO;
	}
	if (fd >= 0)
		(void)close(fd);
	buf_done(&folder);
	return st;
}

/* Hold the file beside it as long as the store is open. */
static enum status
lock(struct store *s, struct buf *error)
{
	struct buf path = { 0 };
	enum status st = STATUS_OK;

	buf_printf(&path, "%s-lock", s->path);
	s->lock = open(buf_text(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock < 0) {
		buf_printf(
		    error, "%s: %s", buf_text(&path), status_errno_text(errno));
		st = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	} else if (flock(s->lock, LOCK_EX | LOCK_NB) != 0) {
		buf_printf(error,
		    "%s is in use by another nephoscope; stop it, or name "
		    "another file",
		    s->path);
		st = STATUS_IO;
	}
	buf_done(&path);
	return st;
}

/* Before the file is looked at: what is confirmed meanwhile is in both. */
static void
read_seal(struct store *s)
{
	struct buf path = { 0 };
	struct stat about;
	int fd = s->lock;

	/* It was moved away: a new one is begun. */
	if (stat(s->path, &about) != 0)
		return;
	if (fd < 0) {
		buf_printf(&path, "%s-lock", s->path);
		fd = open(buf_text(&path), O_RDONLY | O_CLOEXEC);
	}
	if (fd >= 0)
		s->sealed = seal_read(fd, &s->seal);
	if (fd >= 0 && fd != s->lock)
		(void)close(fd);
	buf_done(&path);
}

static enum status
refuse_missing(const char *path, struct buf *error)
{
	struct stat about;

	if (stat(path, &about) == 0)
		return STATUS_OK;
	buf_printf(error, "%s: %s", path, status_errno_text(errno));
	return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
}

enum status
store_open(const struct store_options *options, struct store **store,
    struct buf *error)
{
	struct store *s;
	struct span path = span_str(options->path);
	enum status st = STATUS_OK;

	if (options->read_only)
		st = refuse_missing(options->path, error);
	if (st != STATUS_OK)
		return st;
	s = status_calloc(1, sizeof(*s));
	s->path = status_calloc(path.len + 1, 1);
	memcpy(s->path, path.at, path.len);
	s->read_only = options->read_only;
	s->ops.limit = SIZE_MAX / 4;
	s->pager = pager_new();
	s->lock = -1;
	if (options->exclusive)
		st = lock(s, error);
	if (!options->skip_checks)
		read_seal(s);
	if (st == STATUS_OK)
		st = connect(s, error);
	if (st == STATUS_OK)
		st = set_modes(s, error);
	if (st == STATUS_OK && !options->skip_checks)
		st = check_whole(s, error);
	if (st == STATUS_OK)
		st = identify(s, error);
	if (st == STATUS_OK)
		st = sync_folder(s, error);
	/* What is damaged stays as it is, its journal too. */
	if (st == STATUS_MALFORMED && s->db != NULL)
		(void)sqlite3_db_config(
		    s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (st == STATUS_OK)
		*store = s;
	else
		store_close(s);
	/* Nothing is in doubt yet that stopping would save. */
	return st == STATUS_INVALID ? STATUS_IO : st;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < COUNTOF(s->statements); i++)
		(void)sqlite3_finalize(s->statements[i]);
	(void)sqlite3_close(s->db);
	if (s->lock >= 0)
		(void)close(s->lock);
	pager_free(s->pager);
	buf_done(&s->ops);
	free(s->path);
	free(s);
}

const struct hash_key *
store_key(const struct store *s)
{
	return &s->key;
}

uint64_t
store_run(const struct store *s)
{
	return s->run;
}

bool
store_run_is_open(const struct store *s)
{
	return s->run_open;
}

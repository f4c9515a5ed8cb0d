/*
 * store_internal.h - what the files of this folder share.  Nobody else
 * includes it.
 */
#pragma once

#include <sqlite3.h>

#include "base/pack.h"
#include "store/pager.h"
#include "store/seal.h"
#include "store/store.h"

/* What a commit does, as packed in store.ops. */
enum store_op {
	OP_END,
	OP_TENANT,
	OP_PAGE,
	OP_PAGE_DROP,
	OP_REGION,
	OP_FINDING,
	OP_OWE,
	OP_FINDING_DROP,
	OP_OWE_DROP,
	OP_TOLD,
	OP_WITHDRAW,
	OP_OWE_TOLD,
	OP_SIGNAL,
	OP_CONSUMED,
	OP_CURSOR,
	OP_COUNTER,
	OP_KEPT_DROP,
	OP_PRUNE,
	OP_RUN,
	OP_COUNT,
};

enum store_statement {
	STATEMENT_KEEP = OP_COUNT,
	STATEMENT_DELIVERED,
	STATEMENT_ARCHIVE,
	STATEMENT_FEEDBACK,
	STATEMENT_COMMIT,
	STATEMENT_PRUNE, /* as many as there are statements of it */
	STATEMENT_PRUNE_LAST = STATEMENT_PRUNE + 2,
	STATEMENT_COUNT,
};

struct store {
	sqlite3 *db;
	char *path;
	bool read_only;
	int lock; /* of the file beside it; -1: none */
	/* What that file said when this one was opened. */
	struct seal seal;
	bool sealed;
	struct hash_key key;
	uint64_t run;
	bool run_open;
	struct pager *pager;
	struct buf ops; /* of the commit being built */
	sqlite3_stmt *statements[STATEMENT_COUNT]; /* NULL until used */
};

/* A statement, compiled once; NULL with *error. */
sqlite3_stmt *store_statement(
    struct store *s, int which, const char *sql, struct buf *error);
/* Compile a statement that the caller finalises. */
enum status store_prepare(struct store *s, const char *sql,
    sqlite3_stmt **statement, struct buf *error);
/* Step a statement that gives no rows, and reset it. */
enum status store_step(
    struct store *s, sqlite3_stmt *statement, struct buf *error);
enum status store_exec(struct store *s, const char *sql, struct buf *error);
/* Count and commit the transaction that is open. */
enum status store_commit(struct store *s, struct buf *error);

/* What the database's latest error is for us, and what to do about it. */
enum status store_fault(struct store *s, struct buf *error);
enum status store_damaged(struct store *s, const char *what, struct buf *error);

/* The checksum that rows carry. */
int64_t store_checksum(struct span bytes);
/* Make it known to SQL, of all its arguments: row_sum(...).  A code of
 * SQLite's. */
int store_add_row_sum(sqlite3 *db);

struct span store_column(sqlite3_stmt *statement, int column);
void store_bind(sqlite3_stmt *statement, int at, struct span bytes);
void store_bind_text(sqlite3_stmt *statement, int at, struct span text);

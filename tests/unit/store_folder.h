/*
 * store_folder.h - a store in a folder of its own, opened, filled and changed
 * behind its back, for tests.
 */
#pragma once

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"
#include "test.h"
#include "unit/finding_fixture.h"

struct folder {
	char path[64], file[96];
};

static inline void
folder_make(struct folder *f)
{
	(void)snprintf(
	    f->path, sizeof(f->path), "/tmp/nephoscope-store-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	(void)snprintf(f->file, sizeof(f->file), "%s/s.db", f->path);
}

static inline void
folder_remove(struct folder *f)
{
	DIR *d = opendir(f->path);

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		(void)unlinkat(dirfd(d), e->d_name, 0);
	(void)closedir(d);
	assert_int_equal(rmdir(f->path), 0);
}

/* Open it, as `wanted`; NULL and a sentence that holds `part` when refused. */
static inline struct store *
open_as(
    const struct store_options *options, enum status wanted, const char *part)
{
	struct store *s = NULL;
	struct buf error = { 0 };
	enum status st = store_open(options, &s, &error);

	if (st != wanted)
		fail_msg("%s: %s", status_text(st), buf_text(&error));
	if (part != NULL && strstr(buf_text(&error), part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", buf_text(&error), part);
	buf_done(&error);
	return s;
}

static inline struct store *
open_at(const struct folder *f)
{
	return open_as(
	    &(struct store_options){ .path = f->file }, STATUS_OK, NULL);
}

static inline void
write_now(struct store *s)
{
	struct buf error = { 0 };
	enum status st = store_write(s, &error);

	if (st != STATUS_OK)
		fail_msg("%s: %s", status_text(st), buf_text(&error));
	assert_true(store_is_empty(s));
}

/* Change the file behind nephoscope's back. */
static inline void
sql(const struct folder *f, const char *text)
{
	sqlite3 *db;
	char *error = NULL;

	assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", text, error);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* A finding of a detector that there is, by its id. */
static inline void
put_finding(
    struct store *s, const char *id, double severity, const char *const *feeds)
{
	struct fixture x;

	fixture_init(&x, "");
	x.signal.row = &detector_table[0];
	x.finding.severity = severity;
	(void)snprintf(x.finding.id, sizeof(x.finding.id), "%s", id);
	store_put_finding(s, SPAN("111122223333"), &x.finding, feeds);
}

static inline void
fill(struct store *s)
{
	static const uint64_t hash[2] = { 1, 2 };
	static const char *const feeds[] = { "siem", NULL };
	const struct store_kept kept = {
		.source = SPAN("w"), .place = SPAN("p"), .body = SPAN("body")
	};
	struct buf error = { 0 };
	uint64_t number;

	store_begin(s);
	put_finding(s, "abcd", 2, feeds);
	store_put_signal(s, SPAN("t"), 1, SPAN("signal"));
	store_put_consumed(s, SPAN("s"), hash, 1);
	store_put_cursor(s, SPAN("s"), SPAN("n"), SPAN("value"));
	store_put_counter(s, "c", 3);
	write_now(s);
	assert_int_equal(store_keep(s, &kept, &number, 1, &error), STATUS_OK);
}

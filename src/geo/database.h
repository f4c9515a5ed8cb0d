/*
 * database.h - one MaxMind database: a copy in memory, checked whole.
 *
 * libmaxminddb maps a file and trusts it to stay; here the file is first
 * copied into sealed memory, and every record that the search tree leads to
 * is walked once with bounds on depth and size.  Loading is for one thread,
 * asking for any.
 */
#pragma once

#include <maxminddb.h>

#include "base/buf.h"
#include "base/ip.h"
#include "base/status.h"

#define DATABASE_BYTES_MAX ((uint64_t)2 << 30)

struct database {
	MMDB_s mmdb;
	bool open;
};

/* On failure *error names the file, what is wrong and the key of `geo:`. */
NODISCARD enum status database_open(
    struct database *db, const char *path, const char *key, struct buf *error);
void database_close(struct database *db); /* zeroed is allowed */

/* The record of an address; false: none.  *entry is valid for the
 * database's life. */
bool database_find(
    const struct database *db, const struct ip *ip, MMDB_entry_s *entry);

/* A value of a record by its path, up to NULL; false: none of that type. */
bool database_text(
    MMDB_entry_s *entry, const char *const *path, char *text, size_t size);
bool database_number(
    MMDB_entry_s *entry, const char *const *path, double *number);

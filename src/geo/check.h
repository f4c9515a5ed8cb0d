/*
 * check.h - is a MaxMind database whole?
 *
 * The library follows what a record says; a hostile one may nest a million
 * maps or point outside.  This walks the search tree and all that it leads
 * to once, with bounds.  Format: MaxMind DB File Format Specification 2.0.
 */
#pragma once

#include <maxminddb.h>
#include <stdbool.h>

/* Values nest no deeper than this; real databases reach 7. */
#define CHECK_DEPTH_MAX 32

/* False with a static *why when it is not. */
bool check_database(const MMDB_s *mmdb, const char **why);

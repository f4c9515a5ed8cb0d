/*
 * shape.h - the keys of the configuration file, as data.
 *
 * One table tells the binder what to accept, the schema and the manual what
 * to say, and `config show` what to print.  Constant; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum shape_kind {
	SHAPE_TEXT,	/* char *, owned */
	SHAPE_ACCOUNT,	/* char *, twelve digits */
	SHAPE_ADDRESS,	/* char *, "host:port" */
	SHAPE_WORD,	/* char *, one of `words` */
	SHAPE_TIME,	/* int64_t, microseconds */
	SHAPE_NET,	/* struct ip_net */
	SHAPE_BOOL,	/* int: -1 not said, 0, 1 */
	SHAPE_NUMBER,	/* double, from `least` to `most` */
	SHAPE_SIZE,	/* uint64_t bytes, from `least` to `most` */
	SHAPE_SEVERITY, /* double, 0: not said */
	SHAPE_MAP,	/* the members of `keys` in the same struct */
	SHAPE_LIST,	/* array and count of `item` */
	SHAPE_NAMED,	/* as LIST; the keys are names of the user's choice */
};

struct shape_key {
	const char *name;
	const char *help;     /* a sentence part: lower case, no full stop */
	const char *fallback; /* the value when not given, as text; or NULL */
	const char *const *words;     /* WORD: NULL-terminated */
	const struct shape_key *keys; /* MAP: up to one without a name */
	const struct shape_key *item; /* LIST, NAMED */
	size_t item_size;
	double least, most;
	/* Where the value lives in the struct it is bound into. */
	size_t offset, count_offset;
	/* NAMED: where an item keeps its name; NAMED, LIST: its line and
	 * column, which are not kept when 0. */
	size_t name_offset, line_offset, column_offset;
	enum shape_kind kind;
	bool required;
	/* Known and checked, but bound nowhere: nothing in this version
	 * reads it.  `config check` and backfill say so. */
	bool unused;
};

/* The whole file: a MAP over struct config. */
extern const struct shape_key shape_root;

/*
 * batch.h - the events decoded from one piece of one parcel.
 *
 * A batch owns the text, the arena and the JSON tape that its events borrow
 * from.  It passes from the decoder to the shards and back to be reused; one
 * stage holds it at a time.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"
#include "codec/json.h"
#include "event/event.h"

#define BATCH_TEXT_BYTES ((size_t)512 * 1024)	     /* aimed at */
#define BATCH_RECORD_BYTES ((size_t)4 * 1024 * 1024) /* one record's limit */
#define BATCH_TENANTS_MAX 1024
#define BATCH_HEAD_BYTES ((size_t)64) /* writable before `text` */
#define BATCH_INNER_MAX 2	      /* depth of JSON inside strings */

struct batch {
	/* JSON_PADDING readable bytes behind `text_len`, BATCH_HEAD_BYTES
	 * before: a decoder sets brackets around without moving it. */
	char *text;
	size_t text_len;
	size_t text_room;
	struct arena *arena;
	struct json_parser *parser; /* its tape backs event.record and spans */
	/* Tapes of JSON texts found in strings; NULL until one is needed. */
	struct json_parser *inner[BATCH_INNER_MAX];
	struct event *events;
	size_t count;
	size_t room;
	struct span *tenants; /* names, in order of first appearance */
	size_t ntenants;
	struct span place; /* the parcel's name, as shown in findings */
};

struct batch *batch_new(void);
void batch_free(struct batch *b); /* NULL is allowed */

/* Empty it for the next piece, keeping the memory. */
void batch_reset(struct batch *b);

/* Make room for `bytes` of text (and the padding), keeping what is there.
 * Spans into the text die. */
void batch_reserve(struct batch *b, size_t bytes);

/* The parser for JSON texts found in strings at `depth` below
 * BATCH_INNER_MAX.  Parsing with it ends what its last tape backed. */
struct json_parser *batch_inner(struct batch *b, size_t depth);

/* A new zeroed event at the end; valid until the next call.  The last one
 * added may be taken back by decrementing count. */
struct event *batch_add(struct batch *b);

/* The index of tenant `name` (copied), adding it; past BATCH_TENANTS_MAX all
 * further names share the last index. */
uint32_t batch_tenant(struct batch *b, struct span name);

/*
 * json.h - JSON on the hot path: a cursor over simdjson's parsed tape.
 *
 * json.cpp is the only C++ of the program.  It lets simdjson's DOM parser
 * write its tape, and the inline functions below read the tape from C, so
 * walking costs no call.  The tape's layout is documented by simdjson in
 * doc/tape.md: the top byte of each word is a type letter, the rest a
 * payload; a container's payload holds the index behind its end.
 *
 * A parser belongs to one thread.  Values and strings borrow from the
 * parser and die with its next json_parse() or json_parser_free(); what is
 * to be kept is copied into the batch's arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JSON_PADDING 64 /* readable bytes needed behind a text to parse */
#define JSON_DEPTH_MAX 64
#define JSON_STRING_MAX ((size_t)1024 * 1024)

struct json_parser;

struct json_value {
	const uint64_t *tape; /* NULL: no value */
	const uint8_t *strings;
	size_t at;
};

enum json_type {
	JSON_NONE = 0,
	JSON_OBJECT = '{',
	JSON_ARRAY = '[',
	JSON_STRING = '"',
	JSON_INTEGER = 'l',
	JSON_UNSIGNED = 'u', /* an integer above INT64_MAX */
	JSON_DOUBLE = 'd',
	JSON_TRUE = 't',
	JSON_FALSE = 'f',
	JSON_NULL = 'n',
};

/* A parser for texts up to `limit` bytes.  Caller frees. */
struct json_parser *json_parser_new(size_t limit);

/* Let strings be longer than JSON_STRING_MAX, for texts of our own making. */
void json_parser_strings(struct json_parser *p, size_t most);

/* NULL is allowed. */
void json_parser_free(struct json_parser *p);

/*
 * Wipe what the parser still holds of the last text, where that was a secret;
 * its values are gone then.
 */
void json_parser_wipe(struct json_parser *p);

/*
 * Parse one JSON value.  JSON_PADDING bytes behind the text must be readable
 * (their content does not matter).  MALFORMED, TOO_LARGE (size, depth or a
 * string) or OK with the root in *root.
 */
NODISCARD enum status json_parse(
    struct json_parser *p, struct span text, struct json_value *root);

/* What was wrong with the last text that did not parse; a C string. */
const char *json_parser_error(const struct json_parser *p);

static inline enum json_type
json_type(struct json_value v)
{
	return v.tape ? (enum json_type)(v.tape[v.at] >> 56) : JSON_NONE;
}

static inline uint64_t
json_payload(struct json_value v)
{
	return v.tape[v.at] & (((uint64_t)1 << 56) - 1);
}

static inline bool
json_is(struct json_value v, enum json_type type)
{
	return json_type(v) == type;
}

/* The bytes of a string, unescaped; empty for anything else. */
static inline struct span
json_string(struct json_value v)
{
	const uint8_t *s;
	uint32_t len;

	if (!json_is(v, JSON_STRING))
		return (struct span){ NULL, 0 };
	s = v.strings + json_payload(v);
	memcpy(&len, s, sizeof(len));
	return (struct span){ (const char *)(s + sizeof(len)), len };
}

/* Index of the tape word behind a value. */
static inline size_t
json_after(struct json_value v)
{
	switch (v.tape[v.at] >> 56) {
	case '{':
	case '[':
		return (uint32_t)v.tape[v.at];
	case 'l':
	case 'u':
	case 'd':
		return v.at + 2;
	default:
		return v.at + 1;
	}
}

/* A number as int64, or `otherwise` (also for doubles that do not fit). */
int64_t json_int(struct json_value v, int64_t otherwise);

/* A number as double, or `otherwise`. */
double json_number(struct json_value v, double otherwise);

static inline bool
json_is_true(struct json_value v)
{
	return json_is(v, JSON_TRUE);
}

/*
 * Walk the members of an object or the items of an array:
 *
 *	struct json_iter it = json_iter(value);
 *	while (json_next_member(&it, &key, &member)) ...
 *	while (json_next_item(&it, &item)) ...
 *
 * A value of another type has no members and no items.
 */
struct json_iter {
	struct json_value next;
	size_t end;
};

static inline struct json_iter
json_iter(struct json_value v)
{
	struct json_iter it = { v, 0 };

	if (json_is(v, JSON_OBJECT) || json_is(v, JSON_ARRAY)) {
		it.end = json_after(v) - 1;
		it.next.at = v.at + 1;
	}
	return it;
}

static inline bool
json_next_item(struct json_iter *it, struct json_value *item)
{
	if (it->end == 0 || it->next.at >= it->end)
		return false;
	*item = it->next;
	it->next.at = json_after(it->next);
	return true;
}

static inline bool
json_next_member(
    struct json_iter *it, struct span *key, struct json_value *member)
{
	if (it->end == 0 || it->next.at >= it->end)
		return false;
	*key = json_string(it->next);
	it->next.at++;
	*member = it->next;
	it->next.at = json_after(it->next);
	return true;
}

/* The member called `key`, or a value of type JSON_NONE.  Linear. */
struct json_value json_get(struct json_value object, struct span key);

/* json_string(json_get(object, key)) */
struct span json_get_string(struct json_value object, struct span key);

#ifdef __cplusplus
}
#endif

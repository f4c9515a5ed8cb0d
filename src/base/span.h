/*
 * span.h - a borrowed run of bytes.
 *
 * A span never owns: it is valid as long as whoever gave it says, mostly as
 * long as the batch that an event belongs to.  It is not NUL-terminated and
 * may hold any byte.  To keep one, copy it (arena_dup, intern).  Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *at;
	size_t len;
};

/* The arguments of "%.*s" for a span. */
#define SPAN_ARGS(s) ((int)(s).len), ((s).at ? (s).at : "")
/* A span over a string literal. */
#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })

/* The same as an initialiser of static data. */
#define SPAN_INIT(literal)                                                     \
	{                                                                      \
		"" literal, sizeof(literal) - 1                                \
	}

static inline struct span
span_of(const char *at, size_t len)
{
	return (struct span){ at, len };
}

/* Borrow a C string; an empty span for NULL. */
static inline struct span
span_str(const char *s)
{
	return (struct span){ s, s ? strlen(s) : 0 };
}

/*
 * The same bytes without const: for free(), when the span is an owner's own
 * copy, and for libraries that only read and yet do not say so.
 */
static inline void *
span_memory(struct span s)
{
	union {
		const char *read;
		void *bare;
	} at = { .read = s.at };

	return at.bare;
}

static inline bool
span_is_empty(struct span s)
{
	return s.len == 0;
}

static inline bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.at, b.at, a.len));
}

static inline bool
span_starts(struct span s, struct span prefix)
{
	return s.len >= prefix.len &&
	       (prefix.len == 0 || !memcmp(s.at, prefix.at, prefix.len));
}

static inline bool
span_ends(struct span s, struct span suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 ||
		   !memcmp(s.at + s.len - suffix.len, suffix.at, suffix.len));
}

/* The part from `from` (clamped) on. */
static inline struct span
span_skip(struct span s, size_t from)
{
	if (from > s.len)
		from = s.len;
	/* C has no NULL + 0; compilers make one addition of it. */
	return (struct span){ from > 0 ? s.at + from : s.at, s.len - from };
}

/* The first `len` bytes at most. */
static inline struct span
span_first(struct span s, size_t len)
{
	return (struct span){ s.at, len < s.len ? len : s.len };
}

/* Order by bytes, shorter first on a common prefix: <0, 0, >0. */
int span_compare(struct span a, struct span b);

/* Equal without regard to ASCII case. */
bool span_equal_nocase(struct span a, struct span b);

/* Index of the first `c` at or after `from`, or s.len. */
size_t span_find(struct span s, char c, size_t from);

/* Index of the last `c`, or s.len. */
size_t span_rfind(struct span s, char c);

/* Index of the first occurrence of `needle`, or s.len. */
size_t span_search(struct span s, struct span needle);

/* True when `needle` occurs, without regard to ASCII case. */
bool span_contains_nocase(struct span s, struct span needle);

/* Strip ASCII white space from both ends. */
struct span span_trim(struct span s);

/*
 * Cut the next piece up to `sep` off the front of `*rest` and return it.
 * Without a separator the piece is all of it and *rest becomes empty with
 * at == NULL, so `while (rest.at != NULL)` visits every piece.
 */
struct span span_cut(struct span *rest, char sep);

/* The last eight bytes, or fewer, as a number: what tells ids apart. */
uint64_t span_tail(struct span s);

/* A C string of its bytes, malloc()ed; "" when empty.  Caller frees. */
char *span_to_str(struct span s);

/* Decimal digits only, at most 20, no overflow: true and *out. */
bool span_to_u64(struct span s, uint64_t *out);

/* Shell-style match of `*` (any run) and `?` (any byte) over all of s.
 * Linear in s.len * pattern.len at worst. */
bool span_matches(struct span s, struct span pattern);

/*
 * buf.h - a text that grows, for output.
 *
 * For findings, reports and generated files, never on the hot path.  It
 * grows with status_realloc() up to a limit; past it the text is cut and
 * buf_is_cut() says so.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/status.h"

struct buf {
	char *at; /* NUL-terminated once anything was added */
	size_t len;
	size_t size;
	size_t limit; /* 0: BUF_LIMIT_BYTES */
	bool cut;
};

#define BUF_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

/* Release the bytes; the buf may be used again from empty. */
void buf_done(struct buf *b);

/* Forget the text, keep the memory. */
void buf_reset(struct buf *b);

/* The text so far; valid until the next change. */
struct span buf_span(const struct buf *b);

/* The text as a C string, "" when empty. */
const char *buf_text(const struct buf *b);

bool buf_is_cut(const struct buf *b);

void buf_add(struct buf *b, struct span s);
void buf_add_str(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_done(struct buf *b)
{
	free(b->at);
	b->at = NULL;
	b->len = b->size = 0;
	b->cut = false;
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->cut = false;
	if (b->at != NULL)
		b->at[0] = '\0';
}

struct span
buf_span(const struct buf *b)
{
	return span_of(b->at, b->len);
}

const char *
buf_text(const struct buf *b)
{
	return b->at ? b->at : "";
}

bool
buf_is_cut(const struct buf *b)
{
	return b->cut;
}

/* Make room for `more` bytes and a NUL; what fits under the limit. */
static size_t
reserve(struct buf *b, size_t more)
{
	size_t limit = b->limit ? b->limit : BUF_LIMIT_BYTES;
	size_t want;

	if (more > limit - b->len) {
		more = limit - b->len;
		b->cut = true;
	}
	want = b->len + more + 1;
	if (want > b->size) {
		size_t size = b->size ? b->size : 256;

		while (size < want)
			size *= 2;
		b->at = status_realloc(b->at, size, 1);
		b->size = size;
	}
	return more;
}

void
buf_add(struct buf *b, struct span s)
{
	size_t len = reserve(b, s.len);

	if (len > 0)
		memcpy(b->at + b->len, s.at, len);
	b->len += len;
	b->at[b->len] = '\0';
}

void
buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, span_str(s));
}

void
buf_add_char(struct buf *b, char c)
{
	buf_add(b, span_of(&c, 1));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	int len;
	size_t room;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	ASSERT(len >= 0);
	room = reserve(b, (size_t)len);
	(void)vsnprintf(b->at + b->len, room + 1, fmt, again);
	b->len += room;
	va_end(again);
	va_end(args);
}

#include "output/paper.h"

#include "base/escape.h"

#define PAPER_WORD_LEAST 8 /* narrower columns are not wrapped into */

void
paper_ink(struct paper *p, enum paper_ink ink)
{
	static const char *const codes[] = {
		[PAPER_PLAIN] = "0",
		[PAPER_BOLD] = "1",
		[PAPER_DIM] = "2",
		[PAPER_RED] = "31",
		[PAPER_BRIGHT_RED] = "1;31",
		[PAPER_YELLOW] = "33",
		[PAPER_BLUE] = "34",
		[PAPER_GREEN] = "32",
	};

	if (p->colour)
		buf_printf(p->out, "\033[%sm", codes[ink]);
}

void
paper_spaces(struct paper *p, size_t n)
{
	while (n-- > 0)
		buf_add_char(p->out, ' ');
}

void
paper_add(struct paper *p, struct span text)
{
	escape_terminal(text, p->out);
}

/* The longest start of visible text that takes at most `width` columns. */
static struct span
fitting(struct span text, size_t width)
{
	struct span rest = text;
	size_t taken = 0, used = 0;

	while (rest.len > 0) {
		struct span before = rest;
		uint32_t point;
		size_t len = escape_next(&rest, &point);

		used += escape_width(span_first(before, len));
		if (used > width)
			break;
		taken += len;
	}
	return span_first(text, taken);
}

static size_t
cut(struct paper *p, struct span text, size_t width)
{
	struct buf visible = { 0 };
	struct span whole;
	size_t used;

	escape_terminal(text, &visible);
	whole = buf_span(&visible);
	used = escape_width(whole);
	if (used > width) {
		size_t dots = width < 3 ? width : 3;

		whole = fitting(whole, width - dots);
		buf_add(p->out, whole);
		buf_add(p->out, span_first(SPAN("..."), dots));
		used = escape_width(whole) + dots;
	} else {
		buf_add(p->out, whole);
	}
	buf_done(&visible);
	return used;
}

void
paper_cell(struct paper *p, struct span text, size_t width)
{
	paper_spaces(p, width - cut(p, text, width));
}

void
paper_cut(struct paper *p, struct span text, size_t width)
{
	cut(p, text, width);
}

/* The next line's worth of *rest: to the last blank that fits, or as much as
 * fits where a word is longer than a line. */
static struct span
next_line(struct span *rest, size_t width)
{
	struct span line = fitting(*rest, width);
	size_t blank;

	if (line.len < rest->len) {
		if (rest->at[line.len] == ' ')
			blank = line.len;
		else
			blank = span_rfind(line, ' ');
		if (blank < line.len && blank > 0)
			line = span_first(line, blank);
	}
	if (line.len == 0)
		line = span_first(*rest, 1);
	*rest = span_skip(*rest, line.len);
	while (line.len > 0 && line.at[line.len - 1] == ' ')
		line = span_first(line, line.len - 1);
	while (rest->len > 0 && rest->at[0] == ' ')
		*rest = span_skip(*rest, 1);
	return line;
}

void
paper_wrap(struct paper *p, struct span text, size_t at, size_t indent)
{
	struct buf visible = { 0 };
	struct span rest;
	bool first = true;

	escape_terminal(text, &visible);
	rest = buf_span(&visible);
	do {
		size_t from = first ? at : indent;
		size_t width = p->columns > from + PAPER_WORD_LEAST
				   ? p->columns - from
				   : PAPER_WORD_LEAST;

		if (!first)
			paper_spaces(p, indent);
		if (rest.len > 0)
			buf_add(p->out, next_line(&rest, width));
		buf_add_char(p->out, '\n');
		first = false;
	} while (rest.len > 0);
	buf_done(&visible);
}

void
paper_command(struct paper *p, struct span text, size_t indent)
{
	bool first = true;

	while (text.at != NULL) {
		struct span line = span_cut(&text, '\n');

		if (!first)
			paper_spaces(p, indent);
		paper_add(p, line);
		buf_add_char(p->out, '\n');
		first = false;
	}
}

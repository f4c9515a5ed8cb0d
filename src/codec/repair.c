#include "codec/repair.h"

#include <stdint.h>

#define INTEGER_DIGITS_MAX 18
#define REPLACEMENT SPAN("\xef\xbf\xbd")

/* Where a repair stands: text[from..at) is to be copied as it is. */
struct repair {
	struct span text;
	size_t from, at;
	bool in_string;
	bool changed;
	struct buf *out;
};

/* Replace the next `n` bytes. */
static void
replace(struct repair *r, size_t n, struct span with)
{
	buf_add(r->out, span_of(r->text.at + r->from, r->at - r->from));
	buf_add(r->out, with);
	r->at += n;
	r->from = r->at;
	r->changed = true;
}

/* Bytes of the UTF-8 sequence at `s`, or 0: what is overlong, a surrogate
 * or above U+10FFFF is none (Unicode 15, table 3-7). */
static size_t
utf8_length(struct span s)
{
	static const struct {
		unsigned char first, last, low, high;
		size_t len;
	} rows[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	const unsigned char *p = (const unsigned char *)s.at;
	size_t i, k;

	for (i = 0; i < COUNTOF(rows); i++) {
		if (p[0] < rows[i].first || p[0] > rows[i].last)
			continue;
		if (s.len < rows[i].len || p[1] < rows[i].low ||
		    p[1] > rows[i].high)
			return 0;
		for (k = 2; k < rows[i].len; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		}
		return rows[i].len;
	}
	return 0;
}

static void
take_high_byte(struct repair *r)
{
	size_t n = utf8_length(span_skip(r->text, r->at));

	if (n)
		r->at += n;
	else
		replace(r, 1, REPLACEMENT);
}

/* The code unit of the \uXXXX at `at`, or -1. */
static int
unit_at(struct span s, size_t at)
{
	int unit = 0;
	size_t i;

	if (at + 6 > s.len || s.at[at] != '\\' || s.at[at + 1] != 'u')
		return -1;
	for (i = at + 2; i < at + 6; i++) {
		char c = s.at[i];

		if (c >= '0' && c <= '9')
			unit = unit * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			unit = unit * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return unit;
}

static void
take_escape(struct repair *r)
{
	int unit = unit_at(r->text, r->at);
	int next;

	if (unit < 0) {
		size_t behind = r->at + 1;

		if (behind < r->text.len && r->text.at[behind] != '\0' &&
		    strchr("\"\\/bfnrt", r->text.at[behind]))
			r->at += 2;
		else
			replace(r, 1, SPAN(""));
		return;
	}
	if (unit < 0xd800 || unit > 0xdfff) {
		r->at += 6;
		return;
	}
	next = unit_at(r->text, r->at + 6);
	if (unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff)
		r->at += 12;
	else
		replace(r, 6, SPAN("\\ufffd"));
}

static void
take_control(struct repair *r)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char c = (unsigned char)r->text.at[r->at];
	char escape[6] = { '\\', 'u', '0', '0', digits[c >> 4],
		digits[c & 15] };

	if (r->in_string)
		replace(r, 1, span_of(escape, sizeof(escape)));
	else if (c == '\t' || c == '\n' || c == '\r')
		r->at++;
	else
		replace(r, 1, SPAN(" "));
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number outside strings, at its first digit. */
static void
take_number(struct repair *r)
{
	size_t digits = 0;

	while (r->at < r->text.len && is_digit(r->text.at[r->at])) {
		r->at++;
		digits++;
	}
	if (r->at < r->text.len && memchr(".eE", r->text.at[r->at], 3)) {
		/* A double already: go over the rest of it. */
		while (r->at < r->text.len &&
		       (is_digit(r->text.at[r->at]) ||
			   memchr(".eE+-", r->text.at[r->at], 5)))
			r->at++;
		return;
	}
	if (digits > INTEGER_DIGITS_MAX)
		replace(r, 0, SPAN("e0"));
}

static void
take_byte(struct repair *r)
{
	unsigned char c = (unsigned char)r->text.at[r->at];

	if (c >= 0x80) {
		take_high_byte(r);
	} else if (c < 0x20) {
		take_control(r);
	} else if (c == '"') {
		r->in_string = !r->in_string;
		r->at++;
	} else if (c == '\\' && r->in_string) {
		take_escape(r);
	} else if (!r->in_string && is_digit((char)c)) {
		take_number(r);
	} else {
		r->at++;
	}
}

bool
repair_json(struct span text, struct buf *out)
{
	size_t before = out->len;
	struct repair r = { .text = text, .out = out };

	if (out->cut)
		return false;
	while (r.at < text.len && !out->cut)
		take_byte(&r);
	if (r.changed)
		buf_add(out, span_of(text.at + r.from, r.at - r.from));
	if (r.changed && !out->cut)
		return true;
	out->len = before;
	out->cut = false;
	if (out->at)
		out->at[before] = '\0';
	return false;
}

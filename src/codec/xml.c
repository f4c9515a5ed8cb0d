#include "codec/xml.h"

#include <stdint.h>
#include <string.h>

/* A name longer than this is no element of AWS. */
#define NAME_MAX_BYTES 256
#define ENTITY_MAX_BYTES 12
#define DECODED_BYTES 8192

void
xml_init(struct xml *x, struct span text)
{
	*x = (struct xml){ .rest = text };
	/* Room for a session token, so that growing leaves no copy behind. */
	x->decoded.at = status_calloc(DECODED_BYTES, 1);
	x->decoded.size = DECODED_BYTES;
	x->decoded.limit = XML_TEXT_MAX;
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		x->rest = span_skip(text, 3);
}

void
xml_done(struct xml *x)
{
	if (x->decoded.at != NULL)
		explicit_bzero(x->decoded.at, x->decoded.size);
	buf_done(&x->decoded);
}

static enum xml_piece
fail(struct xml *x)
{
	x->bad = true;
	x->name = x->text = span_of(NULL, 0);
	return XML_BAD;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
	       c == ':' || (unsigned char)c >= 0x80;
}

/* --- entities --------------------------------------------------------- */

static bool
is_character(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	       (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
	       (c >= 0x10000 && c <= 0x10ffff);
}

static void
add_point(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_add_char(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_add_char(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_add_char(out, (char)(0xe0 | c >> 12));
		} else {
			buf_add_char(out, (char)(0xf0 | c >> 18));
			buf_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_add_char(out, (char)(0x80 | (c & 0x3f)));
}

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static bool
add_reference(struct span digits, int base, struct buf *out)
{
	uint32_t point = 0;

	for (size_t i = 0; i < digits.len; i++) {
		int digit = digit_of(digits.at[i]);

		if (digit >= base || point > 0x10ffff)
			return false;
		point = point * (uint32_t)base + (uint32_t)digit;
	}
	if (digits.len == 0 || !is_character(point))
		return false;
	add_point(out, point);
	return true;
}

/* The part between & and ;. */
static bool
add_entity(struct span name, struct buf *out)
{
	static const struct {
		struct span name;
		char c;
	} table[] = {
		{ SPAN_INIT("amp"), '&' },
		{ SPAN_INIT("lt"), '<' },
		{ SPAN_INIT("gt"), '>' },
		{ SPAN_INIT("quot"), '"' },
		{ SPAN_INIT("apos"), '\'' },
	};

	if (span_starts(name, SPAN("#x")))
		return add_reference(span_skip(name, 2), 16, out);
	if (span_starts(name, SPAN("#")))
		return add_reference(span_skip(name, 1), 10, out);
	for (size_t i = 0; i < COUNTOF(table); i++)
		if (span_equal(name, table[i].name)) {
			buf_add_char(out, table[i].c);
			return true;
		}
	return false;
}

static bool
add_decoded(struct span raw, struct buf *out)
{
	while (!span_is_empty(raw)) {
		size_t at = span_find(raw, '&', 0);
		size_t end;

		buf_add(out, span_first(raw, at));
		raw = span_skip(raw, at);
		if (span_is_empty(raw))
			break;
		end = span_find(span_first(raw, ENTITY_MAX_BYTES), ';', 0);
		if (end >= raw.len || end >= ENTITY_MAX_BYTES ||
		    !add_entity(span_of(raw.at + 1, end - 1), out))
			return false;
		raw = span_skip(raw, end + 1);
	}
	return true;
}

/* --- what is not an element ------------------------------------------- */

/* Skip a comment or an instruction; false when it does not end. */
static bool
skip_past(struct xml *x, size_t from, struct span end)
{
	size_t at = span_search(span_skip(x->rest, from), end);

	if (from + at + end.len > x->rest.len)
		return false;
	x->rest = span_skip(x->rest, from + at + end.len);
	return true;
}

/* Add text and CDATA up to the next tag; false when broken or too long. */
static bool
gather(struct xml *x)
{
	const struct span cdata = SPAN("<![CDATA["), cdata_end = SPAN("]]>");

	while (!span_is_empty(x->rest)) {
		size_t at;

		if (span_starts(x->rest, cdata)) {
			struct span body = span_skip(x->rest, cdata.len);

			at = span_search(body, cdata_end);
			if (at >= body.len)
				return false;
			buf_add(&x->decoded, span_first(body, at));
			x->rest = span_skip(body, at + cdata_end.len);
		} else if (span_starts(x->rest, SPAN("<!--"))) {
			if (!skip_past(x, 4, SPAN("-->")))
				return false;
		} else if (span_starts(x->rest, SPAN("<?"))) {
			if (!skip_past(x, 2, SPAN("?>")))
				return false;
		} else if (x->rest.at[0] == '<') {
			break;
		} else {
			at = span_find(x->rest, '<', 0);
			if (!add_decoded(span_first(x->rest, at), &x->decoded))
				return false;
			x->rest = span_skip(x->rest, at);
		}
		if (buf_is_cut(&x->decoded))
			return false;
	}
	return true;
}

/* --- elements --------------------------------------------------------- */

static struct span
local_name(struct span name)
{
	size_t colon = span_rfind(name, ':');

	return colon < name.len ? span_skip(name, colon + 1) : name;
}

/* A name at the front of x->rest, cut off; empty when there is none. */
static struct span
cut_name(struct xml *x)
{
	size_t len = 0;
	struct span name;

	while (len < x->rest.len && len <= NAME_MAX_BYTES &&
	       is_name(x->rest.at[len]))
		len++;
	name = span_first(x->rest, len <= NAME_MAX_BYTES ? len : 0);
	x->rest = span_skip(x->rest, len);
	return name;
}

static void
skip_blanks(struct xml *x)
{
	while (!span_is_empty(x->rest) && is_blank(x->rest.at[0]))
		x->rest = span_skip(x->rest, 1);
}

/* One attribute, name="value": forgotten. */
static bool
skip_attribute(struct xml *x)
{
	size_t end;
	char quote;

	if (span_is_empty(cut_name(x)))
		return false;
	skip_blanks(x);
	if (!span_starts(x->rest, SPAN("=")))
		return false;
	x->rest = span_skip(x->rest, 1);
	skip_blanks(x);
	if (span_is_empty(x->rest))
		return false;
	quote = x->rest.at[0];
	if (quote != '"' && quote != '\'')
		return false;
	end = span_find(x->rest, quote, 1);
	if (end >= x->rest.len || span_find(x->rest, '<', 1) < end)
		return false;
	x->rest = span_skip(x->rest, end + 1);
	return true;
}

static enum xml_piece
open_element(struct xml *x)
{
	struct span name;

	x->rest = span_skip(x->rest, 1);
	name = cut_name(x);
	if (span_is_empty(local_name(name)) || x->depth == XML_DEPTH_MAX ||
	    (x->depth == 0 && x->had_root))
		return fail(x);
	for (;;) {
		bool spaced =
		    !span_is_empty(x->rest) && is_blank(x->rest.at[0]);

		skip_blanks(x);
		if (span_starts(x->rest, SPAN(">")) ||
		    span_starts(x->rest, SPAN("/>")))
			break;
		if (!spaced || !skip_attribute(x))
			return fail(x);
	}
	x->close_next = x->rest.at[0] == '/';
	x->rest = span_skip(x->rest, x->close_next ? 2 : 1);
	x->had_root = true;
	x->open[x->depth++] = name;
	x->name = local_name(name);
	return XML_OPEN;
}

static enum xml_piece
close_top(struct xml *x)
{
	x->close_next = false;
	x->name = local_name(x->open[--x->depth]);
	return XML_CLOSE;
}

static enum xml_piece
close_element(struct xml *x)
{
	struct span name;

	x->rest = span_skip(x->rest, 2);
	name = cut_name(x);
	skip_blanks(x);
	if (x->depth == 0 || !span_starts(x->rest, SPAN(">")) ||
	    !span_equal(name, x->open[x->depth - 1]))
		return fail(x);
	x->rest = span_skip(x->rest, 1);
	return close_top(x);
}

enum xml_piece
xml_next(struct xml *x)
{
	if (x->bad)
		return XML_BAD;
	x->text = span_of(NULL, 0);
	if (x->close_next)
		return close_top(x);
	buf_reset(&x->decoded);
	if (!gather(x))
		return fail(x);
	if (!span_is_empty(span_trim(buf_span(&x->decoded)))) {
		if (x->depth == 0)
			return fail(x);
		x->text = buf_span(&x->decoded);
		return XML_TEXT;
	}
	if (span_is_empty(x->rest))
		return x->depth == 0 && x->had_root ? XML_END : fail(x);
	if (span_starts(x->rest, SPAN("</")))
		return close_element(x);
	return open_element(x);
}

bool
xml_leaf(struct xml *x, struct span *text)
{
	*text = span_of(NULL, 0);
	if (x->bad)
		return false;
	if (x->close_next) {
		(void)close_top(x);
		return true;
	}
	buf_reset(&x->decoded);
	/* White space alone is text here: a prefix may be a blank. */
	if (!gather(x) || x->depth == 0 || !span_starts(x->rest, SPAN("</"))) {
		(void)fail(x);
		return false;
	}
	x->text = buf_span(&x->decoded);
	if (close_element(x) == XML_BAD)
		return false;
	*text = x->text = buf_span(&x->decoded);
	return true;
}

bool
xml_skip(struct xml *x)
{
	size_t until = x->depth;

	if (x->bad || until == 0)
		return false;
	while (x->depth >= until) {
		enum xml_piece piece = xml_next(x);

		if (piece == XML_BAD || piece == XML_END)
			return false;
	}
	return true;
}

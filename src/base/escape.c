#include "base/escape.h"

struct range {
	uint32_t first, last;
};

static const struct range invisible[] = {
	{ 0x0000, 0x001f },	 /* C0 */
	{ 0x007f, 0x009f },	 /* DEL, C1 */
	{ 0x00ad, 0x00ad },	 /* soft hyphen */
	{ 0x034f, 0x034f },	 /* grapheme joiner */
	{ 0x0600, 0x0605 },	 /* Arabic number signs */
	{ 0x061c, 0x061c },	 /* Arabic letter mark */
	{ 0x06dd, 0x06dd },	 /* end of ayah */
	{ 0x070f, 0x070f },	 /* Syriac abbreviation mark */
	{ 0x0890, 0x0891 },	 /* Arabic pound and piastre marks */
	{ 0x08e2, 0x08e2 },	 /* disputed end of ayah */
	{ 0x115f, 0x1160 },	 /* Hangul fillers */
	{ 0x17b4, 0x17b5 },	 /* Khmer inherent vowels */
	{ 0x180b, 0x180f },	 /* Mongolian selectors */
	{ 0x200b, 0x200f },	 /* zero width, LRM, RLM */
	{ 0x2028, 0x202e },	 /* separators, embeddings, overrides */
	{ 0x2060, 0x206f },	 /* joiners, isolates */
	{ 0x3164, 0x3164 },	 /* Hangul filler */
	{ 0xd800, 0xf8ff },	 /* surrogates, private use */
	{ 0xfdd0, 0xfdef },	 /* noncharacters */
	{ 0xfe00, 0xfe0f },	 /* variation selectors */
	{ 0xfeff, 0xfeff },	 /* byte order mark */
	{ 0xffa0, 0xffa0 },	 /* half-width Hangul filler */
	{ 0xfff0, 0xfffb },	 /* interlinear annotation */
	{ 0xfffe, 0xffff },	 /* noncharacters */
	{ 0x110bd, 0x110cd },	 /* Kaithi number signs */
	{ 0x13430, 0x1343f },	 /* hieroglyph joiners */
	{ 0x1bca0, 0x1bca3 },	 /* shorthand controls */
	{ 0x1d173, 0x1d17a },	 /* musical controls */
	{ 0xe0000, UINT32_MAX }, /* tags, private use, broken */
};

/* East Asian wide and emoji, the blocks that terminals give two columns. */
static const struct range wide[] = {
	{ 0x1100, 0x115f },
	{ 0x2e80, 0x303e },
	{ 0x3041, 0x33ff },
	{ 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff },
	{ 0xa000, 0xa4cf },
	{ 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6ff },
	{ 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd },
};

/* Marks that are drawn over the character before them. */
static const struct range combining[] = {
	{ 0x0300, 0x036f },
	{ 0x0483, 0x0489 },
	{ 0x0591, 0x05bd },
	{ 0x064b, 0x065f },
	{ 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff },
	{ 0x20d0, 0x20ff },
	{ 0xfe20, 0xfe2f },
};

static bool
in_ranges(const struct range *ranges, size_t n, uint32_t point)
{
	for (size_t i = 0; i < n; i++) {
		if (point < ranges[i].first)
			return false;
		if (point <= ranges[i].last)
			return true;
	}
	return false;
}

/* Length that a first byte promises, 0 for a byte that starts nothing. */
static size_t
promised(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

size_t
escape_next(struct span *rest, uint32_t *point)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = promised((unsigned char)rest->at[0]);
	uint32_t c;

	if (len == 0 || len > rest->len)
		goto broken;
	c = (unsigned char)rest->at[0] & mask[len];
	for (size_t i = 1; i < len; i++) {
		unsigned char more = (unsigned char)rest->at[i];

		if ((more & 0xc0) != 0x80)
			goto broken;
		c = c << 6 | (more & 0x3fu);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		goto broken;
	*point = c;
	*rest = span_skip(*rest, len);
	return len;
broken:
	*point = ESCAPE_BROKEN;
	*rest = span_skip(*rest, 1);
	return 1;
}

bool
escape_is_invisible(uint32_t point)
{
	if (point >= ' ' && point < 0x7f)
		return false;
	return in_ranges(invisible, COUNTOF(invisible), point);
}

static void
json_point(uint32_t point, struct buf *out)
{
	if (point == '\n')
		buf_add_str(out, "\\n");
	else if (point == '\t')
		buf_add_str(out, "\\t");
	else if (point == '\r')
		buf_add_str(out, "\\r");
	else if (point == ESCAPE_BROKEN)
		buf_add_str(out, "\\ufffd");
	else if (point < 0x10000)
		buf_printf(out, "\\u%04x", point);
	else
		buf_printf(out, "\\u%04x\\u%04x",
		    0xd800 + ((point - 0x10000) >> 10),
		    0xdc00 + ((point - 0x10000) & 0x3ff));
}

void
escape_json(struct span s, struct buf *out)
{
	while (s.len > 0) {
		const char *at = s.at;
		uint32_t point;
		size_t len = escape_next(&s, &point);

		if (escape_is_invisible(point)) {
			json_point(point, out);
			continue;
		}
		if (point == '"' || point == '\\')
			buf_add_char(out, '\\');
		buf_add(out, span_of(at, len));
	}
}

void
escape_terminal(struct span s, struct buf *out)
{
	while (s.len > 0) {
		const char *at = s.at;
		uint32_t point;
		size_t len = escape_next(&s, &point);

		if (!escape_is_invisible(point)) {
			buf_add(out, span_of(at, len));
			continue;
		}
		for (size_t i = 0; i < len; i++)
			buf_printf(out, "\\x%02x", (unsigned char)at[i]);
	}
}

static bool
is_one_of(const uint32_t *points, size_t n, uint32_t point)
{
	for (size_t i = 0; i < n; i++) {
		if (points[i] == point)
			return true;
	}
	return false;
}

/*
 * The first character that is not blank decides; full-width forms count,
 * as spreadsheets in East Asian locales read them as the plain ones.  Tab
 * and return, which some accept in front, are already visible text here.
 */
static bool
is_formula(struct span s)
{
	static const uint32_t blank[] = { ' ', 0xa0, 0x3000, '\'', '"' };
	static const uint32_t starts[] = { '=', '+', '-', '@', '|', '%', '\t',
		'\r', '\n', 0xff1d, 0xff0b, 0xff0d, 0xff20, 0x2212 };
	uint32_t point = ' ';

	while (s.len > 0 && is_one_of(blank, COUNTOF(blank), point))
		escape_next(&s, &point);
	return is_one_of(starts, COUNTOF(starts), point);
}

void
escape_csv(struct span s, struct buf *out)
{
	struct buf text = { 0 };
	bool formula = is_formula(s);
	bool quote = formula;

	escape_terminal(s, &text);
	for (size_t i = 0; i < text.len && !quote; i++)
		quote = strchr("\",; '", text.at[i]) != NULL;
	if (quote)
		buf_add_char(out, '"');
	if (formula)
		buf_add_char(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, text.at[i]);
	}
	if (quote)
		buf_add_char(out, '"');
	buf_done(&text);
}

void
escape_html(struct span s, struct buf *out)
{
	while (s.len > 0) {
		const char *at = s.at;
		uint32_t point;
		size_t len = escape_next(&s, &point);

		if (escape_is_invisible(point))
			escape_terminal(span_of(at, len), out);
		else if (point == '&')
			buf_add_str(out, "&amp;");
		else if (point == '<')
			buf_add_str(out, "&lt;");
		else if (point == '>')
			buf_add_str(out, "&gt;");
		else if (point == '"')
			buf_add_str(out, "&quot;");
		else if (point == '\'')
			buf_add_str(out, "&#39;");
		else if (point == '`')
			buf_add_str(out, "&#96;");
		else
			buf_add(out, span_of(at, len));
	}
}

static bool
is_plain_word(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(c != '\0' && strchr("@%_+:,./-", c) != NULL)))
			return false;
	}
	return s.len > 0;
}

bool
escape_shell(struct span s, struct buf *out)
{
	struct span rest = s;

	while (rest.len > 0) {
		uint32_t point;

		escape_next(&rest, &point);
		if (escape_is_invisible(point))
			return false;
	}
	if (is_plain_word(s)) {
		buf_add(out, s);
		return true;
	}
	buf_add_char(out, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\'')
			buf_add_str(out, "'\\''");
		else
			buf_add_char(out, s.at[i]);
	}
	buf_add_char(out, '\'');
	return true;
}

size_t
escape_width(struct span s)
{
	size_t width = 0;

	while (s.len > 0) {
		uint32_t point;
		size_t len = escape_next(&s, &point);

		if (escape_is_invisible(point))
			width += 4 * len;
		else if (in_ranges(wide, COUNTOF(wide), point))
			width += 2;
		else if (!in_ranges(combining, COUNTOF(combining), point))
			width += 1;
	}
	return width;
}

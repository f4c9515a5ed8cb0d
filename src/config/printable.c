#include "config/printable.h"

/* Trailing bytes of a sequence and the bits of its first byte. */
static size_t
sequence_len(unsigned char first, uint32_t *bits)
{
	if (first < 0x80) {
		*bits = first;
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		*bits = first & 0x1fu;
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*bits = first & 0x0fu;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*bits = first & 0x07u;
		return 4;
	}
	return 0;
}

/* Codes that move the cursor or turn the direction of reading. */
static bool
is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

size_t
printable_utf8(struct span s, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t bits = 0;
	size_t len;

	if (s.len == 0)
		return 0;
	len = sequence_len((unsigned char)s.at[0], &bits);
	if (len == 0 || len > s.len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		bits = bits << 6 | (c & 0x3fu);
	}
	if (bits < least[len] || bits > 0x10ffff ||
	    (bits >= 0xd800 && bits <= 0xdfff))
		return 0;
	*code = bits;
	return len;
}

void
printable_add(struct buf *out, struct span s)
{
	while (s.len > 0) {
		uint32_t code = 0;
		size_t len = printable_utf8(s, &code);

		if (len == 0) {
			buf_printf(out, "\\x%02x", (unsigned char)s.at[0]);
			len = 1;
		} else if (code < 0x80 && is_unsafe(code)) {
			buf_printf(out, "\\x%02x", (unsigned)code);
		} else if (is_unsafe(code)) {
			buf_printf(out, "\\u%04x", (unsigned)code);
		} else {
			buf_add(out, span_first(s, len));
		}
		s = span_skip(s, len);
	}
}

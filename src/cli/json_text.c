#include "cli/json_text.h"

#include "config/printable.h"

bool
json_text_is_utf8(struct span s)
{
	while (s.len > 0) {
		uint32_t code;
		size_t len = printable_utf8(s, &code);

		if (len == 0)
			return false;
		s = span_skip(s, len);
	}
	return true;
}

void
json_text_add(struct buf *out, struct span s)
{
	struct buf safe = { 0 };

	if (!json_text_is_utf8(s)) {
		printable_add(&safe, s);
		s = buf_span(&safe);
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else
			buf_add_char(out, (char)c);
	}
	buf_add_char(out, '"');
	buf_done(&safe);
}

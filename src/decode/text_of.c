#include <inttypes.h>

#include "decode/decoder.h"

static void
write_string(struct span s, struct buf *out)
{
	size_t plain = 0;

	buf_add_char(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		buf_add(out, span_of(s.at + plain, i - plain));
		plain = i + 1;
		if (c >= ' ')
			buf_printf(out, "\\%c", c);
		else
			buf_printf(out, "\\u%04x", c);
	}
	buf_add(out, span_skip(s, plain));
	buf_add_char(out, '"');
}

static void
write_scalar(struct json_value v, struct buf *out)
{
	switch (json_type(v)) {
	case JSON_STRING:
		write_string(json_string(v), out);
		break;
	case JSON_INTEGER:
		buf_printf(out, "%" PRId64, json_int(v, 0));
		break;
	case JSON_UNSIGNED:
		buf_printf(out, "%" PRIu64, v.tape[v.at + 1]);
		break;
	case JSON_DOUBLE:
		buf_printf(out, "%.17g", json_number(v, 0));
		break;
	case JSON_TRUE:
		buf_add_str(out, "true");
		break;
	case JSON_FALSE:
		buf_add_str(out, "false");
		break;
	case JSON_NULL:
	case JSON_NONE:
	case JSON_OBJECT:
	case JSON_ARRAY:
		buf_add_str(out, "null");
		break;
	}
}

/* Recursion is bounded by JSON_DEPTH_MAX. */
void
text_of_value(struct json_value v, struct buf *out)
{
	struct json_iter it = json_iter(v);
	struct json_value member;
	const char *comma = "";
	struct span key;

	if (json_is(v, JSON_OBJECT)) {
		buf_add_char(out, '{');
		while (!out->cut && json_next_member(&it, &key, &member)) {
			buf_add_str(out, comma);
			write_string(key, out);
			buf_add_char(out, ':');
			text_of_value(member, out);
			comma = ",";
		}
		buf_add_char(out, '}');
	} else if (json_is(v, JSON_ARRAY)) {
		buf_add_char(out, '[');
		while (!out->cut && json_next_item(&it, &member)) {
			buf_add_str(out, comma);
			text_of_value(member, out);
			comma = ",";
		}
		buf_add_char(out, ']');
	} else {
		write_scalar(v, out);
	}
}

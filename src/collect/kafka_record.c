#include "collect/kafka_record.h"

#include <string.h>

#include "codec/scan.h"

#define FIELD_BYTES_MAX                                                        \
	((size_t)4 * 1024 * 1024) /* of a record looked into                   \
				   */

static bool
is_compressed(struct span s)
{
	return span_starts(s, SPAN("\x1f\x8b")) ||
	       span_starts(s, SPAN("\x28\xb5\x2f\xfd"));
}

enum kafka_form
kafka_form(struct span *value)
{
	struct span s = span_trim(*value);

	if (s.len == 0)
		return KAFKA_NOTHING;
	if (is_compressed(*value))
		return KAFKA_ALONE;
	if (span_find(s, '\n', 0) < s.len)
		return KAFKA_ALONE;
	if (s.at[0] == '[' || (s.at[0] == '{' && scan_value(s) != s.len))
		return KAFKA_ALONE;
	*value = s;
	return s.at[0] == '{' ? KAFKA_OBJECT : KAFKA_TEXT;
}

/* The member at the path "a.b.c". */
static struct json_value
follow(struct json_value at, struct span path)
{
	while (path.at != NULL && json_is(at, JSON_OBJECT))
		at = json_get(at, span_cut(&path, '.'));
	return path.at == NULL ? at : (struct json_value){ 0 };
}

bool
kafka_field(struct json_parser *parser, struct span value, struct span name,
    struct buf *out)
{
	struct buf padded = { .limit = FIELD_BYTES_MAX + JSON_PADDING + 1 };
	static const char padding[JSON_PADDING] = { 0 };
	struct json_value root, field = { 0 };
	struct span text = { NULL, 0 };

	if (value.len > FIELD_BYTES_MAX)
		return false;
	buf_add(&padded, value);
	buf_add(&padded, span_of(padding, sizeof(padding)));
	if (json_parse(parser, span_of(padded.at, value.len), &root) ==
	    STATUS_OK) {
		field = json_get(root, name);
		if (!json_is(field, JSON_STRING))
			field = follow(root, name);
		text = json_string(field);
		buf_add(out, text);
	}
	buf_done(&padded);
	return text.len > 0;
}

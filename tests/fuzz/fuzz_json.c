/*
 * Whatever the text, the parser and a walk over all it gave stay in bounds;
 * what parses is a whole value to the scanner; a repair repairs once.
 */
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "codec/repair.h"
#include "codec/scan.h"

#define LIMIT ((size_t)1 << 20)

static size_t
walk(struct json_value v, unsigned depth)
{
	struct json_iter it = json_iter(v);
	struct json_value child;
	struct span key;
	size_t sum = json_string(v).len;

	ASSERT(depth <= JSON_DEPTH_MAX);
	(void)json_int(v, 0);
	(void)json_number(v, 0);
	if (json_is(v, JSON_OBJECT)) {
		while (json_next_member(&it, &key, &child))
			sum += key.len + walk(child, depth + 1);
	} else if (json_is(v, JSON_ARRAY)) {
		while (json_next_item(&it, &child))
			sum += walk(child, depth + 1);
	}
	return sum;
}

static bool
parse(struct json_parser *p, struct span text)
{
	char *padded = status_calloc(text.len + JSON_PADDING, 1);
	struct json_value root;
	bool ok;

	if (text.len)
		memcpy(padded, text.at, text.len);
	ok = json_parse(p, span_of(padded, text.len), &root) == STATUS_OK;
	/* Escapes shorten, so no string is longer than its text. */
	if (ok)
		ASSERT(walk(root, 0) <= text.len);
	free(padded);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span text = span_trim(span_of((const char *)bytes, size));
	static struct json_parser *p; /* kept, as a worker keeps it */
	struct buf once = { 0 }, twice = { 0 };

	if (size > LIMIT / 8)
		return 0;
	if (p == NULL)
		p = json_parser_new(LIMIT);
	if (parse(p, text) && (text.at[0] == '{' || text.at[0] == '['))
		ASSERT(scan_value(text) == text.len);
	if (repair_json(text, &once)) {
		(void)parse(p, buf_span(&once));
		ASSERT(!repair_json(buf_span(&once), &twice));
	}
	buf_done(&once);
	buf_done(&twice);
	return 0;
}

/*
 * Fuzz the reader of policy documents.  A text that is valid JSON without
 * escapes says the same on the tape and inside a string.
 */
#include <stdint.h>

#include "detect/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define TEXT_MOST 4096
#define OWN SPAN("111122223333")

static bool
parse(struct json_parser *p, struct span text, struct json_value *root)
{
	static char room[2 * TEXT_MOST + 2 + JSON_PADDING];

	memcpy(room, text.at, text.len);
	return json_parse(p, span_of(room, text.len), root) == STATUS_OK;
}

/* The text as a JSON string. */
static struct span
quoted(struct span text)
{
	static char room[2 * TEXT_MOST + 2];
	size_t n = 0;

	room[n++] = '"';
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '"' || c == '\\')
			room[n++] = '\\';
		room[n++] = (unsigned char)c < ' ' ? ' ' : c;
	}
	room[n++] = '"';
	return span_of(room, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span text = span_of((const char *)bytes, size);
	struct json_parser *p = json_parser_new(2 * TEXT_MOST + 2);
	struct json_value root;
	enum policy_reach reach = POLICY_OWN;
	bool plain = size > 0 && span_find(text, '\\', 0) == size,
	     admin = false;

	if (size == 0 || size > TEXT_MOST)
		goto done;
	plain = plain && bytes[0] == '{' && parse(p, text, &root);
	if (plain) {
		reach = policy_reach(root, OWN, NULL);
		admin = policy_is_admin(root);
	}
	if (!parse(p, quoted(text), &root))
		goto done;
	ASSERT(policy_reach(root, OWN, NULL) == reach || !plain);
	ASSERT(policy_is_admin(root) == admin || !plain);
done:
	json_parser_free(p);
	return 0;
}

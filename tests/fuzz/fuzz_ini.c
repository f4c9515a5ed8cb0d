/*
 * fuzz_ini.c - any bytes as AWS's shared files.
 *
 * Spans stay inside the text, and what a section has is found again.
 */
#include <stdint.h>

#include "aws/ini.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
expect_inside(struct span text, struct span s)
{
	ASSERT(s.len == 0 ||
	       (s.at >= text.at && s.at + s.len <= text.at + text.len));
}

/* Ask for whatever the text itself names, and for what AWS does. */
static void
ask(const struct ini *ini, struct span text)
{
	static const struct span kinds[] = { SPAN_INIT(""),
		SPAN_INIT("profile"), SPAN_INIT("sso-session"),
		SPAN_INIT("services") };
	static const struct span keys[] = { SPAN_INIT("aws_access_key_id"),
		SPAN_INIT("role_arn"), SPAN_INIT("endpoint_url"),
		SPAN_INIT("a") };
	struct span name = span_first(span_skip(text, 1), 7);

	for (size_t i = 0; i < COUNTOF(kinds); i++)
		for (size_t k = 0; k < COUNTOF(keys); k++) {
			struct span value = ini_get(
			    ini, kinds[i], SPAN("default"), SPAN(""), keys[k]);

			expect_inside(text, value);
			ASSERT(value.at == NULL ||
			       ini_has(ini, kinds[i], SPAN("default")));
			expect_inside(text,
			    ini_get(ini, kinds[i], name, SPAN("s3"), keys[k]));
		}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span text = span_of((const char *)bytes, size);
	struct ini *ini = NULL;
	unsigned line = 0;
	enum status st = ini_parse(text, &ini, &line);

	ASSERT((st == STATUS_OK) == (ini != NULL));
	ASSERT(line <= size + 1);
	if (st == STATUS_OK)
		ask(ini, text);
	ini_free(ini);
	return 0;
}

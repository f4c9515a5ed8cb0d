/*
 * fuzz_config.c - any bytes as a configuration file.
 *
 * What is accepted must be shown as YAML that is accepted again and means
 * the same.
 */
#include <stdint.h>

#include "base/buf.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Parse, free the error; NULL when refused. */
static struct config *
parse(struct span text)
{
	struct config *c = NULL;
	struct buf error = { 0 };
	enum status st = config_parse(text, "f", &c, &error);

	ASSERT((st == STATUS_OK) == (c != NULL));
	ASSERT(st == STATUS_OK || error.len > 0 || st == STATUS_NO_MEMORY);
	buf_done(&error);
	return c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct config *c = parse(span_of((const char *)bytes, size));
	struct buf shown = { 0 }, again = { 0 };
	struct config *same;

	if (c == NULL)
		return 0;
	config_show(c, &shown);
	same = parse(buf_span(&shown));
	/* Quotes and indentation may push it past the limit of a file. */
	if (same != NULL)
		config_show(same, &again);
	ASSERT(same != NULL ? span_equal(buf_span(&shown), buf_span(&again))
			    : shown.len > 1 << 20);
	config_free(same);
	config_free(c);
	buf_done(&shown);
	buf_done(&again);
	return 0;
}

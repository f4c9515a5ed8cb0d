/*
 * Whatever a listing says, reading it ends; keys are never empty, and a page
 * that is not the last has a token.
 */
#include "aws/s3_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct s3_page p;
	struct buf copy = { 0 };

	if (s3_page_read(span_of((const char *)bytes, size), &p) != STATUS_OK)
		return 0;
	for (size_t i = 0; i < p.nobjects; i++) {
		ASSERT(p.objects[i].key.len > 0);
		buf_add(&copy, p.objects[i].key);
		buf_add(&copy, p.objects[i].etag);
	}
	for (size_t i = 0; i < p.nprefixes; i++)
		buf_add(&copy, p.prefixes[i]);
	ASSERT(!p.truncated || p.token.len > 0);
	buf_add(&copy, p.token);
	buf_done(&copy);
	s3_page_done(&p);
	return 0;
}

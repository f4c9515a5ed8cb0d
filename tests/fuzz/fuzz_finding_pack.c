/*
 * fuzz_finding_pack.c - any bytes as a stored finding.
 *
 * What is taken for one can be told, and is packed into bytes that are taken
 * for the same one.
 */
#include <stdint.h>

#include "base/buf.h"
#include "finding/finding.h"
#include "output/guardduty.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct finding *f = finding_unpack(span_of((const char *)bytes, size));
	struct buf first = { 0 }, second = { 0 }, text = { 0 };

	if (f == NULL)
		return 0;
	guardduty_write(f, NULL, &text);
	ASSERT(text.len > 0);
	finding_pack(f, &first);
	finding_free(f);
	f = finding_unpack(buf_span(&first));
	ASSERT(f != NULL);
	finding_pack(f, &second);
	ASSERT(span_equal(buf_span(&first), buf_span(&second)));
	finding_free(f);
	buf_done(&first);
	buf_done(&second);
	buf_done(&text);
	return 0;
}

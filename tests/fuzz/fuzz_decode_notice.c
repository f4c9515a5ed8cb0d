/* Notices of collectors, as what they are and as any log: decode_target.h. */
#include "decode_target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span text = span_of((const char *)bytes, size);

	decode_target(text, DECODE_NOTICE, SPAN("trail-logs/x.json.gz"));
	return 0;
}

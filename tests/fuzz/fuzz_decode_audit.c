/* The decoder of one kind of log: see decode_target.h. */
#include "decode_target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span text = span_of((const char *)bytes, size);

	decode_target(
	    text, DECODE_K8S_AUDIT, SPAN("prod/2026-11-22/audit.log"));
	return 0;
}

/* The decoder of one kind of log: see decode_target.h. */
#include "decode_target.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span text = span_of((const char *)bytes, size);

	decode_target(text, DECODE_CLOUDTRAIL,
	    SPAN("AWSLogs/111122223333/CloudTrail/"
		 "eu-west-1/2026/11/22/x.json"));
	return 0;
}

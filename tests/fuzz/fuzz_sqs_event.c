/*
 * Whatever a message says, reading it ends, keeps its bounds, and every span
 * of what comes out can be touched.
 */
#include "aws/sqs_event.h"

static size_t
touch(struct span s)
{
	size_t sum = s.len;

	for (size_t i = 0; i < s.len; i++)
		sum += (unsigned char)s.at[i];
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct sqs_event_parser *p = sqs_event_parser_new();
	struct sqs_event e;
	const char *why;
	volatile size_t sum = 0;

	if (sqs_event_read(p, span_of((const char *)bytes, size), &e, &why) ==
	    STATUS_OK) {
		ASSERT(e.count <= SQS_EVENT_OBJECTS_MAX);
		for (size_t i = 0; i < e.count; i++) {
			ASSERT(e.objects[i].key.len > 0);
			sum += touch(e.objects[i].bucket);
			sum += touch(e.objects[i].key);
			sum += touch(e.objects[i].other_key);
			sum += touch(e.objects[i].etag);
		}
		sqs_event_done(&e);
	} else {
		ASSERT(why != NULL);
	}
	sqs_event_parser_free(p);
	return 0;
}

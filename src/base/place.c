#include "base/place.h"

/* "TOPIC/PARTITION"; no topic has a '/' in its name. */
static bool
is_partition(struct span s)
{
	struct span topic = span_cut(&s, '/');
	uint64_t number;

	return topic.len > 0 && span_to_u64(s, &number);
}

const char *
place_stream(struct span place)
{
	struct span rest = place;
	struct span first = span_cut(&rest, '/');

	if (rest.at == NULL || rest.len == 0)
		return NULL;
	if (span_equal(first, SPAN("webhook")) &&
	    span_find(rest, '/', 0) == rest.len)
		return "a webhook";
	if (span_equal(first, SPAN("kafka")) && is_partition(rest))
		return "Kafka";
	return NULL;
}

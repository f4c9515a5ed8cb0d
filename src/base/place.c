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
	const struct span webhook = SPAN(PLACE_WEBHOOK);
	const struct span kafka = SPAN(PLACE_KAFKA);

	if (span_starts(place, webhook) && place.len > webhook.len &&
	    span_rfind(place, '/') == webhook.len - 1)
		return "a webhook";
	if (span_starts(place, kafka) &&
	    is_partition(span_skip(place, kafka.len)))
		return "Kafka";
	return NULL;
}

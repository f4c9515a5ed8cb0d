#include "feed/kinds.h"

#include <string.h>

#include "base/status.h"

static const struct feed_ops *const kinds[] = {
	&feed_file,
	&feed_kafka,
	&feed_stdout,
	&feed_syslog,
	&feed_webhook,
};

const struct feed_ops *
feed_of_kind(const char *kind)
{
	for (size_t i = 0; i < COUNTOF(kinds); i++) {
		if (strcmp(kinds[i]->kind, kind) == 0)
			return kinds[i];
	}
	return NULL;
}

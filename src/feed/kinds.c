#include "feed/kinds.h"

const struct feed_ops *const feed_kinds[] = {
	&feed_file,
	&feed_kafka,
	&feed_stdout,
	&feed_syslog,
	&feed_webhook,
	NULL,
};

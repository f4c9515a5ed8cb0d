#include <string.h>

#include "base/status.h"
#include "collect/source.h"

static const struct source_ops *const kinds[] = {
	&source_files,
	&source_kafka,
	&source_s3,
	&source_webhook,
};

const struct source_ops *
source_of_kind(const char *kind)
{
	for (size_t i = 0; i < COUNTOF(kinds); i++) {
		if (strcmp(kinds[i]->kind, kind) == 0)
			return kinds[i];
	}
	return NULL;
}

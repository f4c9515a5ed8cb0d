#include "collect/source.h"

const struct source_ops *const source_kinds[] = {
	&source_files,
	&source_kafka,
	&source_s3,
	&source_webhook,
	NULL,
};

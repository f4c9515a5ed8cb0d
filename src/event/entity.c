#include "event/entity.h"

#include "base/status.h"

static const char *const texts[ENTITY_COUNT] = {
	[ENTITY_NONE] = "none",
	[ENTITY_PRINCIPAL] = "principal",
	[ENTITY_SESSION] = "session",
	[ENTITY_ACCESS_KEY] = "access key",
	[ENTITY_USER] = "user",
	[ENTITY_SERVICE_ACCOUNT] = "service account",
	[ENTITY_POD] = "pod",
	[ENTITY_WORKLOAD] = "workload",
	[ENTITY_IMAGE] = "image",
	[ENTITY_NODE] = "node",
	[ENTITY_INSTANCE] = "instance",
	[ENTITY_ADDRESS] = "address",
	[ENTITY_DOMAIN] = "domain",
	[ENTITY_BUCKET] = "bucket",
	[ENTITY_NAMESPACE] = "namespace",
	[ENTITY_CLUSTER] = "cluster",
	[ENTITY_ACCOUNT] = "account",
	[ENTITY_OBJECT] = "object",
};

const char *
entity_kind_text(enum entity_kind kind)
{
	ASSERT(kind < ENTITY_COUNT);
	return texts[kind];
}

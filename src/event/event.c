#include "event/event.h"

#include "base/status.h"

static const char *const sources[SOURCE_COUNT] = {
	[SOURCE_CLOUDTRAIL] = "cloudtrail",
	[SOURCE_VPCFLOW] = "vpcflow",
	[SOURCE_DNS] = "dns",
	[SOURCE_K8S_AUDIT] = "k8s-audit",
};

const char *
source_text(enum source s)
{
	ASSERT(s < SOURCE_COUNT);
	return sources[s];
}

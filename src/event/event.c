#include "event/event.h"

#include "base/status.h"

static const char *const sources[SOURCE_COUNT] = {
	[SOURCE_CLOUDTRAIL] = "cloudtrail",
	[SOURCE_VPCFLOW] = "vpcflow",
	[SOURCE_DNS] = "dns",
	[SOURCE_K8S_AUDIT] = "k8s-audit",
	[SOURCE_NOTICE] = "notice",
};

static const char *const notice_facts[NOTICE_FACTS] = {
	[NOTICE_REASON] = "reason",
	[NOTICE_DIGEST] = "digest",
	[NOTICE_EXPECTED] = "expected",
	[NOTICE_FOUND] = "found",
	[NOTICE_SERVICE] = "service",
	[NOTICE_HEARD] = "hours_heard",
	[NOTICE_HOURS] = "of_hours",
};

const char *
source_text(enum source s)
{
	ASSERT(s < SOURCE_COUNT);
	return sources[s];
}

const char *
notice_fact_text(enum notice_fact f)
{
	ASSERT(f < NOTICE_FACTS);
	return notice_facts[f];
}

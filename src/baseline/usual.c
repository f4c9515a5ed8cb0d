#include "baseline/usual.h"

#include "base/status.h"

static const char *const features[FEATURE_COUNT] = {
	[FEATURE_API] = "API",
	[FEATURE_AGENT] = "user agent",
	[FEATURE_NETWORK] = "network",
	[FEATURE_REGION] = "region",
	[FEATURE_RESOURCE] = "resource",
	[FEATURE_OBJECT] = "object",
	[FEATURE_HOUR] = "hour",
	[FEATURE_USER] = "user",
	[FEATURE_IMAGE] = "image",
	[FEATURE_REGISTRY] = "image registry",
	[FEATURE_PORT] = "port",
	[FEATURE_PEER] = "remote address",
	[FEATURE_DOMAIN] = "domain",
	[FEATURE_COUNTRY] = "country",
};

const char *
feature_text(enum feature f)
{
	ASSERT(f < FEATURE_COUNT);
	return features[f];
}

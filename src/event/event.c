#include "event/event.h"

#include "base/fetch.h"
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

static void
expect_texts(const struct event *ev)
{
	switch (ev->source) {
	case SOURCE_CLOUDTRAIL:
		__builtin_prefetch(ev->cloudtrail->name.at);
		__builtin_prefetch(ev->cloudtrail->arn.at);
		break;
	case SOURCE_DNS:
		if (ev->dns->name.len > 0) /* both its ends are looked at */
			fetch_lines(ev->dns->name.at, ev->dns->name.len);
		break;
	case SOURCE_K8S_AUDIT:
		__builtin_prefetch(ev->audit->verb.at);
		__builtin_prefetch(ev->audit->user.at);
		__builtin_prefetch(ev->audit->resource.at);
		break;
	case SOURCE_VPCFLOW:
	case SOURCE_NOTICE:
	case SOURCE_COUNT:
		break;
	}
}

void
event_expect(const struct event *ev, bool soon)
{
	static const size_t sizes[SOURCE_COUNT] = {
		[SOURCE_CLOUDTRAIL] = sizeof(struct cloudtrail),
		[SOURCE_VPCFLOW] = sizeof(struct flow),
		[SOURCE_DNS] = sizeof(struct dns),
		[SOURCE_K8S_AUDIT] = sizeof(struct audit),
		[SOURCE_NOTICE] = sizeof(struct notice),
	};

	if (soon)
		expect_texts(ev);
	else /* the union has any of them there */
		fetch_lines(ev->cloudtrail, sizes[ev->source]);
}

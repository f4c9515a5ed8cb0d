#include "detect/carried.h"

#include "detect/k8s_request.h"

static const struct {
	unsigned sources; /* bits of 1 << source */
	const char *name, *missing;
} bits[CARRIED_COUNT] = {
	{ (1u << SOURCE_LOGS) - 1, "records", "no record was seen" },
	{ 1u << SOURCE_CLOUDTRAIL | 1u << SOURCE_K8S_AUDIT, "reads",
	    "the log holds no reads, only changes" },
	{ 1u << SOURCE_CLOUDTRAIL, "S3 data events",
	    "the trail has no data events of S3" },
	{ 1u << SOURCE_K8S_AUDIT, "requestObject",
	    "the audit policy is at level Metadata: no requestObject" },
	{ 1u << SOURCE_K8S_AUDIT, "requestObject of ConfigMaps",
	    "the audit policy keeps ConfigMaps at level Metadata" },
	{ 1u << SOURCE_VPCFLOW, "action", "the flow log format has no action" },
	{ 1u << SOURCE_VPCFLOW, "packets, bytes",
	    "the flow log format has no packets and bytes" },
	{ 1u << SOURCE_VPCFLOW, "tcp-flags",
	    "the flow log format has no tcp-flags" },
	{ 1u << SOURCE_VPCFLOW, "pkt-srcaddr, pkt-dstaddr",
	    "the flow log format has no pkt-srcaddr and pkt-dstaddr" },
	{ 1u << SOURCE_DNS, "rcode", "the DNS log has no response codes" },
	{ 1u << SOURCE_DNS, "answers", "the DNS log has no answers" },
};

static unsigned
of_cloudtrail(const struct cloudtrail *ct)
{
	unsigned has = ct->read_only ? CARRIED_READS : 0;

	if (ct->category.len == 4 && ct->category.at[0] == 'D' &&
	    span_equal(ct->service, SPAN("s3")))
		has |= CARRIED_OBJECTS;
	return has;
}

static unsigned
of_audit(const struct event *ev)
{
	const struct audit *a = ev->audit;

	if (!k8s_request_writes(a))
		return span_equal(a->verb, SPAN("get")) ||
			       span_equal(a->verb, SPAN("list"))
			   ? CARRIED_READS
			   : 0;
	if (json_is(k8s_request_sent(ev), JSON_NONE))
		return 0;
	return span_equal(a->resource, SPAN("configmaps"))
		   ? CARRIED_REQUEST | CARRIED_REQUEST_CONFIG
		   : CARRIED_REQUEST;
}

static unsigned
of_flow(const struct flow *f)
{
	unsigned has = 0;

	if (f->action != FLOW_UNKNOWN)
		has |= CARRIED_ACTION;
	if (f->packets > 0 && f->bytes > 0)
		has |= CARRIED_COUNTS;
	if (f->tcp_flags != FLOW_NO_FLAGS)
		has |= CARRIED_TCP_FLAGS;
	if (f->has_pkt)
		has |= CARRIED_PKT_ADDRESS;
	return has;
}

unsigned
carried_of(const struct event *ev)
{
	switch (ev->source) {
	case SOURCE_CLOUDTRAIL:
		return CARRIED_RECORD | of_cloudtrail(ev->cloudtrail);
	case SOURCE_VPCFLOW:
		return CARRIED_RECORD | of_flow(ev->flow);
	case SOURCE_DNS:
		return CARRIED_RECORD |
		       (ev->dns->rcode.len > 0 ? CARRIED_RCODE : 0) |
		       (ev->dns->nanswers > 0 ? CARRIED_ANSWERS : 0);
	case SOURCE_K8S_AUDIT:
		return CARRIED_RECORD | of_audit(ev);
	case SOURCE_NOTICE:
	case SOURCE_COUNT:
		break;
	}
	return CARRIED_RECORD;
}

unsigned
carried_by(enum source source)
{
	unsigned can = 0;

	for (unsigned i = 0; i < CARRIED_COUNT; i++) {
		if (bits[i].sources & 1u << source)
			can |= 1u << i;
	}
	return can;
}

static unsigned
index_of(unsigned bit)
{
	unsigned i = (unsigned)__builtin_ctz(bit | 1u << CARRIED_COUNT);

	return i < CARRIED_COUNT ? i : 0;
}

const char *
carried_name(unsigned bit)
{
	return bits[index_of(bit)].name;
}

const char *
carried_missing(unsigned bit)
{
	return bits[index_of(bit)].missing;
}

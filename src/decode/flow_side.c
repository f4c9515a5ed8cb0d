/*
 * Which side of a flow the log belongs to, and who called whom.
 *
 * AWS says the direction in formats of version 5 only.  Without it, the
 * packet addresses tell where they differ from the flow's (behind a NAT
 * gateway or load balancer), then private addresses do, then ports.  A row
 * and the row of its answers get the same local side, peer and service port
 * wherever the addresses allow it.
 */
#include "base/ip.h"
#include "decode/decoder.h"

#define TCP 6
#define TCP_SYN 2
#define TCP_ACK 16
#define WELL_KNOWN_PORTS 1024

/* True when the source opened the connection. */
static bool
source_called(const struct flow *f)
{
	if (f->protocol == TCP && f->tcp_flags != FLOW_NO_FLAGS) {
		/* Flags are joined over the interval: SYN alone is the
		 * caller's side, SYN with ACK the answer's. */
		if ((f->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
			return true;
		if ((f->tcp_flags & TCP_SYN) != 0)
			return false;
	}
	if (f->src_port == f->dst_port)
		return ip_is_multicast(&f->dst) ||
		       memcmp(f->src.byte, f->dst.byte, sizeof(f->src.byte)) <=
			   0;
	/* A format without source ports names the service by the other. */
	if (f->src_port == 0)
		return true;
	if (f->dst_port == 0)
		return false;
	if ((f->src_port < WELL_KNOWN_PORTS) !=
	    (f->dst_port < WELL_KNOWN_PORTS))
		return f->dst_port < WELL_KNOWN_PORTS;
	return f->dst_port < f->src_port;
}

static bool
source_is_local(const struct flow *f, bool called)
{
	bool src_private = ip_is_private(&f->src);
	bool dst_private = ip_is_private(&f->dst);

	if (f->direction != FLOW_NO_DIRECTION)
		return f->direction == FLOW_EGRESS;
	if (ip_is_none(&f->dst) || ip_is_none(&f->src))
		return ip_is_none(&f->dst);
	/* The interface carries the flow's address where the packet's own
	 * differs. */
	if (!ip_is_none(&f->pkt_dst) && ip_is_none(&f->pkt_src))
		return false;
	if (!ip_is_none(&f->pkt_src) && ip_is_none(&f->pkt_dst))
		return true;
	if (ip_is_multicast(&f->dst))
		return true;
	if (src_private != dst_private)
		return src_private;
	return called;
}

void
flow_side_decide(struct flow *f)
{
	bool called = source_called(f);
	bool local = source_is_local(f, called);

	f->local = local ? f->src : f->dst;
	f->peer = local ? f->dst : f->src;
	f->service_port = called ? f->dst_port : f->src_port;
	f->initiated = called == local;
}

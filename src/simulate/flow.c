#include "simulate/flow.h"

#include <stdio.h>

#include "base/hash.h"

const char *
flow_header(unsigned version)
{
	if (version == 5)
		return "version account-id interface-id srcaddr dstaddr srcport"
		       " dstport protocol packets bytes start end action"
		       " log-status vpc-id subnet-id instance-id tcp-flags type"
		       " pkt-srcaddr pkt-dstaddr region az-id sublocation-type"
		       " sublocation-id pkt-src-aws-service pkt-dst-aws-service"
		       " flow-direction traffic-path";
	return "version account-id interface-id srcaddr dstaddr srcport dstport"
	       " protocol packets bytes start end action log-status";
}

struct line {
	const char *eni, *instance, *src, *dst, *pkt_src, *pkt_dst;
	const char *src_service, *dst_service;
	unsigned src_port, dst_port, flags;
	uint64_t bytes, packets;
	bool egress;
};

static const char *
or_dash(const char *text)
{
	return text && text[0] ? text : "-";
}

static void
add_line(struct world *w, const struct flow_talk *t, const struct line *l)
{
	struct sink *s = &t->account->flow;
	const struct account *a = t->account;
	int64_t window = a->flow_window_us, start = t->time_us;
	struct buf *out;
	uint64_t late;

	if (start < w->start_us || start >= w->end_us)
		return;
	late = hash_mix((uint64_t)(start / window), s->seed) % 200;
	out = sink_begin(s);
	buf_printf(out, "%u %s %s %s %s %u %u %u %llu %llu %lld %lld %s OK",
	    a->flow_version, a->id, l->eni, l->src, l->dst, l->src_port,
	    l->dst_port, t->proto ? t->proto : 6,
	    (unsigned long long)l->packets, (unsigned long long)l->bytes,
	    (long long)(start / CIVIL_US_PER_S),
	    (long long)(start / CIVIL_US_PER_S) + t->seconds,
	    t->rejected ? "REJECT" : "ACCEPT");
	if (a->flow_version == 5)
		buf_printf(out, " %s %s %s %u IPv4 %s %s %s %s - - %s %s %s %s",
		    a->vpc, a->subnet, or_dash(l->instance), l->flags,
		    l->pkt_src, l->pkt_dst, WORLD_REGION, a->az,
		    or_dash(l->src_service), or_dash(l->dst_service),
		    l->egress ? "egress" : "ingress",
		    !l->egress				     ? "-"
		    : !strcmp(or_dash(l->dst_service), "S3") ? "7"
		    : t->by_nat || !t->dst_eni		     ? "8"
							     : "1");
	sink_end(s,
	    (start / window + 1) * window +
		(int64_t)(60 + late) * CIVIL_US_PER_S,
	    t->step);
	truth_proof(w->truth, t->step, start, "");
}

static uint64_t
packets_of(uint64_t bytes)
{
	return 1 + bytes / 900;
}

/* Both directions as one interface sees them. */
static void
add_pair(struct world *w, const struct flow_talk *t, const struct line *base)
{
	struct line there = *base, back = *base;
	bool tcp = t->proto == 0 || t->proto == 6;

	there.bytes = t->bytes_out;
	there.packets = packets_of(t->bytes_out) + (tcp && !t->unanswered);
	if (t->packets > 0)
		there.packets = t->packets;
	there.flags = !tcp ? 0 : t->rejected || t->unanswered ? 2 : 3;
	if (t->unanswered) {
		there.packets = 1;
		there.bytes = 60;
	}
	add_line(w, t, &there);
	if (t->rejected || t->unanswered)
		return;
	back.src = base->dst;
	back.dst = base->src;
	back.pkt_src = base->pkt_dst;
	back.pkt_dst = base->pkt_src;
	back.src_service = base->dst_service;
	back.dst_service = base->src_service;
	back.src_port = base->dst_port;
	back.dst_port = base->src_port;
	back.bytes = t->bytes_in;
	back.packets =
	    t->packets > 0 ? t->packets + 1 : packets_of(t->bytes_in) + 1;
	back.flags = tcp ? 19 : 0;
	back.egress = !base->egress;
	add_line(w, t, &back);
}

void
flow_talk(struct world *w, const struct flow_talk *t)
{
	struct line l = {
		.src = t->src,
		.dst = t->dst,
		.pkt_src = t->src,
		.pkt_dst = t->dst,
		.src_service = t->src_service,
		.dst_service = t->dst_service,
		.src_port = t->src_port,
		.dst_port = t->port,
		.egress = true,
	};

	if (t->account == NULL || t->account->flow_version == 0)
		return;
	if (t->src_eni != NULL) {
		l.eni = t->src_eni;
		l.instance = t->src_instance;
		add_pair(w, t, &l);
	}
	if (t->by_nat) {
		l.eni = t->account->nat_eni;
		l.instance = NULL;
		l.src = t->account->nat_inside;
		l.src_port = 1024 + (t->src_port * 7 + t->port) % 64000;
		add_pair(w, t, &l);
		l.src = t->src;
		l.src_port = t->src_port;
	}
	if (t->dst_eni != NULL) {
		l.eni = t->dst_eni;
		l.instance = t->dst_instance;
		l.egress = false;
		add_pair(w, t, &l);
	}
}

#include "detect/flows.h"

#include <stdio.h>

#include "detect/ports.h"

#define TCP_FIN 1u
#define TCP_SYN 2u
#define TCP_ACK 16u
/* A call and its two repetitions. */
#define VAIN_PACKETS 3
/* Of 60 bytes at most, where a format has no flags. */
#define VAIN_BYTES 64

bool
flows_is_sent(const struct flow *f)
{
	return ip_equal(&f->src, &f->local);
}

bool
flows_is_relayed(const struct flow *f)
{
	const struct ip *own = flows_is_sent(f) ? &f->pkt_src : &f->pkt_dst;

	return !ip_is_none(own) && !ip_equal(own, &f->local);
}

bool
flows_is_vain(const struct flow *f)
{
	/* What others send in vain is their affair. */
	if (!flows_is_sent(f))
		return false;
	if (f->action == FLOW_REJECT)
		return true;
	if (f->protocol != FLOWS_TCP || f->packets == 0 ||
	    f->packets > VAIN_PACKETS)
		return false;
	if (f->tcp_flags != FLOW_NO_FLAGS)
		return (f->tcp_flags & (TCP_SYN | TCP_FIN | TCP_ACK)) ==
		       TCP_SYN;
	return f->bytes <= f->packets * VAIN_BYTES;
}

bool
flows_is_answered(const struct flow *f)
{
	if (f->action != FLOW_ACCEPT || flows_is_vain(f))
		return false;
	if (flows_is_sent(f))
		return f->packets > VAIN_PACKETS;
	if (f->protocol != FLOWS_TCP)
		return true;
	/* A closed port answers with a lone reset. */
	if (f->tcp_flags != FLOW_NO_FLAGS &&
	    (f->tcp_flags & (TCP_SYN | TCP_FIN)) != 0)
		return true;
	return f->packets >= VAIN_PACKETS;
}

size_t
flows_list_ports(const uint16_t *ports, size_t count, char *text)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		const char *name = ports_name(ports[i]);
		char one[48];
		int n = snprintf(one, sizeof(one), "%s%u%s%s%s", i ? ", " : "",
		    ports[i], name[0] ? " (" : "", name, name[0] ? ")" : "");

		if (n < 0 || len + (size_t)n >= FLOWS_PORTS_BYTES)
			break;
		memcpy(text + len, one, (size_t)n + 1);
		len += (size_t)n;
	}
	return len;
}

/*
 * flows.h - what a row of a flow log says about a connection.
 *
 * A row is one direction of one connection in one aggregation interval; that
 * a call was answered shows in the other direction's row or in how much was
 * said.  Pure functions, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "event/event.h"

#define FLOWS_TCP 6
#define FLOWS_UDP 17

/* Long enough for "65535/tcp (elasticsearch-nodes), " eight times. */
#define FLOWS_PORTS_BYTES 256

static inline bool
flows_is_tcp_or_udp(const struct flow *f)
{
	return f->protocol == FLOWS_TCP || f->protocol == FLOWS_UDP;
}

/* The row tells what local sent. */
bool flows_is_sent(const struct flow *f);

/* Local only passes on what another sent (a NAT gateway's interface): the
 * packet's own address differs. */
bool flows_is_relayed(const struct flow *f);

/* Local's call was refused, or nothing was said beyond the attempt.  Whether
 * an answer follows, only later rows can tell. */
bool flows_is_vain(const struct flow *f);

/* The row proves that the called side answered. */
bool flows_is_answered(const struct flow *f);

/* "22 (ssh), 8080 (http-alt)": `count` ports into `text` of
 * FLOWS_PORTS_BYTES; what does not fit is left out.  Returns the length. */
size_t flows_list_ports(const uint16_t *ports, size_t count, char *text);

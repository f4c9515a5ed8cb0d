/*
 * ip.h - IPv4 and IPv6 addresses as sixteen bytes.
 *
 * IPv4 is kept as v4-mapped ::ffff:a.b.c.d, so one type and one comparison
 * serve both.  Pure functions, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define IP_TEXT_BYTES 48

struct ip {
	uint8_t byte[16]; /* network order; all zero: no address */
};

struct ip_net {
	struct ip base;
	uint8_t bits; /* 0..128, v4 nets counted from 96 */
};

/* "10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3"; nothing else around it.
 * *ip is untouched when it is none. */
bool ip_parse(struct span s, struct ip *ip);

/* "10.0.0.0/8", "2001:db8::/32", or a bare address. */
bool ip_net_parse(struct span s, struct ip_net *net);

bool ip_net_holds(const struct ip_net *net, const struct ip *ip);

/* Text into IP_TEXT_BYTES; returns it. "" when there is no address. */
char *ip_format(const struct ip *ip, char *text);

bool ip_is_none(const struct ip *ip);
bool ip_is_v4(const struct ip *ip);
bool ip_equal(const struct ip *a, const struct ip *b);

/* Not routed on the internet: RFC 1918, loopback, link-local, CGNAT,
 * unique-local, multicast and unspecified addresses.  Documentation ranges
 * count as public: examples and simulated worlds use them as such. */
bool ip_is_private(const struct ip *ip);

bool ip_is_multicast(const struct ip *ip);

/* The network an address is remembered under where no ASN is known: the
 * /24 of an IPv4, the /48 of an IPv6 address, other bits zero. */
struct ip ip_network(const struct ip *ip);

#include "base/ip.h"

#include <arpa/inet.h>

#include "base/status.h"

static const uint8_t v4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
	0xff };

/* Dotted quad, decimal, no leading blanks: the hot case of flow logs. */
static bool
parse_v4(struct span s, uint8_t *out)
{
	unsigned part = 0, value = 0, count = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned d = (unsigned char)s.at[i] - (unsigned)'0';

		if (d <= 9) {
			value = value * 10 + d;
			if (++count > 3 || value > 255)
				return false;
		} else if (s.at[i] == '.' && count > 0 && part < 3) {
			out[part++] = (uint8_t)value;
			value = count = 0;
		} else {
			return false;
		}
	}
	if (part != 3 || count == 0)
		return false;
	out[3] = (uint8_t)value;
	return true;
}

bool
ip_parse(struct span s, struct ip *ip)
{
	char text[IP_TEXT_BYTES];
	struct ip got;

	if (s.len < 2 || s.len >= sizeof(text))
		return false;
	if (parse_v4(s, got.byte + 12)) {
		memcpy(got.byte, v4_prefix, sizeof(v4_prefix));
		*ip = got;
		return true;
	}
	if (span_find(s, ':', 0) == s.len)
		return false;
	memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	if (inet_pton(AF_INET6, text, got.byte) != 1)
		return false;
	*ip = got;
	return true;
}

bool
ip_net_parse(struct span s, struct ip_net *net)
{
	size_t slash = span_find(s, '/', 0);
	uint64_t bits;
	unsigned most;

	if (!ip_parse(span_first(s, slash), &net->base))
		return false;
	most = ip_is_v4(&net->base) ? 32 : 128;
	bits = most;
	if (slash < s.len &&
	    (!span_to_u64(span_skip(s, slash + 1), &bits) || bits > most))
		return false;
	net->bits = (uint8_t)(bits + (128 - most));
	return true;
}

bool
ip_net_holds(const struct ip_net *net, const struct ip *ip)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (memcmp(net->base.byte, ip->byte, whole) != 0)
		return false;
	if (rest == 0)
		return true;
	return ((net->base.byte[whole] ^ ip->byte[whole]) >> (8 - rest)) == 0;
}

static void
format_v4(const uint8_t *b, char *text)
{
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			*text++ = '.';
		if (b[i] >= 100)
			*text++ = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			*text++ = (char)('0' + b[i] / 10 % 10);
		*text++ = (char)('0' + b[i] % 10);
	}
	*text = '\0';
}

char *
ip_format(const struct ip *ip, char *text)
{
	text[0] = '\0';
	if (ip_is_none(ip))
		return text;
	if (ip_is_v4(ip))
		format_v4(ip->byte + 12, text);
	else
		(void)inet_ntop(AF_INET6, ip->byte, text, IP_TEXT_BYTES);
	return text;
}

bool
ip_is_none(const struct ip *ip)
{
	static const struct ip none;

	return ip_equal(ip, &none);
}

bool
ip_is_v4(const struct ip *ip)
{
	return !memcmp(ip->byte, v4_prefix, sizeof(v4_prefix));
}

bool
ip_equal(const struct ip *a, const struct ip *b)
{
	return !memcmp(a->byte, b->byte, sizeof(a->byte));
}

static bool
v4_is_private(const uint8_t *b)
{
	static const struct {
		uint8_t a, b, mask; /* second byte compared under mask */
	} nets[] = {
		{ 0, 0, 0 },
		{ 10, 0, 0 },
		{ 127, 0, 0 },
		{ 100, 64, 0xc0 },
		{ 169, 254, 0xff },
		{ 172, 16, 0xf0 },
		{ 192, 168, 0xff },
		{ 198, 18, 0xfe },
	};

	if (b[0] >= 224)
		return true;
	for (size_t i = 0; i < COUNTOF(nets); i++) {
		if (b[0] == nets[i].a && (b[1] & nets[i].mask) == nets[i].b)
			return true;
	}
	return false;
}

bool
ip_is_private(const struct ip *ip)
{
	const uint8_t *b = ip->byte;

	if (ip_is_v4(ip))
		return v4_is_private(b + 12);
	/* Only 2000::/3 is global unicast. */
	return (b[0] & 0xe0) != 0x20;
}

bool
ip_is_multicast(const struct ip *ip)
{
	if (ip_is_v4(ip))
		return ip->byte[12] >= 224;
	return ip->byte[0] == 0xff;
}

struct ip
ip_network(const struct ip *ip)
{
	struct ip net = *ip;
	size_t keep = ip_is_v4(ip) ? 15 : 6;

	memset(net.byte + keep, 0, sizeof(net.byte) - keep);
	return net;
}

#include "lists/intake.h"

#include "base/civil.h"
#include "base/hash.h"
#include "base/ip.h"
#include "base/status.h"
#include "stats/domain.h"

uint64_t
intake_hash(enum intake_kind kind, struct span text)
{
	return hash_seeded(&HASH_KEY_DEFAULT, (uint64_t)kind, text);
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_' || c == '.';
}

/* What stands before and behind the name in URLs and filter rules. */
static struct span
host_of(struct span text)
{
	size_t at = span_search(text, SPAN("://"));
	size_t end = 0;

	if (at < text.len)
		text = span_skip(text, at + 3);
	if (span_starts(text, SPAN("||")))
		text = span_skip(text, 2);
	if (span_starts(text, SPAN("*.")))
		text = span_skip(text, 2);
	else if (span_starts(text, SPAN(".")))
		text = span_skip(text, 1);
	while (end < text.len && strchr("/:^?", text.at[end]) == NULL)
		end++;
	text = span_first(text, end);
	if (text.len > 0 && text.at[text.len - 1] == '.')
		text.len--;
	return text;
}

struct span
intake_domain(struct span text, char name[INTAKE_NAME_BYTES + 1])
{
	struct span host = host_of(text), result;
	struct ip ip;
	size_t dot;

	if (host.len < 3 || host.len > INTAKE_NAME_BYTES)
		return SPAN("");
	for (size_t i = 0; i < host.len; i++) {
		char c = host.at[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (!is_name_char(c) ||
		    (c == '.' && (i == 0 || name[i - 1] == '.')))
			return SPAN("");
		name[i] = c;
	}
	result = span_of(name, host.len);
	dot = span_rfind(result, '.');
	if (dot == result.len || ip_parse(result, &ip) ||
	    (name[dot + 1] >= '0' && name[dot + 1] <= '9') ||
	    domain_is_internal(result))
		return SPAN("");
	return result;
}

/* The hexadecimal digits of a hash, lower case. */
static struct span
hash_of(struct span text, char digits[INTAKE_NAME_BYTES + 1])
{
	size_t colon = span_find(text, ':', 0);

	if (colon < text.len)
		text = span_skip(text, colon + 1);
	if (text.len != 32 && text.len != 40 && text.len != 64 &&
	    text.len != 128)
		return SPAN("");
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c | 0x20);
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return SPAN("");
		digits[i] = c;
	}
	return span_of(digits, text.len);
}

static struct span
image_of(struct span text, char name[INTAKE_NAME_BYTES + 1])
{
	if (text.len > INTAKE_NAME_BYTES || span_find(text, ' ', 0) < text.len)
		return SPAN("");
	if (text.len > 0)
		memcpy(name, text.at, text.len);
	return span_of(name, text.len);
}

static struct span
key_of(enum intake_kind kind, struct span text, char *room)
{
	switch (kind) {
	case INTAKE_DOMAIN:
		return intake_domain(text, room);
	case INTAKE_IMAGE:
		return image_of(text, room);
	case INTAKE_HASH:
		return hash_of(text, room);
	case INTAKE_IP:
	case INTAKE_KINDS:
		break;
	}
	return SPAN("");
}

static bool
is_net(struct span text, struct ip_net *net)
{
	/* All of the internet is nobody's list. */
	return ip_net_parse(text, net) && net->bits > 0 &&
	       !(ip_is_v4(&net->base) && net->bits <= 96) &&
	       !ip_is_none(&net->base);
}

bool
intake_offer(struct intake *in, struct span text, uint32_t expires_s)
{
	char room[INTAKE_NAME_BYTES + 1];
	struct ip_net net;
	struct span key;

	if (in->kind == INTAKE_IP) {
		if (!is_net(text, &net))
			return false;
		nets_add(in->nets, &net, in->list, expires_s);
	} else {
		key = key_of(in->kind, text, room);
		if (span_is_empty(key))
			return false;
		keys_add(
		    in->keys, intake_hash(in->kind, key), in->list, expires_s);
	}
	in->taken++;
	return true;
}

bool
intake_is_other(const struct intake *in, struct span text)
{
	char room[INTAKE_NAME_BYTES + 1];
	struct ip_net net;

	return (in->kind != INTAKE_IP && ip_net_parse(text, &net)) ||
	       (in->kind != INTAKE_DOMAIN &&
		   !span_is_empty(intake_domain(text, room))) ||
	       (in->kind != INTAKE_HASH && !span_is_empty(hash_of(text, room)));
}

void
intake_skip(struct intake *in, uint64_t line)
{
	if (in->skipped++ == 0)
		in->bad_line = line;
}

uint32_t
intake_expiry(struct span text)
{
	int64_t time_us;
	uint64_t number;

	if (civil_parse(text, &time_us))
		number = (uint64_t)(time_us / CIVIL_US_PER_S);
	else if (!span_to_u64(text, &number))
		return 0;
	return number > UINT32_MAX ? 0 : (uint32_t)number;
}

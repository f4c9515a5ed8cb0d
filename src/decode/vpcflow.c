/*
 * VPC flow log rows: any order and subset of the columns of versions 2 to 8
 * and of transit gateways, told by a header or by AWS's default orders.
 */
#include <stdio.h>

#include "base/ip.h"
#include "decode/decoder.h"

enum column {
	COLUMN_OTHER, /* known or not, not used */
	COLUMN_ACCOUNT,
	COLUMN_INTERFACE,
	COLUMN_SRC,
	COLUMN_DST,
	COLUMN_SRC_PORT,
	COLUMN_DST_PORT,
	COLUMN_PROTOCOL,
	COLUMN_PACKETS,
	COLUMN_BYTES,
	COLUMN_START,
	COLUMN_END,
	COLUMN_ACTION,
	COLUMN_STATUS,
	COLUMN_VPC,
	COLUMN_SUBNET,
	COLUMN_INSTANCE,
	COLUMN_FLAGS,
	COLUMN_PKT_SRC,
	COLUMN_PKT_DST,
	COLUMN_REGION,
	COLUMN_DIRECTION,
	COLUMN_COUNT,
};

enum column_type {
	TYPE_SKIP,
	TYPE_SPAN,
	TYPE_IP,
	TYPE_U16,
	TYPE_U64,
	TYPE_ACTION,
	TYPE_DIRECTION,
};

struct row {
	struct flow f;
	struct span account, status, region;
	uint64_t start, end;
};

static const struct {
	enum column_type type;
	size_t offset;
} columns[COLUMN_COUNT] = {
	[COLUMN_OTHER] = { TYPE_SKIP, 0 },
	[COLUMN_ACCOUNT] = { TYPE_SPAN, offsetof(struct row, account) },
	[COLUMN_INTERFACE] = { TYPE_SPAN,
	    offsetof(struct row, f.interface_id) },
	[COLUMN_SRC] = { TYPE_IP, offsetof(struct row, f.src) },
	[COLUMN_DST] = { TYPE_IP, offsetof(struct row, f.dst) },
	[COLUMN_SRC_PORT] = { TYPE_U16, offsetof(struct row, f.src_port) },
	[COLUMN_DST_PORT] = { TYPE_U16, offsetof(struct row, f.dst_port) },
	[COLUMN_PROTOCOL] = { TYPE_U16, offsetof(struct row, f.protocol) },
	[COLUMN_PACKETS] = { TYPE_U64, offsetof(struct row, f.packets) },
	[COLUMN_BYTES] = { TYPE_U64, offsetof(struct row, f.bytes) },
	[COLUMN_START] = { TYPE_U64, offsetof(struct row, start) },
	[COLUMN_END] = { TYPE_U64, offsetof(struct row, end) },
	[COLUMN_ACTION] = { TYPE_ACTION, offsetof(struct row, f.action) },
	[COLUMN_STATUS] = { TYPE_SPAN, offsetof(struct row, status) },
	[COLUMN_VPC] = { TYPE_SPAN, offsetof(struct row, f.vpc_id) },
	[COLUMN_SUBNET] = { TYPE_SPAN, offsetof(struct row, f.subnet_id) },
	[COLUMN_INSTANCE] = { TYPE_SPAN, offsetof(struct row, f.instance_id) },
	[COLUMN_FLAGS] = { TYPE_U16, offsetof(struct row, f.tcp_flags) },
	[COLUMN_PKT_SRC] = { TYPE_IP, offsetof(struct row, f.pkt_src) },
	[COLUMN_PKT_DST] = { TYPE_IP, offsetof(struct row, f.pkt_dst) },
	[COLUMN_REGION] = { TYPE_SPAN, offsetof(struct row, region) },
	[COLUMN_DIRECTION] = { TYPE_DIRECTION,
	    offsetof(struct row, f.direction) },
};

/* Names of AWS's documentation, and those that Athena tables use; '_' and
 * '-' are the same. */
static const struct {
	struct span name;
	enum column column;
} names[] = {
	{ SPAN_INIT("version"), COLUMN_OTHER },
	{ SPAN_INIT("account-id"), COLUMN_ACCOUNT },
	{ SPAN_INIT("account"), COLUMN_ACCOUNT },
	{ SPAN_INIT("interface-id"), COLUMN_INTERFACE },
	{ SPAN_INIT("interfaceid"), COLUMN_INTERFACE },
	{ SPAN_INIT("srcaddr"), COLUMN_SRC },
	{ SPAN_INIT("sourceaddress"), COLUMN_SRC },
	{ SPAN_INIT("dstaddr"), COLUMN_DST },
	{ SPAN_INIT("destinationaddress"), COLUMN_DST },
	{ SPAN_INIT("srcport"), COLUMN_SRC_PORT },
	{ SPAN_INIT("sourceport"), COLUMN_SRC_PORT },
	{ SPAN_INIT("dstport"), COLUMN_DST_PORT },
	{ SPAN_INIT("destinationport"), COLUMN_DST_PORT },
	{ SPAN_INIT("protocol"), COLUMN_PROTOCOL },
	{ SPAN_INIT("packets"), COLUMN_PACKETS },
	{ SPAN_INIT("numpackets"), COLUMN_PACKETS },
	{ SPAN_INIT("bytes"), COLUMN_BYTES },
	{ SPAN_INIT("numbytes"), COLUMN_BYTES },
	{ SPAN_INIT("start"), COLUMN_START },
	{ SPAN_INIT("starttime"), COLUMN_START },
	{ SPAN_INIT("end"), COLUMN_END },
	{ SPAN_INIT("endtime"), COLUMN_END },
	{ SPAN_INIT("action"), COLUMN_ACTION },
	{ SPAN_INIT("log-status"), COLUMN_STATUS },
	{ SPAN_INIT("logstatus"), COLUMN_STATUS },
	{ SPAN_INIT("vpc-id"), COLUMN_VPC },
	{ SPAN_INIT("subnet-id"), COLUMN_SUBNET },
	{ SPAN_INIT("instance-id"), COLUMN_INSTANCE },
	{ SPAN_INIT("tcp-flags"), COLUMN_FLAGS },
	{ SPAN_INIT("type"), COLUMN_OTHER },
	{ SPAN_INIT("pkt-srcaddr"), COLUMN_PKT_SRC },
	{ SPAN_INIT("pkt-dstaddr"), COLUMN_PKT_DST },
	{ SPAN_INIT("region"), COLUMN_REGION },
	{ SPAN_INIT("az-id"), COLUMN_OTHER },
	{ SPAN_INIT("sublocation-type"), COLUMN_OTHER },
	{ SPAN_INIT("sublocation-id"), COLUMN_OTHER },
	{ SPAN_INIT("pkt-src-aws-service"), COLUMN_OTHER },
	{ SPAN_INIT("pkt-dst-aws-service"), COLUMN_OTHER },
	{ SPAN_INIT("flow-direction"), COLUMN_DIRECTION },
	{ SPAN_INIT("traffic-path"), COLUMN_OTHER },
	{ SPAN_INIT("reject-reason"), COLUMN_OTHER },
	{ SPAN_INIT("resource-type"), COLUMN_OTHER },
	{ SPAN_INIT("tgw-id"), COLUMN_OTHER },
	{ SPAN_INIT("tgw-attachment-id"), COLUMN_OTHER },
	{ SPAN_INIT("tgw-src-vpc-id"), COLUMN_VPC },
	{ SPAN_INIT("tgw-src-subnet-id"), COLUMN_SUBNET },
	{ SPAN_INIT("tgw-src-eni"), COLUMN_INTERFACE },
};

/* All fields of versions 2, 3, 4 and 5 in the order of AWS's table. */
static const uint8_t all_fields[] = { COLUMN_OTHER, COLUMN_ACCOUNT,
	COLUMN_INTERFACE, COLUMN_SRC, COLUMN_DST, COLUMN_SRC_PORT,
	COLUMN_DST_PORT, COLUMN_PROTOCOL, COLUMN_PACKETS, COLUMN_BYTES,
	COLUMN_START, COLUMN_END, COLUMN_ACTION, COLUMN_STATUS, COLUMN_VPC,
	COLUMN_SUBNET, COLUMN_INSTANCE, COLUMN_FLAGS, COLUMN_OTHER,
	COLUMN_PKT_SRC, COLUMN_PKT_DST, COLUMN_REGION, COLUMN_OTHER,
	COLUMN_OTHER, COLUMN_OTHER, COLUMN_OTHER, COLUMN_OTHER,
	COLUMN_DIRECTION, COLUMN_OTHER };

enum {
	V2_COLUMNS = 14,
	V2_ACTION = 12,
	V2_STATUS = 13,
};

/* The column called `s`, or -1. */
static int
column_of(struct span s)
{
	char name[32];

	if (s.len == 0 || s.len > sizeof(name))
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		name[i] = c == '_' ? '-' : c;
	}
	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (span_equal(names[i].name, span_of(name, s.len)))
			return (int)names[i].column;
	}
	return -1;
}

static struct span
unquote(struct span s)
{
	s = span_trim(s);
	if (s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"')
		return span_of(s.at + 1, s.len - 2);
	return s;
}

/* Index of the first byte that is a blank or a control character, told by
 * the borrow that subtracting makes in a byte below 0x21. */
static inline const char *
low_byte(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t w, low;

		memcpy(&w, p, sizeof(w));
		low = (w - 0x2121212121212121u) & ~w & 0x8080808080808080u;
		if (low != 0)
			return p + (__builtin_ctzll(low) >> 3);
		p += 8;
	}
	while (p < end && (unsigned char)*p > ' ')
		p++;
	return p;
}

static inline bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Other control bytes belong to the word: they part no columns. */
static inline const char *
word_end(const char *p, const char *end)
{
	p = low_byte(p, end);
	while (p < end && !is_space(*p))
		p = low_byte(p + 1, end);
	return p;
}

/* The next word of a row; empty at its end. */
static inline struct span
next_word(const char **at, const char *end)
{
	const char *from = *at;

	while (from < end && is_space(*from))
		from++;
	*at = word_end(from, end);
	return span_of(from, (size_t)(*at - from));
}

/* Cut a row at blanks, or at commas; at most FLOW_COLUMNS_MAX pieces. */
static size_t
cut_blanks(struct span row, struct span *out)
{
	const char *p = row.at, *end = row.at + row.len;
	size_t n = 0;

	while (n < FLOW_COLUMNS_MAX) {
		out[n] = next_word(&p, end);
		if (out[n].len == 0)
			break;
		n++;
	}
	return n;
}

static size_t
cut_commas(struct span row, struct span *out)
{
	size_t n = 0;

	while (row.at != NULL && n < FLOW_COLUMNS_MAX)
		out[n++] = unquote(span_cut(&row, ','));
	return n;
}

/* A header names an address column and at least one more. */
static bool
read_header(struct decoder *d, const struct span *parts, size_t count)
{
	struct flow_columns c = { .count = count, .known = true };
	size_t named = 0;
	bool address = false;

	for (size_t i = 0; i < count; i++) {
		int column = column_of(parts[i]);

		c.what[i] = column < 0 ? COLUMN_OTHER : (uint8_t)column;
		named += column >= 0;
		address =
		    address || column == COLUMN_SRC || column == COLUMN_DST;
	}
	if (!address || named < 2)
		return false;
	c.comma = d->flow.comma;
	d->flow = c;
	return true;
}

static bool
is_gap(struct span status)
{
	return span_equal(status, SPAN("NODATA")) ||
	       span_equal(status, SPAN("SKIPDATA"));
}

static bool
is_number(struct span s)
{
	uint64_t n;

	return span_to_u64(s, &n);
}

/* Rows without a header: AWS's default format, or all fields in order. */
static bool
guess_columns(struct decoder *d, const struct span *parts, size_t count)
{
	struct span action, status;

	if (count < V2_COLUMNS || !is_number(parts[0]))
		return false;
	action = parts[V2_ACTION];
	status = parts[V2_STATUS];
	if (!span_equal(status, SPAN("OK")) && !is_gap(status))
		return false;
	if (!span_equal(action, SPAN("ACCEPT")) &&
	    !span_equal(action, SPAN("REJECT")) &&
	    !span_equal(action, SPAN("-")))
		return false;
	d->flow.known = true;
	d->flow.count = V2_COLUMNS;
	if (count == 21 || count == 25 || count == COUNTOF(all_fields))
		d->flow.count = count;
	memcpy(d->flow.what, all_fields, d->flow.count);
	return true;
}

/*
 * Up to eight digits at once: the text as a little-endian word, aligned so
 * that missing digits read as zeros; then pairs, fours and eights are joined
 * by three multiplications (the method is D. Lemire's, "Quickly parsing eight
 * digits", 2018).  A byte that is no digit makes it 0.
 */
static inline uint64_t
number_of_eight(struct span s)
{
	const uint64_t zeros = 0x3030303030303030u;
	uint64_t w, high;

	memcpy(&w, s.at, sizeof(w));
	w = s.len == 8 ? w : (w << (64 - 8 * s.len)) | (zeros >> (8 * s.len));
	high = (w & 0xf0f0f0f0f0f0f0f0u) ^ zeros;
	w -= zeros;
	if ((high | ((w + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u)) != 0)
		return 0;
	w = w * 10 + (w >> 8);
	w = (((w & 0x000000ff000000ffu) * 0x000f424000000064u) +
		(((w >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u)) >>
	    32;
	return (uint32_t)w;
}

/* Eight bytes behind `s` are readable: a batch's text and a tape's strings
 * both have padding. */
static inline uint64_t
number_of(struct span s)
{
	uint64_t n = 0;

	if (s.len - 1 < 8)
		return number_of_eight(s);
	/* Counters of a row have at most 19 digits; more is nonsense. */
	if (s.len > 19)
		return 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.at[i] - (unsigned)'0';

		if (digit > 9)
			return 0;
		n = n * 10 + digit;
	}
	return n;
}

/* A bit for each dot among eight bytes, the first byte's lowest. */
static inline unsigned
dots_of(const char *at)
{
	uint64_t w, found;

	memcpy(&w, at, sizeof(w));
	w ^= 0x2e2e2e2e2e2e2e2eu;
	found = (w - 0x0101010101010101u) & ~w & 0x8080808080808080u;
	/* The multiplication gathers the top bits of the bytes. */
	return (unsigned)(((found >> 7) * 0x0102040810204080u) >> 56);
}

/* One to three digits, or above 255 for anything else. */
static inline unsigned
octet_of(const char *at, size_t len)
{
	uint32_t w;

	if (len - 1 > 2)
		return 256;
	memcpy(&w, at, sizeof(w));
	w = (w << (32 - 8 * len)) | (0x30303030u >> (8 * len));
	w ^= 0x30303030u;
	if (((w | (w + 0x06060606u)) & 0xf0f0f0f0u) != 0)
		return 256;
	return (w >> 24) + ((w >> 16) & 0xff) * 10 + ((w >> 8) & 0xff) * 100;
}

/* Dotted IPv4 without a loop over its bytes; sixteen bytes are readable. */
static inline bool
dotted_of(struct span s, struct ip *out)
{
	unsigned dots, first, last, octet[4];
	size_t a, b, c;

	if (s.len < 7 || s.len > 15)
		return false;
	dots = (dots_of(s.at) | dots_of(s.at + 8) << 8) & ((1u << s.len) - 1);
	first = dots & (dots - 1);
	last = first & (first - 1);
	/* Three dots, no more and no less. */
	if (last == 0 || (last & (last - 1)) != 0)
		return false;
	a = (size_t)__builtin_ctz(dots);
	b = (size_t)__builtin_ctz(first);
	c = (size_t)__builtin_ctz(last);
	octet[0] = octet_of(s.at, a);
	octet[1] = octet_of(s.at + a + 1, b - a - 1);
	octet[2] = octet_of(s.at + b + 1, c - b - 1);
	octet[3] = octet_of(s.at + c + 1, s.len - c - 1);
	if ((octet[0] | octet[1] | octet[2] | octet[3]) > 255)
		return false;
	out->byte[10] = out->byte[11] = 0xff;
	for (unsigned i = 0; i < 4; i++)
		out->byte[12 + i] = (uint8_t)octet[i];
	return true;
}

static inline void
address_of(struct span s, struct ip *out)
{
	memset(out, 0, sizeof(*out));
	if (!dotted_of(s, out) && s.len > 1)
		(void)ip_parse(s, out);
}

static inline void
store(struct row *r, unsigned column, struct span s)
{
	char *to = (char *)r + columns[column].offset;
	uint64_t n;

	switch (columns[column].type) {
	case TYPE_SKIP:
		break;
	case TYPE_SPAN:
		memcpy(to, &s, sizeof(s));
		break;
	case TYPE_IP:
		address_of(s, (struct ip *)to);
		break;
	case TYPE_U16:
		n = number_of(s);
		*(uint16_t *)(void *)to = n > UINT16_MAX ? 0 : (uint16_t)n;
		break;
	case TYPE_U64:
		n = number_of(s);
		memcpy(to, &n, sizeof(n));
		break;
	case TYPE_ACTION:
		r->f.action = span_equal(s, SPAN("ACCEPT"))   ? FLOW_ACCEPT
			      : span_equal(s, SPAN("REJECT")) ? FLOW_REJECT
							      : FLOW_UNKNOWN;
		break;
	case TYPE_DIRECTION:
		r->f.direction = span_equal(s, SPAN("ingress")) ? FLOW_INGRESS
				 : span_equal(s, SPAN("egress"))
				     ? FLOW_EGRESS
				     : FLOW_NO_DIRECTION;
		break;
	}
}

/* '-' in a place of text means none. */
static void
drop_dash(struct span *s)
{
	if (s->len == 1 && s->at[0] == '-')
		s->len = 0;
}

/* Seconds, or milliseconds as some exports have it. */
static int64_t
time_of(uint64_t n)
{
	const uint64_t year_10000 = 253402300800;

	if (n >= year_10000 && n < year_10000 * 1000)
		return (int64_t)n * 1000;
	return n < year_10000 ? (int64_t)n * 1000000 : 0;
}

static void
tidy(struct row *r)
{
	struct flow *f = &r->f;

	drop_dash(&r->account);
	drop_dash(&r->region);
	drop_dash(&f->interface_id);
	drop_dash(&f->instance_id);
	drop_dash(&f->vpc_id);
	drop_dash(&f->subnet_id);
	if (span_equal(r->account, SPAN("unknown")))
		r->account.len = 0;
	f->has_pkt = !ip_is_none(&f->pkt_src) || !ip_is_none(&f->pkt_dst);
	if (ip_equal(&f->pkt_src, &f->src))
		memset(&f->pkt_src, 0, sizeof(f->pkt_src));
	if (ip_equal(&f->pkt_dst, &f->dst))
		memset(&f->pkt_dst, 0, sizeof(f->pkt_dst));
	f->start_us = time_of(r->start);
	f->end_us = time_of(r->end);
}

static struct span
cluster_of(const struct decoder *d, const struct flow *f,
    const struct decode_context *cx)
{
	const struct config_cluster *c = NULL;

	if (d->place.cluster_named)
		return d->place.cluster;
	if (cx->cluster.len > 0 || d->options.config == NULL)
		return cx->cluster;
	if (f->vpc_id.len > 0)
		c = config_cluster_of_vpc(d->options.config, f->vpc_id);
	if (c == NULL && !ip_is_none(&f->local))
		c = config_cluster_of_address(d->options.config, &f->local);
	return c != NULL ? span_str(c->name) : d->place.cluster;
}

static uint64_t
activity_of(const struct decoder *d, const struct flow *f)
{
	struct {
		struct ip local, peer;
		uint16_t port, protocol;
		uint8_t action, initiated;
	} key = { f->local, f->peer, f->service_port, f->protocol,
		(uint8_t)f->action, f->initiated };

	_Static_assert(sizeof(key) == 38, "no padding");
	return hash_seeded(
	    &d->key, SOURCE_VPCFLOW, span_of((const char *)&key, sizeof(key)));
}

static void
add(struct decoder *d, struct row *r, const struct decode_context *cx)
{
	struct flow *f = arena_alloc(d->batch->arena, sizeof(*f));
	int64_t time_us;
	struct event *ev;

	if (f == NULL) {
		decode_reject(d, SPAN(""), "no memory for the record");
		return;
	}
	flow_side_decide(&r->f);
	*f = r->f;
	ev = decode_event(d, SOURCE_VPCFLOW);
	ev->flow = f;
	ev->outcome = f->action == FLOW_REJECT ? OUTCOME_DENIED : OUTCOME_OK;
	ev->activity = activity_of(d, f);
	ev->remote = f->peer;
	ev->region = r->region.len > 0	  ? r->region
		     : cx->region.len > 0 ? cx->region
					  : d->place.region;
	ev->cluster = cluster_of(d, f, cx);
	ev->within = span_tail(f->vpc_id);
	time_us = f->start_us > 0 ? f->start_us : f->end_us;
	if (time_us > 0)
		d->last_us = time_us;
	else
		time_us = decode_time_of(d, SPAN(""), cx);
	decode_set_time(d, ev, time_us);
	decode_tenant(d, ev, r->account, cx);
}

/* False when the row says nothing. */
static bool
take(struct decoder *d, struct row *r, const struct decode_context *cx)
{
	if (is_gap(r->status)) {
		/* A record of there having been no traffic. */
		decode_understood(d, SOURCE_VPCFLOW);
		return true;
	}
	if (ip_is_none(&r->f.src) && ip_is_none(&r->f.dst))
		return false;
	tidy(r);
	add(d, r, cx);
	return true;
}

static struct row
row_new(void)
{
	return (struct row){ .f.tcp_flags = FLOW_NO_FLAGS };
}

/* Columns are known: read a row.  False when it does not fit them. */
static bool
read_parts(struct decoder *d, const struct span *parts, size_t count,
    const struct decode_context *cx)
{
	const struct flow_columns *c = &d->flow;
	struct row r = row_new();

	if (count < c->count) {
		if (count == 0 || !is_gap(parts[count - 1]))
			return false;
		r.status = parts[count - 1];
	} else {
		for (size_t i = 0; i < c->count; i++)
			store(&r, c->what[i], parts[i]);
	}
	return take(d, &r, cx);
}

/* Rows of blanks in known columns: read in one go, nothing kept between. */
static bool
read_row(struct decoder *d, struct span line, const struct decode_context *cx)
{
	const char *p = line.at, *end = line.at + line.len;
	struct span part = SPAN("");
	struct row r = row_new();

	for (size_t i = 0; i < d->flow.count; i++) {
		struct span last = part;

		part = next_word(&p, end);
		if (part.len == 0) {
			r.status = last;
			return is_gap(last) && take(d, &r, cx);
		}
		store(&r, d->flow.what[i], part);
	}
	return take(d, &r, cx);
}

/* A first row, a header, or a row with commas. */
static bool
read_line(struct decoder *d, struct span line, const struct decode_context *cx)
{
	struct span parts[FLOW_COLUMNS_MAX];
	size_t count;

	if (!d->flow.known)
		d->flow.comma = memchr(line.at, ',', line.len) != NULL;
	count =
	    d->flow.comma ? cut_commas(line, parts) : cut_blanks(line, parts);
	if (count == 0)
		return false;
	/* The header may come again where files were joined. */
	if (column_of(parts[0]) >= 0 && read_header(d, parts, count)) {
		d->counts.ignored++;
		return true;
	}
	if (!d->flow.known && !guess_columns(d, parts, count))
		return false;
	return read_parts(d, parts, count, cx);
}

bool
vpcflow_line(
    struct decoder *d, struct span line, const struct decode_context *cx)
{
	if (line.len == 0)
		return false;
	/* Numbers and addresses start most rows, names start headers. */
	if (!d->flow.known || d->flow.comma || (line.at[0] | 0x20) >= 'a')
		return read_line(d, line, cx);
	return read_row(d, line, cx);
}

bool
vpcflow_object(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct json_iter it = json_iter(v);
	struct row r = row_new();
	struct json_value member;
	struct span key;

	if (!json_is(v, JSON_OBJECT))
		return false;
	while (json_next_member(&it, &key, &member)) {
		int column = column_of(key);
		char digits[24] = "";
		int64_t n;

		if (column < 0)
			continue;
		if (json_is(member, JSON_STRING)) {
			store(&r, (unsigned)column, json_string(member));
			continue;
		}
		n = json_int(member, -1);
		if (n < 0 || columns[column].type == TYPE_SPAN)
			continue;
		store(&r, (unsigned)column,
		    span_of(digits, (size_t)snprintf(digits, sizeof(digits),
					"%lld", (long long)n)));
	}
	return take(d, &r, cx);
}

/*
 * DNS queries in lines of text: CoreDNS's log plugin, BIND's query log,
 * Zeek's dns.log with tabs, and Route 53's public hosted zones.
 */
#include <stdio.h>

#include "base/civil.h"
#include "base/ip.h"
#include "decode/decoder.h"

enum zeek_column {
	ZEEK_OTHER,
	ZEEK_TIME,
	ZEEK_CLIENT,
	ZEEK_PROTOCOL,
	ZEEK_QUERY,
	ZEEK_TYPE,
	ZEEK_RCODE,
	ZEEK_ANSWERS,
	ZEEK_COLUMN_COUNT,
};

static struct span
skip_blanks(struct span s)
{
	while (s.len > 0 && (s.at[0] == ' ' || s.at[0] == '\t'))
		s = span_skip(s, 1);
	return s;
}

/* The next word, stepping over any blanks before it. */
static struct span
word(struct span *rest)
{
	*rest = skip_blanks(*rest);
	return span_cut(rest, ' ');
}

static void
add_timed(struct decoder *d, struct dns *q, struct span time,
    const struct decode_context *cx)
{
	size_t at = d->batch->count;

	dns_add(d, q, SPAN(""), cx);
	if (d->batch->count > at)
		decode_set_time(
		    d, &d->batch->events[at], decode_time_of(d, time, cx));
}

/* "10.0.0.1:53124" or "[2001:db8::1]:53124" */
static bool
address_and_port(struct span s, struct ip *ip)
{
	size_t colon = span_rfind(s, ':');

	if (colon == s.len)
		return false;
	s = span_first(s, colon);
	if (s.len > 2 && s.at[0] == '[' && s.at[s.len - 1] == ']')
		s = span_of(s.at + 1, s.len - 2);
	return ip_parse(s, ip);
}

/* What CoreDNS says beside queries. */
static bool
coredns_says_other(struct decoder *d, struct span line)
{
	static const struct span starts[] = { SPAN_INIT("[INFO] "),
		SPAN_INIT("[WARNING] "), SPAN_INIT("[ERROR] "),
		SPAN_INIT("[DEBUG] "), SPAN_INIT("[FATAL] "),
		SPAN_INIT("[PANIC] "), SPAN_INIT(".:"), SPAN_INIT("CoreDNS-"),
		SPAN_INIT("linux/") };

	for (size_t i = 0; i < COUNTOF(starts); i++) {
		if (span_starts(line, starts[i])) {
			d->counts.ignored++;
			return true;
		}
	}
	return false;
}

/*
 * [INFO] CLIENT:PORT - ID "TYPE CLASS NAME PROTO SIZE DO BUFSIZE" RCODE
 * FLAGS RSIZE DURATION
 */
bool
dns_text_coredns(
    struct decoder *d, struct span line, const struct decode_context *cx)
{
	size_t open = span_find(line, '"', 0);
	size_t close = span_find(line, '"', open + 1);
	size_t dash = span_search(span_first(line, open), SPAN(" - "));
	struct span client = span_first(line, dash), inside, after;
	struct dns q = { 0 };

	if (close >= line.len || dash >= open)
		return coredns_says_other(d, line);
	client = span_skip(client, span_rfind(client, ' ') == client.len
				       ? 0
				       : span_rfind(client, ' ') + 1);
	if (!address_and_port(client, &q.client))
		return coredns_says_other(d, line);
	inside = span_of(line.at + open + 1, close - open - 1);
	q.type = word(&inside);
	(void)word(&inside);
	q.name = word(&inside);
	q.transport = word(&inside);
	if (q.name.len == 0)
		return coredns_says_other(d, line);
	after = span_skip(line, close + 1);
	q.rcode = word(&after);
	(void)word(&after);
	if (!span_to_u64(word(&after), &q.size))
		q.size = 0;
	add_timed(d, &q, SPAN(""), cx);
	return true;
}

/* "22-Nov-2026 03:21:30.123" */
static int64_t
bind_time(struct span line)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct span month = span_of(line.at + 3, 3);
	char text[32];
	int64_t time_us;
	size_t at;

	if (line.len < 24 || line.at[2] != '-' || line.at[6] != '-')
		return DECODE_NO_TIME;
	for (at = 0; at < 12; at++) {
		if (memcmp(months + at * 3, month.at, 3) == 0)
			break;
	}
	if (at == 12)
		return DECODE_NO_TIME;
	(void)snprintf(text, sizeof(text), "%.4s-%02zu-%.2sT%.12s", line.at + 7,
	    at + 1, line.at, line.at + 12);
	return civil_parse(span_str(text), &time_us) ? time_us : DECODE_NO_TIME;
}

/* TIME ... client @0x... 10.0.0.1#53124 (NAME): query: NAME IN A +E(0) */
bool
dns_text_bind(
    struct decoder *d, struct span line, const struct decode_context *cx)
{
	size_t mark = span_search(line, SPAN(" query: "));
	size_t client = span_search(line, SPAN("client "));
	struct decode_context here = *cx;
	struct span rest, part;
	struct dns q = { 0 };
	int64_t time_us;

	if (mark == line.len || client >= mark)
		return false;
	rest = span_of(line.at + client + 7, mark - client - 7);
	part = word(&rest);
	if (part.len > 0 && part.at[0] == '@')
		part = word(&rest);
	(void)ip_parse(span_first(part, span_find(part, '#', 0)), &q.client);
	rest = span_skip(line, mark + 8);
	q.name = word(&rest);
	(void)word(&rest);
	q.type = word(&rest);
	if (q.name.len == 0 || q.type.len == 0)
		return false;
	part = word(&rest);
	q.transport = memchr(part.at != NULL ? part.at : "", 'T', part.len)
			  ? SPAN("tcp")
			  : SPAN("udp");
	time_us = bind_time(line);
	if (time_us != DECODE_NO_TIME)
		here.time_us = time_us;
	add_timed(d, &q, SPAN(""), &here);
	return true;
}

static void
zeek_header(struct decoder *d, struct span line)
{
	static const struct {
		struct span name;
		enum zeek_column column;
	} names[] = {
		{ SPAN_INIT("ts"), ZEEK_TIME },
		{ SPAN_INIT("id.orig_h"), ZEEK_CLIENT },
		{ SPAN_INIT("proto"), ZEEK_PROTOCOL },
		{ SPAN_INIT("query"), ZEEK_QUERY },
		{ SPAN_INIT("qtype_name"), ZEEK_TYPE },
		{ SPAN_INIT("rcode_name"), ZEEK_RCODE },
		{ SPAN_INIT("answers"), ZEEK_ANSWERS },
	};
	bool query = false;
	size_t n = 0;

	(void)span_cut(&line, '\t');
	while (line.at != NULL && n < FLOW_COLUMNS_MAX) {
		struct span part = span_cut(&line, '\t');

		d->zeek.what[n] = ZEEK_OTHER;
		for (size_t i = 0; i < COUNTOF(names); i++) {
			if (span_equal(part, names[i].name))
				d->zeek.what[n] = (uint8_t)names[i].column;
		}
		query = query || d->zeek.what[n] == ZEEK_QUERY;
		n++;
	}
	/* Another of Zeek's logs has no queries. */
	d->zeek.count = query ? n : 0;
}

/* "1588316522.123456" */
static int64_t
zeek_time(struct span s)
{
	size_t dot = span_find(s, '.', 0);
	struct span fraction = span_first(span_skip(s, dot + 1), 6);
	uint64_t seconds, us = 0;

	if (!span_to_u64(span_first(s, dot), &seconds) ||
	    seconds > 40000000000u)
		return DECODE_NO_TIME;
	if (fraction.len > 0 && !span_to_u64(fraction, &us))
		us = 0;
	for (size_t i = fraction.len; i < 6; i++)
		us *= 10;
	return (int64_t)(seconds * 1000000 + us);
}

static void
zeek_answers(struct dns *q, struct span list)
{
	while (list.at != NULL) {
		struct span part = span_cut(&list, ',');

		if (q->nanswers < DNS_ANSWERS_MAX)
			q->answers[q->nanswers] = part;
		q->nanswers++;
	}
}

/* Zeek writes "-" for unset and "(empty)" for empty. */
static struct span
zeek_text(struct span s)
{
	if (span_equal(s, SPAN("-")) || span_equal(s, SPAN("(empty)")))
		return SPAN("");
	return s;
}

bool
dns_text_zeek(
    struct decoder *d, struct span line, const struct decode_context *cx)
{
	struct span value[ZEEK_COLUMN_COUNT] = { 0 };
	struct decode_context here = *cx;
	struct dns q = { 0 };
	size_t n = 0;

	if (line.len > 0 && line.at[0] == '#') {
		if (span_starts(line, SPAN("#fields\t")))
			zeek_header(d, line);
		d->counts.ignored++;
		return true;
	}
	if (d->zeek.count == 0)
		return false;
	while (line.at != NULL && n < d->zeek.count)
		value[d->zeek.what[n++]] = zeek_text(span_cut(&line, '\t'));
	if (n < d->zeek.count)
		return false;
	q.name = value[ZEEK_QUERY];
	q.type = value[ZEEK_TYPE];
	q.rcode = value[ZEEK_RCODE];
	q.transport = value[ZEEK_PROTOCOL];
	(void)ip_parse(value[ZEEK_CLIENT], &q.client);
	if (value[ZEEK_ANSWERS].len > 0)
		zeek_answers(&q, value[ZEEK_ANSWERS]);
	if (value[ZEEK_TIME].len > 0)
		here.time_us = zeek_time(value[ZEEK_TIME]);
	add_timed(d, &q, SPAN(""), &here);
	return true;
}

/* VERSION TIME ZONE NAME TYPE RCODE PROTOCOL EDGE RESOLVER SUBNET */
bool
dns_text_zone(
    struct decoder *d, struct span line, const struct decode_context *cx)
{
	struct span part[10], rest = line;
	struct dns q = { 0 };
	int64_t time_us;

	for (size_t i = 0; i < COUNTOF(part); i++) {
		part[i] = word(&rest);
		if (part[i].len == 0)
			return false;
	}
	if (!span_starts(part[0], SPAN("1.")) ||
	    !civil_parse(part[1], &time_us) || part[2].at[0] != 'Z')
		return false;
	q.name = part[3];
	q.type = part[4];
	q.rcode = part[5];
	q.transport = part[6];
	(void)ip_parse(part[8], &q.client);
	add_timed(d, &q, part[1], cx);
	return true;
}

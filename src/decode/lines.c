/*
 * Pieces of text: VPC flow rows and DNS query logs in lines, and JSON behind
 * what a container runtime or an export puts before each line.
 */
#include "base/civil.h"
#include "decode/decoder.h"

struct reader {
	enum line_kind kind;
	enum source source;
	bool (*read)(
	    struct decoder *, struct span, const struct decode_context *);
};

static const struct reader readers[] = {
	{ LINE_ZEEK, SOURCE_DNS, dns_text_zeek },
	{ LINE_COREDNS, SOURCE_DNS, dns_text_coredns },
	{ LINE_BIND, SOURCE_DNS, dns_text_bind },
	{ LINE_ZONE, SOURCE_DNS, dns_text_zone },
	{ LINE_FLOW, SOURCE_VPCFLOW, vpcflow_line },
};

static bool
read_line(struct decoder *d, struct span line, const struct decode_context *cx)
{
	for (size_t i = 0; i < COUNTOF(readers); i++) {
		if (readers[i].kind == d->line && readers[i].read(d, line, cx))
			return true;
	}
	for (size_t i = 0; i < COUNTOF(readers); i++) {
		if (readers[i].kind == d->line ||
		    !decode_wants(d, readers[i].source) ||
		    !readers[i].read(d, line, cx))
			continue;
		d->line = readers[i].kind;
		return true;
	}
	return false;
}

static struct span
skip_blanks(struct span s)
{
	while (s.len > 0 && (s.at[0] == ' ' || s.at[0] == '\t'))
		s = span_skip(s, 1);
	return s;
}

/* Strip a time and what the container runtime says: "TIME stdout F ". */
static struct span
strip_prefix(struct span line, struct decode_context *cx)
{
	static const struct span streams[] = { SPAN_INIT("stdout F "),
		SPAN_INIT("stderr F "), SPAN_INIT("stdout P "),
		SPAN_INIT("stderr P ") };
	size_t end = span_find(line, ' ', 0);
	int64_t time_us;

	if (end < 19 || !civil_parse(span_first(line, end), &time_us)) {
		/* "2026-11-22 03:21:30.123 ..." */
		if (end != 10)
			return line;
		end = span_find(line, ' ', 11);
		if (!civil_parse(span_first(line, end), &time_us))
			return line;
	}
	cx->time_us = time_us;
	line = skip_blanks(span_skip(line, end));
	for (size_t i = 0; i < COUNTOF(streams); i++) {
		if (span_starts(line, streams[i]))
			return skip_blanks(span_skip(line, streams[i].len));
	}
	return line;
}

static bool
starts_with_date(struct span line)
{
	return line.len > 19 && line.at[4] == '-' && line.at[7] == '-' &&
	       line.at[0] >= '1' && line.at[0] <= '2';
}

void
lines_one(struct decoder *d, struct span line, const struct decode_context *cx)
{
	struct decode_context here;
	struct span rest;

	line = span_trim(line);
	if (line.len == 0)
		return;
	if (!starts_with_date(line)) {
		if (!read_line(d, line, cx))
			decode_unknown(d, (struct json_value){ 0 }, line);
		return;
	}
	here = *cx;
	rest = strip_prefix(line, &here);
	if (wrap_is_json(rest))
		wrap_text(d, rest, &here);
	else if (!read_line(d, rest, &here))
		decode_unknown(d, (struct json_value){ 0 }, line);
}

void
lines_read(struct decoder *d)
{
	struct decode_context cx = { .time_us = DECODE_NO_TIME };
	struct span rest = span_of(d->batch->text, d->batch->text_len);

	if (span_starts(rest, SPAN("\xef\xbb\xbf")))
		rest = span_skip(rest, 3);
	while (rest.len > 0 && !d->skipped) {
		const char *end = memchr(rest.at, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;
		struct span line = span_of(rest.at, len);

		rest = span_skip(rest, end != NULL ? len + 1 : len);
		/* Rows without anything before them: the way of nearly all. */
		if (d->line == LINE_FLOW && vpcflow_line(d, line, &cx))
			continue;
		if (wrap_is_json(line))
			wrap_text(d, line, &cx);
		else
			lines_one(d, line, &cx);
	}
}

#include "feed/syslog_text.h"

#include "base/civil.h"
#include "base/escape.h"

#define FACILITY_LOCAL0 16
#define HOST_BYTES 255
#define MSGID_BYTES 32
#define VALUE_BYTES 256

/* 2 critical, 3 error, 4 warning, 5 notice: RFC 5424, 6.2.1. */
static int
severity_of(double severity)
{
	if (severity >= 9)
		return 2;
	if (severity >= 7)
		return 3;
	return severity >= 4 ? 4 : 5;
}

/* A word of the header: visible ASCII, at most so long; "-" for none. */
static void
word(struct buf *out, struct span s, size_t most)
{
	size_t before = out->len;

	for (size_t i = 0; i < s.len && out->len - before < most; i++) {
		if (s.at[i] > ' ' && s.at[i] <= '~')
			buf_add_char(out, s.at[i]);
	}
	if (out->len == before)
		buf_add_char(out, '-');
	buf_add_char(out, ' ');
}

/* 6.3.3: quote, backslash and bracket behind a backslash; what cannot be
 * seen becomes "?", so that the message stays one line. */
static void
param(struct buf *out, const char *name, struct span value)
{
	struct span rest = span_first(value, VALUE_BYTES);

	buf_printf(out, " %s=\"", name);
	while (rest.len > 0) {
		const char *at = rest.at;
		uint32_t point;
		size_t len = escape_next(&rest, &point);

		if (point == ESCAPE_BROKEN || escape_is_invisible(point)) {
			buf_add_char(out, '?');
			continue;
		}
		if (point == '"' || point == '\\' || point == ']')
			buf_add_char(out, '\\');
		buf_add(out, span_of(at, len));
	}
	buf_add_char(out, '"');
}

static void
head(const struct feed_item *item, struct span host, bool cut, struct buf *out)
{
	char time[CIVIL_TEXT_BYTES];
	struct buf number = { 0 };

	buf_printf(out, "<%d>1 %s ",
	    FACILITY_LOCAL0 * 8 + severity_of(item->severity),
	    civil_format_ms(item->last_us, time));
	word(out, host, HOST_BYTES);
	buf_add_str(out, "nephoscope - ");
	word(out, item->type, MSGID_BYTES);
	/* 32473 is the enterprise number for examples (RFC 5612). */
	buf_add_str(out, "[finding@32473");
	param(out, "id", item->id);
	buf_printf(&number, "%llu", (unsigned long long)item->revision);
	param(out, "revision", buf_span(&number));
	buf_reset(&number);
	buf_printf(&number, "%.1f", item->severity);
	param(out, "severity", buf_span(&number));
	param(out, "type", item->type);
	if (cut)
		param(out, "cut", SPAN("true"));
	buf_add_str(out, "] ");
	buf_done(&number);
}

void
syslog_text(const struct feed_item *item, struct span host, struct buf *out)
{
	head(item, host, false, out);
	buf_add(out, item->text);
}

void
syslog_text_short(const struct feed_item *item, struct span host, size_t most,
    struct buf *out)
{
	struct span rest = item->title;

	head(item, host, true, out);
	/* Whole characters only. */
	while (rest.len > 0) {
		const char *at = rest.at;
		uint32_t point;
		size_t len = escape_next(&rest, &point);

		if (out->len + len > most)
			break;
		if (point == ESCAPE_BROKEN || escape_is_invisible(point))
			buf_add_char(out, '?');
		else
			buf_add(out, span_of(at, len));
	}
}

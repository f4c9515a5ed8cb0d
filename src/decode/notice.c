/*
 * What a collector tells of the logs themselves, written as a parcel and read
 * again, so that it is judged in order, committed and repeated as logs are.
 * Names of objects are as hostile as their bytes.
 */
#include <inttypes.h>

#include "base/civil.h"
#include "base/escape.h"
#include "decode/decoder.h"

static void
add(struct buf *text, const char *name, struct span value)
{
	buf_printf(text, "%s\"%s\":\"", text->len > 1 ? "," : "", name);
	escape_json(value, text);
	buf_add_char(text, '"');
}

void
decode_notice_write(const struct decode_notice *n, struct buf *text)
{
	struct buf identity = { 0 };
	char time[CIVIL_TEXT_BYTES];

	decode_notice_identity(n, &identity);
	buf_add_char(text, '{');
	add(text, "notice", n->notice.detector);
	add(text, "id", buf_span(&identity));
	add(text, "resource", n->notice.resource);
	add(text, "account", n->account);
	add(text, "region", n->region);
	add(text, "cluster", n->cluster);
	add(text, "time", span_str(civil_format(n->time_us, time)));
	for (enum notice_fact f = 0; f < NOTICE_FACTS; f++)
		add(text, notice_fact_text(f), n->notice.fact[f]);
	buf_add_str(text, "}\n");
	buf_done(&identity);
}

void
decode_notice_identity(const struct decode_notice *n, struct buf *identity)
{
	const struct span parts[] = { n->notice.resource, n->account, n->region,
		n->cluster, n->notice.fact[NOTICE_REASON],
		n->notice.fact[NOTICE_DIGEST], n->notice.fact[NOTICE_FOUND] };
	uint64_t hash = hash_mix(1, (uint64_t)n->time_us);

	for (size_t i = 0; i < COUNTOF(parts); i++)
		hash = hash_mix(hash, hash_span(&HASH_KEY_DEFAULT, parts[i]));
	buf_printf(identity, "notice/%.*s/%016" PRIx64,
	    SPAN_ARGS(n->notice.detector), hash);
}

static struct span
text_of(struct json_value v, const char *name)
{
	return json_get_string(v, span_str(name));
}

bool
notice_read(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct notice *n = arena_alloc(d->batch->arena, sizeof(*n));
	struct event *ev;

	if (n == NULL || json_type(v) != JSON_OBJECT)
		return false;
	n->detector = text_of(v, "notice");
	n->resource = text_of(v, "resource");
	for (enum notice_fact f = 0; f < NOTICE_FACTS; f++)
		n->fact[f] = text_of(v, notice_fact_text(f));
	if (span_is_empty(n->detector))
		return false;
	ev = decode_event(d, SOURCE_NOTICE);
	ev->notice = n;
	ev->region = text_of(v, "region");
	ev->cluster = text_of(v, "cluster");
	ev->record = v;
	decode_id(d, ev, text_of(v, "id"), SPAN(""));
	ev->activity = ev->id_key[0];
	decode_tenant(d, ev, text_of(v, "account"), cx);
	decode_set_time(d, ev, decode_time_of(d, text_of(v, "time"), cx));
	return true;
}

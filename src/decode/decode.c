#include "decode/decode.h"

#include <stdlib.h>

#include "base/civil.h"
#include "decode/decoder.h"

#define SECOND_LIMIT_BYTES ((size_t)32 * 1024 * 1024)
#define UNKNOWN_TEXT_BYTES ((size_t)64 * 1024)
#define BINARY_PROBE_BYTES 512

/* Seeds: one purpose each. */
#define SEED_ID 1
#define SEED_ACTIVITY 3

/* Which formats are of which kind of log; all others of each. */
static const enum source only[DECODE_FORMAT_COUNT] = {
	[DECODE_CLOUDTRAIL] = SOURCE_CLOUDTRAIL,
	[DECODE_VPCFLOW] = SOURCE_VPCFLOW,
	[DECODE_ROUTE53] = SOURCE_DNS,
	[DECODE_COREDNS] = SOURCE_DNS,
	[DECODE_K8S_AUDIT] = SOURCE_K8S_AUDIT,
	[DECODE_NOTICE] = SOURCE_NOTICE,
};

static const enum source kinds[] = {
	[KIND_NONE] = SOURCE_COUNT,
	[KIND_CLOUDTRAIL] = SOURCE_CLOUDTRAIL,
	[KIND_AUDIT] = SOURCE_K8S_AUDIT,
	[KIND_DNS] = SOURCE_DNS,
};

/* What the piece's refused records would have been: what their parcel is said
 * to be, or what its latest record was. */
static enum source
kind_of(const struct decoder *d)
{
	static const enum source lines[] = {
		[LINE_NONE] = SOURCE_COUNT,
		[LINE_FLOW] = SOURCE_VPCFLOW,
		[LINE_COREDNS] = SOURCE_DNS,
		[LINE_BIND] = SOURCE_DNS,
		[LINE_ZEEK] = SOURCE_DNS,
		[LINE_ZONE] = SOURCE_DNS,
	};

	if (d->options.format != DECODE_AUTO)
		return only[d->options.format];
	return d->kind != KIND_NONE ? kinds[d->kind] : lines[d->line];
}

void
decode_reject(struct decoder *d, struct span text, const char *reason)
{
	d->rejected++;
	d->refused = true;
	if (d->options.reject != NULL)
		d->options.reject(d->options.cookie, text, reason);
}

void
decode_reject_value(struct decoder *d, struct json_value v, const char *reason)
{
	buf_reset(&d->scratch);
	text_of_value(v, &d->scratch);
	decode_reject(d, buf_span(&d->scratch), reason);
}

void
decode_skip(struct decoder *d, const char *reason)
{
	if (d->understood || d->skipped)
		return;
	d->skipped = true;
	d->reason = reason;
}

static const char *
unknown_reason(const struct decoder *d)
{
	static const char *const wanted[DECODE_FORMAT_COUNT] = {
		[DECODE_AUTO] = "not a known record",
		[DECODE_CLOUDTRAIL] = "not a CloudTrail record",
		[DECODE_VPCFLOW] = "not a VPC flow record",
		[DECODE_ROUTE53] = "not a DNS query",
		[DECODE_COREDNS] = "not a DNS query",
		[DECODE_K8S_AUDIT] = "not a Kubernetes audit event",
		[DECODE_NOTICE] = "not a notice",
	};

	return wanted[d->options.format];
}

static void
report_unknown(struct decoder *d, struct json_value v, struct span text)
{
	if (v.tape != NULL)
		decode_reject_value(d, v, unknown_reason(d));
	else
		decode_reject(d, text, unknown_reason(d));
}

void
decode_unknown(struct decoder *d, struct json_value v, struct span text)
{
	if (d->understood || d->options.format != DECODE_AUTO) {
		report_unknown(d, v, text);
		return;
	}
	if (d->nunknown == d->unknown_room) {
		d->unknown_room = d->unknown_room ? d->unknown_room * 2 : 64;
		d->unknown = status_realloc(
		    d->unknown, d->unknown_room, sizeof(*d->unknown));
	}
	d->unknown[d->nunknown++] = (struct unknown){ v, text };
}

bool
decode_wants(const struct decoder *d, enum source s)
{
	return d->options.format == DECODE_AUTO || only[d->options.format] == s;
}

void
decode_understood(struct decoder *d, enum source s)
{
	d->counts.events[s]++;
	d->understood = true;
}

struct event *
decode_event(struct decoder *d, enum source s)
{
	struct event *ev = batch_add(d->batch);

	ev->source = s;
	decode_understood(d, s);
	return ev;
}

int64_t
decode_time_of(
    struct decoder *d, struct span text, const struct decode_context *cx)
{
	int64_t time_us;

	if (text.len > 0 && civil_parse(text, &time_us)) {
		d->last_us = time_us;
		return time_us;
	}
	if (cx->time_us != DECODE_NO_TIME) {
		d->last_us = cx->time_us;
		return cx->time_us;
	}
	return d->last_us != DECODE_NO_TIME ? d->last_us : d->place.time_us;
}

void
decode_set_time(struct decoder *d, struct event *ev, int64_t time_us)
{
	if (time_us == DECODE_NO_TIME) {
		/* Zero until a later record of the piece has a time. */
		d->untimed++;
		return;
	}
	ev->time_us = time_us;
}

void
decode_tenant(struct decoder *d, struct event *ev, struct span account,
    const struct decode_context *cx)
{
	struct span name;

	if (account.len == 0)
		account = cx->account;
	if (account.len == 0)
		account = d->place.account;
	ev->account = account;
	name = account.len > 0 ? account : ev->cluster;
	if (name.len == 0)
		name = SPAN("unknown");
	if (!d->tenant_known || !span_equal(d->tenant_name, name)) {
		d->tenant = batch_tenant(d->batch, name);
		d->tenant_name = d->batch->tenants[d->tenant];
		/* Past the limit the last tenant stands for many names. */
		d->tenant_known = span_equal(d->tenant_name, name);
	}
	ev->tenant = d->tenant;
}

void
decode_id(
    const struct decoder *d, struct event *ev, struct span id, struct span more)
{
	ev->id = id;
	if (id.len == 0)
		return;
	hash_pair(&d->key, SEED_ID, id, ev->id_key);
	if (more.len > 0) {
		uint64_t stage = hash_seeded(&d->key, SEED_ID, more);

		ev->id_key[0] = hash_mix(ev->id_key[0], stage);
		ev->id_key[1] = hash_mix(ev->id_key[1], stage);
	}
}

struct hash_state
decode_activity(const struct decoder *d, uint64_t salt)
{
	return hash_begin(&d->key, hash_mix(SEED_ACTIVITY, salt));
}

/* Records without a time take that of the first record that has one. */
static void
fill_times(struct decoder *d)
{
	struct batch *b = d->batch;
	int64_t first_us = 0;

	for (size_t i = 0; i < b->count && first_us == 0; i++)
		first_us = b->events[i].time_us;
	for (size_t i = 0; i < b->count; i++) {
		if (b->events[i].time_us == 0)
			b->events[i].time_us = first_us;
	}
}

/* Nothing of the parcel was understood so far: is it a log at all? */
static void
settle_unknown(struct decoder *d)
{
	if (d->nunknown > 0 && !d->understood && !d->refused)
		decode_skip(d, "not a known log");
	if (!d->skipped) {
		for (size_t i = 0; i < d->nunknown; i++)
			report_unknown(
			    d, d->unknown[i].value, d->unknown[i].text);
	}
	d->nunknown = 0;
}

static bool
is_binary(const struct batch *b)
{
	size_t len =
	    b->text_len < BINARY_PROBE_BYTES ? b->text_len : BINARY_PROBE_BYTES;

	return len > 0 && memchr(b->text, '\0', len) != NULL;
}

struct decoder *
decoder_new(const struct decode_options *options)
{
	struct decoder *d = status_calloc(1, sizeof(*d));

	d->options = *options;
	d->key = options->key != NULL ? *options->key : HASH_KEY_DEFAULT;
	d->reason = "";
	d->scratch.limit = UNKNOWN_TEXT_BYTES;
	d->mended.limit = SECOND_LIMIT_BYTES;
	d->second = json_parser_new(SECOND_LIMIT_BYTES);
	cloudtrail_maps(d);
	audit_maps(d);
	gke_maps(d);
	dns_maps(d);
	wrap_maps(d);
	decode_begin(d, SPAN(""));
	return d;
}

void
decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < BATCH_INNER_MAX; i++) {
		free(d->inner[i].text);
		free(d->inner[i].items);
	}
	json_parser_free(d->second);
	buf_done(&d->scratch);
	buf_done(&d->mended);
	free(d->unknown);
	free(d->joins);
	free(d);
}

void
decode_say(struct decoder *d, enum decode_format format, const char *cluster)
{
	d->options.format = format;
	d->options.cluster = cluster;
}

/* What earlier pieces told. */
static void
forget_pieces(struct decoder *d)
{
	d->kind = d->settled;
	d->line = LINE_NONE;
	d->last_us = DECODE_NO_TIME;
	d->flow.known = false;
	d->zeek.count = 0;
}

void
decode_begin(struct decoder *d, struct span place)
{
	d->path = place;
	d->understood = false;
	d->refused = false;
	d->skipped = false;
	d->reason = "";
	d->settled = KIND_NONE;
	forget_pieces(d);
	place_read(d, place);
}

/* Only records of JSON tell nothing of later ones: lines have columns, and
 * those of text logs the time of the line before. */
static void
settle(struct decoder *d, enum cut_kind kind)
{
	if (kind != CUT_LINES && d->understood && d->line == LINE_NONE &&
	    !d->flow.known && d->zeek.count == 0)
		d->settled = d->kind;
}

enum source
decode_settled(const struct decoder *d)
{
	return kinds[d->settled];
}

void
decode_go_on(struct decoder *d, enum source settled)
{
	for (size_t i = 0; i < COUNTOF(kinds); i++) {
		if (kinds[i] == settled)
			d->settled = (enum decode_kind)i;
	}
	d->understood = true;
}

enum status
decode_batch(struct decoder *d, struct batch *batch, enum cut_kind kind,
    struct span prefix)
{
	size_t count = batch->count;

	d->batch = batch;
	d->depth = 0;
	d->untimed = 0;
	d->nunknown = 0;
	d->rejected = 0;
	d->tenant_known = false;
	if (d->skipped)
		return STATUS_UNSUPPORTED;
	if (d->settled != KIND_NONE)
		forget_pieces(d);
	if (!d->understood && is_binary(batch)) {
		decode_skip(d, "binary");
		return STATUS_UNSUPPORTED;
	}
	if (kind == CUT_LINES)
		lines_read(d);
	else
		piece_read(d, kind, prefix);
	wrap_finish(d);
	if (d->untimed > 0)
		fill_times(d);
	settle_unknown(d);
	d->counts.quarantined[kind_of(d)] += d->rejected;
	if (d->settled == KIND_NONE)
		settle(d, kind);
	if (!d->skipped)
		return STATUS_OK;
	batch->count = count;
	return STATUS_UNSUPPORTED;
}

const char *
decode_reason(const struct decoder *d)
{
	return d->reason;
}

const struct decode_counts *
decode_counts(const struct decoder *d)
{
	return &d->counts;
}

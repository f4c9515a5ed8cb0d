/*
 * Envelopes: what carries records of our sources, and how to open it.
 */
#include <stdlib.h>

#include "base/civil.h"
#include "decode/decoder.h"

struct envelope {
	struct json_value records_upper, records, items, detail, log_events;
	struct json_value payload, properties, message, at_message, log;
	struct json_value digest, config_items, event_data, source;
	struct json_value src, dst;
	struct span kind, message_type, category, time, timestamp, at_time;
};

#define STRING(name, member)                                                   \
	FIELD_AT(struct envelope, name, member, FIELD_STRING)
#define VALUE(name, member) FIELD_AT(struct envelope, name, member, FIELD_VALUE)

static const struct field fields[] = {
	VALUE("Records", records_upper),
	VALUE("records", records),
	VALUE("items", items),
	VALUE("detail", detail),
	VALUE("logEvents", log_events),
	VALUE("protoPayload", payload),
	VALUE("properties", properties),
	VALUE("message", message),
	VALUE("@message", at_message),
	VALUE("log", log),
	VALUE("digestStartTime", digest),
	VALUE("configurationItems", config_items),
	VALUE("eventData", event_data),
	VALUE("_source", source),
	VALUE("srcaddr", src),
	VALUE("dstaddr", dst),
	STRING("kind", kind),
	STRING("messageType", message_type),
	STRING("category", category),
	STRING("time", time),
	STRING("timestamp", timestamp),
	STRING("@timestamp", at_time),
};

void
wrap_maps(struct decoder *d)
{
	fields_index(&d->wrap_map, fields, COUNTOF(fields));
}

bool
wrap_is_json(struct span text)
{
	if (text.len == 0 || (text.at[0] != '{' && text.at[0] != '['))
		return false;
	/* "[INFO]" is how CoreDNS begins a line. */
	text = span_trim(span_skip(text, 1));
	return text.len == 0 || !((text.at[0] >= 'A' && text.at[0] <= 'Z') ||
				    (text.at[0] >= 'a' && text.at[0] <= 'z'));
}

/* Keep a JSON text until all of this depth are parsed together. */
static void
inner_add(struct decoder *d, struct span text, const struct decode_context *cx)
{
	struct inner *in;

	if (d->depth >= BATCH_INNER_MAX) {
		decode_reject(d, text, "JSON inside strings too deep");
		return;
	}
	in = &d->inner[d->depth];
	if (in->count == in->items_room) {
		in->items_room = in->items_room ? in->items_room * 2 : 256;
		in->items = status_realloc(
		    in->items, in->items_room, sizeof(*in->items));
	}
	if (in->room - in->len < text.len + 2 + JSON_PADDING) {
		in->room = in->room * 2 + text.len + 65536;
		in->text = status_realloc(in->text, in->room, 1);
	}
	/* The bracket that opens all, or the comma between two. */
	in->text[in->len] = in->len == 0 ? '[' : ',';
	in->items[in->count++] =
	    (struct inner_text){ *cx, in->len + 1, text.len };
	memcpy(in->text + in->len + 1, text.at, text.len);
	in->len += text.len + 1;
}

/* Parse the texts as one array; true when it has one item for each. */
static bool
inner_parse(struct decoder *d, struct inner *in, struct json_value *root)
{
	struct json_parser *p = batch_inner(d->batch, d->depth);
	struct json_value item;
	struct json_iter it;
	size_t n = 0;

	in->text[in->len] = ']';
	memset(in->text + in->len + 1, 0, JSON_PADDING);
	if (json_parse(p, span_of(in->text, in->len + 1), root) != STATUS_OK)
		return false;
	it = json_iter(*root);
	while (json_next_item(&it, &item))
		n++;
	return n == in->count;
}

/* Some text is not JSON: keep the others. */
static void
inner_sift(struct decoder *d, struct inner *in)
{
	struct inner old = *in;

	memset(in, 0, sizeof(*in));
	for (size_t i = 0; i < old.count; i++) {
		struct span raw =
		    span_of(old.text + old.items[i].at, old.items[i].len);
		struct span text = raw;

		if (piece_try(d, &text))
			inner_add(d, text, &old.items[i].context);
		else
			decode_reject(d, raw, json_parser_error(d->second));
	}
	free(old.text);
	free(old.items);
}

/* Nothing of this depth can be had: say so of each text. */
static void
inner_refuse(struct decoder *d, struct inner *in)
{
	struct json_parser *p = batch_inner(d->batch, d->depth);

	for (size_t i = 0; i < in->count; i++)
		decode_reject(d,
		    span_of(in->text + in->items[i].at, in->items[i].len),
		    json_parser_error(p));
}

void
wrap_finish(struct decoder *d)
{
	for (d->depth = 0; d->depth < BATCH_INNER_MAX; d->depth++) {
		struct inner *in = &d->inner[d->depth];
		struct json_value root, item;
		struct json_iter it;
		size_t i = 0;
		bool parsed;

		if (in->count == 0)
			continue;
		parsed = inner_parse(d, in, &root);
		if (!parsed) {
			inner_sift(d, in);
			parsed = in->count > 0 && inner_parse(d, in, &root);
			if (!parsed)
				inner_refuse(d, in);
		}
		it = parsed ? json_iter(root) : (struct json_iter){ 0 };
		/* What is found inside now belongs to the next depth. */
		d->depth++;
		while (parsed && json_next_item(&it, &item))
			wrap_value(d, item, &in->items[i++].context);
		d->depth--;
		in->len = in->count = 0;
	}
}

void
wrap_text(struct decoder *d, struct span text, const struct decode_context *cx)
{
	text = span_trim(text);
	if (wrap_is_json(text))
		inner_add(d, text, cx);
	else
		lines_one(d, text, cx);
}

/* "/aws/eks/NAME/cluster" */
static struct span
eks_cluster(struct span group)
{
	struct span prefix = SPAN("/aws/eks/");

	if (!span_starts(group, prefix))
		return SPAN("");
	group = span_skip(group, prefix.len);
	return span_first(group, span_find(group, '/', 0));
}

void
wrap_context(
    struct decoder *d, struct json_value envelope, struct decode_context *cx)
{
	struct span owner = json_get_string(envelope, SPAN("owner"));
	struct span group = json_get_string(envelope, SPAN("logGroup"));
	struct span cluster = eks_cluster(group);

	(void)d;
	if (owner.len > 0)
		cx->account = owner;
	if (cluster.len > 0)
		cx->cluster = cluster;
	cx->stream = json_get_string(envelope, SPAN("logStream"));
}

/* A cluster's log group has streams of other components beside the audit. */
static bool
is_other_stream(const struct decode_context *cx)
{
	return cx->cluster.len > 0 && cx->stream.len > 0 &&
	       !span_starts(cx->stream, SPAN("kube-apiserver-audit"));
}

static void
wrap_message(struct decoder *d, struct json_value message,
    const struct decode_context *cx)
{
	if (is_other_stream(cx)) {
		d->counts.ignored++;
		d->understood = true;
	} else if (json_is(message, JSON_STRING)) {
		wrap_text(d, json_string(message), cx);
	} else {
		wrap_value(d, message, cx);
	}
}

/* CloudWatch Logs, as a subscription or an export gives them. */
static void
wrap_log_events(struct decoder *d, struct json_value v,
    struct json_value events, const struct decode_context *cx)
{
	struct json_iter it = json_iter(events);
	struct decode_context here = *cx;
	struct json_value item;

	wrap_context(d, v, &here);
	d->understood = true;
	while (json_next_item(&it, &item)) {
		struct json_value message = json_get(item, SPAN("message"));
		int64_t ms = json_int(json_get(item, SPAN("timestamp")), 0);

		here.time_us =
		    ms > 0 && ms < INT64_MAX / 1000 ? ms * 1000 : cx->time_us;
		if (message.tape != NULL)
			wrap_message(d, message, &here);
		else
			decode_unknown(d, item, SPAN(""));
	}
}

/* ".../MANAGEDCLUSTERS/NAME" and "/SUBSCRIPTIONS/ID/..." */
static struct span
azure_part(struct span id, struct span name)
{
	struct span part;

	while (id.at != NULL) {
		part = span_cut(&id, '/');
		if (span_equal_nocase(part, name))
			return span_cut(&id, '/');
	}
	return SPAN("");
}

/* Azure's diagnostic log of a managed cluster. */
static void
wrap_azure(struct decoder *d, struct json_value v, const struct envelope *e,
    const struct decode_context *cx)
{
	struct span id = json_get_string(v, SPAN("resourceId"));
	struct decode_context here = *cx;

	if (!span_starts(e->category, SPAN("kube-audit")) &&
	    e->category.len > 0) {
		d->counts.ignored++;
		d->understood = true;
		return;
	}
	here.cluster = azure_part(id, SPAN("managedClusters"));
	here.account = azure_part(id, SPAN("subscriptions"));
	wrap_message(d, json_get(e->properties, SPAN("log")), &here);
}

/* EventBridge says account and region beside the record. */
static void
wrap_detail(struct decoder *d, struct json_value v, struct json_value detail,
    const struct decode_context *cx)
{
	struct decode_context here = *cx;
	struct span account = json_get_string(v, SPAN("account"));
	struct span region = json_get_string(v, SPAN("region"));
	int64_t time_us;

	if (account.len > 0)
		here.account = account;
	if (region.len > 0)
		here.region = region;
	if (civil_parse(json_get_string(v, SPAN("time")), &time_us))
		here.time_us = time_us;
	wrap_value(d, detail, &here);
}

/* Lines and objects as log shippers wrap them. */
static void
wrap_shipped(struct decoder *d, struct json_value inside,
    const struct envelope *e, const struct decode_context *cx)
{
	struct decode_context here = *cx;
	struct span time = e->time.len > 0	  ? e->time
			   : e->timestamp.len > 0 ? e->timestamp
						  : e->at_time;

	(void)civil_parse(time, &here.time_us);
	wrap_message(d, inside, &here);
}

static bool
is_text_or_object(struct json_value v)
{
	return json_is(v, JSON_STRING) || json_is(v, JSON_OBJECT);
}

static struct json_value
shipped(const struct envelope *e)
{
	const struct json_value all[] = { e->message, e->at_message, e->log,
		e->event_data, e->source };

	for (size_t i = 0; i < COUNTOF(all); i++) {
		if (is_text_or_object(all[i]))
			return all[i];
	}
	return (struct json_value){ 0 };
}

static struct json_value
list(const struct envelope *e)
{
	if (json_is(e->records_upper, JSON_ARRAY))
		return e->records_upper;
	if (json_is(e->records, JSON_ARRAY))
		return e->records;
	return json_is(e->items, JSON_ARRAY) ? e->items
					     : (struct json_value){ 0 };
}

/* Records of our sources themselves, the latest kind first. */
static bool
read_record(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	static bool (*const readers[])(struct decoder *, struct json_value,
	    const struct decode_context *) = {
		[KIND_CLOUDTRAIL] = cloudtrail_read,
		[KIND_AUDIT] = audit_read,
		[KIND_DNS] = dns_read,
	};
	static const enum source sources[] = {
		[KIND_CLOUDTRAIL] = SOURCE_CLOUDTRAIL,
		[KIND_AUDIT] = SOURCE_K8S_AUDIT,
		[KIND_DNS] = SOURCE_DNS,
	};

	if (d->kind != KIND_NONE && readers[d->kind](d, v, cx))
		return true;
	for (size_t i = KIND_CLOUDTRAIL; i < COUNTOF(readers); i++) {
		if (i == d->kind || !decode_wants(d, sources[i]) ||
		    !readers[i](d, v, cx))
			continue;
		d->kind = (enum decode_kind)i;
		return true;
	}
	return false;
}

static void
wrap_list(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct json_iter it = json_iter(v);
	struct json_value item;

	while (json_next_item(&it, &item))
		wrap_value(d, item, cx);
}

/* What is neither a record nor a plain list. */
static bool
open_envelope(struct decoder *d, struct json_value v, const struct envelope *e,
    const struct decode_context *cx)
{
	if (json_is(e->log_events, JSON_ARRAY))
		wrap_log_events(d, v, e->log_events, cx);
	else if (json_is(e->detail, JSON_OBJECT))
		wrap_detail(d, v, e->detail, cx);
	else if (json_get(e->properties, SPAN("log")).tape != NULL)
		wrap_azure(d, v, e, cx);
	else if (e->src.tape != NULL || e->dst.tape != NULL)
		return decode_wants(d, SOURCE_VPCFLOW) &&
		       vpcflow_object(d, v, cx);
	else if (shipped(e).tape != NULL)
		wrap_shipped(d, shipped(e), e, cx);
	else
		return false;
	return true;
}

/* Whole files and messages that are known to be no log. */
static bool
is_no_log(struct decoder *d, const struct envelope *e)
{
	if (e->digest.tape != NULL)
		decode_skip(d, "CloudTrail digest");
	if (e->config_items.tape != NULL)
		decode_skip(d, "AWS Config snapshot");
	return d->skipped ||
	       span_equal(e->message_type, SPAN("CONTROL_MESSAGE"));
}

static void
wrap_object(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	struct envelope e = { 0 };
	struct json_value items;

	if (d->kind != KIND_NONE && read_record(d, v, cx))
		return;
	(void)fields_read(&d->wrap_map, v, &e);
	items = list(&e);
	if (items.tape != NULL) {
		/* A list may well be empty and still be a log. */
		d->understood = d->understood || e.items.tape == NULL ||
				span_equal(e.kind, SPAN("EventList"));
		wrap_list(d, items, cx);
		return;
	}
	if (is_no_log(d, &e))
		return;
	if (e.payload.tape != NULL && decode_wants(d, SOURCE_K8S_AUDIT) &&
	    gke_read(d, v, cx))
		return;
	if (d->kind == KIND_NONE && read_record(d, v, cx))
		return;
	if (!open_envelope(d, v, &e, cx))
		decode_unknown(d, v, SPAN(""));
}

void
wrap_value(
    struct decoder *d, struct json_value v, const struct decode_context *cx)
{
	if (d->options.format == DECODE_NOTICE) {
		if (!notice_read(d, v, cx))
			decode_unknown(d, v, SPAN(""));
		return;
	}
	switch (json_type(v)) {
	case JSON_OBJECT:
		wrap_object(d, v, cx);
		break;
	case JSON_ARRAY:
		wrap_list(d, v, cx);
		break;
	case JSON_STRING:
		wrap_text(d, json_string(v), cx);
		break;
	case JSON_NULL:
		d->counts.ignored++;
		break;
	case JSON_NONE:
	case JSON_INTEGER:
	case JSON_UNSIGNED:
	case JSON_DOUBLE:
	case JSON_TRUE:
	case JSON_FALSE:
		decode_unknown(d, v, SPAN(""));
		break;
	}
}

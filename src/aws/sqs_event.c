#include "aws/sqs_event.h"

#include <stdlib.h>
#include <string.h>

#include "aws/s3_page.h"
#include "base/civil.h"
#include "codec/json.h"

#define BODY_MAX ((size_t)2 * 1024 * 1024) /* SQS holds 1 MiB at most */
#define WRAPS_MAX 3
#define KEY_MAX 4096

struct sqs_event_parser {
	struct json_parser *json;
	struct buf text; /* with padding behind it */
};

struct sqs_event_parser *
sqs_event_parser_new(void)
{
	struct sqs_event_parser *p = status_calloc(1, sizeof(*p));

	p->json = json_parser_new(BODY_MAX);
	json_parser_strings(p->json, BODY_MAX);
	return p;
}

void
sqs_event_parser_free(struct sqs_event_parser *p)
{
	if (p == NULL)
		return;
	json_parser_free(p->json);
	buf_done(&p->text);
	free(p);
}

void
sqs_event_done(struct sqs_event *event)
{
	free(event->objects);
	free(event->text);
	*event = (struct sqs_event){ 0 };
}

/* --- keys ----------------------------------------------------------------- */

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Could encoding have made this?  It leaves no blank, nothing beyond ASCII,
 * and no % but before two digits. */
static bool
may_be_encoded(struct span key)
{
	for (size_t i = 0; i < key.len; i++) {
		if (key.at[i] <= ' ' || (unsigned char)key.at[i] >= 0x7f)
			return false;
		if (key.at[i] == '%' &&
		    (i + 2 >= key.len || !is_hex(key.at[i + 1]) ||
			!is_hex(key.at[i + 2])))
			return false;
	}
	return true;
}

/* There is room for all: a message has each of these texts once, and a key
 * twice at most. */
static struct span
keep(struct sqs_event *e, struct span s)
{
	struct span kept = { e->end, s.len };

	if (s.len > 0)
		memcpy(e->end, s.at, s.len);
	e->end += s.len;
	return kept;
}

static void
take_key(struct sqs_event *e, struct sqs_event_object *o, struct span raw,
    bool encoded)
{
	struct buf decoded = { 0 };

	s3_page_decode(raw, &decoded);
	if (!may_be_encoded(raw) || span_equal(raw, buf_span(&decoded))) {
		o->key = keep(e, raw);
	} else if (encoded) {
		o->key = keep(e, buf_span(&decoded));
		o->other_key = keep(e, raw);
	} else {
		o->key = keep(e, raw);
		o->other_key = keep(e, buf_span(&decoded));
	}
	buf_done(&decoded);
}

/* --- kinds of notices ----------------------------------------------------- */

static struct sqs_event_object *
add_object(
    struct sqs_event *e, struct span bucket, struct span key, bool encoded)
{
	struct sqs_event_object o = { 0 };

	if (key.len == 0 || key.len > KEY_MAX ||
	    e->count == SQS_EVENT_OBJECTS_MAX)
		return NULL;
	o.bucket = bucket;
	take_key(e, &o, key, encoded);
	if (e->count % 16 == 0)
		e->objects = status_realloc(
		    e->objects, e->count + 16, sizeof(*e->objects));
	e->objects[e->count] = o;
	return &e->objects[e->count++];
}

static bool
add_details(struct sqs_event *e, struct sqs_event_object *o,
    struct json_value object, struct span etag, struct span time)
{
	int64_t size = json_int(json_get(object, SPAN("size")), 0);

	if (o == NULL)
		return false;
	o->size = size > 0 ? (uint64_t)size : 0;
	o->etag = keep(e, etag);
	(void)civil_parse(time, &o->time_us);
	return true;
}

static bool
is_new_object(struct span name)
{
	if (span_starts(name, SPAN("s3:")))
		name = span_skip(name, 3);
	return span_starts(name, SPAN("ObjectCreated:")) ||
	       span_starts(name, SPAN("ObjectRestore:Completed"));
}

static bool
read_records(struct json_value records, struct sqs_event *e)
{
	struct json_iter it = json_iter(records);
	struct json_value record;

	while (json_next_item(&it, &record)) {
		struct json_value s3 = json_get(record, SPAN("s3"));
		struct json_value object = json_get(s3, SPAN("object"));
		struct json_value bucket = json_get(s3, SPAN("bucket"));

		if (!json_is(s3, JSON_OBJECT))
			return false;
		if (!is_new_object(
			json_get_string(record, SPAN("eventName")))) {
			e->ignored++;
			continue;
		}
		if (!add_details(e,
			add_object(e,
			    keep(e, json_get_string(bucket, SPAN("name"))),
			    json_get_string(object, SPAN("key")), true),
			object, json_get_string(object, SPAN("eTag")),
			json_get_string(record, SPAN("eventTime"))))
			return false;
	}
	return e->count + e->ignored > 0;
}

static bool
read_bridge(struct json_value root, struct sqs_event *e)
{
	struct json_value detail = json_get(root, SPAN("detail"));
	struct json_value object = json_get(detail, SPAN("object"));
	struct json_value bucket = json_get(detail, SPAN("bucket"));
	struct span type = json_get_string(root, SPAN("detail-type"));

	if (!span_equal(type, SPAN("Object Created")) &&
	    !span_equal(type, SPAN("Object Restore Completed"))) {
		e->ignored++;
		return span_starts(type, SPAN("Object "));
	}
	return add_details(e,
	    add_object(e, keep(e, json_get_string(bucket, SPAN("name"))),
		json_get_string(object, SPAN("key")), false),
	    object, json_get_string(object, SPAN("etag")),
	    json_get_string(root, SPAN("time")));
}

/* CloudTrail's own: {"s3Bucket": ..., "s3ObjectKey": [...]} */
static bool
read_trail(struct json_value root, struct sqs_event *e)
{
	struct json_iter it = json_iter(json_get(root, SPAN("s3ObjectKey")));
	struct json_value key;
	struct span bucket = keep(e, json_get_string(root, SPAN("s3Bucket")));

	while (json_next_item(&it, &key)) {
		if (add_object(e, bucket, json_string(key), false) == NULL)
			return false;
	}
	return e->count > 0;
}

/* --- the whole ------------------------------------------------------------ */

static enum status
parse(struct sqs_event_parser *p, struct span body, struct json_value *root)
{
	static const char padding[JSON_PADDING];

	/* `body` may be a string of the tree that the parser makes anew. */
	struct buf text = { .limit = BODY_MAX + 2 * (size_t)JSON_PADDING };

	if (body.len > BODY_MAX)
		return STATUS_TOO_LARGE;
	buf_add(&text, body);
	buf_add(&text, span_of(padding, sizeof(padding)));
	buf_done(&p->text);
	p->text = text;
	return json_parse(p->json, span_of(text.at, body.len), root);
}

static const char *
read_root(struct json_value root, struct sqs_event *e)
{
	struct json_value records = json_get(root, SPAN("Records"));

	if (span_equal(
		json_get_string(root, SPAN("Event")), SPAN("s3:TestEvent"))) {
		e->test = true;
		return NULL;
	}
	if (json_is(records, JSON_ARRAY))
		return read_records(records, e) ? NULL
						: "its records are not of S3";
	if (json_is(json_get(root, SPAN("detail-type")), JSON_STRING))
		return read_bridge(root, e) ? NULL
					    : "an event that is not of S3";
	if (json_is(json_get(root, SPAN("s3ObjectKey")), JSON_ARRAY))
		return read_trail(root, e) ? NULL : "it names no object";
	return "no notice of S3, EventBridge or CloudTrail";
}

enum status
sqs_event_read(struct sqs_event_parser *p, struct span body,
    struct sqs_event *event, const char **why)
{
	struct json_value root;

	*event = (struct sqs_event){ 0 };
	for (unsigned i = 0; i <= WRAPS_MAX; i++) {
		struct span type, message;

		*why = "it is not JSON";
		if (parse(p, body, &root) != STATUS_OK)
			return STATUS_MALFORMED;
		message = json_get_string(root, SPAN("Message"));
		type = json_get_string(root, SPAN("Type"));
		*why = "an SNS subscription that waits to be confirmed";
		if (span_equal(type, SPAN("SubscriptionConfirmation")))
			return STATUS_UNSUPPORTED;
		if (!span_equal(type, SPAN("Notification")) || message.len == 0)
			break;
		*why = "wrapped too often";
		body = message;
		if (i == WRAPS_MAX)
			return STATUS_UNSUPPORTED;
	}
	event->end = event->text = status_calloc(body.len + 1, 2);
	*why = read_root(root, event);
	if (*why != NULL) {
		sqs_event_done(event);
		return STATUS_UNSUPPORTED;
	}
	return STATUS_OK;
}

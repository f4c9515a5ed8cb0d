#include "aws/sqs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "base/escape.h"
#include "codec/json.h"
#include "codec/xml.h"

#define VERSION_OF_QUERY "2012-11-05"
#define ANSWER_MAX ((size_t)16 * 1024 * 1024)
#define CALL_MS 60000

enum action { RECEIVE, DELETE, EXTEND };

static const char *const names[] = {
	[RECEIVE] = "ReceiveMessage",
	[DELETE] = "DeleteMessageBatch",
	[EXTEND] = "ChangeMessageVisibilityBatch",
};

struct wait {
	struct sqs *queue;
	enum action action;
	struct sqs_wish wish;
	unsigned wait_s, hidden_s;
	struct span receipts[SQS_BATCH_MAX];
	size_t count;
	char *text; /* holds the receipts */
	bool query; /* how it was asked */
	uint64_t number;
	struct wait *next, **here; /* what points to this one */
};

struct sqs {
	struct aws *aws;
	char *url, *region, *endpoint;
	bool query, proven; /* the protocol, and whether it was answered */
	struct wait *first;
};

/* sqs.REGION.amazonaws.com, also behind "vpce-...", and REGION.queue. */
static struct span
region_of_host(struct span host)
{
	struct span rest = host, before = { NULL, 0 };

	while (rest.at != NULL) {
		struct span part = span_cut(&rest, '.');

		if (span_equal(part, SPAN("sqs")) ||
		    span_equal(part, SPAN("sqs-fips")))
			return span_cut(&rest, '.');
		if (span_equal(part, SPAN("queue")))
			return before;
		before = part;
	}
	return (struct span){ NULL, 0 };
}

enum status
sqs_new(const struct sqs_options *o, struct sqs **result, struct buf *error)
{
	struct credentials *c = aws_credentials(o->aws);
	const char *endpoint = credentials_endpoint(c, "SQS");
	struct endpoint at, other;
	struct span region;
	struct sqs *s;

	if (!endpoint_split(span_str(o->url), &at)) {
		buf_add_str(error, "the queue is not an http: or https: URL");
		return STATUS_INVALID;
	}
	region = region_of_host(at.host);
	if (span_find(region, '-', 0) == region.len)
		region = span_str(
		    o->region ? o->region : credentials_region(c, NULL));
	s = status_calloc(1, sizeof(*s));
	s->aws = o->aws;
	s->url = span_to_str(span_str(o->url));
	s->region = span_to_str(region);
	if (endpoint != NULL && endpoint_split(span_str(endpoint), &other))
		s->endpoint = span_to_str(span_str(endpoint));
	*result = s;
	return STATUS_OK;
}

static void
free_wait(struct wait *w)
{
	*w->here = w->next;
	if (w->next != NULL)
		w->next->here = w->here;
	free(w->text);
	free(w);
}

void
sqs_free(struct sqs *s)
{
	if (s == NULL)
		return;
	for (struct wait *w = s->first, *next; w != NULL; w = next) {
		next = w->next;
		aws_cancel(s->aws, w->number);
		free(w->text);
		free(w);
	}
	free(s->url);
	free(s->region);
	free(s->endpoint);
	free(s);
}

/* --- what is asked -------------------------------------------------------- */

static void
add_json(struct buf *b, const char *name, struct span value)
{
	buf_printf(b, "\"%s\":\"", name);
	escape_json(value, b);
	buf_add_char(b, '"');
}

static void
write_json(const struct wait *w, struct buf *b)
{
	buf_add_char(b, '{');
	add_json(b, "QueueUrl", span_str(w->queue->url));
	if (w->action == RECEIVE) {
		buf_printf(b,
		    ",\"MaxNumberOfMessages\":%d,\"WaitTimeSeconds\":%u,"
		    "\"VisibilityTimeout\":%u,"
		    "\"AttributeNames\":[\"ApproximateReceiveCount\"]}",
		    SQS_BATCH_MAX, w->wait_s, w->hidden_s);
		return;
	}
	buf_add_str(b, ",\"Entries\":[");
	for (size_t i = 0; i < w->count; i++) {
		buf_printf(b, "%s{\"Id\":\"%zu\",", i > 0 ? "," : "", i);
		add_json(b, "ReceiptHandle", w->receipts[i]);
		if (w->action == EXTEND)
			buf_printf(b, ",\"VisibilityTimeout\":%u", w->hidden_s);
		buf_add_char(b, '}');
	}
	buf_add_str(b, "]}");
}

static void
write_query(const struct wait *w, struct buf *b)
{
	buf_printf(b, "Action=%s&Version=" VERSION_OF_QUERY "&QueueUrl=",
	    names[w->action]);
	sigv4_encode(span_str(w->queue->url), false, b);
	if (w->action == RECEIVE) {
		buf_printf(b,
		    "&MaxNumberOfMessages=%d&WaitTimeSeconds=%u"
		    "&VisibilityTimeout=%u"
		    "&AttributeName.1=ApproximateReceiveCount",
		    SQS_BATCH_MAX, w->wait_s, w->hidden_s);
		return;
	}
	for (size_t i = 0; i < w->count; i++) {
		char entry[80];

		(void)snprintf(entry, sizeof(entry), "&%sBatchRequestEntry.%zu",
		    w->action == DELETE ? "DeleteMessage"
					: "ChangeMessageVisibility",
		    i + 1);
		buf_printf(b, "%s.Id=%zu%s.ReceiptHandle=", entry, i, entry);
		sigv4_encode(w->receipts[i], false, b);
		if (w->action == EXTEND)
			buf_printf(
			    b, "%s.VisibilityTimeout=%u", entry, w->hidden_s);
	}
}

static void on_answer(void *cookie, const struct aws_answer *a);

static void
ask(struct wait *w)
{
	struct sqs *s = w->queue;
	struct buf body = { 0 }, target = { 0 };
	struct http_header headers[2];
	struct endpoint queue, at;

	w->query = s->query;
	ASSERT(endpoint_split(span_str(s->url), &queue));
	at = queue;
	if (s->endpoint != NULL)
		ASSERT(endpoint_split(span_str(s->endpoint), &at));
	buf_printf(&target, "AmazonSQS.%s", names[w->action]);
	headers[0] = (struct http_header){ SPAN("Content-Type"),
		w->query ? SPAN("application/x-www-form-urlencoded")
			 : SPAN("application/x-amz-json-1.0") };
	headers[1] =
	    (struct http_header){ SPAN("X-Amz-Target"), buf_span(&target) };
	if (w->query)
		write_query(w, &body);
	else
		write_json(w, &body);
	w->number = aws_start(s->aws,
	    &(struct aws_call){
		.service = "sqs",
		.region = span_str(s->region),
		.method = SPAN("POST"),
		.scheme = at.scheme,
		.host = at.host,
		.path = w->query && queue.path.len > 0 ? queue.path : SPAN("/"),
		.headers = headers,
		.nheaders = w->query ? 1 : 2,
		.body = buf_span(&body),
		.has_body = true,
		.body_limit = ANSWER_MAX,
		.total_ms = CALL_MS,
		.attempts = 5,
		.done = on_answer,
		.cookie = w,
	    });
	buf_done(&body);
	buf_done(&target);
}

/* --- what is answered ----------------------------------------------------- */

struct answer {
	struct sqs_message messages[SQS_BATCH_MAX];
	struct buf texts[SQS_BATCH_MAX]; /* of the query protocol */
	size_t count, failed;
};

static bool
read_json(struct json_value root, enum action action, struct answer *a)
{
	struct json_iter it = json_iter(json_get(
	    root, action == RECEIVE ? SPAN("Messages") : SPAN("Failed")));
	struct json_value item;
	uint64_t n;

	while (json_next_item(&it, &item)) {
		struct sqs_message *m;

		a->failed++;
		if (action != RECEIVE)
			continue;
		if (a->count == SQS_BATCH_MAX)
			return false;
		m = &a->messages[a->count++];
		m->id = json_get_string(item, SPAN("MessageId"));
		m->receipt = json_get_string(item, SPAN("ReceiptHandle"));
		m->body = json_get_string(item, SPAN("Body"));
		if (span_to_u64(
			json_get_string(json_get(item, SPAN("Attributes")),
			    SPAN("ApproximateReceiveCount")),
			&n) &&
		    n < UINT32_MAX)
			m->receives = (unsigned)n;
		if (m->receipt.len == 0)
			return false;
	}
	return json_is(root, JSON_OBJECT);
}

/* <Message>: its members, each kept behind the one before. */
static bool
read_message(struct xml *x, struct answer *a)
{
	struct buf *b = &a->texts[a->count];
	size_t from[4] = { 0 }, len[4] = { 0 };
	enum xml_piece piece;

	while ((piece = xml_next(x)) == XML_OPEN) {
		size_t part = span_equal(x->name, SPAN("MessageId"))	   ? 1
			      : span_equal(x->name, SPAN("ReceiptHandle")) ? 2
			      : span_equal(x->name, SPAN("Body"))	   ? 3
									   : 0;
		struct span text;

		if (part == 0 ? !xml_skip(x) : !xml_leaf(x, &text))
			return false;
		if (part == 0)
			continue;
		from[part] = b->len;
		len[part] = text.len;
		buf_add(b, text);
	}
	if (piece != XML_CLOSE || len[2] == 0)
		return false;
	a->messages[a->count++] = (struct sqs_message){
		.id = span_of(b->at + from[1], len[1]),
		.receipt = span_of(b->at + from[2], len[2]),
		.body = span_of(b->at + from[3], len[3]),
	};
	return true;
}

static bool
read_xml(struct span body, struct answer *a)
{
	struct xml x;
	enum xml_piece piece;
	bool ok = true;

	xml_init(&x, body);
	while (ok && (piece = xml_next(&x)) != XML_END) {
		if (piece == XML_BAD)
			ok = false;
		else if (piece == XML_OPEN &&
			 span_equal(x.name, SPAN("Message")))
			ok = a->count < SQS_BATCH_MAX && read_message(&x, a);
		else if (piece == XML_OPEN &&
			 span_equal(x.name, SPAN("BatchResultErrorEntry")))
			a->failed++;
	}
	xml_done(&x);
	return ok;
}

static void
tell(struct wait *w, const struct sqs_reply *reply)
{
	w->wish.done(w->wish.cookie, reply);
	free_wait(w);
}

static void
tell_answer(struct wait *w, struct span body)
{
	struct json_parser *p = json_parser_new(ANSWER_MAX);
	char *text = status_calloc(body.len + JSON_PADDING, 1);
	struct answer a = { 0 };
	struct json_value root;
	bool ok;

	json_parser_strings(p, ANSWER_MAX);
	if (body.len > 0)
		memcpy(text, body.at, body.len);
	if (w->query)
		ok = read_xml(body, &a);
	else
		ok = (body.len == 0 && w->action == EXTEND) ||
		     (json_parse(p, span_of(text, body.len), &root) ==
			     STATUS_OK &&
			 read_json(root, w->action, &a));
	w->queue->proven = w->queue->proven || ok;
	tell(w, &(struct sqs_reply){
		    .ok = ok,
		    .later = true,
		    .text = ok ? "" : "the answer cannot be understood",
		    .messages = a.messages,
		    .count = ok ? a.count : 0,
		    .failed = a.failed,
		});
	for (size_t i = 0; i < COUNTOF(a.texts); i++)
		buf_done(&a.texts[i]);
	free(text);
	json_parser_free(p);
}

/* A server that knows the query protocol alone does not find an action. */
static bool
is_no_json(const struct wait *w, const struct aws_answer *a)
{
	static const char *const codes[] = { "", "MissingAction",
		"InvalidAction", "UnknownOperation",
		"UnknownOperationException", "InvalidParameterValue" };
	int status = a->response->status;

	if (w->query || w->queue->proven || status < 400 || status > 499)
		return false;
	for (size_t i = 0; i < COUNTOF(codes); i++) {
		if (strcmp(a->fault.code, codes[i]) == 0)
			return true;
	}
	return false;
}

static void
on_answer(void *cookie, const struct aws_answer *a)
{
	struct wait *w = cookie;
	struct buf why = { 0 };

	if (a->outcome == AWS_DONE) {
		tell_answer(w, a->response->body);
		return;
	}
	if (a->outcome == AWS_REFUSED && is_no_json(w, a)) {
		w->queue->query = true;
		ask(w);
		return;
	}
	buf_add_str(&why, a->text);
	if (span_starts(span_str(a->fault.code), SPAN("AccessDenied")))
		buf_printf(&why, "; needs sqs:%s on the queue",
		    w->action == RECEIVE  ? "ReceiveMessage"
		    : w->action == DELETE ? "DeleteMessage"
					  : "ChangeMessageVisibility");
	tell(w, &(struct sqs_reply){ .later = a->outcome != AWS_REFUSED,
		    .text = buf_text(&why) });
	buf_done(&why);
}

/* --- requests ------------------------------------------------------------- */

static void
begin(struct sqs *s, struct wait w, const struct span *receipts, size_t count)
{
	struct wait *kept = status_calloc(1, sizeof(*kept));
	size_t size = 0;
	char *at;

	ASSERT(count <= SQS_BATCH_MAX);
	*kept = w;
	kept->queue = s;
	kept->count = count;
	for (size_t i = 0; i < count; i++)
		size += receipts[i].len;
	at = kept->text = status_calloc(size, 1);
	for (size_t i = 0; i < count; i++) {
		memcpy(at, receipts[i].at, receipts[i].len);
		kept->receipts[i] = span_of(at, receipts[i].len);
		at += receipts[i].len;
	}
	kept->next = s->first;
	kept->here = &s->first;
	if (kept->next != NULL)
		kept->next->here = &kept->next;
	s->first = kept;
	ask(kept);
}

void
sqs_receive(
    struct sqs *s, unsigned wait_s, unsigned hidden_s, struct sqs_wish wish)
{
	begin(s,
	    (struct wait){ .action = RECEIVE,
		.wish = wish,
		.wait_s = wait_s,
		.hidden_s = hidden_s },
	    NULL, 0);
}

void
sqs_delete(struct sqs *s, const struct span *receipts, size_t count,
    struct sqs_wish wish)
{
	begin(s, (struct wait){ .action = DELETE, .wish = wish }, receipts,
	    count);
}

void
sqs_extend(struct sqs *s, const struct span *receipts, size_t count,
    unsigned hidden_s, struct sqs_wish wish)
{
	begin(s,
	    (struct wait){
		.action = EXTEND, .wish = wish, .hidden_s = hidden_s },
	    receipts, count);
}

#include "aws/fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "codec/json.h"
#include "codec/xml.h"

#define BODY_MAX ((size_t)64 * 1024)

/* The text made printable, cut to the field. */
static void
take(struct span s, char *field, size_t size)
{
	struct buf clean = { 0 };
	size_t len;

	escape_terminal(span_first(s, size), &clean);
	len = clean.len < size - 1 ? clean.len : size - 1;
	if (len > 0)
		memcpy(field, clean.at, len);
	field[len] = '\0';
	buf_done(&clean);
}

/* The type's name without namespace and without what follows a colon. */
static void
take_code(struct span type, struct aws_fault *f)
{
	size_t hash = span_rfind(type, '#');

	if (hash < type.len)
		type = span_skip(type, hash + 1);
	take(span_first(type, span_find(type, ':', 0)), f->code,
	    sizeof(f->code));
}

static void
read_xml(struct span body, struct aws_fault *f)
{
	const struct {
		struct span name;
		char *field;
		size_t size;
	} fields[] = {
		{ SPAN("Code"), f->code, sizeof(f->code) },
		{ SPAN("Message"), f->message, sizeof(f->message) },
		{ SPAN("Region"), f->region, sizeof(f->region) },
		{ SPAN("Endpoint"), f->endpoint, sizeof(f->endpoint) },
	};
	struct xml x;
	enum xml_piece piece;
	size_t field = COUNTOF(fields);

	xml_init(&x, body);
	while ((piece = xml_next(&x)) != XML_END && piece != XML_BAD) {
		if (piece == XML_TEXT && field < COUNTOF(fields))
			take(x.text, fields[field].field, fields[field].size);
		field = COUNTOF(fields);
		for (size_t i = 0; piece == XML_OPEN && i < COUNTOF(fields);
		     i++) {
			if (span_equal(x.name, fields[i].name))
				field = i;
		}
	}
	xml_done(&x);
}

static void
read_json(struct span body, struct aws_fault *f)
{
	struct json_parser *p = json_parser_new(BODY_MAX);
	char *text = status_calloc(body.len + JSON_PADDING, 1);
	struct json_value root;
	struct span message;

	memcpy(text, body.at, body.len);
	if (json_parse(p, span_of(text, body.len), &root) == STATUS_OK) {
		struct span type = json_get_string(root, SPAN("__type"));

		if (span_is_empty(type))
			type = json_get_string(root, SPAN("code"));
		take_code(type, f);
		message = json_get_string(root, SPAN("message"));
		if (span_is_empty(message))
			message = json_get_string(root, SPAN("Message"));
		take(message, f->message, sizeof(f->message));
	}
	free(text);
	json_parser_free(p);
}

void
aws_fault_read(const struct http_response *r, struct aws_fault *fault)
{
	struct span body = span_trim(r->body);
	struct span region = http_header_of(r, SPAN("x-amz-bucket-region"));

	*fault = (struct aws_fault){ 0 };
	if (http_is_success(r) || r->status == 0)
		return;
	if (body.len > 0 && body.len <= BODY_MAX && body.at[0] == '<')
		read_xml(body, fault);
	else if (body.len > 0 && body.len <= BODY_MAX && body.at[0] == '{')
		read_json(body, fault);
	if (fault->code[0] == '\0')
		take_code(http_header_of(r, SPAN("x-amzn-errortype")), fault);
	if (!span_is_empty(region))
		take(region, fault->region, sizeof(fault->region));
}

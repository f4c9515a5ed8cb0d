#include "lists/bundle.h"

#include <stdlib.h>

#include "codec/json.h"

/* Which observables of STIX patterns say what kind. */
static bool
is_of_kind(enum intake_kind kind, struct span object)
{
	switch (kind) {
	case INTAKE_IP:
		return span_equal(object, SPAN("ipv4-addr")) ||
		       span_equal(object, SPAN("ipv6-addr")) ||
		       span_equal(object, SPAN("network-traffic"));
	case INTAKE_DOMAIN:
		return span_equal(object, SPAN("domain-name")) ||
		       span_equal(object, SPAN("url"));
	case INTAKE_HASH:
		return span_equal(object, SPAN("file"));
	case INTAKE_IMAGE:
		return span_equal(object, SPAN("x-image"));
	case INTAKE_KINDS:
		break;
	}
	return false;
}

static bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* The object type of the path that ends before `end`: "[url:value = " */
static struct span
object_of(struct span pattern, size_t end)
{
	size_t open = end, stop;

	while (open > 0 && pattern.at[open - 1] != '[' &&
	       pattern.at[open - 1] != '\'')
		open--;
	pattern = span_first(pattern, end);
	while (open < end) {
		stop = open;
		while (stop < end && is_word_char(pattern.at[stop]))
			stop++;
		if (stop > open && stop < end && pattern.at[stop] == ':')
			return span_first(
			    span_skip(pattern, open), stop - open);
		open = stop + 1;
	}
	return SPAN("");
}

/*
 * Each literal in quotes belongs to the object type named last before it; a
 * set, IN ('a', 'b'), names it once.
 */
static void
take_pattern(struct intake *in, struct span pattern, uint32_t expires_s)
{
	struct span object = SPAN("");

	for (size_t at = 0; at < pattern.len;) {
		size_t open = span_find(pattern, '\'', at);
		size_t end = span_find(pattern, '\'', open + 1);
		struct span named = object_of(pattern, open);

		if (end >= pattern.len)
			return;
		if (!span_is_empty(named))
			object = named;
		if (is_of_kind(in->kind, object))
			(void)intake_offer(in,
			    span_first(
				span_skip(pattern, open + 1), end - open - 1),
			    expires_s);
		at = end + 1;
	}
}

/* "domain|ip", "ip-dst|port": the parts are offered one by one. */
static void
take_attribute(struct intake *in, struct json_value attribute)
{
	struct span value = json_get_string(attribute, SPAN("value"));
	struct json_value ids = json_get(attribute, SPAN("to_ids"));

	if (json_is(ids, JSON_FALSE) ||
	    json_is_true(json_get(attribute, SPAN("deleted"))))
		return;
	while (value.at != NULL)
		(void)intake_offer(in, span_trim(span_cut(&value, '|')), 0);
}

static bool
is_misp(struct json_value v, struct span type)
{
	return json_is(json_get(v, SPAN("value")), JSON_STRING) &&
	       (json_is(json_get(v, SPAN("category")), JSON_STRING) ||
		   json_type(json_get(v, SPAN("to_ids"))) != JSON_NONE) &&
	       !span_is_empty(type);
}

static bool
take_object(struct intake *in, struct json_value v)
{
	struct span type = json_get_string(v, SPAN("type"));

	if (span_equal(type, SPAN("indicator"))) {
		if (!json_is_true(json_get(v, SPAN("revoked"))))
			take_pattern(in, json_get_string(v, SPAN("pattern")),
			    intake_expiry(
				json_get_string(v, SPAN("valid_until"))));
		return true;
	}
	if (!is_misp(v, type))
		return false;
	take_attribute(in, v);
	return true;
}

/* Depth is bounded by JSON_DEPTH_MAX. */
static void
walk(struct intake *in, struct json_value v)
{
	struct json_iter it = json_iter(v);
	struct json_value next;
	struct span key;

	if (json_is(v, JSON_ARRAY)) {
		while (json_next_item(&it, &next))
			walk(in, next);
	} else if (json_is(v, JSON_OBJECT) && !take_object(in, v)) {
		while (json_next_member(&it, &key, &next))
			walk(in, next);
	}
}

static enum status
parse(struct intake *in, struct span text, const char **why)
{
	struct json_parser *parser = json_parser_new(text.len + 1);
	struct json_value root;
	enum status st = json_parse(parser, text, &root);

	if (st == STATUS_OK)
		walk(in, root);
	else
		*why = "not one JSON value";
	json_parser_free(parser);
	return st;
}

enum status
bundle_read(struct intake *in, FILE *file, const char **why)
{
	size_t room = 0, len = 0, got = 1;
	char *text = NULL;
	enum status st;

	while (got > 0 && len <= BUNDLE_BYTES_MAX) {
		if (len + JSON_PADDING >= room) {
			room += room / 2 + 65536;
			text = status_realloc(text, room, 1);
		}
		got = fread(text + len, 1, room - len - JSON_PADDING, file);
		len += got;
	}
	if (len > BUNDLE_BYTES_MAX) {
		*why = "larger than 1 GiB; split the file";
		st = STATUS_TOO_LARGE;
	} else {
		st = parse(in, span_of(text, len), why);
	}
	free(text);
	return st;
}

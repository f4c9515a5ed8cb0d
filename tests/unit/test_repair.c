#include <stdlib.h>

#include "codec/json.h"
#include "codec/repair.h"
#include "test.h"

static void
assert_repairs(struct span text, struct span expected)
{
	struct buf out = { 0 };

	assert_true(repair_json(text, &out));
	assert_span_equal(buf_span(&out), expected);
	buf_done(&out);
}

static void
replaces_what_is_not_utf8(void **state)
{
	(void)state;
	assert_repairs(
	    SPAN("{\"a\":\"x\xffy\"}"), SPAN("{\"a\":\"x\xef\xbf\xbdy\"}"));
	/* Overlong, a surrogate, above U+10FFFF, cut short. */
	assert_repairs(
	    SPAN("\"\xc0\xaf\""), SPAN("\"\xef\xbf\xbd\xef\xbf\xbd\""));
	assert_repairs(SPAN("\"\xed\xa0\x80\""),
	    SPAN("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""));
	assert_repairs(SPAN("\"\xf4\x90\x80\x80\""),
	    SPAN("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""));
	assert_repairs(SPAN("\"\xe2\x82"), SPAN("\"\xef\xbf\xbd\xef\xbf\xbd"));
}

static void
replaces_half_pairs(void **state)
{
	(void)state;
	assert_repairs(SPAN("\"\\ud800\""), SPAN("\"\\ufffd\""));
	assert_repairs(SPAN("\"\\udc00 \\uD800\\u0041\""),
	    SPAN("\"\\ufffd \\ufffd\\u0041\""));
	assert_repairs(SPAN("\"\\ud83d\\ude00\\ud83d\""),
	    SPAN("\"\\ud83d\\ude00\\ufffd\""));
}

static void
escapes_controls(void **state)
{
	(void)state;
	assert_repairs(SPAN("{\"a\":\n\"x\ty\n\0\"}"),
	    SPAN("{\"a\":\n\"x\\u0009y\\u000a\\u0000\"}"));
	assert_repairs(SPAN("{\0}"), SPAN("{ }"));
	assert_repairs(SPAN("\"C:\\x\\u12\""), SPAN("\"C:xu12\""));
}

static void
widens_integers(void **state)
{
	(void)state;
	assert_repairs(SPAN("[123456789012345678901,1]"),
	    SPAN("[123456789012345678901e0,1]"));
	assert_repairs(SPAN("[-123456789012345678901]"),
	    SPAN("[-123456789012345678901e0]"));
}

static void
leaves_the_rest(void **state)
{
	const struct span fine[] = {
		SPAN(
		    "{\"a\":[1,2.5e300,-3,123456789012345678],\"b\":\"\\\"\"}"),
		SPAN("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\\ud83d\\ude00\""),
		SPAN("[0.1234567890123456789012,1e5,\"12345678901234567890\"]"),
		SPAN(""),
	};
	struct buf out = { 0 };
	size_t i;

	(void)state;
	buf_add_str(&out, "kept");
	for (i = 0; i < COUNTOF(fine); i++) {
		assert_false(repair_json(fine[i], &out));
		assert_string_equal(buf_text(&out), "kept");
	}
	buf_done(&out);
}

static void
makes_parsable(void **state)
{
	const struct span bad[] = {
		SPAN("{\"a\":\"x\xff\"}"),
		SPAN("{\"a\":\"\\ud800\"}"),
		SPAN("{\"a\":\"tab\there\"}"),
		SPAN("{\"a\":99999999999999999999999}"),
		SPAN("{\"a\":\"\\q\"}"),
	};
	struct json_parser *parser = json_parser_new(1 << 20);
	struct buf out = { 0 };
	char text[256] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNTOF(bad); i++) {
		struct json_value root;

		memcpy(text, bad[i].at, bad[i].len);
		assert_int_not_equal(
		    json_parse(parser, span_of(text, bad[i].len), &root),
		    STATUS_OK);
		buf_reset(&out);
		assert_true(repair_json(bad[i], &out));
		memcpy(text, out.at, out.len);
		assert_int_equal(
		    json_parse(parser, span_of(text, out.len), &root),
		    STATUS_OK);
	}
	buf_done(&out);
	json_parser_free(parser);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("bytes that are no UTF-8 become U+FFFD",
		    replaces_what_is_not_utf8),
		TEST("halves of surrogate pairs become U+FFFD",
		    replaces_half_pairs),
		TEST("raw controls and unknown escapes are made harmless",
		    escapes_controls),
		TEST("integers too long for 64 bits become doubles",
		    widens_integers),
		TEST("a text without faults is left alone", leaves_the_rest),
		TEST("what simdjson refused it then accepts", makes_parsable),
	};

	return cmocka_run_group_tests_name("repair", tests, NULL, NULL);
}

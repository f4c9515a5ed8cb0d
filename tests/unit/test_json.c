#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/json.h"

static struct json_value
parse(struct json_parser *p, char *room, size_t size, const char *text)
{
	struct json_value root;

	(void)snprintf(room, size, "%s", text);
	assert_int_equal(
	    json_parse(p, span_of(room, strlen(text)), &root), STATUS_OK);
	return root;
}

static void
members_are_walked(void **state)
{
	struct json_parser *p = json_parser_new(1 << 20);
	char room[512];
	struct json_value root = parse(p, room, sizeof(room),
	    "{\"a\":\"x\\u00e9\\n\",\"b\":[1,-2,3.5,true,null],"
	    "\"c\":{\"d\":18446744073709551615}}");
	struct json_value b = json_get(root, SPAN("b")), item;
	struct json_iter it = json_iter(b);

	(void)state;
	assert_span_equal(
	    json_get_string(root, SPAN("a")), SPAN("x\xc3\xa9\n"));
	assert_true(json_next_item(&it, &item) && json_int(item, 0) == 1);
	assert_true(json_next_item(&it, &item) && json_int(item, 0) == -2);
	assert_true(json_next_item(&it, &item) && json_number(item, 0.0) > 3.4);
	assert_true(json_next_item(&it, &item) && json_is_true(item));
	assert_true(json_next_item(&it, &item) && json_is(item, JSON_NULL));
	assert_false(json_next_item(&it, &item));
	assert_int_equal(
	    json_type(json_get(json_get(root, SPAN("c")), SPAN("d"))),
	    JSON_UNSIGNED);
	assert_int_equal(json_type(json_get(root, SPAN("zz"))), JSON_NONE);
	assert_int_equal(
	    json_type(json_get(json_get(root, SPAN("zz")), SPAN("y"))),
	    JSON_NONE);
	json_parser_free(p);
}

static void
deep_and_large_texts_are_refused(void **state)
{
	struct json_parser *p = json_parser_new(4096);
	char room[8192 + JSON_PADDING] = { 0 };
	struct json_value root;

	(void)state;
	memset(room, '[', 200);
	memset(room + 200, ']', 200);
	assert_int_equal(
	    json_parse(p, span_of(room, 400), &root), STATUS_TOO_LARGE);
	memset(room, ' ', sizeof(room));
	assert_int_equal(
	    json_parse(p, span_of(room, 8192), &root), STATUS_TOO_LARGE);
	assert_int_equal(json_parse(p, SPAN("{\"a\":"), &root) == STATUS_OK, 0);
	assert_true(strlen(json_parser_error(p)) > 0);
	json_parser_free(p);
}

static void
a_string_past_a_mebibyte_is_refused(void **state)
{
	struct json_parser *p = json_parser_new(8 << 20);
	size_t size = JSON_STRING_MAX + 64, n = JSON_STRING_MAX;
	char *text = status_calloc(size + JSON_PADDING, 1);
	struct json_value root;

	(void)state;
	/* First a string of just the limit, then of one byte more; last and
	 * not last in the text. */
	for (unsigned more = 0; more < 2; more++) {
		memset(text, 'x', size);
		memcpy(text, "[1,\"", 4);
		memcpy(text + 4 + n + more, "\"]", 2);
		assert_int_equal(
		    json_parse(p, span_of(text, n + more + 6), &root),
		    more ? STATUS_TOO_LARGE : STATUS_OK);
		memcpy(text + 4 + n + more, "\",\"a\"]", 6);
		assert_int_equal(
		    json_parse(p, span_of(text, n + more + 10), &root),
		    more ? STATUS_TOO_LARGE : STATUS_OK);
	}
	/* Another limit, of somebody who knows that texts are larger. */
	json_parser_strings(p, JSON_STRING_MAX + 1);
	assert_int_equal(
	    json_parse(p, span_of(text, n + 11), &root), STATUS_OK);
	free(text);
	json_parser_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("members and items are walked", members_are_walked),
		TEST("a string past a mebibyte is refused",
		    a_string_past_a_mebibyte_is_refused),
		TEST("deep and large texts are refused",
		    deep_and_large_texts_are_refused),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}

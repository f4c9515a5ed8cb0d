/* How a call and its parameters are read. */
#include "test.h"

#include "detect/iam_act.h"

static struct json_parser *parser;

static struct json_value
parse(const char *text)
{
	static char room[4096 + JSON_PADDING];
	struct json_value root;
	size_t len = strlen(text);

	assert_true(len < 4096);
	memcpy(room, text, len);
	assert_int_equal(
	    json_parse(parser, span_of(room, len), &root), STATUS_OK);
	return root;
}

static void
expect(struct span got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.at, want, got.len);
}

static void
the_envelope_of_newer_calls_is_taken_off(void **state)
{
	struct event ev = { .record = parse("{\"requestParameters\":{\"DeleteX"
					    "Request\":{\"Id\":\"x-1\"}}}") };

	(void)state;
	expect(iam_act_text(iam_act_request(&ev), SPAN("Id")), "x-1");
	ev.record = parse("{\"requestParameters\":{\"id\":\"y\"}}");
	expect(iam_act_text(iam_act_request(&ev), SPAN("id")), "y");
	ev.record = parse("{\"requestParameters\":null}");
	expect(iam_act_text(iam_act_request(&ev), SPAN("id")), "");
}

static void
a_path_goes_through_lists_by_their_first_item(void **state)
{
	struct json_value v =
	    parse("{\"a\":[{\"b\":{\"items\":[{\"c\":\"x\"},{\"c\":\"y\"}]}}],"
		  "\"empty\":[],\"deep\":[[[\"z\"]]]}");

	(void)state;
	expect(iam_act_text(v, SPAN("a.b.items.c")), "x");
	expect(iam_act_text(v, SPAN("a.b.nothing.c")), "");
	expect(iam_act_text(v, SPAN("empty")), "");
	expect(iam_act_text(v, SPAN("deep")), "z");
	expect(iam_act_text(v, SPAN("")), "");
}

static void
names_are_shortened_to_what_people_say(void **state)
{
	(void)state;
	expect(iam_act_short(SPAN("arn:aws:iam::1:role/path/x")), "x");
	expect(iam_act_short(SPAN("arn:aws:lambda:r:1:function:f")), "f");
	expect(iam_act_short(SPAN("plain:name")), "plain:name");
	expect(iam_act_short(SPAN("ends/")), "ends/");
	expect(iam_act_short(SPAN("")), "");
}

static void
a_version_behind_the_name_does_not_matter(void **state)
{
	static const struct iam_act acts[] = {
		{ SPAN_INIT("lambda"), SPAN_INIT("UpdateFunctionCode"), 1,
		    SPAN_INIT(""), SPAN_INIT("") },
	};
	struct cloudtrail ct = { .service = SPAN("lambda"),
		.name = SPAN("UpdateFunctionCode20150331v2") };

	(void)state;
	assert_ptr_equal(iam_act_find(acts, 1, &ct), acts);
	ct.name = SPAN("UpdateFunctionCodeSigningConfig");
	assert_null(iam_act_find(acts, 1, &ct));
	ct.name = SPAN("UpdateFunctionCode");
	assert_ptr_equal(iam_act_find(acts, 1, &ct), acts);
	ct.service = SPAN("s3");
	assert_null(iam_act_find(acts, 1, &ct));
}

static void
the_widest_share_counts(void **state)
{
	struct event ev = { .account = SPAN("111122223333") };
	struct span who = { NULL, 0 };

	(void)state;
	assert_int_equal(
	    iam_act_share(parse("[{\"userId\":\"111122223333\"},"
				"{\"organizationArn\":\"arn:aws:organizations:"
				":444455556666:organization/o-1\"}]"),
		&ev, &who),
	    POLICY_OWN);
	assert_int_equal(
	    iam_act_share(parse("[\"444455556666\",\"1\"]"), &ev, &who),
	    POLICY_FOREIGN);
	expect(who, "444455556666");
	assert_int_equal(
	    iam_act_share(
		parse("[{\"userId\":\"444455556666\"},{\"group\":\"all\"}]"),
		&ev, &who),
	    POLICY_ANYONE);
	expect(who, "all");
	assert_int_equal(iam_act_share(parse("{}"), &ev, &who), POLICY_OWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the envelope of newer calls is taken off",
		    the_envelope_of_newer_calls_is_taken_off),
		TEST("a path goes through lists by their first item",
		    a_path_goes_through_lists_by_their_first_item),
		TEST("names are shortened to what people say",
		    names_are_shortened_to_what_people_say),
		TEST("a version behind the name does not matter",
		    a_version_behind_the_name_does_not_matter),
		TEST("the widest share counts", the_widest_share_counts),
	};
	int failed;

	parser = json_parser_new(65536);
	failed = cmocka_run_group_tests_name("iam_act", tests, NULL, NULL);
	json_parser_free(parser);
	return failed;
}

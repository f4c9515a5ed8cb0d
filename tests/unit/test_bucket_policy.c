/* To whom policies and ACLs speak. */
#include "test.h"

#include "detect/bucket_policy.h"

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

#define STATEMENT(rest)                                                        \
	"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:"               \
	"GetObject\"," rest "}]}"

static enum bucket_access
policy(const char *text)
{
	return bucket_policy_access(parse(text));
}

static enum bucket_access
acl(const char *text)
{
	return bucket_policy_acl(parse(text));
}

static void
an_allow_to_everyone_is_public(void **state)
{
	(void)state;
	assert_int_equal(
	    policy(STATEMENT("\"Principal\":\"*\"")), BUCKET_ANYONE);
	assert_int_equal(
	    policy(STATEMENT("\"Principal\":{\"AWS\":\"*\"}")), BUCKET_ANYONE);
	assert_int_equal(
	    policy(STATEMENT("\"Principal\":{\"AWS\":[\"arn:a\",\"*\"]}")),
	    BUCKET_ANYONE);
	assert_int_equal(
	    policy("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
		   "\"*\"}}"),
	    BUCKET_ANYONE);
}

static void
an_allow_to_all_but_some(void **state)
{
	(void)state;
	assert_int_equal(
	    policy(STATEMENT("\"NotPrincipal\":{\"AWS\":\"arn:aws:iam::1:"
			     "user/ann\"}")),
	    BUCKET_ANYONE);
}

static void
a_deny_a_service_and_a(void **state)
{
	(void)state;
	assert_int_equal(
	    policy("{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":"
		   "\"*\"}]}"),
	    BUCKET_NAMED);
	assert_int_equal(
	    policy(STATEMENT("\"Principal\":{\"Service\":\"cloudtrail."
			     "amazonaws.com\"}")),
	    BUCKET_NAMED);
	assert_int_equal(
	    policy(
		STATEMENT("\"Principal\":{\"AWS\":\"arn:aws:iam::1:root\"}")),
	    BUCKET_NAMED);
}

static void
a_condition_on_who_or_from(void **state)
{
	(void)state;
	assert_int_equal(
	    policy(STATEMENT("\"Principal\":\"*\",\"Condition\":{"
			     "\"StringEquals\":{\"aws:principalorgid\":"
			     "\"o-1\"}}")),
	    BUCKET_NAMED);
	assert_int_equal(policy(STATEMENT("\"Principal\":\"*\",\"Condition\":{"
					  "\"IpAddress\":{\"aws:SourceIp\":"
					  "[\"10.0.0.0/8\"]}}")),
	    BUCKET_NAMED);
}

static void
a_condition_that_everybody_meets_does(void **state)
{
	(void)state;
	assert_int_equal(policy(STATEMENT("\"Principal\":\"*\",\"Condition\":{"
					  "\"IpAddress\":{\"aws:SourceIp\":"
					  "\"0.0.0.0/0\"}}")),
	    BUCKET_ANYONE);
	assert_int_equal(
	    policy(STATEMENT("\"Principal\":\"*\",\"Condition\":{"
			     "\"StringNotEquals\":{\"aws:SourceVpc\":"
			     "\"vpc-1\"}}")),
	    BUCKET_ANYONE);
	assert_int_equal(policy(STATEMENT("\"Principal\":\"*\",\"Condition\":{"
					  "\"StringLike\":{\"aws:Referer\":"
					  "\"https://example.org/*\"}}")),
	    BUCKET_ANYONE);
	assert_int_equal(
	    policy(STATEMENT("\"Principal\":\"*\",\"Condition\":{"
			     "\"StringEqualsIfExists\":{\"aws:SourceVpc\":"
			     "\"vpc-1\"}}")),
	    BUCKET_ANYONE);
}

static void
what_is_no_policy_grants_nothing(void **state)
{
	(void)state;
	assert_int_equal(policy("\"invalid\""), BUCKET_NAMED);
	assert_int_equal(policy("null"), BUCKET_NAMED);
	assert_int_equal(policy("{\"Statement\":[1,null,[]]}"), BUCKET_NAMED);
	assert_int_equal(
	    bucket_policy_access((struct json_value){ 0 }), BUCKET_NAMED);
	assert_int_equal(
	    bucket_policy_acl((struct json_value){ 0 }), BUCKET_NAMED);
}

static void
canned_acls_are_read_as_a(void **state)
{
	(void)state;
	assert_int_equal(acl("{\"x-amz-acl\":\"public-read\"}"), BUCKET_ANYONE);
	assert_int_equal(
	    acl("{\"x-amz-acl\":[\"public-read-write\"]}"), BUCKET_ANYONE);
	assert_int_equal(acl("{\"x-amz-acl\":[\"authenticated-read\"]}"),
	    BUCKET_AUTHENTICATED);
	assert_int_equal(acl("{\"x-amz-acl\":\"private\"}"), BUCKET_NAMED);
}

static void
grants_to_the_group_of_all(void **state)
{
	(void)state;
	assert_int_equal(
	    acl("{\"AccessControlPolicy\":{\"AccessControlList\":{\"Grant\":["
		"{\"Grantee\":{\"ID\":\"abc\"}},{\"Grantee\":{\"URI\":"
		"\"http://acs.amazonaws.com/groups/global/AllUsers\"}}]}}}"),
	    BUCKET_ANYONE);
	assert_int_equal(
	    acl("{\"x-amz-grant-read\":\"uri=\\\"http://acs.amazonaws.com/"
		"groups/global/AllUsers\\\"\"}"),
	    BUCKET_ANYONE);
	assert_int_equal(
	    acl("{\"AccessControlPolicy\":{\"AccessControlList\":{\"Grant\":"
		"{\"Grantee\":{\"URI\":\"http://acs.amazonaws.com/groups/s3/"
		"LogDelivery\"}}}}}"),
	    BUCKET_NAMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an Allow to everyone is public, however it is written",
		    an_allow_to_everyone_is_public),
		TEST("an Allow to all but some is public",
		    an_allow_to_all_but_some),
		TEST("a Deny, a service and a named account are not public",
		    a_deny_a_service_and_a),
		TEST("a condition on who or from where narrows",
		    a_condition_on_who_or_from),
		TEST("a condition that everybody meets does not narrow",
		    a_condition_that_everybody_meets_does),
		TEST("what is no policy grants nothing",
		    what_is_no_policy_grants_nothing),
		TEST("canned ACLs are read as a text and as a list",
		    canned_acls_are_read_as_a),
		TEST("grants to the group of all users are public",
		    grants_to_the_group_of_all),
	};

	int failed;

	parser = json_parser_new(4096);
	failed =
	    cmocka_run_group_tests_name("bucket_policy", tests, NULL, NULL);
	json_parser_free(parser);
	return failed;
}

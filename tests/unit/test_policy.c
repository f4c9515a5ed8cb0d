/* Policy documents, on the tape and inside strings. */
#include "test.h"

#include "detect/policy.h"

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

/* The same document as CloudTrail writes it for IAM: inside a string. */
static struct json_value
quoted(const char *text)
{
	static char room[4096];
	size_t n = 0;

	room[n++] = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\' || *text == '\n')
			room[n++] = '\\';
		room[n++] = *text == '\n' ? 'n' : *text;
		assert_true(n + 3 < sizeof(room));
	}
	room[n++] = '"';
	room[n] = '\0';
	return parse(room);
}

#define OWN SPAN("111122223333")

static void
expect(const char *text, enum policy_reach reach, const char *name)
{
	struct span who = { NULL, 0 };

	assert_int_equal(policy_reach(parse(text), OWN, &who), reach);
	assert_true(span_equal(who, span_str(name)));
	who = span_of(NULL, 0);
	assert_int_equal(policy_reach(quoted(text), OWN, &who), reach);
	assert_true(span_equal(who, span_str(name)));
}

#define STATEMENT(rest) "{\"Statement\":[{\"Effect\":\"Allow\"," rest "}]}"

static void
principals_of_other_accounts_are_foreign(void **state)
{
	(void)state;
	expect(STATEMENT("\"Principal\":{\"AWS\":\"arn:aws:iam::444455556666:"
			 "root\"}"),
	    POLICY_FOREIGN, "arn:aws:iam::444455556666:root");
	expect(STATEMENT("\"Principal\":{\"AWS\":[\"111122223333\", "
			 "\"444455556666\"]}"),
	    POLICY_FOREIGN, "444455556666");
	expect(STATEMENT("\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:"
			 "role/x\"}"),
	    POLICY_OWN, NULL);
	expect(STATEMENT("\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}"),
	    POLICY_OWN, NULL);
}

static void
everybody_is_anyone_unless_narrowed(void **state)
{
	(void)state;
	expect(STATEMENT("\"Principal\": \"*\" "), POLICY_ANYONE, "*");
	expect("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	       "{\"AWS\":[\"*\"]}}}",
	    POLICY_ANYONE, "*");
	expect(STATEMENT("\"Principal\":\"*\",\"Condition\":{\"StringEquals\":"
			 "{\"aws:PrincipalOrgID\":\"o-1\"}}"),
	    POLICY_OWN, NULL);
	expect(STATEMENT("\"NotPrincipal\":{\"AWS\":\"111122223333\"}"),
	    POLICY_ANYONE, "*");
	expect("{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\"}]}",
	    POLICY_OWN, NULL);
}

#define GITHUB                                                                 \
	"arn:aws:iam::111122223333:oidc-provider/"                             \
	"token.actions.githubusercontent.com"

static void
a_public_provider_needs_a_subject(void **state)
{
	(void)state;
	expect(STATEMENT("\"Principal\":{\"Federated\":\"" GITHUB "\"}"),
	    POLICY_ANYONE, GITHUB);
	expect(STATEMENT("\"Principal\":{\"Federated\":\"" GITHUB
			 "\"},\"Condition\":{\"StringLike\":{\"token.actions."
			 "githubusercontent.com:sub\":\"repo:acme/*\"}}"),
	    POLICY_OWN, NULL);
	expect(STATEMENT("\"Principal\":{\"Federated\":\"" GITHUB
			 "\"},\"Condition\":{\"StringEquals\":{\"token.actions."
			 "githubusercontent.com:aud\":\"sts.amazonaws.com\"}}"),
	    POLICY_ANYONE, GITHUB);
}

static void
everything_on_everything_is_admin(void **state)
{
	(void)state;
	assert_true(policy_is_admin(
	    quoted(STATEMENT("\"Action\":\"*\",\"Resource\":\"*\""))));
	assert_true(policy_is_admin(quoted(
	    STATEMENT("\"Action\": [\"s3:Get*\", \"iam:*\"],\n\"Resource\" : "
		      "[\"*\"]"))));
	assert_true(policy_is_admin(
	    parse(STATEMENT("\"NotAction\":\"s3:*\",\"Resource\":\"*\""))));
	assert_false(policy_is_admin(
	    quoted(STATEMENT("\"Action\":\"s3:*\",\"Resource\":\"*\""))));
	assert_false(policy_is_admin(quoted(
	    STATEMENT("\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::a/*\""))));
	assert_false(policy_is_admin(quoted(STATEMENT(
	    "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	    "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}"))));
}

static void
broken_documents_grant_nothing(void **state)
{
	static const char *const texts[] = { "", "{", "{\"Statement\"",
		"{\"Statement\":[", "{\"Statement\":[{\"Effect\":\"Allow\",",
		"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"", "[[[",
		"{\"Statement\":\"*\"}", "{\"Statement\":[\"*\",,{}]}",
		"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":}]}",
		"{\"a\\" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(
		    policy_reach(quoted(texts[i]), OWN, NULL), POLICY_OWN);
		assert_false(policy_is_admin(quoted(texts[i])));
	}
	assert_int_equal(policy_reach(parse("[1, {}]"), OWN, NULL), POLICY_OWN);
	assert_int_equal(
	    policy_reach((struct json_value){ 0 }, OWN, NULL), POLICY_OWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("principals of other accounts are foreign",
		    principals_of_other_accounts_are_foreign),
		TEST("everybody is anyone unless narrowed",
		    everybody_is_anyone_unless_narrowed),
		TEST("a public provider needs a subject",
		    a_public_provider_needs_a_subject),
		TEST("everything on everything is admin",
		    everything_on_everything_is_admin),
		TEST("broken documents grant nothing",
		    broken_documents_grant_nothing),
	};
	int failed;

	parser = json_parser_new(65536);
	failed = cmocka_run_group_tests_name("policy", tests, NULL, NULL);
	json_parser_free(parser);
	return failed;
}

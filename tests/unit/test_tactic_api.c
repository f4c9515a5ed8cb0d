/* What CloudTrail's calls are taken for. */
#include "test.h"

#include "detect/tactic.h"

#define OF(service, name) tactic_of_api(SPAN(service), SPAN(name))

static void
a_call_named_in_the_table(void **state)
{
	(void)state;
	assert_int_equal(OF("iam", "CreateAccessKey"), TACTIC_PERSISTENCE);
	assert_int_equal(
	    OF("iam", "AttachUserPolicy"), TACTIC_PRIVILEGE_ESCALATION);
	assert_int_equal(
	    OF("cloudtrail", "StopLogging"), TACTIC_DEFENSE_EVASION);
	assert_int_equal(
	    OF("secretsmanager", "GetSecretValue"), TACTIC_CREDENTIAL_ACCESS);
	assert_int_equal(OF("rds", "CreateDBSnapshot"), TACTIC_EXFILTRATION);
	assert_int_equal(OF("s3", "PutBucketPolicy"), TACTIC_IMPACT);
	assert_int_equal(OF("ssm", "StartSession"), TACTIC_INITIAL_ACCESS);
}

static void
the_first_and_the_last_row(void **state)
{
	(void)state;
	assert_int_equal(
	    OF("rolesanywhere", "CreateProfile"), TACTIC_PERSISTENCE);
	assert_int_equal(OF("iam", "AddClientIDToOpenIDConnectProvider"),
	    TACTIC_PERSISTENCE);
	assert_int_equal(OF("ses", "VerifyEmailIdentity"), TACTIC_IMPACT);
}

static void
a_row_for_one_service_does(void **state)
{
	(void)state;
	assert_int_equal(OF("s3", "GetObject"), TACTIC_EXFILTRATION);
	assert_int_equal(OF("other", "GetObject"), TACTIC_DISCOVERY);
	assert_int_equal(OF("wafv2", "UpdateIPSet"), TACTIC_DEFENSE_EVASION);
	assert_int_equal(
	    OF("guardduty", "UpdateIPSet"), TACTIC_DEFENSE_EVASION);
	assert_int_equal(OF("other", "UpdateIPSet"), TACTIC_NONE);
}

static void
a_call_that_is_not_named(void **state)
{
	(void)state;
	assert_int_equal(OF("ec2", "DescribeInstances"), TACTIC_DISCOVERY);
	assert_int_equal(OF("iam", "ListUsers"), TACTIC_DISCOVERY);
	assert_int_equal(OF("ec2", "DeleteSecurityGroup"), TACTIC_IMPACT);
	assert_int_equal(OF("ec2", "CreateTags"), TACTIC_NONE);
}

static void
the_version_behind_a_lambda_call(void **state)
{
	(void)state;
	assert_int_equal(
	    OF("lambda", "UpdateFunctionCode20150331v2"), TACTIC_PERSISTENCE);
	assert_int_equal(
	    OF("lambda", "AddPermission20150331"), TACTIC_PERSISTENCE);
	assert_int_equal(
	    OF("cloudfront", "DeleteFunction2020_05_31"), TACTIC_IMPACT);
}

static void
everyday_reads_and_nameless_records_serve(void **state)
{
	(void)state;
	assert_int_equal(OF("monitoring", "GetMetricData"), TACTIC_NONE);
	assert_int_equal(OF("s3", ""), TACTIC_NONE);
	assert_int_equal(
	    tactic_of_api(span_of(NULL, 0), span_of(NULL, 0)), TACTIC_NONE);
}

static void
every_tactic_has_a_name(void **state)
{
	(void)state;
	for (enum tactic t = TACTIC_NONE; t < TACTIC_COUNT; t++)
		assert_true(strlen(tactic_text(t)) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a call named in the table serves its tactic",
		    a_call_named_in_the_table),
		TEST("the first and the last row of the table are found",
		    the_first_and_the_last_row),
		TEST("a row for one service does not speak for another",
		    a_row_for_one_service_does),
		TEST("a call that is not named is judged by its verb",
		    a_call_that_is_not_named),
		TEST("the version behind a Lambda call's name is no part of it",
		    the_version_behind_a_lambda_call),
		TEST("everyday reads and nameless records serve no tactic",
		    everyday_reads_and_nameless_records_serve),
		TEST("every tactic has a name", every_tactic_has_a_name),
	};

	return cmocka_run_group_tests_name("tactic_api", tests, NULL, NULL);
}

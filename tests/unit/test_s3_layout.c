#include "base/civil.h"
#include "collect/s3/layout.h"
#include "test.h"

static int64_t
day_of(const char *text)
{
	int64_t time_us;

	assert_true(civil_parse(span_str(text), &time_us));
	return civil_day(time_us);
}

static void
date_folders(void **state)
{
	struct span before;

	(void)state;
	assert_int_equal(layout_of_folder(SPAN("2026/"), NULL), LAYOUT_ROW);
	assert_int_equal(
	    layout_of_folder(SPAN("year=2026"), NULL), LAYOUT_HIVE);
	assert_int_equal(
	    layout_of_folder(SPAN("2026-11-22/"), &before), LAYOUT_DASH);
	assert_span_equal(before, SPAN(""));
	assert_int_equal(
	    layout_of_folder(SPAN("dt=2026-11-22/"), &before), LAYOUT_DASH);
	assert_span_equal(before, SPAN("dt="));
	assert_int_equal(
	    layout_of_folder(SPAN("date=20261122/"), &before), LAYOUT_PLAIN);
	assert_span_equal(before, SPAN("date="));
}

static void
other_folders(void **state)
{
	static const char *const names[] = { "AWSLogs/", "1999/", "20265",
		"111122223333/", "eu-west-1/", "2026-13-01", "2026-11-22T03",
		"logs-2026-11-22/", "year=", "year=99", "", "/" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(names); i++)
		assert_int_equal(
		    layout_of_folder(span_str(names[i]), NULL), LAYOUT_FLAT);
}

static void
day_prefixes(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_true(layout_day_prefix(
	    LAYOUT_ROW, SPAN("a/"), day_of("2026-01-09"), 0, &b));
	assert_span_equal(buf_span(&b), SPAN("a/2026/01/09/"));
	assert_false(layout_day_prefix(
	    LAYOUT_ROW, SPAN("a/"), day_of("2026-01-09"), 1, &b));
	buf_reset(&b);
	assert_true(layout_day_prefix(
	    LAYOUT_HIVE, SPAN("h/"), day_of("2026-01-09"), 0, &b));
	assert_span_equal(buf_span(&b), SPAN("h/year=2026/month=01/day=09/"));
	buf_reset(&b);
	assert_true(layout_day_prefix(
	    LAYOUT_HIVE, SPAN("h/"), day_of("2026-01-09"), 1, &b));
	assert_span_equal(buf_span(&b), SPAN("h/year=2026/month=1/day=9/"));
	assert_false(layout_day_prefix(
	    LAYOUT_HIVE, SPAN("h/"), day_of("2026-11-22"), 1, &b));
	buf_reset(&b);
	assert_true(layout_day_prefix(
	    LAYOUT_DASH, SPAN("x/dt="), day_of("2026-11-22"), 0, &b));
	assert_span_equal(buf_span(&b), SPAN("x/dt=2026-11-22/"));
	buf_done(&b);
}

static void
names(void **state)
{
	struct layout_names n;

	(void)state;
	n = layout_names_of(
	    SPAN("p/AWSLogs/o-abc123/111122223333/CloudTrail/eu-west-1/2026/"));
	assert_span_equal(n.account, SPAN("111122223333"));
	assert_span_equal(n.service, SPAN("CloudTrail"));
	assert_span_equal(n.region, SPAN("eu-west-1"));
	assert_false(n.digest);
	n = layout_names_of(SPAN("AWSLogs/111122223333/CloudTrail-Digest/"
				 "us-gov-east-1/2026/11/22/x.json.gz"));
	assert_true(n.digest);
	assert_span_equal(n.region, SPAN("us-gov-east-1"));
	n = layout_names_of(
	    SPAN("AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/"
		 "aws-region=eu-west-1/year=2026/month=11/day=22/x"));
	assert_span_equal(n.account, SPAN("111122223333"));
	assert_span_equal(n.service, SPAN("vpcflowlogs"));
	assert_span_equal(n.region, SPAN("eu-west-1"));
	n = layout_names_of(SPAN(
	    "AWSLogs/111122223333/CloudTrail/eusc-de-east-1/2026/11/22/x"));
	assert_span_equal(n.region, SPAN("eusc-de-east-1"));
	n = layout_names_of(
	    SPAN("AWSLogs/111122223333/CloudTrail/2026-11-1/2026/11/22/x"));
	assert_span_equal(n.region, SPAN(""));
	/* Resolver's logs have the VPC where others have the region. */
	n = layout_names_of(
	    SPAN("AWSLogs/111122223333/vpcdnsquerylogs/vpc-0a1b/2026/11/22/x"));
	assert_span_equal(n.service, SPAN("vpcdnsquerylogs"));
	assert_span_equal(n.region, SPAN(""));
	n = layout_names_of(SPAN("logs/2026/11/22/audit.log"));
	assert_span_equal(n.account, SPAN(""));
}

static void
foreign(void **state)
{
	(void)state;
	assert_true(layout_is_foreign(SPAN("Config/")));
	assert_false(layout_is_foreign(SPAN("CloudTrail/")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("folders that begin dates are known by their form",
		    date_folders),
		TEST("other folders begin no date", other_folders),
		TEST("a day's prefix is written as the stream has it",
		    day_prefixes),
		TEST("account, service and region are read from a key", names),
		TEST("other services' folders are foreign", foreign),
	};

	return cmocka_run_group_tests_name("s3 layout", tests, NULL, NULL);
}

/*
 * Where services of AWS are, in each of its partitions.
 */
#include "aws/endpoint.h"
#include "test.h"

static void
partitions(void **state)
{
	static const struct {
		struct span region;
		const char *url, *partition;
	} known[] = {
		{ SPAN_INIT("eu-west-1"), "https://s3.eu-west-1.amazonaws.com",
		    "aws" },
		{ SPAN_INIT("us-gov-east-1"),
		    "https://s3.us-gov-east-1.amazonaws.com", "aws-us-gov" },
		{ SPAN_INIT("cn-north-1"),
		    "https://s3.cn-north-1.amazonaws.com.cn", "aws-cn" },
		{ SPAN_INIT("us-iso-east-1"),
		    "https://s3.us-iso-east-1.c2s.ic.gov", "aws-iso" },
		{ SPAN_INIT("us-isob-east-1"),
		    "https://s3.us-isob-east-1.sc2s.sgov.gov", "aws-iso-b" },
		{ SPAN_INIT("eu-isoe-west-1"),
		    "https://s3.eu-isoe-west-1.cloud.adc-e.uk", "aws-iso-e" },
		{ SPAN_INIT("us-isof-south-1"),
		    "https://s3.us-isof-south-1.csp.hci.ic.gov", "aws-iso-f" },
		{ SPAN_INIT("eusc-de-east-1"),
		    "https://s3.eusc-de-east-1.amazonaws.eu", "aws-eusc" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(known); i++) {
		struct buf url = { 0 };
		struct endpoint at;

		endpoint_url("s3", known[i].region, &url);
		assert_string_equal(buf_text(&url), known[i].url);
		assert_string_equal(
		    endpoint_partition(known[i].region), known[i].partition);
		assert_true(endpoint_split(buf_span(&url), &at));
		assert_true(endpoint_is_aws(at.host));
		buf_done(&url);
	}
}

static void
strangers(void **state)
{
	static const char *const hosts[] = { "", "amazonaws.com",
		".example.com", "evilamazonaws.com", "s3.amazonaws.com.evil.eu",
		"s3.amazonaws.com:8443", "s3.amazonaws.co", "c2s.ic.gov" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(hosts); i++)
		assert_false(endpoint_is_aws(span_str(hosts[i])));
}

static void
regions(void **state)
{
	static const char *const others[] = { "", "-x", "EU-WEST-1",
		"eu-west-1.evil.eu", "eu@evil", "eu#", "eu/west" };

	(void)state;
	assert_true(endpoint_is_region(SPAN("eusc-de-east-1")));
	for (size_t i = 0; i < COUNTOF(others); i++)
		assert_false(endpoint_is_region(span_str(others[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each partition has its suffix", partitions),
		TEST("hosts of others are not AWS's", strangers),
		TEST(
		    "what cannot stand in a host's name is no region", regions),
	};

	return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}

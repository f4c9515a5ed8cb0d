#include <stdio.h>

#include "base/ip.h"
#include "decode_harness.h"

#define TRAIL                                                                  \
	"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/22/"                \
	"111122223333_CloudTrail_eu-west-1_20261122T0320Z_x.json"

static const char role_record[] =
    "{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"AssumedRole\","
    "\"principalId\":\"AROAX:i-0123456789abcdef0\",\"arn\":\"arn:aws:sts::"
    "444455556666:assumed-role/app/i-0123456789abcdef0\",\"accountId\":"
    "\"444455556666\",\"accessKeyId\":\"ASIAX\",\"sessionContext\":{"
    "\"sessionIssuer\":{\"type\":\"Role\",\"arn\":\"arn:aws:iam::"
    "444455556666:role/app\",\"userName\":\"app\"},\"attributes\":{"
    "\"mfaAuthenticated\":\"true\"}}},\"eventTime\":"
    "\"2026-11-22T03:21:30Z\",\"eventSource\":\"s3.amazonaws.com\","
    "\"eventName\":\"GetObject\",\"awsRegion\":\"eu-central-1\","
    "\"sourceIPAddress\":\"203.0.113.9\",\"userAgent\":\"aws-cli/2\","
    "\"errorCode\":\"AccessDenied\",\"requestParameters\":{\"bucketName\":"
    "\"invoices\"},\"additionalEventData\":{\"bytesTransferredOut\":77},"
    "\"eventID\":\"5f0e9d5c-0001\",\"readOnly\":true,"
    "\"recipientAccountId\":\"444455556666\"}";

static void
fields(void **state)
{
	struct harness h;
	const struct cloudtrail *ct;
	const struct event *ev;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(harness_decode(&h, TRAIL, CUT_VALUES, role_record), 1);
	ev = &h.batch->events[0];
	ct = ev->cloudtrail;
	assert_int_equal(ev->source, SOURCE_CLOUDTRAIL);
	assert_int_equal(ev->time_us, 1795317690000000);
	assert_int_equal(ev->outcome, OUTCOME_DENIED);
	assert_span_equal(ev->account, SPAN("444455556666"));
	assert_span_equal(ev->region, SPAN("eu-central-1"));
	assert_span_equal(ev->id, SPAN("5f0e9d5c-0001"));
	assert_true(ev->id_key[0] != 0 && ev->id_key[1] != 0);
	assert_false(ip_is_none(&ev->remote));
	assert_span_equal(ct->service, SPAN("s3"));
	assert_span_equal(ct->name, SPAN("GetObject"));
	assert_span_equal(ct->resource, SPAN("invoices"));
	assert_span_equal(ct->issuer_name, SPAN("app"));
	assert_span_equal(ct->access_key, SPAN("ASIAX"));
	assert_true(ct->mfa && ct->read_only && ct->from_instance);
	assert_false(ct->from_service);
	assert_int_equal(ct->bytes_out, 77);
	assert_span_equal(
	    json_get_string(ev->record, SPAN("eventVersion")), SPAN("1.11"));
	harness_done(&h);
}

/* Each gives one event of the account 111122223333. */
static void
wrappers(void **state)
{
	static const struct {
		enum cut_kind kind;
		const char *text;
	} cases[] = {
		{ CUT_VALUES,
		    "{\"Records\":[{\"eventName\":\"A\",\"eventTime\":"
		    "\"2026-11-22T00:00:00Z\"}]}" },
		{ CUT_VALUES, "[{\"eventName\":\"A\"}]\n" },
		{ CUT_VALUES, "\n{\n \"eventName\":\n \"A\"\n}\n" },
		{ CUT_VALUES, "\xef\xbb\xbf{\"eventName\":\"A\"}" },
		{ CUT_ITEMS, ",{\"eventName\":\"A\"},\n" },
		{ CUT_VALUES, "{\"version\":\"0\",\"account\":\"111122223333\","
			      "\"detail\":{\"eventName\":\"A\"}}" },
		{ CUT_VALUES,
		    "{\"messageType\":\"DATA_MESSAGE\",\"owner\":"
		    "\"111122223333\",\"logGroup\":\"trail\",\"logStream\":"
		    "\"s\",\"logEvents\":[{\"id\":\"1\",\"timestamp\":"
		    "1795317690000,\"message\":\"{\\\"eventName\\\":"
		    "\\\"A\\\"}\"}]}" },
		{ CUT_VALUES,
		    "{\"eventData\":\"{\\\"eventName\\\":\\\"A\\\"}\"}" },
		{ CUT_VALUES,
		    "{\"message\":\"{\\\"message\\\":\\\"{\\\\\\\"eventName"
		    "\\\\\\\":\\\\\\\"A\\\\\\\"}\\\"}\"}" },
		{ CUT_LINES,
		    "2026-11-22T03:21:30.000Z {\"eventName\":\"A\"}\n" },
	};
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		if (harness_decode(&h, TRAIL, cases[i].kind, cases[i].text) !=
		    1)
			fail_msg("case %zu: %zu events, %s", i, h.batch->count,
			    h.reason);
		assert_span_equal(
		    h.batch->events[0].account, SPAN("111122223333"));
		assert_span_equal(
		    h.batch->events[0].cloudtrail->name, SPAN("A"));
		assert_true(h.batch->events[0].time_us > 0);
	}
	assert_int_equal(h.rejected, 0);
	harness_done(&h);
}

/* From "AWS Internal": a service, or the console for who clicks in it. */
static void
console(void **state)
{
	static const struct {
		const char *more;
		bool service;
	} cases[] = {
		{ "", true },
		{ ",\"sessionCredentialFromConsole\":\"true\"", false },
		{ ",\"sessionCredentialFromConsole\":\"true\","
		  "\"userIdentity\":{\"invokedBy\":\"AWS Internal\"}",
		    true },
	};
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		char text[300];

		(void)snprintf(text, sizeof(text),
		    "{\"eventName\":\"A\",\"sourceIPAddress\":"
		    "\"AWS Internal\"%s}\n",
		    cases[i].more);
		assert_int_equal(
		    harness_decode(&h, TRAIL, CUT_VALUES, text), 1);
		assert_int_equal(h.batch->events[0].cloudtrail->from_service,
		    cases[i].service);
	}
	harness_done(&h);
}

static void
poor_records(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(harness_decode(&h, "x.json", CUT_VALUES,
			     "{\"eventName\":\"A\",\"userIdentity\":null,"
			     "\"sourceIPAddress\":\"12.3.amazonaws.com\","
			     "\"eventTime\":\"redacted\"}\n"
			     "{\"eventSource\":\"iam.amazonaws.com\","
			     "\"eventTime\":\"2026-11-22 03:21:30\"}\n"
			     "{\"eventType\":\"AwsCloudTrailInsight\","
			     "\"insightDetails\":{\"eventName\":\"B\"}}\n"),
	    3);
	assert_int_equal(h.batch->events[0].time_us, 1795317690000000);
	assert_int_equal(h.batch->events[2].time_us, 1795317690000000);
	assert_span_equal(h.batch->events[2].cloudtrail->name, SPAN("B"));
	assert_span_equal(h.batch->tenants[0], SPAN("unknown"));
	assert_true(ip_is_none(&h.batch->events[0].remote));
	assert_true(h.batch->events[0].id_key[0] == 0);
	harness_done(&h);
}

static void
bad_records(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(
	    harness_decode(&h, "x.json", CUT_VALUES,
		"{\"eventName\":\"A\"}\n{\"eventName\":\n"
		"{\"eventName\":\"B\"}{\"eventName\":\"C\"}\nnonsense\n"
		"{\"eventName\":\"D\xff\"}\n{\"other\":1}\n"),
	    4);
	assert_int_equal(h.rejected, 3);
	assert_string_equal(h.record, "{\"other\":1}");
	assert_string_equal(h.reason, "not a known record");
	assert_int_equal(decode_counts(h.decoder)->repaired, 1);
	assert_int_equal(
	    decode_counts(h.decoder)->quarantined[SOURCE_CLOUDTRAIL], 3);
	harness_done(&h);
}

static void
bad_in_list(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(
	    harness_decode(&h, "x.json", CUT_VALUES,
		"{\"Records\":[{\"eventName\":\"A\"},{\"eventName\":x},"
		"{\"eventName\":\"B\"}]}"),
	    2);
	assert_int_equal(h.rejected, 1);
	assert_string_equal(h.record, "{\"eventName\":x}");
	harness_done(&h);
}

static void
no_logs(void **state)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{ "{\"awsAccountId\":\"1\",\"digestStartTime\":\"x\"}",
		    "CloudTrail digest" },
		{ "{\"fileVersion\":\"1\",\"configurationItems\":[]}",
		    "AWS Config snapshot" },
		{ "{\"a\":1}\n{\"b\":2}\n", "not a known log" },
	};
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		assert_int_equal(
		    harness_decode(&h, "x.json", CUT_VALUES, cases[i].text), 0);
		assert_int_equal(h.status, STATUS_UNSUPPORTED);
		assert_string_equal(decode_reason(h.decoder), cases[i].reason);
	}
	assert_int_equal(h.rejected, 0);
	harness_decode(&h, "x.json", CUT_VALUES, "{\"Records\":[]}");
	assert_int_equal(h.status, STATUS_OK);
	harness_decode(&h, "x.json", CUT_VALUES, "[]");
	assert_int_equal(h.status, STATUS_OK);
	harness_done(&h);
}

static uint64_t
activity(struct harness *h, const char *format, const char *value)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "{\"eventName\":\"A\",\"eventSource\":\"s3.amazonaws.com\",%s%s\"}",
	    format, value);
	assert_int_equal(harness_decode(h, "x", CUT_VALUES, text), 1);
	return h->batch->events[0].activity;
}

static void
activities(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_true(activity(&h, "\"eventID\":\"", "1") ==
		    activity(&h, "\"eventID\":\"", "2"));
	assert_true(activity(&h, "\"userAgent\":\"", "1") !=
		    activity(&h, "\"userAgent\":\"", "2"));
	assert_true(activity(&h, "\"errorCode\":\"", "") !=
		    activity(&h, "\"errorCode\":\"", "AccessDenied"));
	harness_done(&h);
}

static void
forced(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ .format = DECODE_K8S_AUDIT });
	assert_int_equal(harness_decode(&h, "x", CUT_VALUES,
			     "{\"eventName\":\"A\"}\n"
			     "{\"auditID\":\"1\",\"verb\":\"get\"}\n"),
	    1);
	assert_string_equal(h.reason, "not a Kubernetes audit event");
	harness_done(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a record's members become the event's", fields),
		TEST("a record is found in any envelope", wrappers),
		TEST("the console acts for a person, a service for itself",
		    console),
		TEST("a record that says little is still an event",
		    poor_records),
		TEST("bad records cost only themselves", bad_records),
		TEST("a bad record in a list costs only itself", bad_in_list),
		TEST("what is no log is skipped with a reason", no_logs),
		TEST("an activity is who does what, not when", activities),
		TEST("a forced format refuses other records", forced),
	};

	return cmocka_run_group_tests_name("cloudtrail", tests, NULL, NULL);
}

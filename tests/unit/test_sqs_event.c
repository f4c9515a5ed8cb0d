#include "aws/sqs_event.h"
#include "base/escape.h"
#include "test.h"

#define RECORD(name, key)                                                      \
	"{\"eventSource\":\"aws:s3\",\"eventName\":\"" name                    \
	"\",\"eventTime\":\"2026-11-22T03:21:30.000Z\",\"s3\":{\"bucket\":{"   \
	"\"name\":\"b\"},\"object\":{\"key\":\"" key                           \
	"\",\"size\":7,\"eTag\":\"e1\"}}}"

static struct sqs_event_parser *parser;

static int
make_parser(void **state)
{
	(void)state;
	parser = sqs_event_parser_new();
	return 0;
}

static int
free_parser(void **state)
{
	(void)state;
	sqs_event_parser_free(parser);
	return 0;
}

static void
read_ok(struct span body, struct sqs_event *e)
{
	const char *why;

	assert_int_equal(sqs_event_read(parser, body, e, &why), STATUS_OK);
}

static void
of_s3(void **state)
{
	struct sqs_event e;

	(void)state;
	read_ok(SPAN("{\"Records\":[" RECORD("ObjectCreated:Put",
		    "a/b+c%2Bd") "," RECORD("ObjectRemoved:Delete",
		    "gone") "," RECORD("s3:ObjectCreated:Copy", "plain") "]}"),
	    &e);
	assert_int_equal(e.count, 2);
	assert_int_equal(e.ignored, 1);
	assert_span_equal(e.objects[0].bucket, SPAN("b"));
	assert_span_equal(e.objects[0].key, SPAN("a/b c+d"));
	assert_span_equal(e.objects[0].other_key, SPAN("a/b+c%2Bd"));
	assert_span_equal(e.objects[0].etag, SPAN("e1"));
	assert_int_equal(e.objects[0].size, 7);
	assert_span_equal(e.objects[1].key, SPAN("plain"));
	assert_span_equal(e.objects[1].other_key, SPAN(""));
	sqs_event_done(&e);
}

static void
plain_keys(void **state)
{
	struct sqs_event e;

	(void)state;
	/* No encoding leaves a blank, or a % alone. */
	read_ok(SPAN("{\"Records\":[" RECORD("ObjectCreated:Put",
		    "a b+c") "," RECORD("ObjectCreated:Put",
		    "100%/+") "," RECORD("ObjectCreated:Put", "\\u00fc+") "]}"),
	    &e);
	assert_span_equal(e.objects[0].key, SPAN("a b+c"));
	assert_span_equal(e.objects[1].key, SPAN("100%/+"));
	assert_span_equal(e.objects[2].key, SPAN("ü+"));
	assert_span_equal(e.objects[2].other_key, SPAN(""));
	sqs_event_done(&e);
}

static void
wrap(const char *text, struct buf *out)
{
	buf_reset(out);
	buf_add_str(out, "{\"Type\":\"Notification\",\"Message\":\"");
	escape_json(span_str(text), out);
	buf_add_str(out, "\"}");
}

static void
by_sns(void **state)
{
	struct buf once = { 0 }, twice = { 0 };
	struct sqs_event e;
	const char *why;

	(void)state;
	wrap("{\"Records\":[" RECORD("ObjectCreated:Put", "k") "]}", &once);
	read_ok(buf_span(&once), &e);
	assert_int_equal(e.count, 1);
	assert_span_equal(e.objects[0].key, SPAN("k"));
	sqs_event_done(&e);
	wrap(once.at, &twice);
	read_ok(buf_span(&twice), &e);
	assert_int_equal(e.count, 1);
	sqs_event_done(&e);
	wrap(twice.at, &once);
	wrap(once.at, &twice);
	assert_int_equal(sqs_event_read(parser, buf_span(&twice), &e, &why),
	    STATUS_UNSUPPORTED);
	buf_done(&once);
	buf_done(&twice);
}

static void
by_event_bridge(void **state)
{
	struct sqs_event e;

	(void)state;
	read_ok(SPAN("{\"source\":\"aws.s3\",\"detail-type\":\"Object "
		     "Created\",\"time\":\"2026-11-22T03:21:30Z\",\"detail\":{"
		     "\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":"
		     "\"a+b%20c\",\"size\":5,\"etag\":\"e\"}}}"),
	    &e);
	assert_int_equal(e.count, 1);
	/* EventBridge does not encode. */
	assert_span_equal(e.objects[0].key, SPAN("a+b%20c"));
	assert_span_equal(e.objects[0].other_key, SPAN("a b c"));
	assert_int_equal(e.objects[0].time_us, 1795317690000000);
	sqs_event_done(&e);
	read_ok(SPAN("{\"detail-type\":\"Object Deleted\",\"detail\":{}}"), &e);
	assert_int_equal(e.count, 0);
	assert_int_equal(e.ignored, 1);
	sqs_event_done(&e);
}

static void
by_cloudtrail(void **state)
{
	struct sqs_event e;

	(void)state;
	read_ok(SPAN("{\"s3Bucket\":\"b\",\"s3ObjectKey\":[\"x\",\"y\"]}"), &e);
	assert_int_equal(e.count, 2);
	assert_span_equal(e.objects[1].key, SPAN("y"));
	sqs_event_done(&e);
}

static void
test_event(void **state)
{
	struct sqs_event e;

	(void)state;
	read_ok(SPAN("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\","
		     "\"Bucket\":\"b\"}"),
	    &e);
	assert_true(e.test);
	assert_int_equal(e.count, 0);
	sqs_event_done(&e);
}

static void
poison(void **state)
{
	static const char *const texts[] = { "", "hello", "[]", "{}",
		"{\"Records\":[]}", "{\"Records\":[{\"kinesis\":{}}]}",
		"{\"Records\":[" RECORD("ObjectCreated:Put", "") "]}",
		"{\"Type\":\"SubscriptionConfirmation\",\"Message\":\"x\"}",
		"{\"detail-type\":\"EC2 Instance State-change\"}",
		"{\"s3Bucket\":\"b\",\"s3ObjectKey\":[]}" };
	struct sqs_event e;

	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		const char *why = NULL;

		assert_int_not_equal(
		    sqs_event_read(parser, span_str(texts[i]), &e, &why),
		    STATUS_OK);
		assert_non_null(why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("records of S3, keys decoded, removals ignored", of_s3),
		TEST("keys that nobody encoded stay", plain_keys),
		TEST("what SNS wrapped is unwrapped, some few times", by_sns),
		TEST("events of EventBridge", by_event_bridge),
		TEST("CloudTrail's own notices", by_cloudtrail),
		TEST("S3's test event names nothing", test_event),
		TEST("other messages are told apart, with a reason", poison),
	};

	return cmocka_run_group_tests_name(
	    "sqs event", tests, make_parser, free_parser);
}

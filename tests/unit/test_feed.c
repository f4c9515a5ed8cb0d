#include <stdlib.h>

#include "base/civil.h"
#include "feed/queue.h"
#include "feed/signature.h"
#include "feed/stream.h"
#include "feed/syslog_text.h"
#include "test.h"

/* The hex digits are those of Python's hmac module. */
static void
signature(void **state)
{
	struct buf out = { 0 };

	(void)state;
	signature_make(SPAN("Jefe"), 1795356131, SPAN("{\"id\":\"1\"}"), &out);
	assert_string_equal(buf_text(&out),
	    "t=1795356131,v1="
	    "6c1bd83c260c528f4be9e8a3081832f331789ef6ca65f8b9baa30b3ed46530de");
	buf_done(&out);
}

static struct feed_item
item_of(struct span id, double severity)
{
	return (struct feed_item){
		.id = id,
		.type = SPAN("Trojan:EC2/DNSDataExfiltration"),
		.severity = severity,
		.revision = 2,
		.last_us = 1795356131 * CIVIL_US_PER_S,
		.title = SPAN("t\xc3\xa9 \n\x1b[31m"),
		.text = SPAN("{}"),
	};
}

static void
message(void **state)
{
	struct feed_item item = item_of(SPAN("a\"]\\\x01z"), 9);
	struct buf out = { 0 };

	(void)state;
	syslog_text(&item, SPAN("h ost\n"), &out);
	assert_string_equal(buf_text(&out),
	    "<130>1 2026-11-22T14:02:11.000Z host nephoscope - "
	    "Trojan:EC2/DNSDataExfiltration "
	    "[finding@32473 id=\"a\\\"\\]\\\\?z\" revision=\"2\" "
	    "severity=\"9.0\" type=\"Trojan:EC2/DNSDataExfiltration\"] {}");
	buf_reset(&out);
	item = item_of(SPAN("1"), 2);
	syslog_text(&item, SPAN(""), &out);
	assert_true(span_starts(buf_span(&out),
	    SPAN("<133>1 2026-11-22T14:02:11.000Z - nephoscope - ")));
	buf_done(&out);
}

static void
short_message(void **state)
{
	struct feed_item item = item_of(SPAN("1"), 5);
	struct buf whole = { 0 }, out = { 0 };

	(void)state;
	syslog_text_short(&item, SPAN("h"), 8192, &whole);
	assert_true(span_ends(
	    buf_span(&whole), SPAN(" cut=\"true\"] t\xc3\xa9 ??[31m")));
	/* The character of two bytes does not fit by one. */
	syslog_text_short(&item, SPAN("h"), whole.len - 8, &out);
	assert_true(span_ends(buf_span(&out), SPAN("] t")));
	buf_done(&whole);
	buf_done(&out);
}

static void
queue(void **state)
{
	struct queue *q = status_calloc(1, sizeof(*q));
	uint64_t number = 0;

	(void)state;
	assert_non_null(queue_add(q, 1, QUEUE_BYTES * 2));
	assert_null(queue_add(q, 2, 1));
	queue_at(q, 0)->state = QUEUE_DONE;
	assert_int_equal(queue_drop_done(q, &number), 1);
	for (size_t i = 0; i < QUEUE_ITEMS; i++)
		assert_non_null(queue_add(q, i + 2, 10));
	assert_null(queue_add(q, 9999, 1));
	queue_at(q, 1)->state = QUEUE_DONE;
	assert_int_equal(queue_drop_done(q, &number), 0);
	queue_at(q, 0)->state = QUEUE_DONE;
	assert_int_equal(queue_drop_done(q, &number), 2);
	assert_int_equal(number, 3);
	assert_int_equal(q->bytes, (QUEUE_ITEMS - 2) * 10);
	queue_done(q);
	free(q);
}

static void
addresses(void **state)
{
	static const char *const bad[] = { "", "host", ":6514", "host:", "[]:1",
		"host:1234567890" };
	static const char *const good[] = { "host:6514", "[::1]:6514",
		"127.0.0.1:1" };
	struct buf error = { 0 };
	struct stream *s;

	(void)state;
	for (size_t i = 0; i < COUNTOF(bad); i++) {
		assert_int_equal(
		    stream_new(STREAM_TCP, bad[i], NULL, &s, &error),
		    STATUS_INVALID);
		assert_true(error.len > 0);
		buf_reset(&error);
	}
	for (size_t i = 0; i < COUNTOF(good); i++) {
		assert_int_equal(
		    stream_new(STREAM_TCP, good[i], NULL, &s, &error),
		    STATUS_OK);
		assert_int_equal(stream_run(s, 0, false), STREAM_DOWN);
		stream_free(s);
	}
	buf_done(&error);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a signature is the HMAC-SHA256 of time and body",
		    signature),
		TEST("a syslog message is as RFC 5424 says, escaped", message),
		TEST("what does not fit a datagram is told by its title",
		    short_message),
		TEST("a queue is bounded and told in order", queue),
		TEST("addresses are taken apart", addresses),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}

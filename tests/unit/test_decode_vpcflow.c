#include <stdio.h>

#include "base/ip.h"
#include "decode_harness.h"

static const struct flow *
only(struct harness *h, const char *text)
{
	if (harness_decode(h, "x.log", CUT_LINES, text) != 1)
		fail_msg("%zu events: %s", h->batch->count, h->reason);
	return h->batch->events[0].flow;
}

static const char *
text_of(const struct ip *ip)
{
	static char text[IP_TEXT_BYTES];

	return ip_format(ip, text);
}

static void
default_row(void **state)
{
	const struct flow *f;
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	f = only(&h,
	    "2 111122223333 eni-1 10.0.0.5 203.0.113.7 49152 443 6 10 8400 "
	    "1418530010 1418530070 ACCEPT OK\n");
	assert_string_equal(text_of(&f->src), "10.0.0.5");
	assert_string_equal(text_of(&f->dst), "203.0.113.7");
	assert_int_equal(f->src_port, 49152);
	assert_int_equal(f->dst_port, 443);
	assert_int_equal(f->protocol, 6);
	assert_int_equal(f->packets, 10);
	assert_int_equal(f->bytes, 8400);
	assert_int_equal(f->action, FLOW_ACCEPT);
	assert_int_equal(f->tcp_flags, FLOW_NO_FLAGS);
	assert_int_equal(h.batch->events[0].time_us, 1418530010000000);
	assert_span_equal(h.batch->events[0].account, SPAN("111122223333"));
	assert_string_equal(text_of(&f->local), "10.0.0.5");
	assert_string_equal(text_of(&f->peer), "203.0.113.7");
	assert_int_equal(f->service_port, 443);
	assert_true(f->initiated);
	harness_done(&h);
}

static void
numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} cases[] = { { "0", 0 }, { "7", 7 }, { "42", 42 }, { "123", 123 },
		{ "1234", 1234 }, { "12345", 12345 }, { "123456", 123456 },
		{ "1234567", 1234567 }, { "12345678", 12345678 },
		{ "123456789", 123456789 },
		{ "9223372036854775807", 9223372036854775807 }, { "-", 0 },
		{ "1x", 0 }, { "1:", 0 }, { "/1", 0 },
		{ "99999999999999999999", 0 } };
	struct harness h;
	char text[256];

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		(void)snprintf(text, sizeof(text),
		    "srcaddr dstaddr bytes\n10.0.0.1 10.0.0.2 %s",
		    cases[i].text);
		assert_int_equal(only(&h, text)->bytes, cases[i].value);
	}
	harness_done(&h);
}

static void
addresses(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = { { "1.2.3.4", "1.2.3.4" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "10.20.30.40", "10.20.30.40" },
		{ "2001:db8::1", "2001:db8::1" }, { "256.1.1.1", "" },
		{ "1.2.3", "" }, { "1.2.3.4.5", "" }, { "1..2.3", "" },
		{ "1.2.3.a", "" }, { "-", "" }, { "null", "" } };
	struct harness h;
	char text[256];

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		(void)snprintf(text, sizeof(text),
		    "dstaddr srcaddr bytes\n10.0.0.2 %s 1\n", cases[i].from);
		assert_string_equal(text_of(&only(&h, text)->src), cases[i].to);
	}
	harness_done(&h);
}

static void
forms(void **state)
{
	static const char *const cases[] = {
		/* all fields of version 5 */
		"5 1 eni-1 10.0.0.5 203.0.113.7 49152 443 6 1 1 1418530010 "
		"1418530070 ACCEPT OK vpc-1 subnet-1 i-1 2 IPv4 10.0.0.5 "
		"203.0.113.7 eu-west-1 euw1-az1 - - - - egress 8\n",
		/* any order, an unknown column, a header twice */
		"bytes dstaddr wat srcaddr srcport dstport\n"
		"1 203.0.113.7 ? 10.0.0.5 49152 443\n"
		"bytes dstaddr wat srcaddr srcport dstport\n",
		/* an export with commas */
		"\"version\",\"srcaddr\",\"dstaddr\",\"srcport\",\"dstport\""
		"\n\"2\",\"10.0.0.5\",\"203.0.113.7\",\"49152\",\"443\"\n",
		/* two blanks, a comment, Windows line ends */
		"srcaddr  dstaddr srcport dstport\r\n"
		"10.0.0.5  203.0.113.7 49152 443 # note\r\n",
		/* CloudWatch's export has its own time before */
		"2026-11-22T03:21:30.000Z 2 1 eni-1 10.0.0.5 203.0.113.7 "
		"49152 443 6 1 1 1418530010 1418530070 ACCEPT OK\n",
	};
	static const char json[] =
	    "{\"message\":\"2 1 eni-1 10.0.0.5 203.0.113.7 49152 443 6 1 1 "
	    "1418530010 1418530070 ACCEPT OK\"}\n";
	static const char object[] =
	    "{\"srcaddr\":\"10.0.0.5\",\"dstaddr\":\"203.0.113.7\","
	    "\"srcport\":49152,\"dstport\":\"443\",\"start\":1418530010}\n";
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		const struct flow *f = only(&h, cases[i]);

		assert_string_equal(text_of(&f->local), "10.0.0.5");
		assert_int_equal(f->service_port, 443);
		assert_true(f->initiated);
	}
	assert_int_equal(harness_decode(&h, "x", CUT_VALUES, json), 1);
	assert_int_equal(h.batch->events[0].flow->service_port, 443);
	assert_int_equal(harness_decode(&h, "x", CUT_VALUES, object), 1);
	assert_int_equal(h.batch->events[0].flow->service_port, 443);
	assert_int_equal(h.rejected, 0);
	harness_done(&h);
}

static void
gaps(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(
	    harness_decode(&h, "x", CUT_LINES,
		"2 1 eni-1 - - - - - - - 1431280876 1431280934 - NODATA\n"
		"2 1 eni-1 - - - - - - - 1 2 - SKIPDATA\n"
		"2 1 eni-1 1431280876 1431280934 - NODATA\n"),
	    0);
	assert_int_equal(decode_counts(h.decoder)->events[SOURCE_VPCFLOW], 3);
	assert_int_equal(h.rejected, 0);
	harness_done(&h);
}

static void
sides(void **state)
{
	static const struct {
		const char *row, *local;
		uint16_t port;
		bool initiated;
	} cases[] = {
		/* the answer of a server outside */
		{ "203.0.113.7 10.0.0.5 443 49152 - -", "10.0.0.5", 443, true },
		/* a caller from outside, and the answer to it */
		{ "203.0.113.7 10.0.0.5 49152 22 - -", "10.0.0.5", 22, false },
		{ "10.0.0.5 203.0.113.7 22 49152 - -", "10.0.0.5", 22, false },
		/* inside, both directions say the same */
		{ "10.0.0.5 10.0.0.9 40000 5432 - -", "10.0.0.5", 5432, true },
		{ "10.0.0.9 10.0.0.5 5432 40000 - -", "10.0.0.5", 5432, true },
		/* the log's own word counts more */
		{ "10.0.0.5 10.0.0.9 40000 5432 - ingress", "10.0.0.9", 5432,
		    false },
		/* flags tell who called, whatever the ports */
		{ "10.0.0.5 203.0.113.7 443 60000 2 -", "10.0.0.5", 60000,
		    true },
		{ "10.0.0.5 203.0.113.7 60000 443 18 -", "10.0.0.5", 60000,
		    false },
	};
	struct harness h;
	char text[256];

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		const struct flow *f;

		(void)snprintf(text, sizeof(text),
		    "srcaddr dstaddr srcport dstport tcp-flags "
		    "flow-direction protocol\n%s 6\n",
		    cases[i].row);
		f = only(&h, text);
		assert_string_equal(text_of(&f->local), cases[i].local);
		assert_int_equal(f->service_port, cases[i].port);
		assert_int_equal(f->initiated, cases[i].initiated);
	}
	harness_done(&h);
}

static void
bad_rows(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(harness_decode(&h, "x", CUT_LINES,
			     "srcaddr dstaddr bytes\n10.0.0.1 10.0.0.2 3\n"
			     "10.0.0.1 \nwords that say nothing\n"),
	    1);
	assert_int_equal(h.rejected, 2);
	assert_int_equal(harness_decode(&h, "x", CUT_LINES,
			     "words that say nothing\nat all\n"),
	    0);
	assert_int_equal(h.status, STATUS_UNSUPPORTED);
	harness_done(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a row without a header has the default columns",
		    default_row),
		TEST("numbers of any length are read", numbers),
		TEST("addresses of either kind are read", addresses),
		TEST("columns come in any order and form", forms),
		TEST("rows without traffic count but are no events", gaps),
		TEST("a flow has a local side and a service port", sides),
		TEST("rows that do not fit are refused", bad_rows),
	};

	return cmocka_run_group_tests_name("vpcflow", tests, NULL, NULL);
}

#include "base/ip.h"
#include "decode_harness.h"

/* Each is one query of 10.0.0.1 for www.example.org, type A. */
static void
forms(void **state)
{
	static const struct {
		enum cut_kind kind;
		const char *text;
	} cases[] = {
		{ CUT_VALUES,
		    "{\"version\":\"1.1\",\"account_id\":\"111122223333\","
		    "\"region\":\"eu-west-1\",\"vpc_id\":\"vpc-1\","
		    "\"query_timestamp\":\"2026-11-22T03:21:30Z\","
		    "\"query_name\":\"www.example.org.\",\"query_type\":"
		    "\"A\",\"rcode\":\"NOERROR\",\"answers\":[{\"Rdata\":"
		    "\"203.0.113.1\",\"Type\":\"A\",\"Class\":\"IN\"}],"
		    "\"srcaddr\":\"10.0.0.1\",\"srcport\":\"4000\","
		    "\"srcids\":{\"instance\":\"i-1\"}}" },
		{ CUT_LINES,
		    "2026-11-22T03:21:30Z stdout F [INFO] 10.0.0.1:53124 - "
		    "4711 \"A IN www.example.org. udp 40 false 512\" NOERROR "
		    "qr,rd,ra 95 0.003s\n" },
		{ CUT_VALUES,
		    "{\"log\":\"[INFO] 10.0.0.1:53124 - 4711 \\\"A IN "
		    "www.example.org. udp 40 false 512\\\" NOERROR qr 95 "
		    "0.003s\\n\",\"stream\":\"stdout\",\"time\":"
		    "\"2026-11-22T03:21:30Z\"}" },
		{ CUT_LINES, "22-Nov-2026 03:21:30.000 queries: info: client "
			     "@0x7f 10.0.0.1#53124 (www.example.org): query: "
			     "www.example.org IN A +E(0)K (10.0.0.2)\n" },
		{ CUT_LINES,
		    "#separator \\x09\n#fields\tts\tid.orig_h\tquery\t"
		    "qtype_name\trcode_name\tanswers\n1795317690.000000\t"
		    "10.0.0.1\twww.example.org\tA\tNOERROR\t203.0.113.1\n" },
		{ CUT_VALUES,
		    "{\"ts\":1795317690.0,\"id.orig_h\":\"10.0.0.1\","
		    "\"query\":\"www.example.org\",\"qtype_name\":\"A\","
		    "\"rcode_name\":\"NOERROR\"}" },
		{ CUT_LINES,
		    "1.0 2026-11-22T03:21:30Z Z123 www.example.org A NOERROR "
		    "UDP FRA6 10.0.0.1 -\n" },
	};
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		char text[IP_TEXT_BYTES];
		const struct dns *q;

		if (harness_decode(
			&h, "a/b.log", cases[i].kind, cases[i].text) != 1)
			fail_msg("case %zu: %s", i, h.reason);
		q = h.batch->events[0].dns;
		assert_span_equal(q->name, SPAN("www.example.org"));
		assert_span_equal(q->type, SPAN("A"));
		assert_string_equal(ip_format(&q->client, text), "10.0.0.1");
		assert_int_equal(h.batch->events[0].time_us, 1795317690000000);
		assert_int_equal(h.batch->events[0].outcome, OUTCOME_OK);
	}
	assert_int_equal(h.rejected, 0);
	harness_done(&h);
}

static void
other_lines(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(
	    harness_decode(&h, "dns/2026-11-22/coredns.log", CUT_LINES,
		".:53\n[INFO] plugin/reload: Running\nCoreDNS-1.11.1\n"
		"linux/amd64, go1.20.7, x\n"
		"[INFO] [2001:db8::1]:53124 - 1 \"AAAA IN a.example. udp 40 "
		"false 512\" NXDOMAIN qr 95 0.003s\n"
		"[ERROR] plugin/errors: 2 a.example. A: timeout\n"),
	    1);
	assert_int_equal(decode_counts(h.decoder)->ignored, 5);
	assert_int_equal(h.rejected, 0);
	assert_int_equal(h.batch->events[0].outcome, OUTCOME_FAILED);
	/* The path's date, for want of another. */
	assert_int_equal(h.batch->events[0].time_us, 1795305600000000);
	harness_done(&h);
}

static void
odd_names(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(
	    harness_decode(&h, "x", CUT_VALUES,
		"{\"query_name\":\".\",\"answers\":null,\"srcport\":1}\n"
		"{\"query_name\":\"A\\\\012.B.\",\"query_type\":\"TYPE25\","
		"\"firewall_rule_action\":\"BLOCK\",\"answers\":[]}\n"),
	    2);
	assert_span_equal(h.batch->events[0].dns->name, SPAN("."));
	assert_span_equal(h.batch->events[1].dns->name, SPAN("A\\012.B"));
	assert_int_equal(h.batch->events[1].outcome, OUTCOME_DENIED);
	harness_done(&h);
}

static void
activities(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(harness_decode(&h, "x", CUT_VALUES,
			     "{\"query_name\":\"a.Example.org\"}\n"
			     "{\"query_name\":\"b.example.org.\"}\n"
			     "{\"query_name\":\"b.example.co.uk.\"}\n"
			     "{\"query_name\":\"b.other.co.uk.\"}\n"),
	    4);
	assert_true(h.batch->events[0].activity == h.batch->events[1].activity);
	assert_true(h.batch->events[2].activity != h.batch->events[3].activity);
	harness_done(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a query is read from each kind of log", forms),
		TEST(
		    "what CoreDNS says beside queries is ignored", other_lines),
		TEST("odd names are kept as they are", odd_names),
		TEST("names of one domain are one activity", activities),
	};

	return cmocka_run_group_tests_name("dns", tests, NULL, NULL);
}

#include "decode_harness.h"

static const char exec_event[] =
    "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":"
    "\"Metadata\",\"auditID\":\"id-1\",\"stage\":\"ResponseComplete\","
    "\"requestURI\":\"/api/v1/namespaces/shop/pods/cart/exec\",\"verb\":"
    "\"create\",\"user\":{\"username\":\"jane\",\"groups\":["
    "\"system:masters\",\"system:authenticated\",\"other\"]},"
    "\"impersonatedUser\":{\"username\":\"bob\"},\"sourceIPs\":["
    "\"203.0.113.5\",\"10.0.0.1\"],\"userAgent\":\"kubectl/v1.29\","
    "\"objectRef\":{\"resource\":\"pods\",\"namespace\":\"shop\",\"name\":"
    "\"cart\",\"subresource\":\"exec\",\"apiVersion\":\"v1\"},"
    "\"responseStatus\":{\"metadata\":{},\"code\":403},"
    "\"requestReceivedTimestamp\":\"2026-11-22T03:21:30.5Z\","
    "\"stageTimestamp\":\"2026-11-22T03:21:31Z\",\"annotations\":{"
    "\"authorization.k8s.io/decision\":\"forbid\","
    "\"authorization.k8s.io/reason\":\"no\"}}\n";

static void
fields(void **state)
{
	const struct event *ev;
	const struct audit *a;
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(harness_decode(&h, "prod-eu/2026-11-22/audit.log",
			     CUT_VALUES, exec_event),
	    1);
	ev = &h.batch->events[0];
	a = ev->audit;
	assert_int_equal(ev->source, SOURCE_K8S_AUDIT);
	assert_int_equal(ev->time_us, 1795317690500000);
	assert_int_equal(ev->outcome, OUTCOME_DENIED);
	assert_span_equal(ev->cluster, SPAN("prod-eu"));
	assert_span_equal(h.batch->tenants[ev->tenant], SPAN("prod-eu"));
	assert_span_equal(a->verb, SPAN("create"));
	assert_span_equal(a->user, SPAN("jane"));
	assert_span_equal(a->impersonated, SPAN("bob"));
	assert_span_equal(a->remote, SPAN("203.0.113.5"));
	assert_span_equal(a->resource, SPAN("pods"));
	assert_span_equal(a->subresource, SPAN("exec"));
	assert_span_equal(a->ns, SPAN("shop"));
	assert_span_equal(a->name, SPAN("cart"));
	assert_span_equal(a->decision, SPAN("forbid"));
	assert_int_equal(a->code, 403);
	assert_int_equal(
	    a->groups, AUDIT_GROUP_MASTERS | AUDIT_GROUP_AUTHENTICATED);
	harness_done(&h);
}

static const struct event *
only(struct harness *h, enum cut_kind kind, const char *text)
{
	if (harness_decode(h, "audit.log", kind, text) != 1)
		fail_msg("%zu events: %s", h->batch->count, h->reason);
	return &h->batch->events[0];
}

#define INNER                                                                  \
	"{\\\"auditID\\\":\\\"1\\\",\\\"verb\\\":\\\"get\\\",\\\"stage\\\":"   \
	"\\\"ResponseComplete\\\"}"

static void
envelopes(void **state)
{
	const struct event *ev;
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	ev = only(&h, CUT_VALUES,
	    "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"111122223333\","
	    "\"logGroup\":\"/aws/eks/prod/cluster\",\"logStream\":"
	    "\"kube-apiserver-audit-1\",\"logEvents\":[{\"timestamp\":"
	    "1795317690000,\"message\":\"" INNER "\"}]}");
	assert_span_equal(ev->cluster, SPAN("prod"));
	assert_span_equal(ev->account, SPAN("111122223333"));
	assert_int_equal(ev->time_us, 1795317690000000);
	ev = only(&h, CUT_VALUES,
	    "{\"category\":\"kube-audit\",\"resourceId\":\"/SUBSCRIPTIONS/S/"
	    "RESOURCEGROUPS/R/PROVIDERS/X/MANAGEDCLUSTERS/AKS1\",\"time\":"
	    "\"2026-11-22T03:21:30Z\",\"properties\":{\"log\":\"" INNER "\"}}");
	assert_span_equal(ev->cluster, SPAN("AKS1"));
	ev = only(&h, CUT_VALUES,
	    "{\"records\":[{\"category\":\"kube-audit-admin\",\"properties\":"
	    "{\"log\":{\"auditID\":\"1\",\"verb\":\"get\"}}}]}");
	assert_span_equal(ev->audit->verb, SPAN("get"));
	ev = only(&h, CUT_VALUES,
	    "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\","
	    "\"metadata\":{},\"items\":[{\"auditID\":\"1\",\"verb\":"
	    "\"get\"}]}");
	assert_span_equal(ev->cluster, SPAN("kubernetes"));
	ev = only(&h, CUT_VALUES,
	    "{\"log\":\"" INNER "\",\"kubernetes\":{\"x\":1},\"time\":"
	    "\"2026-11-22T03:21:30Z\"}");
	assert_int_equal(ev->time_us, 1795317690000000);
	(void)only(&h, CUT_VALUES, "{\"message\":\"" INNER "\"}");
	(void)only(&h, CUT_LINES,
	    "2026-11-22T03:21:30.123Z {\"auditID\":\"1\",\"verb\":\"get\"}");
	assert_int_equal(h.rejected, 0);
	harness_done(&h);
}

static void
gke(void **state)
{
	const struct event *ev;
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	ev = only(&h, CUT_VALUES,
	    "{\"insertId\":\"i1\",\"timestamp\":\"2026-11-22T03:21:30Z\","
	    "\"resource\":{\"type\":\"k8s_cluster\",\"labels\":{"
	    "\"cluster_name\":\"gke1\",\"project_id\":\"p1\",\"location\":"
	    "\"europe-west1\"}},\"protoPayload\":{\"serviceName\":"
	    "\"k8s.io\",\"methodName\":\"io.k8s.core.v1.pods.exec.create\","
	    "\"resourceName\":\"core/v1/namespaces/shop/pods/cart/exec\","
	    "\"authenticationInfo\":{\"principalEmail\":\"a@b.example\"},"
	    "\"requestMetadata\":{\"callerIp\":\"203.0.113.5\","
	    "\"callerSuppliedUserAgent\":\"kubectl/v1\"},\"status\":{"
	    "\"code\":7}}}");
	assert_span_equal(ev->cluster, SPAN("gke1"));
	assert_span_equal(ev->account, SPAN("p1"));
	assert_span_equal(ev->audit->verb, SPAN("create"));
	assert_span_equal(ev->audit->resource, SPAN("pods"));
	assert_span_equal(ev->audit->subresource, SPAN("exec"));
	assert_span_equal(ev->audit->ns, SPAN("shop"));
	assert_span_equal(ev->audit->name, SPAN("cart"));
	assert_span_equal(ev->audit->user, SPAN("a@b.example"));
	assert_int_equal(ev->audit->code, 403);
	assert_int_equal(ev->outcome, OUTCOME_DENIED);
	harness_done(&h);
}

static void
other_streams(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(
	    harness_decode(&h, "x", CUT_VALUES,
		"{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":"
		"\"/aws/eks/prod/cluster\",\"logStream\":"
		"\"kube-scheduler-1\",\"logEvents\":[{\"message\":\"I1122 "
		"x\"}]}\n{\"category\":\"guard\",\"properties\":{\"log\":"
		"\"x\"}}\n{\"messageType\":\"CONTROL_MESSAGE\"}"),
	    0);
	assert_int_equal(h.status, STATUS_OK);
	assert_int_equal(h.rejected, 0);
	assert_int_equal(decode_counts(h.decoder)->ignored, 2);
	harness_done(&h);
}

static void
inner_bad(void **state)
{
	struct harness h;

	(void)state;
	harness_init(&h, (struct decode_options){ 0 });
	assert_int_equal(harness_decode(&h, "x", CUT_VALUES,
			     "{\"message\":\"" INNER "\"}\n"
			     "{\"message\":\"{broken\"}\n"
			     "{\"message\":\"{},{}\"}\n"
			     "{\"message\":\"" INNER "\"}\n"),
	    2);
	assert_int_equal(h.rejected, 2);
	harness_done(&h);
}

static void
stages(void **state)
{
	struct harness h;
	const struct event *e;

	(void)state;
	harness_init(&h, (struct decode_options){ .cluster = "named" });
	assert_int_equal(
	    harness_decode(&h, "x", CUT_VALUES,
		"{\"auditID\":\"1\",\"stage\":\"RequestReceived\",\"verb\":"
		"\"get\"}\n{\"auditID\":\"1\",\"stage\":\"Panic\",\"verb\":"
		"\"get\"}\n{\"auditID\":\"1\",\"stage\":\"Panic\",\"verb\":"
		"\"get\",\"metadata\":{\"creationTimestamp\":"
		"\"2018-10-26T09:13:36Z\"}}\n"),
	    3);
	e = h.batch->events;
	assert_true(e[0].id_key[0] != e[1].id_key[0]);
	assert_true(e[1].id_key[0] == e[2].id_key[0]);
	assert_int_equal(e[1].outcome, OUTCOME_FAILED);
	assert_int_equal(e[0].time_us, 1540545216000000);
	assert_span_equal(e[0].cluster, SPAN("named"));
	harness_done(&h);
}

/* An event whose extra member is an array nested `depth` deep. */
static void
add_deep_event(struct buf *out, unsigned depth, const char *quote)
{
	buf_printf(out,
	    "{%sauditID%s:%s2%s,%sverb%s:%sget%s,%sstage%s:%sPanic%s,%sx%s:",
	    quote, quote, quote, quote, quote, quote, quote, quote, quote,
	    quote, quote, quote, quote, quote);
	for (unsigned i = 0; i < depth; i++)
		buf_add_char(out, '[');
	for (unsigned i = 0; i < depth; i++)
		buf_add_char(out, ']');
	buf_add_char(out, '}');
}

/* Three events, the one between nested `depth` deep: at the most that one is
 * lost. */
static void
assert_neighbours_live(unsigned depth, bool inside)
{
	struct harness h;
	struct buf text = { 0 };

	for (unsigned i = 0; i < 3; i++) {
		if (inside)
			buf_add_str(&text, "{\"message\":\"");
		add_deep_event(
		    &text, i == 1 ? depth : 1, inside ? "\\\"" : "\"");
		buf_add_str(&text, inside ? "\"}\n" : "\n");
	}
	harness_init(&h, (struct decode_options){ 0 });
	(void)harness_decode(&h, "audit.log", CUT_VALUES, buf_text(&text));
	if (h.batch->count + h.rejected != 3 || h.batch->count < 2)
		fail_msg("depth %u: %zu events, %u refused", depth,
		    h.batch->count, h.rejected);
	harness_done(&h);
	buf_done(&text);
}

static void
deep_record(void **state)
{
	(void)state;
	for (unsigned depth = 56; depth < 72; depth++) {
		assert_neighbours_live(depth, false);
		assert_neighbours_live(depth, true);
	}
}

#define EVENT "{\"auditID\":\"1\",\"verb\":\"get\",\"stage\":\"Panic\"}"

/* A line that is no record, whatever it is, between records. */
static void
bad_line(void **state)
{
	static const char *const lines[] = { "5", "null", "\"x\"", "[]",
		"{\"auditID\":\"1\",\"verb\":\"un}", "{\"auditID\":{", "}", "]",
		"{\"auditID\":\"1\",\"verb\":\"get\"}}", "{\"a\":\"\\\"}",
		"[\"a\",{\"b\":\"c}]", "{\"a\":1,}" };

	(void)state;
	for (size_t i = 0; i < COUNTOF(lines); i++) {
		struct buf text = { 0 };
		struct harness h;

		buf_printf(
		    &text, EVENT "\n%s\n" EVENT "\n" EVENT "\n", lines[i]);
		harness_init(&h, (struct decode_options){ 0 });
		(void)harness_decode(
		    &h, "audit.log", CUT_VALUES, buf_text(&text));
		if (h.batch->count < 3)
			fail_msg("%s: %zu events", lines[i], h.batch->count);
		harness_done(&h);
		buf_done(&text);
	}
}

static void
who_calls_is_told_from_proxies(void **state)
{
	static const struct {
		const char *sources, *remote, *proxy;
	} rows[] = {
		{ "[\"203.0.113.5\"]", "203.0.113.5", "" },
		{ "\"10.0.0.1\"", "10.0.0.1", "" },
		{ "[\"203.0.113.5\",\"10.0.0.1\"]", "203.0.113.5", "10.0.0.1" },
		/* The last one is no caller's invention. */
		{ "[\"198.51.100.7\",\"203.0.113.5\"]", "203.0.113.5", "" },
		{ "[\"10.0.1.5\",\"54.212.83.236\"]", "54.212.83.236", "" },
		{ "[\"10.0.0.1\",\"10.0.0.2\"]", "10.0.0.2", "" },
		{ "[\"no address\",\"10.0.0.2\"]", "10.0.0.2", "" },
		{ "[]", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct event *ev;
		struct harness h;
		char text[256];

		(void)snprintf(text, sizeof(text),
		    "{\"auditID\":\"a\",\"stage\":\"ResponseComplete\","
		    "\"verb\":\"get\",\"requestURI\":\"/\",\"sourceIPs\":%s,"
		    "\"stageTimestamp\":\"2026-11-22T03:21:31Z\"}\n",
		    rows[i].sources);
		harness_init(&h, (struct decode_options){ 0 });
		ev = only(&h, CUT_VALUES, text);
		assert_span_equal(ev->audit->remote, span_str(rows[i].remote));
		assert_span_equal(ev->audit->proxy, span_str(rows[i].proxy));
		harness_done(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("an audit event's members become the event's", fields),
		TEST("an audit event is found in any envelope", envelopes),
		TEST("who calls is told from proxies",
		    who_calls_is_told_from_proxies),
		TEST("a Google Cloud entry reads as an audit event", gke),
		TEST("other logs of a cluster are ignored", other_streams),
		TEST("a bad text in a string costs only itself", inner_bad),
		TEST("each stage is an event with its own id", stages),
		TEST("a record nested too deeply costs only itself",
		    deep_record),
		TEST("a bad line costs only itself", bad_line),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}

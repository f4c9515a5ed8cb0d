#include "finding/finding.h"

#include "base/buf.h"
#include "finding_fixture.h"
#include "test.h"

static void
expect_expansion(
    const struct fixture *x, const char *template, const char *text)
{
	struct buf b = { 0 };

	finding_expand(&x->finding, template, &b);
	assert_string_equal(buf_text(&b), text);
	buf_done(&b);
}

static void
expect_description(const struct fixture *x, const char *text)
{
	struct buf b = { 0 };

	finding_describe(&x->finding, &b);
	assert_string_equal(buf_text(&b), text);
	buf_done(&b);
}

static void
expands(void **state)
{
	struct fixture x;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	expect_expansion(&x, "{actor} ({actor.kind}) in {cluster} at {time}",
	    "alice@example.org (user) in prod at 2026-11-22 14:02 UTC");
	expect_expansion(&x, "{namespace}/{name} {count} {p} {type}",
	    "kube-system/coredns-7x2 3 1e-07 "
	    "Execution:Kubernetes/ExecInKubeSystemPod");
	fixture_fact(&x, "namespace", SPAN("gone"));
	expect_expansion(&x, "{namespace} {name}", "gone coredns-7x2");
	fixture_fact(&x, "name", SPAN("gone"));
	expect_expansion(
	    &x, "namespaces {namespace} {name}", "namespaces gone");
}

static void
unknown(void **state)
{
	struct fixture x;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	expect_expansion(&x, "{user_agent}, {registered_domain}",
	    "unknown user agent, unknown registered domain");
	x.signal.cluster = SPAN("");
	expect_expansion(&x, "{cluster}", "unknown cluster");
}

static void
braces(void **state)
{
	struct fixture x;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	expect_expansion(
	    &x, "{} {{x {\"a\":1} {Name} {", "{} {{x {\"a\":1} {Name} {");
	fixture_fact(&x, "name", SPAN("{actor}"));
	expect_expansion(&x, "{name}", "{actor}");
}

static void
shortens(void **state)
{
	char name[300];
	struct fixture x;
	struct buf b = { 0 };

	(void)state;
	memset(name, 'a', sizeof(name));
	name[0] = 'S';
	name[299] = 'E';
	fixture_init(&x, "exec_kube_system");
	fixture_fact(&x, "name", span_of(name, sizeof(name)));
	finding_expand(&x.finding, "{name}", &b);
	assert_true(b.len <= 96);
	assert_int_equal(b.at[0], 'S');
	assert_int_equal(b.at[b.len - 1], 'E');
	assert_true(span_search(buf_span(&b), SPAN("...")) < b.len);
	buf_done(&b);
}

static void
story_alone(void **state)
{
	struct fixture x;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	x.finding.count = 1;
	expect_description(&x,
	    "alice@example.org ran /bin/sh -c id in pod "
	    "kube-system/coredns-7x2 of cluster prod at 2026-11-22 14:02 UTC.");
}

static void
says_usual(void **state)
{
	struct fixture x;
	struct signal_why *w;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	x.detector.story = "Story";
	w = fixture_why(&x, "image", SPAN("docker.io/x"));
	w->profiled = true;
	w->frequency = FREQUENCY_UNSEEN;
	w->n = 412;
	w->known_days = 30;
	w->usual[0] = SPAN("a");
	w->usual[1] = SPAN("b");
	w->nusual = 2;
	w = fixture_why(&x, "user agent", SPAN("curl 8"));
	w->profiled = true;
	w->frequency = FREQUENCY_INFREQUENT;
	w->days = 2;
	w->n = 50;
	w->known_days = 21;
	w = fixture_why(&x, "refused calls in an hour", SPAN(""));
	w->observed_number = 45;
	w->expected = 1.25;
	expect_description(&x,
	    "Story. The image docker.io/x was never seen before; usual are a "
	    "and b (412 observations on 30 of the last 30 days). Refused calls "
	    "in an hour: 45, usually 1.2. The user agent \"curl 8\" was seen "
	    "on "
	    "2 of the last 30 days (50 observations on 21 of the last 30 "
	    "days). Seen 3 times, last at 2026-11-22 14:03 UTC.");
}

static void
says_nothing_usual(void **state)
{
	struct fixture x;
	struct signal_why *w;

	(void)state;
	fixture_init(&x, "exec_kube_system");
	x.detector.story = "Story.";
	x.finding.count = 1;
	w = fixture_why(&x, "API", SPAN("get pods"));
	w->profiled = true;
	w->frequency = FREQUENCY_FREQUENT;
	w->n = 9000;
	w->days = 30;
	w = fixture_why(&x, "bytes in an hour", SPAN(""));
	w->observed_number = 5.4e9;
	w->expected = 12000;
	expect_description(
	    &x, "Story. Bytes in an hour: 5.4 GB, usually 12 kB.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("placeholders become facts", expands),
		TEST("what the log does not say is called unknown", unknown),
		TEST("other braces are text, and values are not templates",
		    braces),
		TEST("a long value loses its middle", shortens),
		TEST("a rule's description is its story", story_alone),
		TEST(
		    "a description says what is usual, in numbers", says_usual),
		TEST("what is usual anyway is not said", says_nothing_usual),
	};

	return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}

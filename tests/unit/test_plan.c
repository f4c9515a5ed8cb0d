#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/civil.h"
#include "collect/name_time.h"
#include "collect/plan.h"
#include "test.h"

static char top[64];

static int
make_top(void **state)
{
	(void)state;
	(void)snprintf(top, sizeof(top), "/tmp/test_plan.XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static int
drop_top(void **state)
{
	char command[256];

	(void)state;
	(void)snprintf(
	    command, sizeof(command), "chmod -R u+rwx %s; rm -rf %s", top, top);
	return system(command);
}

/* A file below the top folder, its folders made. */
static void
put(const char *place, const char *text)
{
	char path[512];
	FILE *f;
	char *p;

	(void)snprintf(path, sizeof(path), "%s/%s", top, place);
	for (p = path + strlen(top) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdir(path, 0777);
		*p = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static struct plan *
plan_of(size_t npaths, const char *const *paths)
{
	const struct plan_options options = { .paths = paths,
		.npaths = npaths };
	struct buf error = { 0 };
	struct plan *p = NULL;

	assert_int_equal(plan_make(&options, &p, &error), STATUS_OK);
	buf_done(&error);
	return p;
}

static struct plan *
plan_of_top(void)
{
	const char *const paths[] = { top };

	return plan_of(1, paths);
}

static const struct plan_skip *
skip_of(const struct plan *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->nskips; i++) {
		if (span_ends(span_str(p->skips[i].path), span_str(name)))
			return &p->skips[i];
	}
	return NULL;
}

static void
assert_time(const char *path, const char *expected)
{
	char text[CIVIL_TEXT_BYTES] = "none";
	int64_t t = name_time_of(span_str(path));

	if (t != INT64_MIN)
		civil_format(t, text);
	if (strcmp(text, expected) != 0)
		fail_msg("%s: got %s, expected %s", path, text, expected);
}

static void
times_of_names(void **state)
{
	static const char *const table[][2] = {
		{ "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/22/"
		  "123456789012_CloudTrail_us-east-1_20261122T0320Z_x.json.gz",
		    "2026-11-22T03:20:00Z" },
		{ "202611220312_vpcflowlogs_us-east-1_fl-1_20261122T0520Z_"
		  "0a1b2c3d.log.gz",
		    "2026-11-22T05:20:00Z" },
		{ "1_vpcdnsquerylogs_vpc-1_20261122T0520Z_ab.log.gz",
		    "2026-11-22T05:20:00Z" },
		{ "a/year=2026/month=11/day=22/hour=03/x.log.gz",
		    "2026-11-22T03:00:00Z" },
		{ "date=2026-11-22/x.gz", "2026-11-22T00:00:00Z" },
		{ "dt=20261122/hour=7/x.gz", "2026-11-22T07:00:00Z" },
		{ "dt=2026-11-22-05/x.gz", "2026-11-22T05:00:00Z" },
		{ "eks/2026/11/22/x.gz", "2026-11-22T00:00:00Z" },
		{ "eks/2026/11/22/03/x.gz", "2026-11-22T03:00:00Z" },
		{ "fire-1-2026-11-22-03-21-30-1c0a7e5a-uuid",
		    "2026-11-22T03:21:30Z" },
		{ "eks-audit-1-2026-11-22-03-21-30-5a40170f-ae64-49a4-ac38-"
		  "1c1416cf07e8.gz",
		    "2026-11-22T03:21:30Z" },
		{ "eks-audit-1-2026-11-22-03-21-30-5a40170f.gz", "none" },
		{ "flows-2026-11-22.log", "2026-11-22T00:00:00Z" },
		{ "flows-20261122.log", "2026-11-22T00:00:00Z" },
		{ "flows-2026112203.log", "2026-11-22T03:00:00Z" },
		{ "flows-20261122-0321.log", "2026-11-22T03:21:00Z" },
		{ "flows_20261122T032130.log", "2026-11-22T03:21:30Z" },
		{ "flows.1795317690.log", "2026-11-22T03:21:30Z" },
		{ "flows.1795317690123.log", "2026-11-22T03:21:30.123Z" },
		{ "audit-2026-11-22T03-21-30.000.log", "none" },
		{ "a/2026/11/22/audit-2026-11-22T03-21-30.000.log.gz", "none" },
		{ "coredns.log-20261122.gz", "none" },
		{ "000000.gz", "none" },
		{ "flows-20261332.log", "none" },
		{ "flows-2026-02-30.log", "none" },
		{ "123456789012/x", "none" },
		{ "", "none" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNTOF(table); i++) {
		struct span text = span_str(table[i][1]);

		if (span_ends(text, SPAN(".123Z"))) {
			assert_int_equal(
			    name_time_of(span_str(table[i][0])) / 1000,
			    1795317690123);
			continue;
		}
		assert_time(table[i][0], table[i][1]);
	}
}

static void
orders_by_time(void **state)
{
	struct plan *p;

	(void)state;
	put("b/x_20261122T0500Z_a.json", "{\"eventTime\":1}");
	put("a/x_20261122T0600Z_a.json", "{\"eventTime\":2}");
	put("c/plain.json", "{\"eventTime\":\"2026-11-22T05:30:00Z\"}");
	put("c/audit-2026-11-23T00-00-00.000.log",
	    "{\"requestReceivedTimestamp\":\"2026-11-22T05:40:00.5Z\"}");
	put("c/eks.json", "{\"logEvents\":[{\"message\":\"{\\\"stageTimestamp"
			  "\\\":\\\"2026-11-22T05:45:00.1Z\\\"}\"}]}");
	put("flow",
	    "version account-id interface-id srcaddr dstaddr start end\n"
	    "2 1 eni-1 1.1.1.1 2.2.2.2 1795326600 1795326660\n");
	put("flow2",
	    "2 1 eni-1 1.1.1.1 2.2.2.2 1 2 6 1 1 1795326900 1795326960 "
	    "ACCEPT OK\n");
	p = plan_of_top();
	assert_int_equal(p->count, 7);
	assert_string_equal(p->parcels[0].place, "b/x_20261122T0500Z_a.json");
	assert_string_equal(p->parcels[1].place, "c/plain.json");
	assert_string_equal(
	    p->parcels[2].place, "c/audit-2026-11-23T00-00-00.000.log");
	assert_string_equal(p->parcels[3].place, "c/eks.json");
	assert_string_equal(p->parcels[4].place, "flow");
	assert_string_equal(p->parcels[5].place, "flow2");
	assert_string_equal(p->parcels[6].place, "a/x_20261122T0600Z_a.json");
	assert_int_equal(p->nskips, 0);
	plan_free(p);
}

static void
skips_with_reasons(void **state)
{
	static const struct {
		const char *place, *text, *reason;
		bool partial;
	} table[] = {
		{ "README.md", "# x", "not a log", false },
		{ "LICENSE", "x", "not a log", false },
		{ "truth.json", "{}", "not a log", false },
		{ "audit-policy.yaml", "a: 1", "not a log", false },
		{ "notes.txt", "Dear diary", "not a log", false },
		{ "empty.json", "", "empty", false },
		{ "AWSLogs/1/CloudTrail-Digest/eu/"
		  "1_CloudTrail-Digest_x.json.gz",
		    "x", "a CloudTrail digest", false },
		{ "1_Config_eu_ConfigSnapshot_2026.json.gz", "x",
		    "an AWS Config snapshot", false },
		{ "x.parquet", "PAR1", "Parquet is not read", true },
	};
	struct plan *p;
	size_t i;

	(void)state;
	for (i = 0; i < COUNTOF(table); i++)
		put(table[i].place, table[i].text);
	put(".hidden.json", "{}");
	put("flows.txt", "2 1 eni-1\n");
	p = plan_of_top();
	assert_int_equal(p->count, 1);
	assert_string_equal(p->parcels[0].place, "flows.txt");
	assert_int_equal(p->nskips, COUNTOF(table));
	for (i = 0; i < COUNTOF(table); i++) {
		const struct plan_skip *s = skip_of(p, table[i].place);

		assert_non_null(s);
		assert_string_equal(s->reason, table[i].reason);
		assert_int_equal(s->partial, table[i].partial);
	}
	plan_free(p);
}

static void
tries_named_files(void **state)
{
	char path[128];
	const char *const paths[] = { path };
	struct plan *p;

	(void)state;
	put("README.md", "# x");
	(void)snprintf(path, sizeof(path), "%s/README.md", top);
	p = plan_of(1, paths);
	assert_int_equal(p->count, 1);
	assert_string_equal(p->parcels[0].place, "README.md");
	plan_free(p);
}

static void
reads_copies_once(void **state)
{
	char big[70000 + 3];
	struct plan *p;

	(void)state;
	put("long/name/a.json", "{\"a\":1}");
	put("b.json", "{\"a\":1}");
	put("a.json", "{\"a\":1}");
	put("c.json", "{\"a\":2}");
	memset(big, ' ', sizeof(big));
	big[0] = '{';
	big[sizeof(big) - 2] = '}';
	big[sizeof(big) - 1] = '\0';
	put("big1.json", big);
	put("big2.json", big);
	big[sizeof(big) - 3] = 'x';
	put("big3.json", big);
	p = plan_of_top();
	assert_int_equal(p->count, 4);
	assert_int_equal(p->duplicates, 3);
	assert_int_equal(p->duplicate_bytes, 7 + 7 + sizeof(big) - 1);
	assert_string_equal(p->parcels[0].place, "a.json");
	assert_string_equal(p->parcels[1].place, "big1.json");
	assert_string_equal(p->parcels[2].place, "big3.json");
	assert_string_equal(p->parcels[3].place, "c.json");
	plan_free(p);
}

static void
assert_same_plan(const struct plan *a, const struct plan *b)
{
	size_t i;

	assert_int_equal(a->count, b->count);
	for (i = 0; i < a->count; i++) {
		assert_string_equal(a->parcels[i].place, b->parcels[i].place);
		assert_int_equal(a->parcels[i].time_us, b->parcels[i].time_us);
	}
}

static void
ignores_argument_order(void **state)
{
	char one[128], two[128], sub[128], file[128];
	const char *const ab[] = { one, two };
	const char *const ba[] = { two, one };
	const char *const more[] = { sub, two, file, one, one };
	struct plan *p, *q;

	(void)state;
	put("one/x.json", "{\"a\":1}");
	put("one/sub/y.json", "{\"a\":2}");
	put("two/x.json", "{\"a\":3}");
	put("two/copy.json", "{\"a\":1}");
	(void)snprintf(one, sizeof(one), "%s/one", top);
	(void)snprintf(two, sizeof(two), "%s/two", top);
	(void)snprintf(sub, sizeof(sub), "%s/one/sub", top);
	(void)snprintf(file, sizeof(file), "%s/one/sub/y.json", top);
	p = plan_of(2, ab);
	q = plan_of(2, ba);
	assert_int_equal(p->count, 3);
	assert_int_equal(p->duplicates, 1);
	assert_same_plan(p, q);
	plan_free(q);
	q = plan_of(5, more);
	assert_int_equal(q->count, 3);
	/* The shortest place of what is met twice. */
	assert_string_equal(q->parcels[2].place, "y.json");
	plan_free(q);
	plan_free(p);
}

static void
survives_links(void **state)
{
	char path[128];
	struct plan *p;

	(void)state;
	put("d/x.json", "{\"a\":1}");
	(void)snprintf(path, sizeof(path), "%s/d/loop", top);
	assert_int_equal(symlink("..", path), 0);
	(void)snprintf(path, sizeof(path), "%s/d/self", top);
	assert_int_equal(symlink("self", path), 0);
	(void)snprintf(path, sizeof(path), "%s/gone.json", top);
	assert_int_equal(symlink("nowhere", path), 0);
	(void)snprintf(path, sizeof(path), "%s/fifo", top);
	assert_int_equal(mkfifo(path, 0600), 0);
	p = plan_of_top();
	assert_int_equal(p->count, 1);
	assert_string_equal(p->parcels[0].place, "d/x.json");
	assert_true(skip_of(p, "gone.json")->partial);
	assert_true(skip_of(p, "d/self")->partial);
	assert_false(skip_of(p, "fifo")->partial);
	plan_free(p);
}

static void
keeps_odd_names(void **state)
{
	struct plan *p;

	(void)state;
	put("a\xff\xfe b\n.json", "{\"a\":1}");
	p = plan_of_top();
	assert_int_equal(p->count, 1);
	assert_string_equal(p->parcels[0].place, "a\xff\xfe b\n.json");
	plan_free(p);
}

static void
names_what_is_missing(void **state)
{
	const char *const paths[] = { "/nonexistent/logs" };
	const struct plan_options options = { .paths = paths, .npaths = 1 };
	struct buf error = { 0 };
	struct plan *p = NULL;

	(void)state;
	assert_int_equal(plan_make(&options, &p, &error), STATUS_NOT_FOUND);
	assert_true(
	    span_contains_nocase(buf_span(&error), SPAN("/nonexistent/logs")));
	buf_done(&error);
}

static void
says_what_it_may_not_read(void **state)
{
	bool root = geteuid() == 0;
	char path[128];
	struct plan *p;

	(void)state;
	put("d/x.json", "{\"a\":1}");
	put("y.json", "{\"a\":1}");
	(void)snprintf(path, sizeof(path), "%s/d", top);
	(void)chmod(path, 0);
	(void)snprintf(path, sizeof(path), "%s/y.json", top);
	(void)chmod(path, 0);
	(void)chmod(top, 0755);
	if (root) /* root may read all: be nobody for a while */
		assert_int_equal(seteuid(65534), 0);
	p = plan_of_top();
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(p->count, 0);
	assert_true(skip_of(p, "/d")->partial);
	assert_true(skip_of(p, "y.json")->partial);
	plan_free(p);
}

static void
plans_standard_input(void **state)
{
	const char *const paths[] = { "-" };
	struct plan *p = plan_of(1, paths);

	(void)state;
	assert_int_equal(p->count, 1);
	assert_string_equal(p->parcels[0].path, "-");
	plan_free(p);
}

#define TEST_IN_FOLDER(sentence, function)                                     \
	{                                                                      \
		sentence, function, make_top, drop_top, NULL                   \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a name or its folders tell the time", times_of_names),
		TEST_IN_FOLDER("parcels are ordered by name's time, else by "
			       "the first record's",
		    orders_by_time),
		TEST_IN_FOLDER("what is no log is skipped with its reason",
		    skips_with_reasons),
		TEST_IN_FOLDER("a file named as an argument is always tried",
		    tries_named_files),
		TEST_IN_FOLDER("copies are read once, under the shortest name",
		    reads_copies_once),
		TEST_IN_FOLDER("the order of the arguments changes nothing",
		    ignores_argument_order),
		TEST_IN_FOLDER("links in circles, broken links and pipes do "
			       "not stop the walk",
		    survives_links),
		TEST_IN_FOLDER("a name that is not UTF-8 is kept as it is",
		    keeps_odd_names),
		TEST("an argument that does not exist is named",
		    names_what_is_missing),
		TEST_IN_FOLDER("what may not be read counts as partial",
		    says_what_it_may_not_read),
		TEST("standard input is a parcel", plans_standard_input),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}

/*
 * What a source notices of the logs themselves, from its own words to a
 * finding: through the decoder, the pipeline and the ledger, as the service
 * does it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/civil.h"
#include "output/guardduty.h"
#include "pipeline/ledger.h"
#include "pipeline/pipeline.h"
#include "test.h"

struct world {
	struct config *config;
	struct span bodies[8];
	enum decode_format format;
	size_t count, next;
	struct ledger *ledger; /* or NULL */
	char *ids[16];
	size_t nids;
	char text[65536]; /* of the first finding */
	uint64_t refused, told;
};

static struct decode_notice
tampered(void)
{
	struct decode_notice n = {
		.notice = { .detector = SPAN("log_file_tampered"),
		    .resource = SPAN("trail-logs/AWSLogs/111122223333/"
				     "CloudTrail/eu-west-1/x.json.gz") },
		.account = SPAN("111122223333"),
		.region = SPAN("eu-west-1"),
	};

	n.notice.fact[NOTICE_REASON] = SPAN("the log file was changed");
	n.notice.fact[NOTICE_EXPECTED] = SPAN("aa11");
	n.notice.fact[NOTICE_FOUND] = SPAN("bb22");
	assert_true(civil_parse(SPAN("2026-11-03T10:00:00Z"), &n.time_us));
	return n;
}

static struct decode_notice
gap(void)
{
	struct decode_notice n = tampered();

	n.notice = (struct notice){ .detector = SPAN("log_gap"),
		.resource = SPAN("trail-logs/111122223333/cloudtrail/eu") };
	n.notice.fact[NOTICE_REASON] = SPAN("no log for hours");
	n.notice.fact[NOTICE_SERVICE] = SPAN("cloudtrail");
	n.notice.fact[NOTICE_HEARD] = SPAN("165");
	n.notice.fact[NOTICE_HOURS] = SPAN("168");
	return n;
}

static struct decode_notice
silent(void)
{
	struct decode_notice n = tampered();

	n.account = n.region = span_of(NULL, 0);
	n.cluster = SPAN("plant-1");
	n.notice = (struct notice){ .detector = SPAN("source_silent"),
		.resource = SPAN("plant-1") };
	n.notice.fact[NOTICE_REASON] = SPAN("nothing came for hours");
	n.notice.fact[NOTICE_SERVICE] = SPAN("webhook");
	n.notice.fact[NOTICE_HEARD] = SPAN("165");
	n.notice.fact[NOTICE_HOURS] = SPAN("168");
	return n;
}

static struct span
written(const struct decode_notice *n)
{
	struct buf text = { 0 };

	decode_notice_write(n, &text);
	return buf_span(&text);
}

static enum pipeline_next
next(void *cookie, struct pipeline_parcel *parcel)
{
	struct world *w = cookie;

	if (w->next == w->count)
		return PIPELINE_END;
	parcel->place = SPAN("trail-logs/x");
	parcel->body = w->bodies[w->next++];
	parcel->format = w->format;
	return PIPELINE_PARCEL;
}

static void
finished(void *cookie, void *ticket, const struct pipeline_outcome *outcome)
{
	struct world *w = cookie;

	(void)ticket;
	w->refused += outcome->refused + (outcome->skipped != NULL);
}

static void
commit(void *cookie, struct pipeline *pipeline)
{
	struct world *w = cookie;
	struct buf error = { 0 };

	if (w->ledger == NULL)
		return;
	ledger_collect(w->ledger, pipeline);
	assert_int_equal(ledger_write(w->ledger, &error), STATUS_OK);
}

static void
note(struct world *w, const struct finding *const *all, size_t count)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < count; i++) {
		w->ids[w->nids++] = span_to_str(span_str(all[i]->id));
		if (i > 0)
			continue;
		guardduty_write(all[i], w->config, &text);
		(void)snprintf(w->text, sizeof(w->text), "%s", buf_text(&text));
	}
	buf_done(&text);
}

/* Judge the parcels; with a ledger what it has is known before. */
static void
judge(struct world *w)
{
	struct pipeline *p;
	struct buf error = { 0 };
	size_t count;
	const struct finding *const *all;
	const struct pipeline_options options = {
		.config = w->config,
		.intake = { next, NULL, finished, commit, w },
		.key = w->ledger != NULL ? ledger_key(w->ledger) : NULL,
		.jobs = 1,
		.since_us = INT64_MIN,
		.until_us = INT64_MAX,
	};

	assert_int_equal(pipeline_new(&options, &p, &error), STATUS_OK);
	if (w->ledger != NULL)
		assert_int_equal(
		    ledger_restore(w->ledger, p, false, &error), STATUS_OK);
	pipeline_work(p);
	all = pipeline_findings(p, &count);
	note(w, all, count);
	pipeline_free(p);
}

static void
world_init(struct world *w, enum decode_format format)
{
	memset(w, 0, sizeof(*w));
	w->config = config_new();
	w->format = format;
}

static void
world_done(struct world *w)
{
	for (size_t i = 0; i < w->nids; i++)
		free(w->ids[i]);
	for (size_t i = 0; i < w->count; i++)
		free(span_memory(w->bodies[i]));
	ledger_close(w->ledger);
	config_free(w->config);
}

static void
expect_text(const struct world *w, const char *part)
{
	if (strstr(w->text, part) == NULL)
		fail_msg("no %s in %s", part, w->text);
}

/* A world with that notice alone, judged: one finding. */
static void
judge_one(struct world *w, const struct decode_notice *n)
{
	world_init(w, DECODE_NOTICE);
	w->bodies[w->count++] = written(n);
	judge(w);
	assert_int_equal(w->nids, 1);
}

static void
found(void **state)
{
	struct decode_notice n = tampered();
	struct world w;

	(void)state;
	judge_one(&w, &n);
	assert_int_equal(w.refused, 0);
	expect_text(&w, "\"type\":\"Stealth:CloudTrail/LogFileTampered\"");
	expect_text(&w, "\"detector\":\"log_file_tampered\"");
	expect_text(&w, "\"severity\":8");
	expect_text(&w, "\"resourceType\":\"S3Bucket\"");
	expect_text(&w, "\"accountId\":\"111122223333\"");
	expect_text(&w, "the log file was changed");
	expect_text(&w, "2026-11-03T10:00:00");
	world_done(&w);
	n = gap();
	judge_one(&w, &n);
	expect_text(&w, "\"type\":\"Stealth:CloudTrail/LogGap\"");
	expect_text(&w, "\"detector\":\"log_gap\"");
	expect_text(&w, "\"severity\":5");
	expect_text(&w, "111122223333/cloudtrail/eu");
	world_done(&w);
	n = silent();
	judge_one(&w, &n);
	expect_text(&w, "\"type\":\"Stealth:Logs/SourceSilent\"");
	expect_text(&w, "\"detector\":\"source_silent\"");
	expect_text(&w, "plant-1 sends no log any more");
	world_done(&w);
}

static void
forged(void **state)
{
	(void)state;
	for (int f = 0; f < DECODE_NOTICE; f++) {
		struct decode_notice n = f % 2 ? gap() : tampered();
		struct world w;

		world_init(&w, (enum decode_format)f);
		w.bodies[w.count++] = written(&n);
		judge(&w);
		assert_int_equal(w.nids, 0);
		assert_int_equal(w.refused, 1);
		world_done(&w);
	}
}

static void
not_one(void **state)
{
	static const char *const texts[] = { "", "{}", "[]", "\"x\"", "1",
		"{\"notice\":1}", "{\"notice\":\"\"}",
		"{\"notice\":\"no_such_detector\",\"resource\":\"b/k\"}",
		"2 111122223333 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 1 2 ACCEPT "
		"OK\n" };
	struct world w;

	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		world_init(&w, DECODE_NOTICE);
		w.bodies[w.count++] = span_str(span_to_str(span_str(texts[i])));
		judge(&w);
		assert_int_equal(w.nids, 0);
		world_done(&w);
	}
}

static void
hostile(void **state)
{
	struct decode_notice n = tampered();
	struct world w;

	(void)state;
	n.notice.resource = SPAN("b/\",\"notice\":\"log_gap\"}\n{\xff\x01\\");
	n.notice.fact[NOTICE_REASON] = SPAN("\xc3");
	world_init(&w, DECODE_NOTICE);
	w.bodies[w.count++] = written(&n);
	judge(&w);
	assert_int_equal(w.nids, 1);
	expect_text(&w, "\"detector\":\"log_file_tampered\"");
	world_done(&w);
}

static void
named(void **state)
{
	struct decode_notice a = tampered(), b = tampered();
	struct buf one = { 0 }, other = { 0 };

	(void)state;
	decode_notice_identity(&a, &one);
	decode_notice_identity(&b, &other);
	assert_span_equal(buf_span(&one), buf_span(&other));
	buf_reset(&other);
	b.time_us++;
	decode_notice_identity(&b, &other);
	assert_false(span_equal(buf_span(&one), buf_span(&other)));
	buf_reset(&other);
	b = tampered();
	b.notice.fact[NOTICE_FOUND] = SPAN("bb23");
	decode_notice_identity(&b, &other);
	assert_false(span_equal(buf_span(&one), buf_span(&other)));
	buf_done(&one);
	buf_done(&other);
}

/* Judge the notice with a store in the folder, as a run of its own. */
static void
run_once(const char *path, struct world *w, bool stored)
{
	struct decode_notice n = tampered();
	struct buf error = { 0 };

	world_init(w, DECODE_NOTICE);
	if (stored)
		assert_int_equal(
		    ledger_open(&(struct ledger_options){ .path = path },
			&w->ledger, &error),
		    STATUS_OK);
	w->bodies[w->count++] = written(&n);
	judge(w);
	assert_int_equal(w->nids, 1);
}

static void
restarted(void **state)
{
	char folder[] = "/tmp/nephoscope-notice-XXXXXX", path[64], more[80];
	struct world plain, first, second;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/s.db", folder);
	run_once(path, &plain, false);
	run_once(path, &first, true);
	assert_string_equal(plain.ids[0], first.ids[0]);
	ledger_close(first.ledger);
	first.ledger = NULL;
	run_once(path, &second, true);
	assert_string_equal(first.ids[0], second.ids[0]);
	expect_text(&second, "\"count\":1,");
	world_done(&plain);
	world_done(&first);
	world_done(&second);
	(void)unlink(path);
	(void)snprintf(more, sizeof(more), "%s-lock", path);
	(void)unlink(more);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a notice becomes the finding of its detector", found),
		TEST("a log that looks like a notice is none", forged),
		TEST("what is no notice raises nothing", not_one),
		TEST("a hostile name stays a name", hostile),
		TEST("the same notice has the same name, others others", named),
		TEST("a notice told again after a restart is told once",
		    restarted),
	};

	return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}

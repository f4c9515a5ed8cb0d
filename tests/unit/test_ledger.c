/*
 * The pipeline's order, and what its commits leave: a run that is ended at
 * any parcel and begun again says what an undisturbed one says.
 */
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "output/guardduty.h"
#include "pipeline/ledger.h"
#include "pipeline/pipeline.h"
#include "test.h"

#define PARCELS 12
#define SOURCE SPAN("test")

static char *
make_folder(void)
{
	char *path = span_to_str(SPAN("/tmp/nephoscope-ledger-XXXXXX"));

	assert_non_null(mkdtemp(path));
	return path;
}

static void
remove_folder(char *path)
{
	DIR *d = opendir(path);

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		(void)unlinkat(dirfd(d), e->d_name, 0);
	(void)closedir(d);
	assert_int_equal(rmdir(path), 0);
	free(path);
}

/* Parcel `n`: who stops which trail, and the same record again. */
static void
write_parcel(struct buf *body, unsigned n)
{
	for (unsigned i = 0; i < 3; i++)
		buf_printf(body,
		    "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":"
		    "\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/u%u\""
		    ",\"accountId\":\"111122223333\",\"userName\":\"u%u\"},"
		    "\"eventTime\":\"2026-11-03T%02u:00:0%uZ\",\"eventSource\":"
		    "\"cloudtrail.amazonaws.com\",\"eventName\":\"StopLogging\""
		    ",\"awsRegion\":\"eu-west-1\",\"sourceIPAddress\":"
		    "\"198.51.100.7\",\"userAgent\":\"aws-cli/2\","
		    "\"requestParameters\":{\"name\":\"main\"},\"eventID\":"
		    "\"id-%u-%u\",\"recipientAccountId\":\"111122223333\"}\n",
		    n % 4, n % 4, n, i, n, i / 2);
}

/* --- the intake's rules --------------------------------------------------- */

struct rules {
	struct buf bodies[PARCELS];
	struct buf said; /* "n3" given, "f3" finished, "c" committed */
	unsigned next, commit_after, later_after;
	bool committed;
	_Atomic bool asked, later, over;
	struct pipeline *pipeline;
};

static enum pipeline_next
rules_next(void *cookie, struct pipeline_parcel *parcel)
{
	struct rules *r = cookie;

	if (r->next == r->later_after && !atomic_load(&r->later)) {
		atomic_store(&r->asked, true);
		return PIPELINE_LATER;
	}
	if (r->next == r->commit_after && !r->committed) {
		r->committed = true;
		return PIPELINE_COMMIT;
	}
	if (r->next == PARCELS)
		return PIPELINE_END;
	parcel->place = SPAN("p");
	parcel->body = buf_span(&r->bodies[r->next]);
	parcel->ticket = (void *)(uintptr_t)&r->bodies[r->next++];
	return PIPELINE_PARCEL;
}

static void
rules_finished(
    void *cookie, void *ticket, const struct pipeline_outcome *outcome)
{
	struct rules *r = cookie;

	assert_int_equal(outcome->events[SOURCE_CLOUDTRAIL], 3);
	buf_printf(&r->said, "%d ", (int)((struct buf *)ticket - r->bodies));
}

static void
rules_commit(void *cookie, struct pipeline *pipeline)
{
	struct rules *r = cookie;

	buf_add_str(
	    &r->said, pipeline_has_ended(pipeline) ? "end " : "commit ");
}

/* Wake the pipeline once it was told that there is nothing now. */
static void *
wake_later(void *cookie)
{
	struct rules *r = cookie;

	while (!atomic_load(&r->asked) && !atomic_load(&r->over))
		(void)sched_yield();
	atomic_store(&r->later, true);
	pipeline_wake(r->pipeline);
	return NULL;
}

static void
expect_order(unsigned jobs, unsigned commit_after, unsigned later_after,
    const char *expected)
{
	struct rules r = { .commit_after = commit_after,
		.later_after = later_after };
	struct config *config = config_new();
	struct buf error = { 0 };
	pthread_t thread;
	const struct pipeline_options options = {
		.config = config,
		.intake = { rules_next, NULL, rules_finished, rules_commit,
		    &r },
		.jobs = jobs,
		.since_us = INT64_MIN,
		.until_us = INT64_MAX,
	};

	for (unsigned i = 0; i < PARCELS; i++)
		write_parcel(&r.bodies[i], i);
	assert_int_equal(
	    pipeline_new(&options, &r.pipeline, &error), STATUS_OK);
	assert_int_equal(pthread_create(&thread, NULL, wake_later, &r), 0);
	pipeline_work(r.pipeline);
	atomic_store(&r.over, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_string_equal(buf_text(&r.said), expected);
	pipeline_free(r.pipeline);
	for (unsigned i = 0; i < PARCELS; i++)
		buf_done(&r.bodies[i]);
	buf_done(&r.said);
	config_free(config);
}

static void
commit_drains(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs <= 4; jobs++)
		expect_order(
		    jobs, 7, 99, "0 1 2 3 4 5 6 commit 7 8 9 10 11 end ");
}

static void
later(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs <= 3; jobs++)
		expect_order(jobs, 99, 5, "0 1 2 3 4 5 6 7 8 9 10 11 end ");
}

static void
ends_once(void **state)
{
	(void)state;
	expect_order(2, 0, 99, "commit 0 1 2 3 4 5 6 7 8 9 10 11 end ");
	expect_order(2, PARCELS, 99, "0 1 2 3 4 5 6 7 8 9 10 11 commit end ");
}

/* --- ended and begun again ------------------------------------------------ */

struct world {
	char *folder, path[96];
	struct buf bodies[PARCELS];
	struct config *config;
	struct ledger *ledger;
	unsigned next, left; /* parcels until the program ends */
	unsigned taken;
	bool due, lost; /* the last commit is never written */
};

static struct span
identity_of(unsigned n, char room[16])
{
	(void)snprintf(room, 16, "parcel-%u", n);
	return span_str(room);
}

static enum pipeline_next
next(void *cookie, struct pipeline_parcel *parcel)
{
	struct world *w = cookie;
	char room[16];

	if (w->due) {
		w->due = false;
		return PIPELINE_COMMIT;
	}
	while (w->next < PARCELS &&
	       ledger_seen(w->ledger, SOURCE, identity_of(w->next, room)))
		w->next++;
	if (w->next == PARCELS || w->left == 0)
		return PIPELINE_END;
	w->left--;
	w->due = true;
	parcel->place = SPAN("p");
	parcel->body = buf_span(&w->bodies[w->next]);
	parcel->ticket = (void *)(uintptr_t)&w->bodies[w->next++];
	return PIPELINE_PARCEL;
}

static void
finished(void *cookie, void *ticket, const struct pipeline_outcome *outcome)
{
	struct world *w = cookie;
	char room[16];
	unsigned n = (unsigned)((struct buf *)ticket - w->bodies);

	(void)outcome;
	w->taken++;
	ledger_consume(w->ledger, SOURCE, identity_of(n, room));
	ledger_move(w->ledger, SOURCE, SPAN("at"), identity_of(n, room));
	ledger_count(w->ledger, "test/parcels", 1);
}

static void
commit(void *cookie, struct pipeline *pipeline)
{
	struct world *w = cookie;
	struct buf error = { 0 };

	ledger_collect(w->ledger, pipeline);
	if (pipeline_has_ended(pipeline) && w->left > 0)
		ledger_end(w->ledger);
	if (w->left == 0 && w->lost)
		return;
	assert_int_equal(ledger_write(w->ledger, &error), STATUS_OK);
}

/* Begin, judge at most `parcels`, and end as if killed. */
static void
live(struct world *w, unsigned parcels)
{
	static const char *const feeds[] = { "siem", NULL };
	static const double severities[] = { 1 };
	struct pipeline *p;
	struct buf error = { 0 };
	const struct ledger_options how = { .path = w->path,
		.feeds = feeds,
		.feed_severities = severities,
		.day = 20000 };

	assert_int_equal(ledger_open(&how, &w->ledger, &error), STATUS_OK);
	w->next = w->taken = 0;
	w->due = false;
	w->left = parcels;
	assert_int_equal(pipeline_new(
			     &(struct pipeline_options){
				 .config = w->config,
				 .intake = { next, NULL, finished, commit, w },
				 .key = ledger_key(w->ledger),
				 .jobs = 2,
				 .since_us = INT64_MIN,
				 .until_us = INT64_MAX,
				 .keep_signals = true,
			     },
			     &p, &error),
	    STATUS_OK);
	assert_int_equal(
	    ledger_restore(w->ledger, p, false, &error), STATUS_OK);
	assert_int_equal(ledger_forgotten(w->ledger), 0);
	pipeline_work(p);
	pipeline_free(p);
	ledger_close(w->ledger);
	w->ledger = NULL;
}

static bool
add_finding(void *cookie, const struct store_finding *f)
{
	struct buf *text = cookie;
	struct finding *finding = finding_unpack(f->packed);

	assert_non_null(finding);
	guardduty_write(finding, NULL, text);
	finding_free(finding);
	return true;
}

static void
add_owed(void *cookie, const struct store_owed *owed)
{
	struct buf *text = cookie;

	buf_printf(text, "owed %s\n", owed->finding.id);
}

static void
add_counter(void *cookie, struct span name, uint64_t value)
{
	buf_printf(
	    cookie, "%.*s %llu\n", SPAN_ARGS(name), (unsigned long long)value);
}

/* All that the file says. */
static char *
told(const struct world *w)
{
	struct store *s;
	struct store_sizes sizes;
	struct buf text = { 0 }, error = { 0 };

	assert_int_equal(
	    store_open(&(struct store_options){ .path = w->path }, &s, &error),
	    STATUS_OK);
	assert_int_equal(store_verify(s, &error), STATUS_OK);
	assert_int_equal(store_findings(s, &(struct store_wanted){ 0 },
			     add_finding, &text, &error),
	    STATUS_OK);
	assert_int_equal(store_outbox(s, &(struct store_debt){ "siem", 0, 99 },
			     add_owed, &text, &error),
	    STATUS_OK);
	assert_int_equal(
	    store_counters(s, add_counter, &text, &error), STATUS_OK);
	assert_int_equal(store_measure(s, &sizes, &error), STATUS_OK);
	buf_printf(&text, "%llu consumed %llu signals run %llu %d\n",
	    (unsigned long long)sizes.consumed,
	    (unsigned long long)sizes.signals, (unsigned long long)store_run(s),
	    store_run_is_open(s));
	store_close(s);
	return text.at;
}

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->folder = make_folder();
	(void)snprintf(w->path, sizeof(w->path), "%s/s.db", w->folder);
	w->config = config_new();
	w->config->baseline.memory_per_tenant_bytes = 1 << 20;
	for (unsigned i = 0; i < PARCELS; i++)
		write_parcel(&w->bodies[i], i);
}

static void
world_done(struct world *w)
{
	remove_folder(w->folder);
	for (unsigned i = 0; i < PARCELS; i++)
		buf_done(&w->bodies[i]);
	config_free(w->config);
}

static char *
undisturbed(void)
{
	struct world w;
	char *all;

	world_init(&w);
	live(&w, PARCELS + 1);
	assert_int_equal(w.taken, PARCELS);
	all = told(&w);
	world_done(&w);
	assert_non_null(strstr(all, "owed "));
	assert_non_null(strstr(all, "test/parcels 12"));
	return all;
}

/* Ended after each parcel, its commit written or lost. */
static void
ended_anywhere(void **state)
{
	char *expected = undisturbed();

	(void)state;
	for (unsigned at = 1; at < PARCELS; at++) {
		for (int lost = 0; lost < 2; lost++) {
			struct world w;
			char *all;

			world_init(&w);
			w.lost = lost;
			live(&w, at);
			assert_int_equal(w.taken, at);
			live(&w, PARCELS + 1);
			assert_true(w.taken >= PARCELS - at);
			all = told(&w);
			assert_string_equal(all, expected);
			free(all);
			world_done(&w);
		}
	}
	free(expected);
}

/* A new program for each parcel. */
static void
ended_always(void **state)
{
	char *expected = undisturbed(), *all;
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < PARCELS; i++) {
		live(&w, 1);
		assert_int_equal(w.taken, 1);
	}
	live(&w, 1);
	assert_int_equal(w.taken, 0);
	all = told(&w);
	assert_string_equal(all, expected);
	free(all);
	free(expected);
	world_done(&w);
}

static void
remembers(void **state)
{
	struct world w;
	struct ledger *l;
	struct buf value = { 0 }, error = { 0 };

	(void)state;
	world_init(&w);
	live(&w, 3);
	assert_int_equal(
	    ledger_open(&(struct ledger_options){ .path = w.path }, &l, &error),
	    STATUS_OK);
	assert_true(ledger_seen(l, SOURCE, SPAN("parcel-2")));
	assert_false(ledger_seen(l, SOURCE, SPAN("parcel-3")));
	assert_false(ledger_seen(l, SPAN("other"), SPAN("parcel-2")));
	assert_true(ledger_cursor(l, SOURCE, SPAN("at"), &value));
	assert_string_equal(buf_text(&value), "parcel-2");
	assert_false(ledger_cursor(l, SPAN("other"), SPAN("at"), &value));
	assert_int_equal(ledger_counter(l, "test/parcels"), 3);
	/* An object of S3 is the same under any source's name. */
	ledger_consume(l, SPAN("one"), SPAN("s3://b/k#1"));
	assert_true(ledger_seen(l, SPAN("two"), SPAN("s3://b/k#1")));
	ledger_consume(l, SPAN("archive"), SPAN("file#5#ab"));
	assert_true(ledger_seen(l, SPAN("two"), SPAN("file#5#ab")));
	ledger_close(l);
	buf_done(&value);
	world_done(&w);
}

/* A service that runs for months: days pass, and what is old is let go. */
static void
days_pass(void **state)
{
	struct world w;
	struct ledger *l;
	struct pipeline *p;
	struct buf error = { 0 };
	const struct ledger_options how = {
		.path = w.path, .day = 100, .keep_days = 30
	};

	(void)state;
	world_init(&w);
	assert_int_equal(ledger_open(&how, &l, &error), STATUS_OK);
	assert_int_equal(pipeline_new(
			     &(struct pipeline_options){
				 .config = w.config,
				 .intake = { next, NULL, finished, commit, &w },
				 .jobs = 1,
			     },
			     &p, &error),
	    STATUS_OK);
	for (int64_t day = 100; day <= 160; day++) {
		char room[16];

		ledger_today(l, day);
		ledger_today(l, day - 5); /* the clock went back */
		ledger_consume(l, SOURCE, identity_of((unsigned)day, room));
		ledger_consume_for(
		    l, SPAN("brief"), identity_of((unsigned)day, room), 2);
		/* This one is met every day, that one only asked for. */
		assert_true(ledger_meet(l, SOURCE, SPAN("parcel-100")));
		(void)ledger_seen(l, SOURCE, SPAN("parcel-101"));
		ledger_collect(l, p);
		assert_int_equal(ledger_write(l, &error), STATUS_OK);
	}
	for (int again = 0; again < 2; again++) {
		assert_true(ledger_seen(l, SOURCE, SPAN("parcel-100")));
		assert_false(ledger_seen(l, SOURCE, SPAN("parcel-101")));
		assert_false(ledger_seen(l, SOURCE, SPAN("parcel-129")));
		assert_true(ledger_seen(l, SOURCE, SPAN("parcel-130")));
		assert_true(ledger_seen(l, SOURCE, SPAN("parcel-160")));
		assert_false(ledger_seen(l, SPAN("brief"), SPAN("parcel-157")));
		assert_true(ledger_seen(l, SPAN("brief"), SPAN("parcel-158")));
		assert_true(ledger_seen(l, SPAN("brief"), SPAN("parcel-160")));
		assert_true(ledger_bytes(l) < 1024 * sizeof(uint64_t) * 3 + 1);
		ledger_close(l);
		assert_int_equal(ledger_open(&how, &l, &error), STATUS_OK);
	}
	ledger_close(l);
	pipeline_free(p);
	world_done(&w);
}

/* --- sequences that late signals made others ------------------------------ */

#define THIEF SPAN("arn:aws:iam::111122223333:user/backup")
#define NOON_US ((int64_t)1793620800 * 1000000)
#define MINUTE_US ((int64_t)60 * 1000000)

static struct signal
theft_signal(const char *detector, int64_t minute, const char *id, double p)
{
	struct signal s = {
		.p = p,
		.counted = true,
		.tenant = SPAN("111122223333"),
		.account = SPAN("111122223333"),
		.actor_kind = ENTITY_PRINCIPAL,
		.actor = THIEF,
		.time_us = NOON_US + minute * MINUTE_US,
		.count = 1,
	};

	for (size_t i = 0; i < detector_count; i++) {
		if (strcmp(detector_table[i].name, detector) == 0)
			s.row = &detector_table[i];
	}
	assert_non_null(s.row);
	s.severity = s.row->detector->severity;
	s.first_us = s.time_us;
	s.event = (struct event_ref){ SOURCE_CLOUDTRAIL, span_str(id),
		s.time_us, SPAN("parcel") };
	return s;
}

struct owed_list {
	struct buf text;
	uint64_t last;
	char id[FINDING_ID_BYTES]; /* of the first */
};

static void
list_owed(void *cookie, const struct store_owed *owed)
{
	struct owed_list *l = cookie;
	struct finding *f = finding_unpack(owed->finding.packed);
	struct buf line = { 0 };
	const char *mark =
	    owed->withdrawn ? "\"archived\":true" : "\"archived\":false";

	assert_non_null(f);
	f->archived = owed->withdrawn;
	guardduty_write(f, NULL, &line);
	assert_non_null(strstr(buf_text(&line), mark));
	buf_printf(&l->text, "%llu:%s ", (unsigned long long)owed->revision,
	    owed->withdrawn ? "withdrawn" : "there");
	if (l->last == 0)
		memcpy(l->id, f->id, sizeof(l->id));
	l->last = owed->number;
	finding_free(f);
	buf_done(&line);
}

/* A program that takes these signals in one commit, and ends: killed before
 * that commit was written, when `lost`. */
static void
take_signals(
    struct world *w, const struct signal *signals, size_t count, bool lost)
{
	static const char *const feeds[] = { "siem", "pager", NULL };
	static const double severities[] = { 1, 9.9 };
	const struct ledger_options how = { .path = w->path,
		.feeds = feeds,
		.feed_severities = severities,
		.day = 20000 };
	struct buf error = { 0 };
	struct pipeline *p;

	assert_int_equal(ledger_open(&how, &w->ledger, &error), STATUS_OK);
	assert_int_equal(pipeline_new(
			     &(struct pipeline_options){
				 .config = w->config,
				 .intake = { next, NULL, finished, commit, w },
				 .jobs = 1,
			     },
			     &p, &error),
	    STATUS_OK);
	assert_int_equal(
	    ledger_restore(w->ledger, p, false, &error), STATUS_OK);
	for (size_t i = 0; i < count; i++) {
		struct buf packed = { 0 };

		sequences_take(pipeline_sequences(p), &signals[i]);
		signal_pack(&signals[i], &packed);
		store_put_signal(ledger_store(w->ledger), signals[i].tenant,
		    signals[i].time_us, buf_span(&packed));
		buf_done(&packed);
	}
	ledger_collect(w->ledger, p);
	if (!lost)
		assert_int_equal(ledger_write(w->ledger, &error), STATUS_OK);
	pipeline_free(p);
	ledger_close(w->ledger);
	w->ledger = NULL;
}

/* What a feed is owed; and it is delivered, if `deliver`. */
static void
expect_debts(const struct world *w, const char *feed, const char *expected,
    bool deliver, char first[FINDING_ID_BYTES])
{
	struct owed_list l = { 0 };
	struct store *s;
	struct buf error = { 0 };

	assert_int_equal(
	    store_open(&(struct store_options){ .path = w->path }, &s, &error),
	    STATUS_OK);
	assert_int_equal(store_outbox(s, &(struct store_debt){ feed, 0, 99 },
			     list_owed, &l, &error),
	    STATUS_OK);
	assert_string_equal(l.text.len ? buf_text(&l.text) : "", expected);
	if (deliver)
		assert_int_equal(
		    store_delivered(s, feed, l.last, &error), STATUS_OK);
	memcpy(first, l.id, sizeof(l.id));
	store_close(s);
	buf_done(&l.text);
}

/* Told, delivered or not, and then another one: feeds are told of that too. */
static void
withdrawn(void **state)
{
	const struct signal theft[] = {
		theft_signal("anomalous_discovery", 0, "1", 1e-4),
		theft_signal("anomalous_persistence", 5, "2", 1e-4),
		theft_signal("admin_granted", 9, "3", 0),
	};
	const struct signal late = theft_signal("key_new_origin", -1, "0", 0);

	(void)state;
	for (int way = 0; way < 4; way++) {
		struct world w;
		char before[FINDING_ID_BYTES], after[FINDING_ID_BYTES];

		world_init(&w);
		take_signals(&w, theft, COUNTOF(theft), false);
		expect_debts(&w, "siem", "1:there ", (way & 1) != 0, before);
		if ((way & 2) != 0)
			take_signals(&w, &late, 1, true);
		take_signals(&w, &late, 1, false);
		expect_debts(&w, "siem", "1:there 2:withdrawn ", false, after);
		assert_string_not_equal(before, after);
		expect_debts(&w, "pager", "", false, after);
		/* Until it is delivered, and then no more. */
		take_signals(&w, NULL, 0, false);
		expect_debts(&w, "siem", "1:there 2:withdrawn ", true, after);
		take_signals(&w, NULL, 0, false);
		expect_debts(&w, "siem", "", false, after);
		world_done(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a commit waits for all that was given before",
		    commit_drains),
		TEST("an intake that has nothing now is asked again when woken",
		    later),
		TEST("the end commits once, behind all", ends_once),
		TEST("a ledger remembers what was consumed, and where sources "
		     "stand",
		    remembers),
		TEST("identities last from the day on which they were consumed",
		    days_pass),
		TEST("feeds are told that a sequence they were told of is "
		     "another one",
		    withdrawn),
		TEST("ended at any parcel and begun again, all is as if never",
		    ended_anywhere),
		TEST("begun anew for each parcel, all is as if never",
		    ended_always),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}

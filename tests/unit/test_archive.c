/* A plan's parcels as a pipeline's intake: order, commits, what is known. */
#include <stdlib.h>

#include "pipeline/archive.h"
#include "test.h"

/* One flow record; and what is no record. */
#define GOOD                                                                   \
	"2 111122223333 eni-0a1b2c3d 10.0.0.1 10.0.0.2 40000 443 6 9 900 "     \
	"1762128000 1762128060 ACCEPT OK\n"
#define BAD "{\"Records\":[{\"what\":1}]}\n"

struct world {
	struct plan *plan;
	struct buf said;
	const char *known; /* place of the one that was consumed before */
	unsigned due_after, judged;
};

static bool
consumed(void *cookie, const struct parcel *p)
{
	const struct world *w = cookie;

	return w->known != NULL && strcmp(p->place, w->known) == 0;
}

static void
consume(void *cookie, const struct parcel *p,
    const struct pipeline_outcome *outcome)
{
	struct world *w = cookie;

	(void)outcome;
	buf_printf(&w->said, "%s ", p->place);
}

static bool
due(void *cookie)
{
	struct world *w = cookie;

	return ++w->judged % w->due_after == 0;
}

static void
commit(void *cookie, struct pipeline *pipeline)
{
	struct world *w = cookie;

	buf_add_str(
	    &w->said, pipeline_has_ended(pipeline) ? "end " : "commit ");
}

/* Parcels of s3:// paths come from here, all but "gone". */
static bool
fetch(void *cookie, unsigned worker, struct pipeline_parcel *parcel,
    struct buf *error)
{
	(void)cookie;
	(void)worker;
	if (span_equal(parcel->place, SPAN("gone"))) {
		buf_add_str(error, "no such object");
		return false;
	}
	parcel->body =
	    span_equal(parcel->place, SPAN("bad")) ? SPAN(BAD) : SPAN(GOOD);
	return true;
}

static void
run(struct world *w, const char *const *places, size_t count,
    const char *expected, size_t known)
{
	struct plan plan = { 0 };
	struct parcel parcels[8] = { 0 };
	struct config *config = config_new();
	struct buf error = { 0 };
	struct pipeline *p;
	struct archive *a;

	for (size_t i = 0; i < count; i++) {
		parcels[i].place = span_to_str(span_str(places[i]));
		parcels[i].path = span_to_str(SPAN("s3://b/k"));
	}
	plan.parcels = parcels;
	plan.count = count;
	w->plan = &plan;
	a = archive_new(&(struct archive_options){ .plan = &plan,
	    .consumed = consumed,
	    .consume = consume,
	    .due = due,
	    .commit = commit,
	    .fetch = fetch,
	    .cookie = w });
	assert_int_equal(
	    pipeline_new(&(struct pipeline_options){ .config = config,
			     .intake = archive_intake(a),
			     .jobs = 3,
			     .since_us = INT64_MIN,
			     .until_us = INT64_MAX },
		&p, &error),
	    STATUS_OK);
	pipeline_work(p);
	assert_string_equal(buf_text(&w->said), expected);
	assert_int_equal(archive_known(a), known);
	for (size_t i = 0; i < plan.nskips; i++)
		buf_printf(&w->said, "%s;", plan.skips[i].reason);
	pipeline_free(p);
	archive_free(a);
	for (size_t i = 0; i < count; i++) {
		free(parcels[i].place);
		free(parcels[i].path);
	}
	for (size_t i = 0; i < plan.nskips; i++) {
		free(plan.skips[i].path);
		free(plan.skips[i].reason);
	}
	free(plan.skips);
	config_free(config);
}

static void
in_order(void **state)
{
	static const char *const places[] = { "a", "b", "c", "d", "e" };
	struct world w = { .due_after = 99 };

	(void)state;
	run(&w, places, COUNTOF(places), "a b c d e end ", 0);
	buf_done(&w.said);
	w = (struct world){ .due_after = 99 };
	run(&w, places, 0, "end ", 0);
	buf_done(&w.said);
}

static void
commits(void **state)
{
	static const char *const places[] = { "a", "b", "c", "d", "e" };
	struct world w = { .due_after = 1 };

	(void)state;
	/* Due at every asking: one behind each parcel, none behind none. */
	run(&w, places, COUNTOF(places),
	    "a commit b commit c commit d commit e end ", 0);
	buf_done(&w.said);
}

static void
known_left_out(void **state)
{
	static const char *const places[] = { "a", "b", "c" };
	struct world w = { .due_after = 99, .known = "b" };

	(void)state;
	run(&w, places, COUNTOF(places), "a c end ", 1);
	buf_done(&w.said);
	w = (struct world){ .due_after = 99, .known = "c" };
	run(&w, places, COUNTOF(places), "a b end ", 1);
	buf_done(&w.said);
}

static void
skips(void **state)
{
	static const char *const places[] = { "a", "gone", "bad", "z" };
	struct world w = { .due_after = 99 };

	(void)state;
	run(&w, places, COUNTOF(places), "a gone bad z end ", 0);
	assert_non_null(
	    strstr(buf_text(&w.said), "cannot be fetched: no such object;"));
	assert_non_null(strstr(buf_text(&w.said), "1 record not understood: "));
	buf_done(&w.said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("parcels are judged in the plan's order", in_order),
		TEST(
		    "a commit that is due stands between two parcels", commits),
		TEST(
		    "what an earlier run consumed is left out", known_left_out),
		TEST("what could not be read is named in the plan", skips),
	};

	return cmocka_run_group_tests_name("archive", tests, NULL, NULL);
}

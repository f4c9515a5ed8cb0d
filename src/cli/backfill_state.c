#include "cli/backfill_state.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "cli/cli.h"
#include "cli/exit_code.h"
#include "collect/content.h"
#include "net/clock.h"
#include "pipeline/ledger.h"

#define SOURCE_NAME "archive"

#define RUN_COUNTERS_PLAIN 7
/* Events, copies, repetitions, late ones and those refused, by kind. */
#define RUN_COUNTERS (RUN_COUNTERS_PLAIN + 4 * SOURCE_COUNT + DECODE_KINDS)
#define COUNTER_NAME_BYTES 40

struct backfill_state {
	struct ledger *ledger;
	uint64_t before[RUN_COUNTERS]; /* of the run's earlier part */
	int64_t commit_us;    /* at least so long between two commits */
	int64_t committed_us; /* by the clock that only goes forward */
	enum status written;  /* of the latest commit */
	bool again; /* nothing new is to be read: the last run once more */
	struct buf trouble;
	struct finding **findings;
	size_t nfindings;
};

int
backfill_state_open(
    const char *path, double commit_ms, struct backfill_state **s)
{
	struct backfill_state *n = status_calloc(1, sizeof(*n));
	struct buf error = { 0 };
	enum status st = ledger_open(
	    &(struct ledger_options){
		.path = path,
		.day = civil_day(clock_wall_us()),
	    },
	    &n->ledger, &error);

	if (st == STATUS_OK) {
		n->commit_us = (int64_t)(commit_ms * 1000);
		n->committed_us = clock_mono_us();
		*s = n;
		return EXIT_CODE_DONE;
	}
	cli_complain("%s", buf_text(&error));
	buf_done(&error);
	backfill_state_close(n);
	return EXIT_CODE_IO;
}

void
backfill_state_close(struct backfill_state *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->nfindings; i++)
		finding_free(s->findings[i]);
	free(s->findings);
	ledger_close(s->ledger);
	buf_done(&s->trouble);
	free(s);
}

const struct hash_key *
backfill_state_key(const struct backfill_state *s)
{
	return ledger_key(s->ledger);
}

/* --- what is read already ------------------------------------------------- */

/* The parcel's name for ever; empty when it can have none. */
static void
identity_of(const struct parcel *p, struct buf *identity)
{
	int fd;

	if (span_starts(span_str(p->path), SPAN("s3://"))) {
		buf_add_str(identity, p->path);
		return;
	}
	if (strcmp(p->path, "-") == 0)
		return;
	fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return;
	if (!content_name(fd, p->size, identity))
		buf_reset(identity);
	(void)close(fd);
}

static bool
consumed(void *cookie, const struct parcel *p)
{
	struct backfill_state *s = cookie;
	struct buf identity = { 0 };
	bool seen;

	if (ledger_bytes(s->ledger) == 0)
		return false; /* a new store has read nothing */
	identity_of(p, &identity);
	seen = identity.len > 0 &&
	       ledger_seen(s->ledger, SPAN(SOURCE_NAME), buf_span(&identity));
	buf_done(&identity);
	return seen;
}

static void
consume(void *cookie, const struct parcel *p,
    const struct pipeline_outcome *outcome)
{
	struct backfill_state *s = cookie;
	struct buf identity = { 0 };

	/* What could not be opened may be there the next time. */
	if (outcome->skipped == NULL || outcome->bytes > 0) {
		identity_of(p, &identity);
		ledger_consume(
		    s->ledger, SPAN(SOURCE_NAME), buf_span(&identity));
	}
	buf_done(&identity);
}

/* --- commits -------------------------------------------------------------- */

static bool
due(void *cookie)
{
	const struct backfill_state *s = cookie;

	return s->written == STATUS_OK &&
	       clock_mono_us() - s->committed_us >= s->commit_us;
}

/* A number that a run keeps from its beginning, through kills. */
struct run_counter {
	char name[COUNTER_NAME_BYTES];
	uint64_t *value;
	/* The engine's go on over runs: the value at the run's beginning is
	 * what is stored. */
	bool is_base;
};

/* One counter for each kind of log; gives how many there are. */
static size_t
kind_counters(
    struct run_counter *to, const char *what, uint64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(to[i].name, sizeof(to[i].name), "%s/%s", what,
		    i < SOURCE_COUNT ? source_text((enum source)i) : "unknown");
		to[i].value = &values[i];
		to[i].is_base = span_starts(span_str(what), SPAN("base/"));
	}
	return count;
}

static void
run_counters(struct pipeline_counts *c, struct run_counter list[RUN_COUNTERS])
{
	struct engine_counts *e = &c->shards.engine;
	const struct run_counter all[] = {
		{ "run/bytes", &c->bytes, false },
		{ "run/bytes_out", &c->bytes_out, false },
		{ "run/ignored", &c->decoded.ignored, false },
		{ "run/repaired", &c->decoded.repaired, false },
		{ "run/outside", &c->shards.outside, false },
		{ "run/left_out", &c->shards.left_out, false },
		{ "base/held", &e->held, true },
	};
	size_t n = COUNTOF(all);

	_Static_assert(COUNTOF(all) == RUN_COUNTERS_PLAIN, "all of them");
	memcpy(list, all, sizeof(all));
	n += kind_counters(
	    &list[n], "run/events", c->decoded.events, SOURCE_COUNT);
	n += kind_counters(&list[n], "run/copied", c->copied, SOURCE_COUNT);
	n += kind_counters(
	    &list[n], "run/quarantined", c->decoded.quarantined, DECODE_KINDS);
	n += kind_counters(
	    &list[n], "base/duplicates", e->duplicates, SOURCE_COUNT);
	n += kind_counters(&list[n], "base/late", e->late, SOURCE_COUNT);
	ASSERT(n == RUN_COUNTERS);
}

static void
commit(void *cookie, struct pipeline *pipeline)
{
	struct backfill_state *s = cookie;
	struct pipeline_counts counts;
	struct run_counter list[RUN_COUNTERS];

	if (s->written != STATUS_OK)
		return; /* an earlier one failed: nothing more is written */
	pipeline_count(pipeline, &counts);
	run_counters(&counts, list);
	for (size_t i = 0; i < RUN_COUNTERS; i++) {
		if (!list[i].is_base)
			ledger_set(s->ledger, list[i].name,
			    s->before[i] + *list[i].value);
	}
	ledger_collect(s->ledger, pipeline);
	s->written = ledger_write(s->ledger, &s->trouble);
	s->committed_us = clock_mono_us();
}

void
backfill_state_count(
    const struct backfill_state *s, struct pipeline_counts *counts)
{
	struct run_counter list[RUN_COUNTERS];

	run_counters(counts, list);
	for (size_t i = 0; i < RUN_COUNTERS; i++) {
		if (list[i].is_base)
			*list[i].value -= s->before[i];
		else
			*list[i].value += s->before[i];
	}
}

/* Where the run's numbers begin: at those of its earlier part, or anew. */
static void
begin_counters(struct backfill_state *s, struct pipeline *pipeline)
{
	struct pipeline_counts counts;
	struct run_counter list[RUN_COUNTERS];

	pipeline_count(pipeline, &counts);
	run_counters(&counts, list);
	for (size_t i = 0; i < RUN_COUNTERS; i++) {
		if (ledger_resumed(s->ledger))
			s->before[i] = ledger_counter(s->ledger, list[i].name);
		else if (list[i].is_base)
			s->before[i] = *list[i].value;
		ledger_set(s->ledger, list[i].name, s->before[i]);
	}
}

int
backfill_state_restore(struct backfill_state *s, const struct plan *plan,
    struct pipeline *pipeline)
{
	struct buf error = { 0 };
	bool again = plan->count > 0;

	for (size_t i = 0; i < plan->count && again; i++)
		again = consumed(s, &plan->parcels[i]);
	s->again = again;
	if (ledger_restore(s->ledger, pipeline, again, &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		buf_done(&error);
		return EXIT_CODE_IO;
	}
	begin_counters(s, pipeline);
	if (ledger_forgotten(s->ledger) > 0)
		cli_complain("what was usual for %zu accounts or clusters is "
			     "of another version and is learned anew",
		    ledger_forgotten(s->ledger));
	return EXIT_CODE_DONE;
}

void
backfill_state_archive(
    struct backfill_state *s, struct archive_options *options)
{
	options->consumed = consumed;
	options->consume = consume;
	options->due = due;
	options->commit = commit;
	options->cookie = s;
}

int
backfill_state_finish(struct backfill_state *s)
{
	if (s->written == STATUS_OK)
		return EXIT_CODE_DONE;
	cli_complain("%s", buf_text(&s->trouble));
	return EXIT_CODE_IO;
}

int
backfill_state_end(struct backfill_state *s)
{
	ledger_end(s->ledger);
	s->written = ledger_write(s->ledger, &s->trouble);
	return backfill_state_finish(s);
}

bool
backfill_state_resumed(const struct backfill_state *s)
{
	return ledger_resumed(s->ledger) && !s->again;
}

static bool
add_finding(void *cookie, const struct store_finding *f)
{
	struct backfill_state *s = cookie;
	struct finding *finding = finding_unpack(f->packed);

	if (finding == NULL)
		return true;
	s->findings = status_realloc(
	    s->findings, s->nfindings + 1, sizeof(struct finding *));
	s->findings[s->nfindings++] = finding;
	return true;
}

int
backfill_state_findings(struct backfill_state *s,
    const struct finding *const **findings, size_t *count)
{
	struct buf error = { 0 };

	if (store_findings(ledger_store(s->ledger),
		&(struct store_wanted){ .since_run = ledger_run(s->ledger) },
		add_finding, s, &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		buf_done(&error);
		return EXIT_CODE_IO;
	}
	*findings = (const struct finding *const *)s->findings;
	*count = s->nfindings;
	return EXIT_CODE_DONE;
}

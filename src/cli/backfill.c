/*
 * backfill.c - from what the user asked to what the user sees: plan, run the
 * pipeline, write the findings, say what was left out.
 */
#include "cli/backfill.h"

#include <stdlib.h>
#include <string.h>

#include "cli/backfill_remote.h"
#include "cli/backfill_state.h"
#include "cli/cli.h"
#include "cli/exit_code.h"
#include "cli/outfile.h"
#include "cli/progress.h"
#include "cli/quarantine.h"
#include "cli/stats_file.h"
#include "cli/terminal.h"
#include "collect/plan.h"
#include "output/asff.h"
#include "output/csv.h"
#include "output/guardduty.h"
#include "output/ocsf.h"
#include "output/table.h"
#include "pipeline/archive.h"

/* Skipped parcels named on the terminal; all are in --stats. */
#define SKIPS_SHOWN 20

struct session {
	const struct backfill_options *options;
	const struct config *config;
	struct plan *plan;
	struct archive *archive;
	struct pipeline *pipeline;
	struct progress *progress;
	struct quarantine *quarantine;
	struct backfill_state *state;	/* NULL: nothing is kept */
	struct backfill_remote *remote; /* NULL: no path is of a bucket */
	struct pipeline_counts counts;
	const struct finding *const *all;
	size_t count;
	const struct finding **shown; /* at or above --min-severity */
	size_t nshown, nsuppressed;
};

static void
on_reject(
    void *cookie, struct span place, struct span record, const char *reason)
{
	struct session *s = cookie;

	if (s->quarantine != NULL)
		quarantine_add(s->quarantine, place, record, reason);
}

static void
on_progress(void *cookie, const struct pipeline_progress *p)
{
	struct session *s = cookie;

	progress_update(s->progress, &(struct progress_state){
					 .bytes = p->bytes_in,
					 .bytes_total = s->plan->bytes,
					 .events = p->events,
				     });
}

static int
make_plan(struct session *s)
{
	struct buf error = { 0 };
	enum status st = plan_make(
	    &(struct plan_options){
		.paths = s->options->paths,
		.npaths = s->options->npaths,
		.remote = backfill_remote_of(s->remote),
	    },
	    &s->plan, &error);

	if (st == STATUS_OK)
		return EXIT_CODE_DONE;
	cli_complain("%s", buf_text(&error));
	buf_done(&error);
	if (st == STATUS_UNAVAILABLE)
		return EXIT_CODE_UNAVAILABLE;
	if (st == STATUS_INVALID)
		return EXIT_CODE_USAGE;
	return st == STATUS_NOT_FOUND ? EXIT_CODE_NO_INPUT : EXIT_CODE_IO;
}

static int
make_pipeline(struct session *s)
{
	struct archive_options archive = {
		.plan = s->plan,
		.cluster = s->options->cluster,
	};
	struct buf error = { 0 };
	enum status st;

	if (s->state != NULL)
		backfill_state_archive(s->state, &archive);
	backfill_remote_start(s->remote, s->plan, &archive);
	s->archive = archive_new(&archive);
	st = pipeline_new(
	    &(struct pipeline_options){
		.config = s->config,
		.intake = archive_intake(s->archive),
		.key = s->state ? backfill_state_key(s->state) : NULL,
		.jobs = s->options->jobs,
		.since_us = s->options->since_us,
		.until_us = s->options->until_us,
		.keep_signals = s->state != NULL,
		.reject = on_reject,
		.progress = on_progress,
		.cookie = s,
	    },
	    &s->pipeline, &error);
	if (st == STATUS_OK)
		return EXIT_CODE_DONE;
	cli_complain("%s", buf_text(&error));
	buf_done(&error);
	return EXIT_CODE_CONFIG;
}

/* The findings: of the state, which may have those of an earlier part of the
 * run too, or else of the pipeline. */
static int
take_findings(struct session *s)
{
	int code;

	if (s->state == NULL) {
		s->all = pipeline_findings(s->pipeline, &s->count);
		return EXIT_CODE_DONE;
	}
	code = backfill_state_finish(s->state);
	if (code == EXIT_CODE_DONE)
		code = backfill_state_findings(s->state, &s->all, &s->count);
	backfill_state_count(s->state, &s->counts);
	return code;
}

static void
tell_known(const struct session *s)
{
	size_t known = archive_known(s->archive);

	if (s->state != NULL && backfill_state_resumed(s->state))
		cli_complain("going on where an earlier run was cut short");
	if (known > 0)
		cli_complain("%zu of %zu files were read before and are left "
			     "out; `nephoscope findings list` has all "
			     "findings",
		    known, s->plan->count);
}

static int
run_pipeline(struct session *s)
{
	int code = make_pipeline(s);

	if (code == EXIT_CODE_DONE && s->state != NULL)
		code = backfill_state_restore(s->state, s->plan, s->pipeline);
	if (code != EXIT_CODE_DONE) {
		progress_clear(s->progress);
		return code;
	}
	pipeline_work(s->pipeline);
	progress_clear(s->progress);
	tell_known(s);
	pipeline_count(s->pipeline, &s->counts);
	return take_findings(s);
}

/* --- what comes out ------------------------------------------------------- */

static void
choose_findings(struct session *s)
{
	s->shown = status_calloc(s->count, sizeof(*s->shown));
	for (size_t i = 0; i < s->count; i++) {
		const struct finding *f = s->all[i];

		s->nsuppressed += f->suppressed != NULL;
		if (f->severity >= s->options->min_severity &&
		    (f->suppressed == NULL || s->options->suppressed))
			s->shown[s->nshown++] = f;
	}
}

static bool
to_terminal(const struct backfill_options *o)
{
	return (o->output == NULL || strcmp(o->output, "-") == 0) &&
	       terminal_is(stdout);
}

static void
format_table(struct session *s, struct buf *out)
{
	const struct backfill_options *o = s->options;
	const struct table_options table = {
		.config = s->config,
		.columns = to_terminal(o) ? terminal_columns(stdout) : 100,
		.colour = to_terminal(o) && terminal_has_color(stdout),
	};

	table_write(s->shown, s->nshown, &table, out);
	if (o->details > 0 && s->nshown > 0)
		qsort(s->shown, s->nshown, sizeof(*s->shown),
		    finding_worst_first);
	for (size_t i = 0; i < s->nshown && i < o->details; i++) {
		buf_add_char(out, '\n');
		table_write_one(s->shown[i], &table, out);
	}
}

static void
format_findings(struct session *s, struct buf *out)
{
	switch (s->options->format) {
	case BACKFILL_TABLE:
		format_table(s, out);
		break;
	case BACKFILL_GUARDDUTY:
		for (size_t i = 0; i < s->nshown; i++)
			guardduty_write(s->shown[i], s->config, out);
		break;
	case BACKFILL_OCSF:
		for (size_t i = 0; i < s->nshown; i++)
			ocsf_write(s->shown[i], s->config, 0, out);
		break;
	case BACKFILL_ASFF:
		for (size_t i = 0; i < s->nshown; i++)
			asff_write(s->shown[i], s->config, out);
		break;
	case BACKFILL_CSV:
		csv_write_header(out);
		for (size_t i = 0; i < s->nshown; i++)
			csv_write(s->shown[i], s->config, out);
		break;
	}
}

static int
write_findings(struct session *s)
{
	const char *path = s->options->output ? s->options->output : "-";
	struct buf text = { .limit = (size_t)4 << 30 }, error = { 0 };
	int code = EXIT_CODE_DONE;

	format_findings(s, &text);
	if (outfile_write(path, buf_span(&text), &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		code = EXIT_CODE_IO;
	}
	buf_done(&text);
	buf_done(&error);
	return code;
}

static int
by_type(const void *left, const void *right)
{
	return strcmp(((const struct stats_type *)left)->type,
	    ((const struct stats_type *)right)->type);
}

static size_t
count_types(const struct session *s, struct stats_type *types)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++) {
		const char *type = finding_detector(s->all[i])->type;
		size_t k = 0;

		if (s->all[i]->suppressed != NULL)
			continue;
		while (k < n && strcmp(types[k].type, type) != 0)
			k++;
		if (k == n)
			types[n++] = (struct stats_type){ type, 0 };
		types[k].count++;
	}
	if (n > 0)
		qsort(types, n, sizeof(*types), by_type);
	return n;
}

static bool
is_by(const struct suppressed *s, const struct config_suppress *rule)
{
	return span_equal(s->reason, span_str(rule->reason)) &&
	       span_equal(s->owner, span_str(rule->owner)) &&
	       s->until_us == rule->expires_us;
}

/* Each suppression and how many findings fell under it. */
static void
count_suppressions(
    const struct session *s, struct stats_suppression *suppressions)
{
	const struct config *c = s->config;

	for (size_t k = 0; k < c->nsuppress; k++)
		suppressions[k] = (struct stats_suppression){
			.reason = c->suppress[k].reason,
			.owner = c->suppress[k].owner,
			.expires_us = c->suppress[k].expires_us,
		};
	for (size_t i = 0; i < s->count; i++) {
		size_t k = 0;

		if (s->all[i]->suppressed == NULL)
			continue;
		while (k < c->nsuppress &&
		       !is_by(s->all[i]->suppressed, &c->suppress[k]))
			k++;
		if (k < c->nsuppress)
			suppressions[k].findings++;
	}
}

static int
write_stats(const struct session *s)
{
	const struct pipeline_counts *c = &s->counts;
	const struct engine_counts *e = &c->shards.engine;
	struct stats_skip *skips =
	    status_calloc(s->plan->nskips, sizeof(*skips));
	struct stats_type *types =
	    status_calloc(detector_count, sizeof(*types));
	struct stats_suppression *suppressions =
	    status_calloc(s->config->nsuppress, sizeof(*suppressions));
	const struct stats_extra extras[] = {
		{ "bytes_decompressed", c->bytes_out },
		{ "parcels", s->plan->count },
		{ "parcels_duplicate", s->plan->duplicates },
		{ "ignored", c->decoded.ignored },
		{ "repaired", c->decoded.repaired },
		{ "outside", c->shards.outside },
		{ "tenants", c->shards.tenants },
		{ "signals_held", e->held },
		{ "overflow", e->overflow },
		{ "findings_left_out", c->shards.left_out },
		{ "findings_suppressed", s->nsuppressed },
		{ "profiles", e->profiles },
		{ "profile_values", e->values },
		{ "state_bytes", e->bytes },
	};
	struct run_stats stats = {
		.bytes = c->bytes,
		.skips = skips,
		.nskips = s->plan->nskips,
		.types = types,
		.ntypes = count_types(s, types),
		.seconds = progress_seconds(s->progress),
		.extras = extras,
		.nextras = COUNTOF(extras),
		.suppressions = suppressions,
		.nsuppressions = s->config->nsuppress,
	};
	struct buf error = { 0 };
	enum status st;

	for (enum source i = 0; i < SOURCE_COUNT; i++) {
		stats.events[i] = c->decoded.events[i];
		stats.duplicates[i] = e->duplicates[i] + c->copied[i];
		stats.late[i] = e->late[i];
	}
	memcpy(stats.quarantined, c->decoded.quarantined,
	    sizeof(stats.quarantined));
	for (size_t i = 0; i < s->plan->nskips; i++)
		skips[i] = (struct stats_skip){ s->plan->skips[i].path,
			s->plan->skips[i].reason };
	count_suppressions(s, suppressions);
	st = stats_file_write(s->options->stats, &stats, &error);
	if (st != STATUS_OK)
		cli_complain("%s", buf_text(&error));
	buf_done(&error);
	free(suppressions);
	free(skips);
	free(types);
	return st == STATUS_OK ? EXIT_CODE_DONE : EXIT_CODE_IO;
}

/* --- what was left out ---------------------------------------------------- */

/* Name what was skipped though it may have held logs; true if anything. */
static bool
name_skips(const struct session *s)
{
	size_t partial = 0, other = 0;

	for (size_t i = 0; i < s->plan->nskips; i++) {
		const struct plan_skip *skip = &s->plan->skips[i];

		if (!skip->partial) {
			other++;
			continue;
		}
		if (++partial <= SKIPS_SHOWN)
			cli_complain(
			    "skipped: %s: %s", skip->path, skip->reason);
	}
	if (partial > SKIPS_SHOWN)
		cli_complain("skipped: %zu more; --stats FILE lists all",
		    partial - SKIPS_SHOWN);
	if (other > 0 && s->options->progress)
		cli_complain("%zu files are no logs and were not read; "
			     "--stats FILE lists them",
		    other);
	return partial > 0;
}

static bool
finish_quarantine(struct session *s)
{
	struct quarantine_counts counts;
	struct buf error = { 0 };
	bool ok = true;

	if (s->quarantine == NULL)
		return true;
	if (quarantine_finish(s->quarantine, &counts, &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		ok = false;
	}
	buf_done(&error);
	return ok;
}

static bool
serious_found(const struct session *s)
{
	if (s->options->fail_on <= 0)
		return false;
	for (size_t i = 0; i < s->count; i++) {
		if (s->all[i]->suppressed == NULL &&
		    s->all[i]->severity >= s->options->fail_on)
			return true;
	}
	return false;
}

static bool
anything_read(const struct session *s)
{
	uint64_t events = s->counts.decoded.ignored + archive_known(s->archive);

	for (enum source i = 0; i < SOURCE_COUNT; i++)
		events += s->counts.decoded.events[i];
	return events > 0;
}

static int
report(struct session *s)
{
	bool partial, kept;
	int code;

	choose_findings(s);
	code = write_findings(s);
	kept = finish_quarantine(s);
	if (code == EXIT_CODE_DONE && s->options->stats != NULL)
		code = write_stats(s);
	if (code == EXIT_CODE_DONE && s->state != NULL)
		code = backfill_state_end(s->state);
	partial = name_skips(s);
	if (s->nsuppressed > 0 && !s->options->suppressed)
		cli_complain("%zu finding%s suppressed; --suppressed shows "
			     "them and why",
		    s->nsuppressed, s->nsuppressed == 1 ? " is" : "s are");
	if (code != EXIT_CODE_DONE || !kept)
		return code != EXIT_CODE_DONE ? code : EXIT_CODE_IO;
	if (!anything_read(s)) {
		cli_complain("no log that nephoscope reads was found in the "
			     "input");
		return EXIT_CODE_NOTHING_READ;
	}
	if (serious_found(s))
		return EXIT_CODE_FINDINGS;
	return partial ? EXIT_CODE_PARTIAL : EXIT_CODE_DONE;
}

int
backfill_run(const struct backfill_options *o, const struct config *config)
{
	struct session s = { .options = o, .config = config };
	int code;

	s.progress = progress_new(stderr);
	if (o->quarantine != NULL)
		s.quarantine =
		    quarantine_new(o->quarantine, QUARANTINE_LIMIT_BYTES);
	s.remote = backfill_remote_new(config, o->paths, o->npaths);
	code = make_plan(&s);
	if (code == EXIT_CODE_DONE && o->state != NULL)
		code = backfill_state_open(
		    o->state, config->service.commit_ms, &s.state);
	if (code == EXIT_CODE_DONE)
		code = run_pipeline(&s);
	if (code == EXIT_CODE_DONE)
		code = report(&s);
	free(s.shown);
	pipeline_free(s.pipeline);
	archive_free(s.archive);
	backfill_state_close(s.state);
	backfill_remote_free(s.remote);
	plan_free(s.plan);
	quarantine_free(s.quarantine);
	progress_free(s.progress);
	return code;
}

/*
 * cmd_investigate.c - nephoscope investigate FINDING-ID|ENTITY
 */
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/inquiry.h"
#include "cli/state_file.h"
#include "cli/terminal.h"
#include "output/owner.h"
#include "output/paper.h"

/* Around a finding, unless --since and --until say otherwise. */
#define AROUND_US (7 * CIVIL_US_PER_DAY)
#define ID_LEAST 4
#define ID_SHOWN 8
#define NAME_COLUMNS 40
#define WORD_COLUMNS 16

struct options {
	const char *config, *state;
	int64_t since_us, until_us;
};

static void
minute(struct buf *out, int64_t time_us)
{
	struct civil c = civil_of(time_us);

	buf_printf(out, "%04d-%02u-%02u %02u:%02u", c.year, c.month, c.day,
	    c.hour, c.minute);
}

static void
heading(struct paper *p, const char *text)
{
	buf_add_char(p->out, '\n');
	paper_ink(p, PAPER_BOLD);
	buf_add_str(p->out, text);
	paper_ink(p, PAPER_PLAIN);
	buf_add_char(p->out, '\n');
}

static void
write_finding(
    struct paper *p, const struct finding *f, const struct config *config)
{
	struct owner owner = owner_of(f, config);
	struct buf text = { 0 };

	paper_ink(p, PAPER_BOLD);
	finding_expand(f, finding_detector(f)->title, &text);
	paper_wrap(p, buf_span(&text), 0, 0);
	paper_ink(p, PAPER_PLAIN);
	buf_printf(p->out, "%s, %s, id %s\n", finding_detector(f)->type,
	    owner_severity(f->severity), f->id);
	buf_reset(&text);
	finding_describe(f, &text);
	paper_wrap(p, buf_span(&text), 0, 0);
	if (owner.source != NULL) {
		buf_add_str(p->out, "Owner: ");
		paper_add(p, owner.name);
		if (!span_is_empty(owner.contact))
			buf_add_str(p->out, ", ");
		paper_add(p, owner.contact);
		buf_printf(p->out, " (%s)\n", owner.source);
	}
	buf_done(&text);
}

static void
write_row(struct paper *p, const struct inquiry_row *r)
{
	struct buf text = { 0 };

	buf_add_str(p->out, "  ");
	paper_cell(p, r->row.name, NAME_COLUMNS);
	buf_add_str(p->out, "  ");
	paper_cell(p, span_str(inventory_relation_text(r->row.relation)),
	    WORD_COLUMNS);
	paper_add(p, r->row.value);
	buf_add_str(p->out, "\n    ");
	minute(&text, r->row.from_us);
	buf_add_str(&text, " to ");
	if (r->row.to_us == INVENTORY_FOREVER)
		buf_add_str(&text, "now");
	else
		minute(&text, r->row.to_us);
	buf_printf(&text, ", %s", inventory_sure_text(r->row.sure));
	if (!span_is_empty(r->row.scope))
		buf_printf(&text, ", cluster %.*s", SPAN_ARGS(r->row.scope));
	if (!span_is_empty(r->row.record))
		buf_printf(&text, ", record %.*s", SPAN_ARGS(r->row.record));
	paper_ink(p, PAPER_DIM);
	paper_add(p, buf_span(&text));
	paper_ink(p, PAPER_PLAIN);
	buf_add_char(p->out, '\n');
	buf_done(&text);
}

static void
write_line(struct paper *p, const struct inquiry_line *l)
{
	const struct finding *f = l->finding;
	const struct signal *s = f != NULL ? f->first : l->signal;
	struct buf text = { 0 };
	uint64_t count;

	minute(&text, l->first_us);
	if (f != NULL)
		buf_printf(&text, "  %-8s  %.*s  %s%s",
		    owner_severity(f->severity), ID_SHOWN, f->id,
		    s->row->detector->type, l->archived ? " (archived)" : "");
	else
		buf_printf(&text, "  signal    %*s  %s%s", ID_SHOWN, "",
		    s->row->detector->type,
		    s->counted ? "" : " (below the alert budget)");
	count = f != NULL ? f->count : l->count;
	if (count > 1) {
		buf_printf(
		    &text, ", %llu times to ", (unsigned long long)count);
		minute(&text, l->last_us);
	}
	buf_add_str(p->out, "  ");
	paper_add(p, buf_span(&text));
	buf_add_str(p->out, "\n    ");
	paper_add(p, s->actor);
	if (!span_is_empty(s->resource) && !span_equal(s->resource, s->actor)) {
		buf_add_str(p->out, " -> ");
		paper_add(p, s->resource);
	}
	buf_add_char(p->out, '\n');
	buf_done(&text);
}

static void
write_answer(struct paper *p, const struct inquiry *q)
{
	heading(p, "Whom it is about");
	for (size_t i = 0; i < q->nnames; i++) {
		buf_add_str(p->out, "  ");
		paper_add(p, q->names[i]);
		buf_add_str(
		    p->out, i < q->asked ? "\n" : "  (by the inventory)\n");
	}
	heading(p, "What other records tell of them");
	if (q->nrows == 0)
		buf_add_str(p->out, "  nothing\n");
	for (size_t i = 0; i < q->nrows; i++)
		write_row(p, &q->rows[i]);
	heading(p, "In order, all times UTC");
	if (q->nlines == 0)
		buf_add_str(p->out, "  nothing\n");
	for (size_t i = 0; i < q->nlines; i++)
		write_line(p, &q->lines[i]);
	if (q->left_out > 0)
		buf_printf(p->out,
		    "\n%zu more were left out; narrow it with --since and "
		    "--until\n",
		    q->left_out);
}

static bool
take(void *cookie, const struct store_finding *stored)
{
	struct finding **f = cookie;

	if (*f == NULL)
		*f = finding_unpack(stored->packed);
	return true;
}

/* The finding that `what` is the id of, or NULL: then it is an entity. */
static int
find(struct state_file *file, const char *what, struct finding **f)
{
	struct buf error = { 0 };
	enum status st;
	int code = EXIT_CODE_DONE;

	*f = NULL;
	if (strlen(what) < ID_LEAST ||
	    strspn(what, "0123456789abcdef") != strlen(what))
		return code;
	st = store_finding(file->store, what, take, f, &error);
	if (st == STATUS_INVALID) {
		cli_complain("several findings' ids begin with \"%s\"; give "
			     "more of it",
		    what);
		code = EXIT_CODE_USAGE;
	} else if (st != STATUS_OK && st != STATUS_NOT_FOUND) {
		cli_complain("%s", buf_text(&error));
		code = EXIT_CODE_IO;
	}
	if (code != EXIT_CODE_DONE) {
		finding_free(*f);
		*f = NULL;
	}
	buf_done(&error);
	return code;
}

/* The times to look at: as asked, else around the finding, else all. */
static void
set_times(struct inquiry *q, const struct options *o, const struct finding *f)
{
	q->since_us = INT64_MIN;
	q->until_us = INT64_MAX;
	if (f != NULL) {
		q->since_us = f->first_us - AROUND_US;
		q->until_us = f->last_us + AROUND_US;
	}
	if (o->since_us != INT64_MIN)
		q->since_us = o->since_us;
	if (o->until_us != INT64_MIN)
		q->until_us = o->until_us;
}

static int
answer(struct state_file *file, const struct options *o, const char *what,
    const struct finding *f)
{
	struct inquiry *q = status_calloc(1, sizeof(*q));
	struct buf text = { 0 }, error = { 0 };
	struct paper p = { &text, terminal_columns(stdout),
		terminal_has_color(stdout) };
	int code;

	set_times(q, o, f);
	if (f != NULL)
		inquiry_ask_finding(q, f);
	else
		inquiry_ask(q, span_str(what));
	if (inquiry_answer(q, file->store, &error) != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		code = EXIT_CODE_IO;
	} else if (f == NULL && q->nrows == 0 && q->nlines == 0) {
		cli_complain("nothing in this state is about \"%s\"; give a "
			     "finding's id, an address, a pod as "
			     "NAMESPACE/NAME, a user or a role as findings "
			     "name them",
		    what);
		code = EXIT_CODE_NO_INPUT;
	} else {
		if (f != NULL)
			write_finding(&p, f, file->config);
		write_answer(&p, q);
		code = cli_print(&text);
	}
	inquiry_done(q);
	free(q);
	buf_done(&error);
	return code;
}

static int
run(const void *options, const struct command_operands *operands)
{
	const struct options *o = options;
	const char *what = operands->at[0];
	struct state_file file;
	struct finding *f;
	int code = state_file_open(o->state, o->config, false, &file);

	if (code != EXIT_CODE_DONE)
		return code;
	code = find(&file, what, &f);
	if (code == EXIT_CODE_DONE)
		code = answer(&file, o, what, f);
	finding_free(f);
	state_file_close(&file);
	return code;
}

static const struct command_option options[] = {
	{ .name = "state",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "the state file of `backfill --state` or `serve`; default: "
		    "what the configuration names",
	    .offset = offsetof(struct options, state) },
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "configuration: owners, and store: {path: ...}",
	    .offset = offsetof(struct options, config) },
	{ .name = "since",
	    .argument = "T",
	    .kind = OPTION_TIME,
	    .help = "only what was still so then or later; default: a week "
		    "before the finding",
	    .offset = offsetof(struct options, since_us) },
	{ .name = "until",
	    .argument = "T",
	    .kind = OPTION_TIME,
	    .help = "only what began before then; default: a week after the "
		    "finding",
	    .offset = offsetof(struct options, until_us) },
	{ 0 },
};

static const struct command_example examples[] = {
	{ "nephoscope investigate --state acme.db 6d94484f",
	    "tell what is behind a finding, and what else happened" },
	{ "nephoscope investigate --state acme.db 10.20.10.199",
	    "tell which pods had the address, and what they did" },
	{ 0 },
};

const struct command cli_investigate = {
	.name = "investigate",
	.operands = "FINDING-ID|ENTITY",
	.summary = "tell what is known of a finding or an entity",
	.about =
	    "Walks from a finding, or from an address, pod, workload, user, "
	    "role or access key, along what the logs told: which pod had an "
	    "address at the time, from which workload and image it is, and "
	    "who changed that last. Then lists other findings and signals of "
	    "the same, in order of time.\n\n"
	    "Every line of the inventory names the record it was learned "
	    "from. Nothing is written.",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.operands_least = 1,
	.operands_most = 1,
	.run = run,
};

#include "output/table.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "output/owner.h"
#include "output/paper.h"

#define TABLE_LABEL 12	 /* columns of "  Owner     " */
#define TABLE_FEATURE 28 /* column of the observed value under Why */
#define TABLE_COLUMNS_LEAST 60
#define TABLE_COLUMNS_MOST 160

static struct paper
paper_of(const struct table_options *o, struct buf *out)
{
	unsigned columns = o->columns ? o->columns : 80;

	if (columns < TABLE_COLUMNS_LEAST)
		columns = TABLE_COLUMNS_LEAST;
	if (columns > TABLE_COLUMNS_MOST)
		columns = TABLE_COLUMNS_MOST;
	return (struct paper){ out, columns, o->colour };
}

static enum paper_ink
ink_of(double severity)
{
	if (severity >= 9)
		return PAPER_BRIGHT_RED;
	if (severity >= 7)
		return PAPER_RED;
	return severity >= 4 ? PAPER_YELLOW : PAPER_BLUE;
}

static void
severity(struct paper *p, const struct finding *f)
{
	paper_ink(p, ink_of(f->severity));
	paper_cell(p, span_str(owner_severity(f->severity)), 10);
	paper_ink(p, PAPER_PLAIN);
}

static const char *
minute(int64_t time_us, struct buf *text)
{
	struct civil c = civil_of(time_us);

	buf_reset(text);
	buf_printf(text, "%04d-%02u-%02u %02u:%02u", c.year, c.month, c.day,
	    c.hour, c.minute);
	return buf_text(text);
}

/* --- many ----------------------------------------------------------------- */

/* Raw text behind a word; printf would end it at a NUL. */
static void
join(struct buf *text, const char *before, struct span value)
{
	buf_add_str(text, before);
	buf_add(text, value);
}

/* "alice -> pod web/x, cluster prod" */
static void
who_and_where(const struct finding *f, struct buf *text)
{
	const struct signal *s = f->first;

	buf_add(text, s->actor);
	if (!span_is_empty(s->resource) && !span_equal(s->resource, s->actor)) {
		buf_add_str(text, " -> ");
		if (s->resource_kind != ENTITY_NONE)
			buf_printf(
			    text, "%s ", entity_kind_text(s->resource_kind));
		buf_add(text, s->resource);
	}
	if (!span_is_empty(s->cluster))
		join(text, ", cluster ", s->cluster);
	else if (!span_is_empty(s->account))
		join(text, ", account ", s->account);
}

static void
row(struct paper *p, const struct finding *f)
{
	struct buf text = { 0 };

	severity(p, f);
	paper_cell(p, span_str(minute(f->first_us, &text)), 18);
	buf_reset(&text);
	buf_printf(&text, "%llu", (unsigned long long)f->count);
	paper_spaces(p, text.len < 6 ? 6 - text.len : 0);
	paper_cut(p, buf_span(&text), 12);
	paper_spaces(p, 2);
	paper_cut(p, span_str(finding_detector(f)->type), p->columns - 36);
	buf_add_char(p->out, '\n');
	paper_spaces(p, 10);
	paper_ink(p, PAPER_BOLD);
	buf_reset(&text);
	finding_expand(f, finding_detector(f)->title, &text);
	paper_wrap(p, buf_span(&text), 10, 10);
	paper_ink(p, PAPER_DIM);
	buf_reset(&text);
	who_and_where(f, &text);
	paper_spaces(p, 10);
	paper_wrap(p, buf_span(&text), 10, 10);
	paper_ink(p, PAPER_PLAIN);
	buf_done(&text);
}

static void
summary(struct paper *p, const struct finding *const *list, size_t n)
{
	static const char *const bands[] = { "critical", "high", "medium",
		"low" };
	const char *comma = ": ";

	if (n == 0) {
		buf_add_str(p->out, "No findings.\n");
		return;
	}
	buf_printf(p->out, "\n%zu finding%s", n, n == 1 ? "" : "s");
	for (size_t band = 0; band < COUNTOF(bands); band++) {
		size_t count = 0;

		for (size_t i = 0; i < n; i++)
			count += !strcmp(
			    owner_severity(list[i]->severity), bands[band]);
		if (count == 0)
			continue;
		buf_printf(p->out, "%s%zu %s", comma, count, bands[band]);
		comma = ", ";
	}
	buf_add_str(p->out, ". Times are UTC.\n");
}

void
table_write(const struct finding *const *findings, size_t n,
    const struct table_options *o, struct buf *out)
{
	struct paper p = paper_of(o, out);
	const struct finding **sorted = status_calloc(n + 1, sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = findings[i];
	qsort(sorted, n, sizeof(*sorted), finding_worst_first);
	if (n > 0) {
		paper_ink(&p, PAPER_DIM);
		buf_add_str(
		    out, "SEVERITY  FIRST SEEN         COUNT  FINDING\n");
		paper_ink(&p, PAPER_PLAIN);
	}
	for (size_t i = 0; i < n; i++)
		row(&p, sorted[i]);
	summary(&p, sorted, n);
	free(sorted);
}

/* --- one ------------------------------------------------------------------ */

static void
label(struct paper *p, const char *name, struct span value)
{
	if (span_is_empty(value))
		return;
	paper_spaces(p, 2);
	paper_ink(p, PAPER_DIM);
	paper_cell(p, span_str(name), TABLE_LABEL - 2);
	paper_ink(p, PAPER_PLAIN);
	paper_wrap(p, value, TABLE_LABEL, TABLE_LABEL);
}

static void
kind_and_name(enum entity_kind kind, struct span name, struct buf *text)
{
	buf_reset(text);
	if (span_is_empty(name))
		return;
	if (kind != ENTITY_NONE)
		buf_printf(text, "%s ", entity_kind_text(kind));
	buf_add(text, name);
}

static void
place(const struct finding *f, struct buf *text)
{
	const struct signal *s = f->first;
	const struct {
		const char *word;
		struct span value;
	} parts[] = {
		{ "cluster", s->cluster },
		{ "account", s->account },
		{ "region", s->region },
	};

	buf_reset(text);
	for (size_t i = 0; i < COUNTOF(parts); i++) {
		if (span_is_empty(parts[i].value))
			continue;
		join(text, text->len ? ", " : "", span_str(parts[i].word));
		join(text, " ", parts[i].value);
	}
}

static void
when(const struct finding *f, struct buf *text)
{
	struct buf time = { 0 };

	buf_reset(text);
	buf_printf(text, "%s UTC", minute(f->first_us, &time));
	if (f->last_us / CIVIL_US_PER_S / 60 !=
	    f->first_us / CIVIL_US_PER_S / 60)
		buf_printf(text, " to %s UTC", minute(f->last_us, &time));
	buf_printf(text, ", %llu event%s", (unsigned long long)f->count,
	    f->count == 1 ? "" : "s");
	buf_done(&time);
}

static void
whose(const struct finding *f, const struct config *c, struct buf *text)
{
	struct owner o = owner_of(f, c);

	buf_reset(text);
	if (o.source == NULL) {
		buf_add_str(text, "unknown: give the cluster or account an "
				  "owner in the config");
		return;
	}
	buf_add(text, o.name);
	if (!span_is_empty(o.contact))
		join(text, text->len ? ", " : "", o.contact);
}

static void
certainty(const struct finding *f, struct buf *text)
{
	buf_reset(text);
	buf_printf(text, "severity %.1f", f->severity);
	if (f->severity_was > 0)
		buf_printf(text, " (%.1f before the config changed it)",
		    f->severity_was);
	buf_printf(text, ", confidence %.0f %%", 100 * f->confidence);
	if (f->p > 0)
		buf_printf(text, ", probability by chance %.2g", f->p);
}

/* "our scanner (secops, until 2027-01-31 00:00 UTC)" */
static void
expected_by(const struct suppressed *s, struct buf *text)
{
	struct buf time = { 0 };

	buf_reset(text);
	if (s == NULL)
		return;
	buf_add(text, s->reason);
	join(text, " (",
	    span_is_empty(s->owner) ? SPAN("by nobody named") : s->owner);
	if (s->until_us != 0)
		buf_printf(text, ", until %s UTC", minute(s->until_us, &time));
	buf_add_char(text, ')');
	buf_done(&time);
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
facts(struct paper *p, const struct finding *f, const struct config *c)
{
	const struct signal *s = f->first;
	struct buf text = { 0 };

	kind_and_name(s->actor_kind, s->actor, &text);
	label(p, "Who", buf_span(&text));
	kind_and_name(s->resource_kind, s->resource, &text);
	label(p, "To what", buf_span(&text));
	place(f, &text);
	label(p, "Where", buf_span(&text));
	when(f, &text);
	label(p, "When", buf_span(&text));
	whose(f, c, &text);
	label(p, "Owner", buf_span(&text));
	certainty(f, &text);
	label(p, "How sure", buf_span(&text));
	expected_by(f->suppressed, &text);
	label(p, "Suppressed", buf_span(&text));
	label(p, "ATT&CK", span_str(finding_detector(f)->mitre));
	label(p, "Finding", span_str(f->id));
	buf_done(&text);
}

static void
number(struct buf *text, double value)
{
	if (value == floor(value) || fabs(value) >= 100)
		buf_printf(text, "%.0f", value);
	else
		buf_printf(text, "%.2g", value);
}

static void
usual_text(const struct signal_why *w, struct buf *text)
{
	buf_reset(text);
	if (!w->profiled) {
		if (!isnan(w->expected))
			number(text, w->expected);
		return;
	}
	for (size_t i = 0; i < w->nusual; i++)
		buf_printf(
		    text, "%s%.*s", i ? ", " : "", SPAN_ARGS(w->usual[i]));
}

/* "never seen; usual: a, b; 412 observations on 30 of the last 30 days" */
static void
measure(const struct signal_why *w, struct buf *text)
{
	struct buf usual = { 0 };

	buf_reset(text);
	usual_text(w, &usual);
	if (w->profiled && w->frequency == FREQUENCY_UNSEEN)
		buf_add_str(text, "never seen before");
	else if (w->profiled)
		buf_printf(text, "seen on %u of the last 30 days", w->days);
	if (usual.len > 0)
		join(text,
		    text->len ? "; usual: " : "usual: ", buf_span(&usual));
	if (w->profiled && w->known_days > 0)
		buf_printf(text,
		    "; %.0f observations on %u of the last 30 days",
		    round(w->n), w->known_days);
	buf_done(&usual);
}

static void
why_line(struct paper *p, const struct signal_why *w)
{
	struct buf text = { 0 };

	paper_spaces(p, 2);
	paper_cell(p, w->feature, TABLE_FEATURE - 4);
	paper_spaces(p, 2);
	if (span_is_empty(w->observed))
		number(&text, w->observed_number);
	else
		buf_add(&text, w->observed);
	paper_ink(p, PAPER_BOLD);
	paper_wrap(p, buf_span(&text), TABLE_FEATURE, TABLE_FEATURE);
	paper_ink(p, PAPER_PLAIN);
	measure(w, &text);
	if (text.len > 0) {
		paper_spaces(p, TABLE_FEATURE);
		paper_wrap(p, buf_span(&text), TABLE_FEATURE, TABLE_FEATURE);
	}
	buf_done(&text);
}

static void
why(struct paper *p, const struct finding *f)
{
	if (f->first->nwhy == 0)
		return;
	heading(p, "Why");
	for (size_t i = 0; i < f->first->nwhy; i++)
		why_line(p, &f->first->why[i]);
}

static void
events(struct paper *p, const struct finding *f)
{
	uint64_t more = f->events_left_out;

	heading(p, "Events");
	for (size_t i = 0; i < f->nevents; i++) {
		const struct event_ref *ref = &f->events[i];
		char time[CIVIL_TEXT_BYTES];
		struct buf text = { 0 };

		buf_add(&text, ref->id);
		if (text.len > 0)
			buf_add_str(&text, "  ");
		buf_add(&text, ref->parcel);
		paper_spaces(p, 2);
		paper_cell(
		    p, span_str(civil_format_ms(ref->time_us, time)), 26);
		paper_cell(p, span_str(source_text(ref->source)), 12);
		paper_wrap(p, buf_span(&text), 40, 40);
		buf_done(&text);
	}
	if (more > 0)
		buf_printf(
		    p->out, "  and %llu more\n", (unsigned long long)more);
}

/* --- playbook ------------------------------------------------------------- */

static void
under(struct paper *p, const char *word, struct span text)
{
	struct buf line = { 0 };

	if (span_is_empty(text))
		return;
	buf_add_str(&line, word);
	join(&line, ": ", text);
	paper_spaces(p, 5);
	paper_wrap(p, buf_span(&line), 5, 7);
	buf_done(&line);
}

static void
prompt(struct paper *p, const char *mark, struct span command)
{
	if (span_is_empty(command))
		return;
	paper_spaces(p, 5);
	paper_ink(p, PAPER_DIM);
	buf_add_str(p->out, mark);
	paper_ink(p, PAPER_GREEN);
	paper_command(p, command, 5 + strlen(mark));
	paper_ink(p, PAPER_PLAIN);
}

static void
step(struct paper *p, const struct playbook_line *line, size_t position)
{
	struct buf text = { 0 };

	buf_printf(&text, "%2zu.", position);
	paper_spaces(p, 1);
	paper_add(p, buf_span(&text));
	paper_spaces(p, 1);
	buf_reset(&text);
	buf_add(&text, line->title);
	if (line->destructive)
		buf_add_str(&text, " [destroys]");
	paper_wrap(p, buf_span(&text), 5, 5);
	under(p, "only when", line->when);
	under(p, "needs", line->needs);
	under(p, "effect", line->effect);
	under(p, "also hits", line->blast_radius);
	under(p, "left out", line->left_out);
	prompt(p, "$ ", line->command);
	under(p, "kept", line->store);
	under(p, "expect", line->expect);
	if (span_starts(line->undo, SPAN("none")))
		under(p, "undo", line->undo);
	else
		prompt(p, "undo: ", line->undo);
	buf_done(&text);
}

static void
expanded(struct paper *p, const struct finding *f, const char *text, size_t at)
{
	struct buf whole = { 0 };

	playbook_expand(f, text, &whole);
	paper_wrap(p, buf_span(&whole), at, at);
	buf_done(&whole);
}

/* What comes first: at a high severity the damage is stopped before all is
 * understood. */
static void
urgency(struct paper *p, const struct playbook *pb, const struct finding *f)
{
	struct buf text = { 0 };

	if (f == NULL)
		buf_printf(&text,
		    "From severity %.0f on: evidence, then contain, then ask. "
		    "Below: ask first.",
		    pb->gate);
	else if (f->severity >= pb->gate)
		buf_printf(&text,
		    "Severity %g: take the evidence and contain now; ask "
		    "meanwhile.",
		    f->severity);
	else
		buf_printf(&text,
		    "Severity %g: ask first; contain if an answer is bad or "
		    "nobody answers.",
		    f->severity);
	paper_spaces(p, 2);
	paper_ink(p, PAPER_BOLD);
	paper_wrap(p, buf_span(&text), 2, 2);
	paper_ink(p, PAPER_PLAIN);
	buf_done(&text);
}

static void
elsewhere(struct paper *p, const struct playbook *pb, const struct finding *f)
{
	struct buf line = { 0 };

	for (size_t i = 0; i < pb->nelsewhere; i++) {
		buf_reset(&line);
		buf_add_str(&line, "Not this one if ");
		playbook_expand(f, pb->elsewhere[i].condition, &line);
		buf_printf(&line, ": nephoscope playbook %s",
		    pb->elsewhere[i].playbook);
		paper_spaces(p, 2);
		paper_wrap(p, buf_span(&line), 2, 4);
	}
	buf_done(&line);
}

static void
questions(struct paper *p, const struct playbook_steps *list)
{
	if (list->nqueries > 0)
		heading(p, "Ask");
	for (size_t i = 0; i < list->nqueries; i++) {
		const struct playbook_query *q = &list->queries[i];

		buf_add_str(p->out, "  ?  ");
		paper_wrap(p, q->text, 5, 5);
		under(p, "only when", q->when);
		under(p, "ask", q->ask);
		under(p, "left out", q->left_out);
		prompt(p, "$ ", q->query);
		buf_add_str(p->out, "     harmless if:  ");
		paper_wrap(p, q->benign_if, 19, 19);
		buf_add_str(p->out, "     an attack if: ");
		paper_wrap(p, q->malicious_if, 19, 19);
	}
}

static void
steps(struct paper *p, const struct playbook_steps *list)
{
	enum playbook_part part = PLAYBOOK_PART_COUNT;

	for (size_t i = 0; i < list->nlines; i++) {
		if (list->lines[i].part != part)
			heading(p, playbook_part_text(list->lines[i].part));
		part = list->lines[i].part;
		step(p, &list->lines[i], i + 1);
	}
}

static void
harmless(struct paper *p, const struct playbook *pb,
    const struct playbook_steps *list)
{
	if (list->nexcuses > 0)
		heading(p, "If it is harmless");
	for (size_t i = 0; i < list->nexcuses; i++) {
		const struct playbook_excuse *e = &list->excuses[i];

		buf_add_str(p->out, "  -  ");
		paper_wrap(p, e->condition, 5, 5);
		paper_spaces(p, 5);
		paper_wrap(p, e->suggestion, 5, 5);
		under(p, "no suppression", e->left_out);
		prompt(p, "suppress: ", e->suppress);
	}
	if (pb->nreferences > 0)
		heading(p, "Read more");
	for (size_t i = 0; i < pb->nreferences; i++)
		buf_printf(p->out, "  %s\n", pb->references[i]);
}

void
table_write_playbook(const struct playbook *pb, const struct finding *f,
    const struct table_options *o, struct buf *out)
{
	struct paper p = paper_of(o, out);
	struct playbook_steps list;

	playbook_render(pb, f, &list);
	heading(&p, "What to do");
	paper_spaces(&p, 2);
	expanded(&p, f, pb->summary, 2);
	urgency(&p, pb, f);
	elsewhere(&p, pb, f);
	questions(&p, &list);
	steps(&p, &list);
	harmless(&p, pb, &list);
	playbook_steps_done(&list);
}

void
table_write_one(
    const struct finding *f, const struct table_options *o, struct buf *out)
{
	struct paper p = paper_of(o, out);
	struct playbook *pb = playbook_of_type(f->first->row->file);
	struct buf text = { 0 };

	severity(&p, f);
	paper_ink(&p, PAPER_BOLD);
	finding_expand(f, finding_detector(f)->title, &text);
	paper_wrap(&p, buf_span(&text), 10, 10);
	paper_ink(&p, PAPER_PLAIN);
	paper_spaces(&p, 10);
	paper_wrap(&p, span_str(finding_detector(f)->type), 10, 10);
	buf_add_char(out, '\n');
	buf_reset(&text);
	finding_describe(f, &text);
	paper_wrap(&p, buf_span(&text), 0, 0);
	buf_add_char(out, '\n');
	facts(&p, f, o->config);
	why(&p, f);
	events(&p, f);
	if (pb != NULL)
		table_write_playbook(pb, f, o, out);
	playbook_free(pb);
	buf_done(&text);
}

#include "output/guardduty.h"

#include <math.h>

#include "finding/entities.h"
#include "output/emit.h"
#include "output/fact.h"
#include "output/guardduty_service.h"
#include "output/owner.h"
#include "playbook/playbook.h"

static void
head(struct emit *e, const struct finding *f, const struct config *c)
{
	struct span region = owner_region(f, c);
	struct span account = owner_account(f, c);
	const char *partition = guardduty_service_partition(region);
	struct buf text = { 0 };

	emit_text(e, "schemaVersion", SPAN("2.0"));
	emit_text(e, "accountId", account);
	emit_text(e, "region", region);
	emit_text(e, "partition", span_str(partition));
	emit_text(e, "id", span_str(f->id));
	buf_printf(&text,
	    "arn:%s:guardduty:%.*s:%.*s:detector/nephoscope/finding/%s",
	    partition, SPAN_ARGS(region), SPAN_ARGS(account), f->id);
	emit_text(e, "arn", buf_span(&text));
	emit_text(e, "type", span_str(finding_detector(f)->type));
	buf_reset(&text);
	finding_expand(f, finding_detector(f)->title, &text);
	emit_text(e, "title", buf_span(&text));
	buf_reset(&text);
	finding_describe(f, &text);
	emit_text(e, "description", buf_span(&text));
	buf_done(&text);
	emit_number(e, "severity", f->severity);
	fact_moment(e, "createdAt", f->first_us);
	fact_moment(e, "updatedAt", f->last_us);
}

static void
why_line(struct emit *e, const struct signal_why *w)
{
	emit_object(e, NULL);
	emit_text(e, "feature", w->feature);
	if (span_is_empty(w->observed))
		emit_number(e, "observed", w->observed_number);
	else
		emit_text(e, "observed", w->observed);
	if (w->profiled) {
		emit_array(e, "usual");
		for (size_t i = 0; i < w->nusual; i++)
			emit_text(e, NULL, w->usual[i]);
		emit_close(e, ']');
		emit_number(e, "n", round(w->n));
		emit_number(e, "days", w->days);
		emit_number(e, "knownDays", w->known_days);
		emit_text(
		    e, "frequency", span_str(frequency_text(w->frequency)));
	} else {
		emit_number(e, "usual", w->expected);
	}
	emit_close(e, '}');
}

static void
entities(struct emit *e, const struct finding *f)
{
	struct entity list[ENTITIES_MAX];
	size_t count = entities_of(f->first, list);

	emit_array(e, "entities");
	for (size_t i = 0; i < count; i++) {
		emit_object(e, NULL);
		emit_text(e, "kind", span_str(entity_kind_text(list[i].kind)));
		emit_text(e, "name", list[i].name);
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

static void
mitre(struct emit *e, const struct finding *f)
{
	struct span rest = span_str(finding_detector(f)->mitre);

	emit_array(e, "mitre");
	while (rest.len > 0) {
		struct span one = span_trim(span_cut(&rest, ' '));

		if (!span_is_empty(one))
			emit_text(e, NULL, one);
	}
	emit_close(e, ']');
}

static void
owner(struct emit *e, const struct finding *f, const struct config *c)
{
	struct owner o = owner_of(f, c);

	if (o.source == NULL) {
		emit_null(e, "owner");
		return;
	}
	emit_object(e, "owner");
	emit_text_or_null(e, "name", o.name);
	emit_text_or_null(e, "contact", o.contact);
	emit_text(e, "source", span_str(o.source));
	emit_close(e, '}');
}

static void
events(struct emit *e, const struct finding *f)
{
	emit_array(e, "events");
	for (size_t i = 0; i < f->nevents; i++) {
		const struct event_ref *ref = &f->events[i];

		emit_object(e, NULL);
		emit_text(e, "source", span_str(source_text(ref->source)));
		emit_text_or_null(e, "id", ref->id);
		fact_moment(e, "time", ref->time_us);
		emit_text(e, "parcel", ref->parcel);
		emit_close(e, '}');
	}
	emit_close(e, ']');
	emit_number(e, "eventsLeftOut", (double)f->events_left_out);
}

static void
step(struct emit *e, const struct playbook_line *line)
{
	emit_object(e, NULL);
	emit_text(e, "part", span_str(playbook_part_text(line->part)));
	emit_text(e, "step", line->title);
	emit_text_or_null(e, "command", line->command);
	emit_text_or_null(e, "undo", line->undo);
	emit_text_if(e, "effect", line->effect);
	emit_text_if(e, "blastRadius", line->blast_radius);
	if (line->part == PLAYBOOK_CONTAIN)
		emit_bool(e, "destructive", line->destructive);
	emit_text_if(e, "kept", line->store);
	emit_text_if(e, "needs", line->needs);
	emit_text_if(e, "expect", line->expect);
	emit_text_if(e, "leftOut", line->left_out);
	emit_close(e, '}');
}

static void
question(struct emit *e, const struct playbook_query *q)
{
	emit_object(e, NULL);
	emit_text(e, "text", q->text);
	emit_text_or_null(e, "query", q->query);
	emit_text_if(e, "ask", q->ask);
	emit_text_if(e, "leftOut", q->left_out);
	emit_text(e, "harmlessIf", q->benign_if);
	emit_text(e, "attackIf", q->malicious_if);
	emit_close(e, '}');
}

static void
excuse(struct emit *e, const struct playbook_excuse *x)
{
	emit_object(e, NULL);
	emit_text(e, "condition", x->condition);
	emit_text(e, "suggestion", x->suggestion);
	emit_text_or_null(e, "suppress", x->suppress);
	emit_text_if(e, "leftOut", x->left_out);
	emit_close(e, '}');
}

static void
playbook(struct emit *e, const struct finding *f)
{
	struct playbook *p = playbook_of_type(f->first->row->file);
	struct playbook_steps steps = { 0 };

	if (p != NULL)
		playbook_render(p, f, &steps);
	emit_array(e, "playbook");
	for (size_t i = 0; i < steps.nlines; i++)
		step(e, &steps.lines[i]);
	emit_close(e, ']');
	emit_array(e, "questions");
	for (size_t i = 0; i < steps.nqueries; i++)
		question(e, &steps.queries[i]);
	emit_close(e, ']');
	emit_array(e, "harmless");
	for (size_t i = 0; i < steps.nexcuses; i++)
		excuse(e, &steps.excuses[i]);
	emit_close(e, ']');
	playbook_steps_done(&steps);
	playbook_free(p);
}

static void
suppressed(struct emit *e, const struct finding *f)
{
	const struct suppressed *s = f->suppressed;

	if (s == NULL) {
		emit_null(e, "suppressedBy");
		return;
	}
	emit_object(e, "suppressedBy");
	emit_text(e, "reason", s->reason);
	emit_text_or_null(e, "owner", s->owner);
	if (s->until_us != 0)
		fact_moment(e, "expires", s->until_us);
	else
		emit_null(e, "expires");
	emit_close(e, '}');
}

static void
ours(struct emit *e, const struct finding *f, const struct config *c)
{
	const struct signal *s = f->first;

	emit_object(e, "nephoscope");
	emit_text_or_null(e, "cluster",
	    span_is_empty(s->cluster) ? signal_fact(s, "cluster") : s->cluster);
	emit_text(e, "tenant", s->tenant);
	emit_text(e, "detector", span_str(s->row->name));
	emit_number(e, "detectorVersion", s->row->detector->state_version);
	emit_number(e, "confidence", f->confidence);
	if (f->p > 0)
		emit_number(e, "pValue", f->p);
	else
		emit_null(e, "pValue");
	emit_array(e, "why");
	for (size_t i = 0; i < s->nwhy; i++)
		why_line(e, &s->why[i]);
	emit_close(e, ']');
	emit_object(e, "actor");
	emit_text(e, "kind", span_str(entity_kind_text(s->actor_kind)));
	emit_text(e, "name", s->actor);
	emit_close(e, '}');
	entities(e, f);
	mitre(e, f);
	owner(e, f, c);
	events(e, f);
	playbook(e, f);
	suppressed(e, f);
	if (f->severity_was > 0)
		emit_number(e, "severityWas", f->severity_was);
	else
		emit_null(e, "severityWas");
	emit_close(e, '}');
}

void
guardduty_write(
    const struct finding *f, const struct config *c, struct buf *out)
{
	struct emit e = { .out = out };

	emit_object(&e, NULL);
	head(&e, f, c);
	guardduty_service_resource(&e, f, c);
	guardduty_service_write(&e, f);
	ours(&e, f, c);
	emit_close(&e, '}');
	buf_add_char(out, '\n');
}

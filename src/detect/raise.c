/* From what a detector says to a signal that stands on its own. */
#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/hash.h"
#include "detect/engine_internal.h"
#include "detect/suppress.h"
#include "lists/lists.h"

/* Texts are packed behind the struct; the first pass only measures. */
struct packer {
	char *at; /* NULL: measuring */
	size_t bytes;
};

static struct span
pack(struct packer *p, struct span s)
{
	static const char dots[] = "...";
	size_t len = s.len;
	struct span kept;

	if (len > SIGNAL_TEXT_BYTES)
		len = SIGNAL_TEXT_BYTES;
	p->bytes += len;
	if (p->at == NULL || len == 0)
		return span_of(NULL, len);
	memcpy(p->at, s.at, len);
	if (s.len > len)
		memcpy(p->at + len - 3, dots, 3);
	kept = span_of(p->at, len);
	p->at += len;
	return kept;
}

static void
pack_why(struct packer *p, struct signal_why *w, const struct evidence *e,
    const struct baseline *baseline)
{
	const struct usual *u = e->usual;
	struct usual named;

	w->feature = pack(p, span_str(e->feature));
	w->observed = pack(p, e->observed);
	w->observed_number = e->number;
	w->expected = e->expected;
	w->profiled = u != NULL;
	if (u == NULL)
		return;
	/* Names borrowed before may have moved when something was learned. */
	named = *u;
	named.nnames = 0;
	baseline_names(baseline, &named);
	w->nusual = named.nnames;
	for (size_t i = 0; i < named.nnames; i++)
		w->usual[i] = pack(p, named.names[i]);
	w->n = u->n;
	w->days = u->days;
	w->known_days = u->known_days;
	w->frequency = u->frequency;
}

static void
pack_facts(
    struct packer *p, struct signal *s, const struct fact *facts, size_t count)
{
	for (size_t i = 0; i < count && s->nfacts < SIGNAL_FACTS_MAX; i++) {
		if (span_is_empty(facts[i].value))
			continue;
		s->facts[s->nfacts].name = facts[i].name;
		s->facts[s->nfacts++].value = pack(p, facts[i].value);
	}
}

/* What says where to look, and nothing of whose record it happens to be. */
static bool
is_of_record(const char *name)
{
	return !strcmp(name, "parcel") || !strcmp(name, "event_id") ||
	       !strcmp(name, "source") || !strcmp(name, "account");
}

static void
pack_texts(struct packer *p, struct signal *s, struct detect *d,
    const struct raise *r, const struct facts *facts)
{
	const struct subject *subject = &d->scratch->subject;

	s->tenant = pack(p, d->tenant->name);
	s->account = pack(p, d->ev->account);
	s->region = pack(p, d->ev->region);
	s->cluster = pack(p, r->of_tenant ? SPAN("") : d->ev->cluster);
	s->actor =
	    pack(p, r->of_tenant ? d->tenant->name : subject->actor.name);
	s->resource = pack(p, r->resource);
	s->event.id = pack(p, d->ev->id);
	s->event.parcel = pack(p, d->batch->place);
	s->nfacts = 0;
	/* The detector's own facts win over the event's of the same name. */
	pack_facts(p, s, r->facts, r->nfacts);
	for (size_t i = 0; i < facts->count; i++) {
		if (!r->of_tenant || is_of_record(facts->list[i].name))
			pack_facts(p, s, &facts->list[i], 1);
	}
	s->nwhy = r->nwhy < SIGNAL_WHY_MAX ? r->nwhy : SIGNAL_WHY_MAX;
	for (size_t i = 0; i < s->nwhy; i++)
		pack_why(p, &s->why[i], &r->why[i], d->tenant->baseline);
}

/*
 * Of a statistical finding: how far below one in a hundred p is, damped by
 * how little was known.  1e-8 with hundreds of observations gives 0.95.
 */
static double
confidence_of(const struct detector *det, const struct raise *r)
{
	double depth, n = 1e9;

	if (det->confidence > 0)
		return det->confidence;
	for (size_t i = 0; i < r->nwhy; i++) {
		if (r->why[i].usual != NULL && r->why[i].usual->n < n)
			n = r->why[i].usual->n;
	}
	depth = r->p > 0 ? -log10(r->p) / 8.0 : 1.0;
	if (depth > 1.0)
		depth = 1.0;
	return (0.3 + 0.65 * depth) * (n + 10.0) / (n + 20.0);
}

static uint64_t
identity_of(struct detect *d, const struct raise *r)
{
	const struct hash_key *key = d->tenant->engine->options.key;
	uint64_t id = hash_span(key, span_str(d->row->row->detector->type));

	id = hash_mix(
	    id, hash_span(key, r->of_tenant ? SPAN("") : d->ev->cluster));
	id = hash_mix(id, r->of_tenant ? hash_span(key, d->tenant->name)
				       : d->scratch->subject.actor.key);
	id = hash_mix(id, (uint64_t)r->resource_kind);
	return hash_mix(id,
	    hash_span(key, span_is_empty(r->joins) ? r->resource : r->joins));
}

/* How many events this signal adds to its finding. */
static uint64_t
new_events(struct detect *d, uint64_t identity)
{
	struct activity_row *a = d->activity;
	uint64_t more;
	size_t i = 0;

	if (a == NULL || d->row->row->detector->when == DETECT_EACH)
		return 1;
	while (i < a->nraised && a->raised[i].identity != identity)
		i++;
	if (i == ACTIVITY_RAISED_MAX)
		return 1; /* more types than are kept apart: count the calls */
	if (i == a->nraised)
		a->raised[a->nraised++] =
		    (struct activity_raised){ identity, 0 };
	more = a->sums.count - a->raised[i].told;
	a->raised[i].told = a->sums.count;
	return more;
}

/* A finding is paid for once a day, however often it is raised. */
static bool
allowed(struct detect *d, const struct raise *r, const struct signal *s)
{
	const struct config *config = d->tenant->engine->options.config;
	struct lane_purse *l =
	    s->suppressed != NULL ? &d->lane->suppressed : &d->lane->purse;
	int64_t day = civil_day(d->ev->time_us);

	if (!d->row->row->detector->statistical)
		return true;
	for (uint32_t i = 0; i < l->npaid && i < LANE_PAID_MAX; i++) {
		if (l->paid[i].identity == s->identity && l->paid[i].day == day)
			return true;
	}
	if (!alert_budget_allows(&l->budget, r->p, d->ev->time_us,
		config->baseline.alert_budget))
		return false;
	l->paid[l->npaid++ % LANE_PAID_MAX] =
	    (struct lane_paid){ s->identity, day };
	return true;
}

/* The user trusts one side: a scanner, a range of ours. */
static bool
is_trusted(const struct detect *d)
{
	const struct lists *lists = d->tenant->engine->lists;
	const struct event *ev = d->ev;

	if (lists == NULL)
		return false;
	if (ev->source == SOURCE_VPCFLOW)
		return lists_trust_address(
			   lists, &ev->flow->local, ev->time_us) ||
		       lists_trust_address(lists, &ev->flow->peer, ev->time_us);
	return ev->source == SOURCE_DNS &&
	       (lists_trust_address(lists, &ev->dns->client, ev->time_us) ||
		   lists_trust_name(lists, ev->dns->name, ev->time_us));
}

static void
fill(struct signal *s, struct detect *d, const struct raise *r)
{
	const struct detector *det = d->row->row->detector;

	s->row = d->row->row;
	s->p = r->p;
	s->severity = r->severity > 0 ? r->severity : det->severity;
	s->severity_set = d->row->severity_set;
	s->confidence = confidence_of(det, r);
	s->identity = identity_of(d, r);
	s->actor_kind = d->scratch->subject.actor.kind;
	if (r->of_tenant)
		s->actor_kind = span_is_empty(d->ev->account) ? ENTITY_CLUSTER
							      : ENTITY_ACCOUNT;
	s->resource_kind = r->resource_kind;
	s->source = d->ev->source;
	s->time_us = d->ev->time_us;
	s->suppressed = suppress_match(d->tenant->engine->options.config, s);
	s->counted = !is_trusted(d) && allowed(d, r, s);
	s->first_us = detect_activity(d)->first_us;
	s->count = r->of_tenant ? 1 : new_events(d, s->identity);
	s->event.source = d->ev->source;
	s->event.time_us = d->ev->time_us;
	if (det->when == DETECT_EACH || r->of_tenant)
		s->first_us = d->ev->time_us;
	if (d->activity != NULL && s->counted && !r->of_tenant)
		d->activity->tainted = true;
}

/* Should all that is strange about the event prove shared by many, this was no
 * more than the first of them.  Only of what makes a finding: what is held back
 * must not stand for another event of it, which is not excused. */
static void
note_strange(struct detect *d, const struct signal *s)
{
	uint64_t keys[FEATURE_COUNT];
	size_t count = 0;

	if (!d->scratch->any_strange || d->tenant->waves == NULL ||
	    !s->counted || s->suppressed != NULL ||
	    !d->row->row->detector->statistical)
		return;
	for (size_t i = 0; i < FEATURE_COUNT; i++) {
		if (d->scratch->strange[i] != 0)
			keys[count++] = d->scratch->strange[i];
	}
	waves_note(d->tenant->waves, s->identity, keys, count);
}

/* The row of a type of the detector's family; NULL when it is off. */
static const struct engine_row *
row_as(const struct engine *e, const struct detector *as)
{
	for (size_t i = 0; i < e->nrows; i++) {
		if (e->rows[i].row->detector == as)
			return e->rows[i].silent ? NULL : &e->rows[i];
	}
	return NULL;
}

static void
emit(struct detect *d, const struct raise *r)
{
	struct packer measure = { 0 }, packer;
	struct facts *facts = &d->scratch->facts;
	struct signal head = { 0 }, *s;

	engine_facts(d, r);
	pack_texts(&measure, &head, d, r, facts);
	s = status_calloc(1, sizeof(*s) + measure.bytes);
	packer = (struct packer){ .at = (char *)(s + 1) };
	pack_texts(&packer, s, d, r, facts);
	ASSERT(packer.bytes == measure.bytes);
	fill(s, d, r);
	if (!s->counted)
		d->tenant->held++;
	if (!r->of_tenant) {
		note_strange(d, s);
		engine_wait(d, s);
	}
	d->tenant->engine->options.emit(d->tenant->cookie, s);
}

bool
detect_tells(const struct detect *d, const struct detector *as)
{
	return row_as(d->tenant->engine, as) != NULL;
}

void
detect_raise(struct detect *d, const struct raise *r)
{
	const struct engine_row *own = d->row;

	d->row = row_as(
	    d->tenant->engine, r->as != NULL ? r->as : own->row->detector);
	if (d->row != NULL)
		emit(d, r);
	d->row = own;
}

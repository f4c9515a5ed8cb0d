#include "sequence/tell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/hash.h"
#include "detect/tactic.h"

#define TACTICS_NAMED 3

const char *const sequence_kind_names[SEQUENCE_KINDS] = {
	[SEQUENCE_CLUSTER] = "compromised_cluster",
	[SEQUENCE_DATA] = "compromised_data",
	[SEQUENCE_INSTANCES] = "compromised_instances",
	[SEQUENCE_CREDENTIALS] = "compromised_credentials",
};

/* --- the chain ------------------------------------------------------------ */

/* The detector that most steps of `list` are from, the first of equals. */
static const struct detector_row *
most_frequent(
    struct chain_step *const *steps, const uint32_t *list, size_t count)
{
	const struct detector_row *most = NULL;
	size_t best = 0;

	for (size_t i = 0; i < count; i++) {
		const struct detector_row *row = steps[list[i]]->row;
		size_t n = 0;

		for (size_t k = 0; k < count; k++)
			n += steps[list[k]]->row == row;
		if (n > best) {
			best = n;
			most = row;
		}
	}
	return most;
}

/* The one to leave out: of what there is most of the weakest, and of equals
 * the latest. */
static size_t
least_of(struct chain_step *const *steps, const uint32_t *list, size_t count)
{
	const struct detector_row *row = most_frequent(steps, list, count);
	size_t least = count;

	for (size_t i = 0; i < count; i++) {
		if (steps[list[i]]->row == row &&
		    (least == count || judge_evidence(steps[list[i]]) <=
					   judge_evidence(steps[list[least]])))
			least = i;
	}
	return least;
}

static struct chain *
chain_of(const struct verdict *v, struct chain_step *const *steps)
{
	struct chain *c = chain_new();
	uint32_t kept[CHAIN_STEPS_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < v->nsteps; i++) {
		size_t out;

		kept[n++] = v->steps[i];
		if (n <= CHAIN_STEPS_MAX)
			continue;
		out = least_of(steps, kept, n);
		n--;
		memmove(&kept[out], &kept[out + 1], (n - out) * sizeof(*kept));
		c->left_out++;
	}
	for (size_t i = 0; i < n; i++)
		c->steps[c->nsteps++] = chain_step_copy(steps[kept[i]]);
	c->fired_us = v->fired_us;
	c->score = v->score;
	c->tactics = v->tactics;
	c->also = v->also;
	return c;
}

/* --- the signal ----------------------------------------------------------- */

/* Texts that the signal borrows until it is copied. */
struct draft {
	struct signal signal;
	struct buf tactics, number;
	struct buf lines[SIGNAL_WHY_MAX];
};

/* The first that gives a fact has said it. */
static void
add_fact(struct signal *s, const char *name, struct span value)
{
	if (span_is_empty(value) || s->nfacts == SIGNAL_FACTS_MAX ||
	    !span_is_empty(signal_fact(s, name)))
		return;
	s->facts[s->nfacts++] = (struct fact){ name, value };
}

/* What was done, as the step of the main actor has it. */
static void
add_own_facts(struct signal *s, const struct chain_step *main)
{
	for (unsigned i = 0; i < CHAIN_FACTS; i++)
		add_fact(s, chain_fact_name((enum chain_fact)i), main->fact[i]);
}

static bool
same_actor(const struct chain_step *a, const struct chain_step *b)
{
	return a->actor_kind == b->actor_kind &&
	       span_equal(a->text[CHAIN_ACTOR], b->text[CHAIN_ACTOR]);
}

/* Facts about the actor come from its own steps, the first that has each. */
static void
add_actor_facts(
    struct signal *s, const struct chain *c, const struct chain_step *main)
{
	static const enum chain_fact facts[] = { CHAIN_ACCESS_KEY, CHAIN_ARN,
		CHAIN_IDENTITY_TYPE, CHAIN_PRINCIPAL_ID, CHAIN_REMOTE,
		CHAIN_ROLE_NAME, CHAIN_SERVICE_ACCOUNT,
		CHAIN_SERVICE_ACCOUNT_NAMESPACE, CHAIN_SESSION, CHAIN_USER,
		CHAIN_USER_AGENT, CHAIN_USER_NAME };

	for (size_t f = 0; f < COUNTOF(facts); f++) {
		for (size_t i = 0; i < c->nsteps; i++) {
			struct span value = c->steps[i]->fact[facts[f]];

			if (span_is_empty(value) ||
			    !same_actor(c->steps[i], main))
				continue;
			add_fact(s, chain_fact_name(facts[f]), value);
			break;
		}
	}
}

#define THING_FACTS 5

static bool
has_any(const struct signal *s, const enum chain_fact *facts)
{
	for (size_t i = 0; i < THING_FACTS; i++) {
		if (!span_is_empty(signal_fact(s, chain_fact_name(facts[i]))))
			return true;
	}
	return false;
}

/* Facts about a thing come from one step, so that they belong together. */
static void
add_thing_facts(struct signal *s, const struct chain *c)
{
	static const enum chain_fact facts[][THING_FACTS] = {
		{ CHAIN_NAMESPACE, CHAIN_NAME, CHAIN_RESOURCE_TYPE, CHAIN_IMAGE,
		    CHAIN_COMMAND },
		{ CHAIN_BUCKET, CHAIN_BUCKET, CHAIN_BUCKET, CHAIN_BUCKET,
		    CHAIN_BUCKET },
		{ CHAIN_INSTANCE, CHAIN_LOCAL, CHAIN_PEER, CHAIN_PEER_PORT,
		    CHAIN_VPC },
		{ CHAIN_DOMAIN, CHAIN_CLIENT, CHAIN_CLIENT, CHAIN_CLIENT,
		    CHAIN_CLIENT },
	};

	for (size_t g = 0; g < COUNTOF(facts); g++) {
		size_t i = 0;

		while (i < c->nsteps &&
		       span_is_empty(c->steps[i]->fact[facts[g][0]]))
			i++;
		if (i == c->nsteps || has_any(s, facts[g]))
			continue;
		for (size_t k = 0; k < THING_FACTS; k++)
			add_fact(s, chain_fact_name(facts[g][k]),
			    c->steps[i]->fact[facts[g][k]]);
	}
}

/* The tactics in the order in which they came; how many. */
static size_t
order_tactics(const struct chain *c, enum tactic list[TACTIC_COUNT])
{
	unsigned seen = 0;
	size_t n = 0;

	for (size_t i = 0; i < c->nsteps; i++) {
		enum tactic t = c->steps[i]->row->detector->tactic;

		if ((seen & 1u << t) == 0)
			list[n++] = t;
		seen |= 1u << t;
	}
	return n;
}

/* "discovery, persistence and impact"; of many the first few, so that a title
 * stays one. */
static void
name_tactics(const struct chain *c, struct buf *out)
{
	enum tactic list[TACTIC_COUNT];
	size_t n = order_tactics(c, list);
	size_t named = n > TACTICS_NAMED + 1 ? TACTICS_NAMED : n;

	for (size_t i = 0; i < named; i++) {
		const char *text = tactic_text(list[i]);

		if (i > 0)
			buf_add_str(out, i + 1 == n ? " and " : ", ");
		buf_add_char(out, *text >= 'A' && *text <= 'Z'
				      ? (char)(*text - 'A' + 'a')
				      : *text);
		buf_add_str(out, *text ? text + 1 : "");
	}
	if (named < n)
		buf_printf(out, " and %zu more", n - named);
}

/* A line of `why` for each type of signal, in order. */
static void
add_lines(struct draft *d, const struct chain *c)
{
	struct signal *s = &d->signal;

	for (size_t i = 0; i < c->nsteps && s->nwhy < SIGNAL_WHY_MAX; i++) {
		const struct chain_step *step = c->steps[i];
		struct buf *line = &d->lines[s->nwhy];
		char time[CIVIL_TEXT_BYTES];
		size_t before = 0;

		while (before < i && c->steps[before]->row != step->row)
			before++;
		if (before < i)
			continue;
		buf_add_str(line,
		    civil_format(
			step->time_us - step->time_us % CIVIL_US_PER_S, time));
		buf_add_char(line, ' ');
		buf_add(line, step->text[CHAIN_TITLE]);
		s->why[s->nwhy++] = (struct signal_why){
			.feature =
			    span_str(tactic_text(step->row->detector->tactic)),
			.observed = buf_span(line),
			.expected = (double)NAN,
		};
	}
}

/* Its own block, as a signal that a detector raised. */
static struct signal *
copy_signal(const struct signal *s)
{
	struct buf packed = { 0 };
	struct unpack u;
	struct signal *copy;

	signal_pack(s, &packed);
	u = unpack_of(buf_span(&packed));
	copy = signal_unpack(&u);
	ASSERT(copy != NULL);
	buf_done(&packed);
	return copy;
}

static struct signal *
signal_of(const struct tell_options *o, const struct chain *c,
    const struct chain_step *main, const struct chain_step *first)
{
	struct draft d = { 0 };
	struct signal *s = &d.signal, *copy;

	*s = (struct signal){
		.row = o->row,
		.p = fmax(exp(-c->score), 1e-300),
		.severity = o->row->detector->severity,
		.severity_set = o->severity_set,
		.confidence = 1 - exp(-c->score / 10),
		.counted = true,
		.tenant = main->text[CHAIN_TENANT],
		.account = main->text[CHAIN_ACCOUNT],
		.region = main->text[CHAIN_REGION],
		.cluster = main->text[CHAIN_CLUSTER],
		.actor_kind = main->actor_kind,
		.actor = main->text[CHAIN_ACTOR],
		.source = main->source,
		.time_us = first->time_us,
		.first_us = first->time_us,
		.count = 1,
		.event = { first->source, first->text[CHAIN_EVENT_ID],
		    first->time_us, first->text[CHAIN_PARCEL] },
	};
	name_tactics(c, &d.tactics);
	buf_printf(&d.number, "%zu", c->nsteps);
	add_fact(s, "tactics", buf_span(&d.tactics));
	add_fact(s, "signal_count", buf_span(&d.number));
	add_fact(s, "actor", s->actor);
	add_fact(s, "actor_kind", span_str(entity_kind_text(s->actor_kind)));
	add_fact(s, "account", s->account);
	add_fact(s, "cluster", s->cluster);
	add_fact(s, "source", span_str(source_text(s->source)));
	add_fact(s, "event_id", s->event.id);
	add_fact(s, "parcel", s->event.parcel);
	add_own_facts(s, main);
	add_actor_facts(s, c, main);
	add_thing_facts(s, c);
	add_lines(&d, c);
	copy = copy_signal(s);
	buf_done(&d.tactics);
	buf_done(&d.number);
	for (size_t i = 0; i < SIGNAL_WHY_MAX; i++)
		buf_done(&d.lines[i]);
	return copy;
}

/* --- the finding ---------------------------------------------------------- */

/* From what was known when it was recognised: it stays the same. */
static void
make_id(struct finding *f, const struct chain_step *main,
    const struct chain_step *first)
{
	const struct span parts[] = {
		span_str(f->first->row->detector->type),
		main->text[CHAIN_ACTOR],
		main->text[CHAIN_CLUSTER],
		span_str(first->row->name),
		first->text[CHAIN_TENANT],
		first->text[CHAIN_ACTOR],
		first->text[CHAIN_EVENT_ID],
	};
	uint64_t time_us = (uint64_t)first->time_us;

	finding_set_id(
	    f, (uint64_t[2]){ time_us, ~time_us }, parts, COUNTOF(parts));
}

static void
add_events(
    struct finding *f, const struct verdict *v, struct chain_step *const *steps)
{
	for (size_t i = 0; i < v->nsteps; i++) {
		const struct chain_step *s = steps[v->steps[i]];

		finding_add_event(f, &(struct event_ref){
					 .source = s->source,
					 .id = s->text[CHAIN_EVENT_ID],
					 .time_us = s->time_us,
					 .parcel = s->text[CHAIN_PARCEL],
				     });
	}
}

struct finding *
tell_finding(const struct tell_options *options, const struct verdict *v,
    struct chain_step *const *steps)
{
	struct finding *f = status_calloc(1, sizeof(*f));
	const struct chain_step *main = steps[v->main];
	const struct chain_step *first = steps[v->first];

	f->chain = chain_of(v, steps);
	f->first = signal_of(options, f->chain, main, first);
	f->first->identity = hash_mix((uint64_t)first->time_us,
	    hash_span(&HASH_KEY_DEFAULT, main->text[CHAIN_ACTOR]));
	f->severity = f->first->severity;
	if (f->first->severity_set > 0) {
		f->severity_was = f->severity;
		f->severity = f->first->severity_set;
	}
	f->p = f->first->p;
	f->confidence = f->first->confidence;
	f->first_us = steps[v->steps[0]]->time_us;
	f->last_us = v->last_us;
	f->count = v->signals;
	f->revision = v->revision;
	f->told = v->told;
	make_id(f, main, first);
	add_events(f, v, steps);
	return f;
}

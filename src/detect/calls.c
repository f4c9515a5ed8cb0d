#include "detect/calls.h"

#include "detect/engine_internal.h"
#include "detect/tactic.h"

static void
set_add(struct call_set *s, size_t i)
{
	s->word[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool
is_of(const struct detector *d, enum source source, unsigned group)
{
	return (d->sources & SOURCE_BIT(source)) != 0 && d->observe != NULL &&
	       d->when == group / 2 && d->acts_only == group % 2;
}

void
calls_fill(struct calls *c, enum source source, const struct engine_row *rows,
    size_t nrows)
{
	for (unsigned group = 0; group < CALLS_GROUPS; group++) {
		for (size_t i = 0; i < nrows; i++) {
			const struct detector *d = rows[i].row->detector;

			if (!is_of(d, source, group))
				continue;
			ASSERT(c->count < CALLS_MAX);
			set_add(&c->group[group], c->count);
			c->list[c->count++] =
			    (struct call){ .match = d->match, .row = &rows[i] };
		}
	}
}

static void
look_into(
    const struct calls *c, const struct event *ev, struct kind_calls *known)
{
	enum tactic tactic = TACTIC_NONE;

	*known = (struct kind_calls){ .kind = ev->kind };
	if (ev->source == SOURCE_CLOUDTRAIL)
		tactic = tactic_of_api(
		    ev->cloudtrail->service, ev->cloudtrail->name);
	for (size_t i = 0; i < c->count; i++) {
		const struct detector *d = c->list[i].row->row->detector;

		if (d->of_kind != NULL && !d->of_kind(ev))
			continue;
		set_add(&known->refused, i);
		if (!d->by_tactic || d->tactic == tactic)
			set_add(&known->concerned, i);
	}
}

static const struct call_set *
concerned(const struct calls *c, struct calls_memo *m, const struct event *ev)
{
	struct kind_calls *known =
	    &m->known[(ev->kind >> 16) & (CALLS_KINDS - 1)];

	if (known->kind != ev->kind)
		look_into(c, ev, known);
	return ev->outcome == OUTCOME_DENIED ? &known->refused
					     : &known->concerned;
}

struct call_set
calls_for(const struct calls *c, struct calls_memo *m, const struct event *ev,
    enum detect_when when, bool is_act)
{
	struct call_set set = { { 0 } };
	const struct call_set *kind;

	for (unsigned group = 2 * when; group < CALLS_GROUPS; group++) {
		if (group % 2 == 1 && !is_act)
			continue;
		for (size_t i = 0; i < CALLS_WORDS; i++)
			set.word[i] |= c->group[group].word[i];
	}
	if (ev->kind == 0)
		return set;
	kind = concerned(c, m, ev);
	for (size_t i = 0; i < CALLS_WORDS; i++)
		set.word[i] &= kind->word[i];
	return set;
}

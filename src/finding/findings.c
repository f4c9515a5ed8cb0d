#include "finding/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/status.h"

struct open_finding {
	uint64_t identity; /* 0: free */
	struct finding *finding;
};

struct findings {
	struct finding **list;
	size_t count, room;
	struct open_finding *open; /* by identity, open addressing */
	size_t size, used;
	int64_t newest_us; /* last event of any of them */
	uint64_t left_out;
};

struct findings *
findings_new(void)
{
	struct findings *f = status_calloc(1, sizeof(*f));

	f->size = 64;
	f->open = status_calloc(f->size, sizeof(*f->open));
	return f;
}

void
findings_free(struct findings *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->count; i++)
		finding_free(f->list[i]);
	free(f->list);
	free(f->open);
	free(f);
}

static struct open_finding *
slot_of(const struct findings *f, uint64_t identity)
{
	size_t i = identity & (f->size - 1);

	while (f->open[i].identity != 0 && f->open[i].identity != identity)
		i = (i + 1) & (f->size - 1);
	return &f->open[i];
}

static void
grow(struct findings *f)
{
	struct open_finding *old = f->open;
	size_t size = f->size;

	f->size *= 2;
	f->open = status_calloc(f->size, sizeof(*f->open));
	for (size_t i = 0; i < size; i++) {
		if (old[i].identity != 0)
			*slot_of(f, old[i].identity) = old[i];
	}
	free(old);
}

/*
 * The id depends on what the finding says, not on the store's secret: the
 * same logs give the same ids on every machine.
 */
static void
make_id(struct finding *f)
{
	const struct signal *s = f->first;
	const struct span parts[] = { span_str(s->row->detector->type),
		s->tenant, s->cluster, s->actor, s->resource, s->event.id };
	uint64_t high = (uint64_t)s->event.time_us, low = ~high;

	for (size_t i = 0; i < COUNTOF(parts); i++) {
		high =
		    hash_mix(high, hash_seeded(&HASH_KEY_DEFAULT, 1, parts[i]));
		low =
		    hash_mix(low, hash_seeded(&HASH_KEY_DEFAULT, 2, parts[i]));
	}
	(void)snprintf(f->id, sizeof(f->id), "%016llx%016llx",
	    (unsigned long long)high, (unsigned long long)low);
}

static void
set_severity(struct finding *f)
{
	f->severity = f->first->severity;
	f->severity_was = 0.0;
	if (f->first->severity_set > 0) {
		f->severity_was = f->severity;
		f->severity = f->first->severity_set;
	}
}

/* What it says now is to be told: to the store, and by the feeds. */
static void
tell(struct finding *f)
{
	f->revision++;
	f->told = f->count;
	f->changed = true;
}

static void
add(struct findings *f, struct finding *n)
{
	if (f->count == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->list = status_realloc(f->list, f->room, sizeof(*f->list));
	}
	f->list[f->count++] = n;
}

static struct finding *
open_new(struct findings *f, struct signal *s)
{
	struct finding *n = status_calloc(1, sizeof(*n));

	n->first = s;
	n->p = s->p;
	n->confidence = s->confidence;
	n->first_us = s->first_us;
	n->last_us = s->time_us;
	n->count = s->count;
	make_id(n);
	set_severity(n);
	finding_add_event(n, &s->event);
	tell(n);
	add(f, n);
	return n;
}

/* The signal knows which pod it is of, and what was told so far does not:
 * the record of the pod came after the first signal. */
static bool
knows_more(const struct signal *s, const struct signal *first)
{
	return s->severity == first->severity &&
	       span_is_empty(signal_fact(first, "pod")) &&
	       !span_is_empty(signal_fact(s, "pod"));
}

static void
join(struct finding *f, struct signal *s)
{
	f->count += s->count;
	if (s->first_us < f->first_us)
		f->first_us = s->first_us;
	if (s->time_us > f->last_us)
		f->last_us = s->time_us;
	if (s->p < f->p)
		f->p = s->p;
	if (s->confidence > f->confidence)
		f->confidence = s->confidence;
	finding_add_event(f, &s->event);
	f->changed = true;
	if (s->severity > f->first->severity || knows_more(s, f->first)) {
		struct signal *was = f->first;

		f->first = s;
		set_severity(f);
		s = was;
		tell(f);
	} else if (f->count >= 2 * f->told) {
		tell(f);
	}
	signal_free(s);
}

/* The finding is the one of its identity from now on. */
static void
open_as(struct findings *f, uint64_t identity, struct finding *n)
{
	struct open_finding *slot = slot_of(f, identity);

	f->used += slot->identity == 0;
	slot->identity = identity;
	slot->finding = n;
	if (f->used * 2 > f->size)
		grow(f);
}

static bool
may_grow(const struct findings *f, const struct finding *n)
{
	return n->last_us >= f->newest_us - FINDINGS_RECENT_US;
}

void
findings_take(struct findings *f, struct signal *s)
{
	uint64_t identity = s->identity ? s->identity : 1;
	struct open_finding *slot = slot_of(f, identity);

	if (s->counted && s->time_us > f->newest_us)
		f->newest_us = s->time_us;
	if (slot->identity != 0 && may_grow(f, slot->finding) &&
	    s->time_us - slot->finding->last_us <= FINDING_GAP_US) {
		join(slot->finding, s);
		return;
	}
	if (!s->counted || f->count == FINDINGS_MAX) {
		f->left_out += s->counted;
		signal_free(s);
		return;
	}
	open_as(f, identity, open_new(f, s));
}

void
findings_grew(
    struct findings *f, uint64_t identity, uint64_t more, int64_t last_us)
{
	struct open_finding *slot = slot_of(f, identity ? identity : 1);

	if (slot->identity == 0 || !may_grow(f, slot->finding))
		return;
	slot->finding->count += more;
	if (last_us > slot->finding->last_us)
		slot->finding->last_us = last_us;
	slot->finding->changed = true;
	if (slot->finding->count >= 2 * slot->finding->told)
		tell(slot->finding);
}

void
findings_knew(struct findings *f, uint64_t identity, const struct fact *facts,
    size_t count)
{
	struct open_finding *slot = slot_of(f, identity ? identity : 1);
	struct signal *more;

	if (slot->identity == 0 || !may_grow(f, slot->finding) ||
	    !span_is_empty(signal_fact(slot->finding->first, "pod")))
		return;
	more = signal_with(slot->finding->first, facts, count);
	if (more == NULL)
		return;
	signal_free(slot->finding->first);
	slot->finding->first = more;
	tell(slot->finding);
}

/* Open a finding unless a later one of its identity is. */
static void
reopen(struct findings *f, struct finding *n)
{
	uint64_t identity = n->first->identity ? n->first->identity : 1;
	const struct open_finding *slot = slot_of(f, identity);

	if (slot->identity == 0 || slot->finding->last_us <= n->last_us)
		open_as(f, identity, n);
}

void
findings_restore(struct findings *f, struct finding *n)
{
	add(f, n);
	n->stored = n->revision;
	if (n->last_us > f->newest_us)
		f->newest_us = n->last_us;
	reopen(f, n);
}

void
findings_changed(struct findings *f,
    void (*visit)(void *cookie, const struct finding *finding, bool told),
    void *cookie)
{
	for (size_t i = 0; i < f->count; i++) {
		struct finding *n = f->list[i];

		if (n->changed)
			visit(cookie, n, n->revision != n->stored);
		n->stored = n->revision;
		n->changed = false;
	}
}

void
findings_forget(struct findings *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct finding *n = f->list[i];

		if (may_grow(f, n)) {
			f->list[kept++] = n;
			continue;
		}
		finding_free(n);
	}
	if (kept == f->count)
		return;
	f->count = kept;
	/* Open again what is left, the latest of each identity. */
	memset(f->open, 0, f->size * sizeof(*f->open));
	f->used = 0;
	for (size_t i = 0; i < kept; i++)
		reopen(f, f->list[i]);
}

struct finding **
findings_list(struct findings *f, size_t *count)
{
	*count = f->count;
	return f->list;
}

uint64_t
findings_left_out(const struct findings *f)
{
	return f->left_out;
}

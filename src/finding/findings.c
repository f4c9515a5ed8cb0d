#include "finding/findings.h"

#include <stdio.h>
#include <stdlib.h>

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
finding_free(struct finding *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->nevents; i++)
		free(span_memory(f->events[i].id));
	free(f->events);
	signal_free(f->first);
	free(f);
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

/* Keep the raw record; id and parcel share one owned block. */
static void
add_event(struct finding *f, const struct event_ref *e)
{
	struct event_ref *to;
	char *text;

	for (size_t i = 0; i < f->nevents; i++) {
		if (f->events[i].time_us == e->time_us &&
		    span_equal(f->events[i].id, e->id) &&
		    span_equal(f->events[i].parcel, e->parcel))
			return;
	}
	if (f->nevents == FINDING_EVENTS_MAX) {
		f->events_left_out++;
		return;
	}
	if ((f->nevents & (f->nevents - 1)) == 0)
		f->events = status_realloc(f->events,
		    f->nevents ? f->nevents * 2 : 1, sizeof(*f->events));
	to = &f->events[f->nevents++];
	*to = *e;
	text = status_calloc(e->id.len + e->parcel.len + 1, 1);
	if (e->id.len > 0)
		memcpy(text, e->id.at, e->id.len);
	if (e->parcel.len > 0)
		memcpy(text + e->id.len, e->parcel.at, e->parcel.len);
	to->id = span_of(text, e->id.len);
	to->parcel = span_of(text + e->id.len, e->parcel.len);
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
	add_event(n, &s->event);
	if (f->count == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->list = status_realloc(f->list, f->room, sizeof(*f->list));
	}
	f->list[f->count++] = n;
	return n;
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
	add_event(f, &s->event);
	if (s->severity > f->first->severity) {
		struct signal *was = f->first;

		f->first = s;
		set_severity(f);
		s = was;
	}
	signal_free(s);
}

void
findings_take(struct findings *f, struct signal *s)
{
	uint64_t identity = s->identity ? s->identity : 1;
	struct open_finding *slot = slot_of(f, identity);

	if (slot->identity != 0 &&
	    s->time_us - slot->finding->last_us <= FINDING_GAP_US) {
		join(slot->finding, s);
		return;
	}
	if (!s->counted || f->count == FINDINGS_MAX) {
		f->left_out += s->counted;
		signal_free(s);
		return;
	}
	f->used += slot->identity == 0;
	slot->identity = identity;
	slot->finding = open_new(f, s);
	if (f->used * 2 > f->size)
		grow(f);
}

void
findings_grew(
    struct findings *f, uint64_t identity, uint64_t more, int64_t last_us)
{
	struct open_finding *slot = slot_of(f, identity ? identity : 1);

	if (slot->identity == 0)
		return;
	slot->finding->count += more;
	if (last_us > slot->finding->last_us)
		slot->finding->last_us = last_us;
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

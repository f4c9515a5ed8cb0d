#include "finding/finding.h"

#include <stdlib.h>

#include "base/pack.h"

/* What a stored finding looks like. */
#define FINDING_VERSION 1
#define FINDING_VERSION_CHAIN 2 /* a chain follows */

void
finding_free(struct finding *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->nevents; i++)
		free(span_memory(f->events[i].id));
	free(f->events);
	chain_free(f->chain);
	signal_free(f->first);
	free(f);
}

void
finding_add_event(struct finding *f, const struct event_ref *e)
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

void
finding_pack(const struct finding *f, struct buf *out)
{
	pack_u64(out, f->chain ? FINDING_VERSION_CHAIN : FINDING_VERSION);
	pack_bytes(out, f->id, sizeof(f->id));
	pack_f64(out, f->severity);
	pack_f64(out, f->severity_was);
	pack_f64(out, f->p);
	pack_f64(out, f->confidence);
	pack_i64(out, f->first_us);
	pack_i64(out, f->last_us);
	pack_u64(out, f->count);
	pack_u64(out, f->events_left_out);
	pack_u64(out, f->revision);
	pack_u64(out, f->told);
	signal_pack(f->first, out);
	pack_u64(out, f->nevents);
	for (size_t i = 0; i < f->nevents; i++) {
		pack_u64(out, f->events[i].source);
		pack_i64(out, f->events[i].time_us);
		pack_span(out, f->events[i].id);
		pack_span(out, f->events[i].parcel);
	}
	if (f->chain != NULL)
		chain_pack(f->chain, out);
}

static void
unpack_events(struct finding *f, struct unpack *u)
{
	uint64_t count = unpack_count(u, FINDING_EVENTS_MAX);

	for (uint64_t i = 0; i < count && !u->failed; i++) {
		struct event_ref e = { 0 };

		e.source = (enum source)unpack_count(u, SOURCE_COUNT - 1);
		e.time_us = unpack_i64(u);
		e.id = unpack_span(u);
		e.parcel = unpack_span(u);
		finding_add_event(f, &e);
	}
}

struct finding *
finding_unpack(struct span packed)
{
	struct unpack u = unpack_of(packed);
	struct finding *f = status_calloc(1, sizeof(*f));
	uint64_t version = unpack_u64(&u);

	if (version != FINDING_VERSION && version != FINDING_VERSION_CHAIN)
		u.failed = true;
	unpack_bytes(&u, f->id, sizeof(f->id));
	f->id[sizeof(f->id) - 1] = '\0';
	f->severity = unpack_f64(&u);
	f->severity_was = unpack_f64(&u);
	f->p = unpack_f64(&u);
	f->confidence = unpack_f64(&u);
	f->first_us = unpack_i64(&u);
	f->last_us = unpack_i64(&u);
	f->count = unpack_u64(&u);
	f->events_left_out = unpack_u64(&u);
	f->revision = unpack_u64(&u);
	f->told = unpack_u64(&u);
	f->first = signal_unpack(&u);
	if (f->first != NULL)
		unpack_events(f, &u);
	if (f->first != NULL && version == FINDING_VERSION_CHAIN)
		f->chain = chain_unpack(&u);
	if (f->first != NULL && unpack_is_whole(&u))
		return f;
	finding_free(f);
	return NULL;
}

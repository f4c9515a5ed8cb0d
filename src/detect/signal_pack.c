/*
 * Signals as bytes.  A signal is read twice: once to learn how much room its
 * texts take, once into the block.
 */
#include <stdlib.h>

#include "detect/signal.h"

/* The texts of the block being filled; NULL while measuring. */
struct room {
	char *at;
	size_t bytes;
};

static void
pack_why(const struct signal_why *w, struct buf *out)
{
	pack_span(out, w->feature);
	pack_span(out, w->observed);
	pack_f64(out, w->observed_number);
	pack_f64(out, w->expected);
	pack_u64(out, w->profiled);
	pack_u64(out, w->nusual);
	for (size_t i = 0; i < w->nusual; i++)
		pack_span(out, w->usual[i]);
	pack_f64(out, w->n);
	pack_u64(out, w->days);
	pack_u64(out, w->known_days);
	pack_u64(out, w->frequency);
}

void
signal_pack(const struct signal *s, struct buf *out)
{
	const struct span texts[] = { s->tenant, s->account, s->region,
		s->cluster, s->actor, s->resource, s->event.id,
		s->event.parcel };

	pack_span(out, span_str(s->row->name));
	pack_f64(out, s->p);
	pack_f64(out, s->severity);
	pack_f64(out, s->severity_set);
	pack_f64(out, s->confidence);
	pack_u64(out, s->counted);
	for (size_t i = 0; i < COUNTOF(texts); i++)
		pack_span(out, texts[i]);
	pack_u64(out, s->actor_kind);
	pack_u64(out, s->resource_kind);
	pack_u64(out, s->source);
	pack_i64(out, s->time_us);
	pack_i64(out, s->first_us);
	pack_u64(out, s->count);
	pack_u64(out, s->identity);
	pack_u64(out, s->event.source);
	pack_i64(out, s->event.time_us);
	pack_u64(out, s->nfacts);
	for (size_t i = 0; i < s->nfacts; i++) {
		pack_span(out, span_str(s->facts[i].name));
		pack_span(out, s->facts[i].value);
	}
	pack_u64(out, s->nwhy);
	for (size_t i = 0; i < s->nwhy; i++)
		pack_why(&s->why[i], out);
}

/* Move a text into the room, with a NUL behind it. */
static struct span
keep(struct room *room, struct span text)
{
	char *at = room->at;

	room->bytes += text.len + 1;
	if (at == NULL)
		return text;
	if (text.len > 0)
		memcpy(at, text.at, text.len);
	room->at += text.len + 1;
	return span_of(text.len > 0 ? at : NULL, text.len);
}

static void
unpack_why(struct unpack *u, struct room *room, struct signal_why *w)
{
	w->feature = keep(room, unpack_span(u));
	w->observed = keep(room, unpack_span(u));
	w->observed_number = unpack_f64(u);
	w->expected = unpack_f64(u);
	w->profiled = unpack_u64(u) != 0;
	w->nusual = (size_t)unpack_count(u, USUAL_NAMES_MAX);
	for (size_t i = 0; i < w->nusual; i++)
		w->usual[i] = keep(room, unpack_span(u));
	w->n = unpack_f64(u);
	w->days = (unsigned)unpack_count(u, 64);
	w->known_days = (unsigned)unpack_count(u, 64);
	w->frequency = (enum frequency)unpack_count(u, FREQUENCY_FREQUENT);
}

static void
unpack_facts(struct unpack *u, struct room *room, struct signal *s)
{
	s->nfacts = (size_t)unpack_count(u, SIGNAL_FACTS_MAX);
	for (size_t i = 0; i < s->nfacts; i++) {
		/* keep() sets a NUL behind the name. */
		struct span name = keep(room, unpack_span(u));

		s->facts[i].name = name.at ? name.at : "";
		s->facts[i].value = keep(room, unpack_span(u));
	}
}

static void
unpack_signal(struct unpack *u, struct room *room, struct signal *s)
{
	struct span *texts[] = { &s->tenant, &s->account, &s->region,
		&s->cluster, &s->actor, &s->resource, &s->event.id,
		&s->event.parcel };

	s->row = detector_row_named(unpack_span(u));
	s->p = unpack_f64(u);
	s->severity = unpack_f64(u);
	s->severity_set = unpack_f64(u);
	s->confidence = unpack_f64(u);
	s->counted = unpack_u64(u) != 0;
	for (size_t i = 0; i < COUNTOF(texts); i++)
		*texts[i] = keep(room, unpack_span(u));
	s->actor_kind = (enum entity_kind)unpack_count(u, ENTITY_COUNT - 1);
	s->resource_kind = (enum entity_kind)unpack_count(u, ENTITY_COUNT - 1);
	s->source = (enum source)unpack_count(u, SOURCE_COUNT - 1);
	s->time_us = unpack_i64(u);
	s->first_us = unpack_i64(u);
	s->count = unpack_u64(u);
	s->identity = unpack_u64(u);
	s->event.source = (enum source)unpack_count(u, SOURCE_COUNT - 1);
	s->event.time_us = unpack_i64(u);
	unpack_facts(u, room, s);
	s->nwhy = (size_t)unpack_count(u, SIGNAL_WHY_MAX);
	for (size_t i = 0; i < s->nwhy; i++)
		unpack_why(u, room, &s->why[i]);
}

struct signal *
signal_unpack(struct unpack *u)
{
	struct unpack start = *u;
	struct signal head = { 0 }, *s;
	struct room room = { 0 };

	unpack_signal(u, &room, &head);
	if (u->failed || head.row == NULL)
		return NULL;
	s = status_calloc(1, sizeof(*s) + room.bytes);
	room.at = (char *)(s + 1);
	*u = start;
	unpack_signal(u, &room, s);
	return s;
}

struct signal *
signal_with(const struct signal *s, const struct fact *facts, size_t count)
{
	struct signal more = *s, *made;
	struct buf packed = { 0 };
	struct unpack u;

	for (size_t i = 0; i < count && more.nfacts < SIGNAL_FACTS_MAX; i++) {
		if (span_is_empty(signal_fact(s, facts[i].name)))
			more.facts[more.nfacts++] = facts[i];
	}
	signal_pack(&more, &packed);
	u = unpack_of(buf_span(&packed));
	made = signal_unpack(&u);
	buf_done(&packed);
	return made;
}

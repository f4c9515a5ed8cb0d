#include "finding/finding.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/pack.h"
#include "config/config.h"

/* What a stored finding looks like: bits of what follows, from 1 on. */
#define FINDING_VERSION 1
#define FINDING_CHAIN 1
#define FINDING_SUPPRESSED 2
#define FINDING_PARTS (FINDING_CHAIN | FINDING_SUPPRESSED)

void
finding_free(struct finding *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->nevents; i++)
		free(span_memory(f->events[i].id));
	free(f->events);
	chain_free(f->chain);
	free(f->suppressed);
	signal_free(f->first);
	free(f);
}

static struct suppressed *
suppressed_new(struct span reason, struct span owner, int64_t until_us)
{
	struct suppressed *s =
	    status_calloc(1, sizeof(*s) + reason.len + owner.len);
	char *text = (char *)(s + 1);

	if (reason.len > 0)
		memcpy(text, reason.at, reason.len);
	if (owner.len > 0)
		memcpy(text + reason.len, owner.at, owner.len);
	s->reason = span_of(text, reason.len);
	s->owner = span_of(text + reason.len, owner.len);
	s->until_us = until_us;
	return s;
}

void
finding_suppress(struct finding *f, const struct config_suppress *rule)
{
	free(f->suppressed);
	f->suppressed = rule != NULL
			    ? suppressed_new(span_str(rule->reason),
				  span_str(rule->owner), rule->expires_us)
			    : NULL;
}

void
finding_excuse(struct finding *f, struct span reason)
{
	free(f->suppressed);
	f->suppressed = suppressed_new(reason, SPAN("nephoscope"), 0);
}

void
finding_set_id(struct finding *f, const uint64_t words[2],
    const struct span *parts, size_t count)
{
	uint64_t high = words[0], low = words[1];

	for (size_t i = 0; i < count; i++) {
		high =
		    hash_mix(high, hash_seeded(&HASH_KEY_DEFAULT, 1, parts[i]));
		low =
		    hash_mix(low, hash_seeded(&HASH_KEY_DEFAULT, 2, parts[i]));
	}
	(void)snprintf(f->id, sizeof(f->id), "%016llx%016llx",
	    (unsigned long long)high, (unsigned long long)low);
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
	pack_u64(out, FINDING_VERSION + (f->chain ? FINDING_CHAIN : 0) +
			  (f->suppressed ? FINDING_SUPPRESSED : 0));
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
	if (f->suppressed != NULL) {
		pack_span(out, f->suppressed->reason);
		pack_span(out, f->suppressed->owner);
		pack_i64(out, f->suppressed->until_us);
	}
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

/* What follows the events. */
static void
unpack_parts(struct finding *f, struct unpack *u, uint64_t parts)
{
	if ((parts & FINDING_CHAIN) != 0)
		f->chain = chain_unpack(u);
	if ((parts & FINDING_SUPPRESSED) != 0) {
		struct span reason = unpack_span(u);
		struct span owner = unpack_span(u);

		f->suppressed = suppressed_new(reason, owner, unpack_i64(u));
	}
}

struct finding *
finding_unpack(struct span packed)
{
	struct unpack u = unpack_of(packed);
	struct finding *f = status_calloc(1, sizeof(*f));
	uint64_t parts = unpack_u64(&u) - FINDING_VERSION;

	if (parts > FINDING_PARTS)
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
	if (f->first != NULL)
		unpack_parts(f, &u, parts);
	if (f->first != NULL && unpack_is_whole(&u))
		return f;
	finding_free(f);
	return NULL;
}

int
finding_oldest_first(const void *left, const void *right)
{
	const struct finding *a = *(const struct finding *const *)left;
	const struct finding *b = *(const struct finding *const *)right;
	int order;

	if (a->first_us != b->first_us)
		return a->first_us < b->first_us ? -1 : 1;
	order = strcmp(finding_detector(a)->type, finding_detector(b)->type);
	return order ? order : strcmp(a->id, b->id);
}

int
finding_worst_first(const void *left, const void *right)
{
	const struct finding *a = *(const struct finding *const *)left;
	const struct finding *b = *(const struct finding *const *)right;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->first_us != b->first_us)
		return a->first_us < b->first_us ? -1 : 1;
	return strcmp(a->id, b->id);
}

/*
 * The inventory's place in a tenant: what an event teaches, and which
 * findings have waited for it.
 */
#include "detect/engine_internal.h"
#include "detect/known.h"
#include "detect/learn.h"

/* Our address in a log that names nobody. */
static const struct ip *
address_of(const struct event *ev)
{
	if (ev->source == SOURCE_VPCFLOW)
		return &ev->flow->local;
	return ev->source == SOURCE_DNS ? &ev->dns->client : NULL;
}

static bool
names_pod(const struct facts *f)
{
	for (size_t i = 0; i < f->count; i++) {
		if (!strcmp(f->list[i].name, "pod"))
			return true;
	}
	return false;
}

void
engine_facts(struct detect *d, const struct raise *r)
{
	struct facts *f = &d->scratch->facts;
	struct tenant *t = d->tenant;

	facts_of(f, d->ev, detect_subject(d), t->name, d->batch->place);
	if (t->engine->geo != NULL)
		facts_place(f, geo_recall(t->engine->geo, &d->scratch->places,
				   &d->ev->remote));
	known_facts(f,
	    &(struct known){ t->known, t->passing, d->ev->time_us, d->ev, r });
}

void
engine_wait(struct detect *d, const struct signal *s)
{
	const struct ip *address = address_of(d->ev);

	if (s->counted && address != NULL && ip_is_private(address) &&
	    !names_pod(&d->scratch->facts))
		waiting_add(&d->tenant->waiting, s->identity, address,
		    d->ev->cluster, d->ev->time_us);
}

/* The pod of an address is known: tell the findings that waited for it. */
static void
tell_waiting(struct tenant *t, struct facts *f, const struct ip *address)
{
	static const struct raise nothing;
	struct waiting_row *w;
	size_t at = 0;

	while ((w = waiting_next(&t->waiting, address, &at)) != NULL) {
		f->count = f->used = 0;
		known_address(f,
		    &(struct known){
			t->known, t->passing, w->time_us, NULL, &nothing },
		    address, span_str(w->cluster));
		if (!names_pod(f))
			continue;
		t->engine->options.knew(
		    t->cookie, w->identity, f->list, f->count);
		w->identity = 0;
	}
}

void
engine_learn(
    struct tenant *t, struct engine_scratch *scratch, const struct event *ev)
{
	struct ip address = { 0 };

	learn_event(&(struct learn){ t->known, t->passing, ev, &address });
	if (!ip_is_none(&address))
		tell_waiting(t, &scratch->facts, &address);
}

/*
 * Actors, endpoints and resources are listed once each; signals name them by
 * their position.  The bounds are GuardDuty's.
 */
#include "output/guardduty_sequence.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ip.h"
#include "detect/tactic.h"
#include "output/fact.h"

#define LISTED_MAX 400

struct named {
	const struct chain_step *step; /* the first that has it */
	enum entity_kind kind;
	struct span name;
};

struct listed {
	struct named rows[CHAIN_STEPS_MAX * 2];
	size_t count;
};

static_assert(
    CHAIN_STEPS_MAX * 2 <= LISTED_MAX, "a step has two of them at most");

static size_t
position(const struct listed *l, enum entity_kind kind, struct span name)
{
	size_t i = 0;

	while (i < l->count &&
	       (l->rows[i].kind != kind || !span_equal(l->rows[i].name, name)))
		i++;
	return i;
}

static void
list(struct listed *l, const struct chain_step *s, enum entity_kind kind,
    struct span name)
{
	if (kind == ENTITY_NONE || span_is_empty(name) ||
	    position(l, kind, name) < l->count)
		return;
	l->rows[l->count++] = (struct named){ s, kind, name };
}

/* The addresses a step has at its far end. */
static struct span
endpoint_of(const struct chain_step *s)
{
	struct span remote = s->fact[CHAIN_REMOTE];

	return span_is_empty(remote) ? s->fact[CHAIN_PEER] : remote;
}

static void
list_all(const struct chain *c, struct listed *actors, struct listed *endpoints,
    struct listed *resources)
{
	for (size_t i = 0; i < c->nsteps; i++) {
		const struct chain_step *s = c->steps[i];

		list(actors, s, s->actor_kind, s->text[CHAIN_ACTOR]);
		list(endpoints, s, ENTITY_ADDRESS, endpoint_of(s));
		list(endpoints, s, ENTITY_DOMAIN, s->fact[CHAIN_DOMAIN]);
		list(resources, s, s->resource_kind, s->text[CHAIN_RESOURCE]);
		if (s->resource_kind != ENTITY_BUCKET)
			list(
			    resources, s, ENTITY_BUCKET, s->fact[CHAIN_BUCKET]);
	}
}

static void
numbered(struct emit *e, const char *key, const char *word, size_t number)
{
	char text[64]; /* an id has 32 */

	(void)snprintf(text, sizeof(text), "%s-%zu", word, number + 1);
	emit_text(e, key, span_str(text));
}

/* The id of what a step names, as an array of one or none. */
static void
ids(struct emit *e, const char *key, const char *word, const struct listed *l,
    const struct named *wanted)
{
	size_t at = position(l, wanted->kind, wanted->name);

	emit_array(e, key);
	if (at < l->count)
		numbered(e, NULL, word, at);
	emit_close(e, ']');
}

static void
indicator(struct emit *e, const char *key, struct span value)
{
	if (span_is_empty(value))
		return;
	emit_object(e, NULL);
	emit_text(e, "key", span_str(key));
	emit_array(e, "values");
	emit_text(e, NULL, value);
	emit_close(e, ']');
	emit_close(e, '}');
}

static void
indicators(struct emit *e, const struct chain_step *s)
{
	const struct detector *d = s->row->detector;
	struct span mitre = span_str(d->mitre);

	emit_array(e, "signalIndicators");
	indicator(e, "ATTACK_TACTIC", span_str(tactic_text(d->tactic)));
	while (mitre.len > 0)
		indicator(
		    e, "ATTACK_TECHNIQUE", span_trim(span_cut(&mitre, ' ')));
	if (s->severity >= 7.0)
		indicator(e, "HIGH_RISK_API", s->fact[CHAIN_API]);
	emit_close(e, ']');
}

static struct span
type_of(const struct chain_step *s)
{
	if (s->counted)
		return SPAN("FINDING");
	switch (s->source) {
	case SOURCE_CLOUDTRAIL:
		return SPAN("CLOUD_TRAIL");
	case SOURCE_VPCFLOW:
		return SPAN("FLOW_LOGS");
	case SOURCE_DNS:
		return SPAN("DNS_LOGS");
	case SOURCE_K8S_AUDIT:
		return SPAN("EKS_AUDIT_LOGS");
	case SOURCE_NOTICE:
	case SOURCE_COUNT:
		break;
	}
	return SPAN("FINDING");
}

struct lists {
	struct listed actors, endpoints, resources;
};

static void
signal_at(
    struct emit *e, const struct finding *f, const struct lists *l, size_t at)
{
	const struct chain_step *s = f->chain->steps[at];

	emit_object(e, NULL);
	numbered(e, "uid", f->id, at);
	emit_text(e, "type", type_of(s));
	emit_text(e, "name", span_str(s->row->detector->type));
	emit_text(e, "description", s->text[CHAIN_TITLE]);
	emit_number(e, "severity", s->severity);
	emit_number(e, "count", (double)s->count);
	fact_moment(e, "createdAt", s->time_us);
	fact_moment(e, "updatedAt", s->last_us);
	fact_moment(e, "firstSeenAt", s->time_us);
	fact_moment(e, "lastSeenAt", s->last_us);
	ids(e, "actorIds", "actor", &l->actors,
	    &(struct named){ s, s->actor_kind, s->text[CHAIN_ACTOR] });
	ids(e, "endpointIds", "endpoint", &l->endpoints,
	    &(struct named){ s, ENTITY_ADDRESS, endpoint_of(s) });
	ids(e, "resourceUids", "resource", &l->resources,
	    &(struct named){ s, s->resource_kind, s->text[CHAIN_RESOURCE] });
	indicators(e, s);
	emit_close(e, '}');
}

static void
actors(struct emit *e, const struct listed *l)
{
	emit_array(e, "actors");
	for (size_t i = 0; i < l->count; i++) {
		const struct chain_step *s = l->rows[i].step;

		emit_object(e, NULL);
		numbered(e, "id", "actor", i);
		emit_object(e, "user");
		emit_text(e, "name", l->rows[i].name);
		emit_text(e, "uid",
		    span_is_empty(s->fact[CHAIN_PRINCIPAL_ID])
			? l->rows[i].name
			: s->fact[CHAIN_PRINCIPAL_ID]);
		emit_text(
		    e, "type", span_str(entity_kind_text(l->rows[i].kind)));
		emit_text_if(e, "credentialUid", s->fact[CHAIN_ACCESS_KEY]);
		emit_object(e, "account");
		emit_text(e, "uid", s->text[CHAIN_ACCOUNT]);
		emit_close(e, '}');
		emit_close(e, '}');
		if (!span_is_empty(s->fact[CHAIN_SESSION])) {
			emit_object(e, "session");
			emit_text(e, "uid", s->fact[CHAIN_SESSION]);
			emit_text_if(e, "issuer", s->fact[CHAIN_ROLE_NAME]);
			emit_close(e, '}');
		}
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

static void
endpoints(struct emit *e, const struct listed *l)
{
	emit_array(e, "endpoints");
	for (size_t i = 0; i < l->count; i++) {
		emit_object(e, NULL);
		numbered(e, "id", "endpoint", i);
		emit_text(e, l->rows[i].kind == ENTITY_DOMAIN ? "domain" : "ip",
		    l->rows[i].name);
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

static void
resources(struct emit *e, const struct listed *l)
{
	emit_array(e, "resources");
	for (size_t i = 0; i < l->count; i++) {
		const struct chain_step *s = l->rows[i].step;

		emit_object(e, NULL);
		numbered(e, "uid", "resource", i);
		emit_text(e, "name", l->rows[i].name);
		emit_text(e, "resourceType",
		    span_str(entity_kind_text(l->rows[i].kind)));
		emit_text(e, "accountId", s->text[CHAIN_ACCOUNT]);
		emit_text_if(e, "region", s->text[CHAIN_REGION]);
		emit_text_if(e, "cluster", s->text[CHAIN_CLUSTER]);
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

/* What the whole of it serves. */
static void
sequence_indicators(struct emit *e, const struct chain *c)
{
	emit_array(e, "sequenceIndicators");
	emit_object(e, NULL);
	emit_text(e, "key", SPAN("ATTACK_TACTIC"));
	emit_text(e, "title", SPAN("What the acts serve"));
	emit_array(e, "values");
	for (unsigned t = TACTIC_NONE + 1; t < TACTIC_COUNT; t++) {
		if (c->tactics & 1u << t)
			emit_text(
			    e, NULL, span_str(tactic_text((enum tactic)t)));
	}
	emit_close(e, ']');
	emit_close(e, '}');
	emit_close(e, ']');
}

void
guardduty_sequence_write(struct emit *e, const struct finding *f)
{
	struct lists *l = status_calloc(1, sizeof(*l));
	struct buf text = { 0 };

	list_all(f->chain, &l->actors, &l->endpoints, &l->resources);
	finding_describe(f, &text);
	emit_object(e, "sequence");
	emit_text(e, "uid", span_str(f->id));
	emit_text(e, "description", buf_span(&text));
	emit_array(e, "signals");
	for (size_t i = 0; i < f->chain->nsteps; i++)
		signal_at(e, f, l, i);
	emit_close(e, ']');
	actors(e, &l->actors);
	endpoints(e, &l->endpoints);
	resources(e, &l->resources);
	sequence_indicators(e, f->chain);
	emit_array(e, "additionalSequenceTypes");
	for (unsigned i = 0; i < CHAIN_ALSO_MAX; i++) {
		if (f->chain->also & 1u << i)
			emit_text(e, NULL, span_str(chain_also_type(i)));
	}
	emit_close(e, ']');
	emit_close(e, '}');
	buf_done(&text);
	free(l);
}

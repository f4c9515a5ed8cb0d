#include "detect/learn.h"

#include <stdio.h>

#include "base/status.h"
#include "detect/cluster_kind.h"

#define ANSWERS_LEARNED 4
#define OWNER_BYTES 128

void
learn_fact(
    const struct learn *l, struct inventory *to, const struct learn_fact *f)
{
	inventory_learn(
	    to, &(struct inventory_row){
		    .relation = f->relation,
		    .sure = f->sure,
		    .scope = f->wide ? SPAN("") : l->ev->cluster,
		    .name = f->name,
		    .value = f->value,
		    .record = l->ev->id,
		    .from_us = f->since_us ? f->since_us : l->ev->time_us,
		});
}

/* --- owners --------------------------------------------------------------- */

/* The last part of a label's, annotation's or tag's key, best first. */
static const struct span owner_keys[] = { SPAN_INIT("owner"),
	SPAN_INIT("owned-by"), SPAN_INIT("team"), SPAN_INIT("squad"),
	SPAN_INIT("maintainer"), SPAN_INIT("part-of") };
static const struct span contact_keys[] = { SPAN_INIT("contact"),
	SPAN_INIT("oncall"), SPAN_INIT("owner-email"), SPAN_INIT("email"),
	SPAN_INIT("slack"), SPAN_INIT("slack-channel") };

/* Rank of the key, 1 is best; 0: none of them. */
static unsigned
rank_of(struct span key, const struct span *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (key.len == keys[i].len && span_equal_nocase(key, keys[i]))
			return (unsigned)i + 1;
	}
	return 0;
}

static void
offer(struct span *best, unsigned *best_rank, unsigned rank, struct span value)
{
	if (rank == 0 || (*best_rank != 0 && *best_rank <= rank))
		return;
	*best = value;
	*best_rank = rank;
}

void
learn_owner_offer(struct learn_owner *o, struct span key, struct span value)
{
	size_t slash = span_rfind(key, '/');

	if (slash < key.len)
		key = span_skip(key, slash + 1);
	value = span_first(span_trim(value), OWNER_BYTES);
	if (span_is_empty(value))
		return;
	offer(&o->owner, &o->owner_rank,
	    rank_of(key, owner_keys, COUNTOF(owner_keys)), value);
	offer(&o->contact, &o->contact_rank,
	    rank_of(key, contact_keys, COUNTOF(contact_keys)), value);
}

void
learn_owner_keep(const struct learn *l, const struct learn_owner *o,
    struct span name, bool wide)
{
	learn_fact(l, l->known,
	    &(struct learn_fact){
		INVENTORY_OWNER, INVENTORY_SAID, wide, name, o->owner, 0 });
	learn_fact(l, l->known,
	    &(struct learn_fact){
		INVENTORY_CONTACT, INVENTORY_SAID, wide, name, o->contact, 0 });
}

/* --- what comes and goes -------------------------------------------------- */

static void
seen_from(const struct learn *l, struct span address, struct span who)
{
	char text[IP_TEXT_BYTES];

	if (ip_is_none(&l->ev->remote) || address.len == 0)
		return;
	/* Written as it would be here, but for IPv6's many ways. */
	if (memchr(address.at, ':', address.len) != NULL)
		address = span_str(ip_format(&l->ev->remote, text));
	learn_fact(l, l->passing,
	    &(struct learn_fact){ INVENTORY_ADDRESS_USER, INVENTORY_SAID, true,
		address, who, 0 });
}

/* The name behind an address, as this client asked for it. */
static void
answers(const struct learn *l)
{
	const struct dns *q = l->ev->dns;
	char client[IP_TEXT_BYTES], pair[2 * IP_TEXT_BYTES + 2];
	struct ip answer;

	if (ip_is_none(&q->client))
		return;
	(void)ip_format(&q->client, client);
	for (unsigned i = 0; i < q->nanswers && i < ANSWERS_LEARNED; i++) {
		if (!ip_parse(q->answers[i], &answer))
			continue;
		(void)snprintf(pair, sizeof(pair), "%s>%.*s", client,
		    SPAN_ARGS(span_first(q->answers[i], IP_TEXT_BYTES)));
		learn_fact(l, l->passing,
		    &(struct learn_fact){ INVENTORY_ADDRESS_NAME,
			INVENTORY_SAID, true, span_str(pair), q->name, 0 });
	}
}

/* Its own parts tell who runs a cluster. */
static void
learn_kind(const struct learn *l)
{
	learn_fact(l, l->known,
	    &(struct learn_fact){ INVENTORY_CLUSTER_KIND, INVENTORY_INFERRED,
		true, l->ev->cluster, cluster_kind_of(l->ev), 0 });
}

void
learn_activity(const struct learn *l)
{
	const struct event *ev = l->ev;

	if (ev->outcome != OUTCOME_OK)
		return;
	switch (ev->source) {
	case SOURCE_CLOUDTRAIL:
		if (!ev->cloudtrail->from_service)
			seen_from(
			    l, ev->cloudtrail->remote, ev->cloudtrail->arn);
		break;
	case SOURCE_K8S_AUDIT:
		learn_kind(l);
		if (!ip_is_private(&ev->remote))
			seen_from(l, ev->audit->remote, ev->audit->user);
		break;
	case SOURCE_DNS:
		answers(l);
		break;
	case SOURCE_VPCFLOW:
	case SOURCE_NOTICE:
	case SOURCE_COUNT:
		break;
	}
}

void
learn_event(const struct learn *l)
{
	if (l->ev->outcome != OUTCOME_OK)
		return;
	if (l->ev->source == SOURCE_K8S_AUDIT)
		learn_audit_event(l);
	else if (l->ev->source == SOURCE_CLOUDTRAIL)
		learn_trail_event(l);
}

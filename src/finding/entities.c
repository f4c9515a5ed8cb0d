#include "finding/entities.h"

#include "base/status.h"

/* Facts that name something one can ask more about. */
static const struct {
	const char *fact;
	enum entity_kind kind;
} entity_facts[] = {
	{ "access_key", ENTITY_ACCESS_KEY },
	{ "session", ENTITY_SESSION },
	{ "remote", ENTITY_ADDRESS },
	{ "peer", ENTITY_ADDRESS },
	{ "local", ENTITY_ADDRESS },
	{ "client", ENTITY_ADDRESS },
	{ "instance", ENTITY_INSTANCE },
	{ "bucket", ENTITY_BUCKET },
	{ "domain", ENTITY_DOMAIN },
	{ "registered_domain", ENTITY_DOMAIN },
	{ "image", ENTITY_IMAGE },
	{ "pod", ENTITY_POD },
	{ "peer_pod", ENTITY_POD },
	{ "node", ENTITY_NODE },
	{ "deployer", ENTITY_PRINCIPAL },
	{ "started_by", ENTITY_PRINCIPAL },
	{ "assumed_by", ENTITY_PRINCIPAL },
	{ "peer_user", ENTITY_PRINCIPAL },
	{ "workload", ENTITY_WORKLOAD },
	{ "namespace", ENTITY_NAMESPACE },
	{ "cluster", ENTITY_CLUSTER },
	{ "account", ENTITY_ACCOUNT },
};

_Static_assert(COUNTOF(entity_facts) + 2 <= ENTITIES_MAX, "room for all");

/* The actor and the resource are named once, whatever a fact calls them; the
 * same name may be of two kinds, as a namespace and a cluster. */
static bool
is_listed(const struct entity *list, size_t count, size_t heads,
    const struct entity *e)
{
	for (size_t i = 0; i < count; i++) {
		if ((i < heads || list[i].kind == e->kind) &&
		    span_equal(list[i].name, e->name))
			return true;
	}
	return false;
}

size_t
entities_of(const struct signal *s, struct entity list[ENTITIES_MAX])
{
	const struct entity heads[] = {
		{ s->actor_kind, s->actor },
		{ s->resource_kind, s->resource },
	};
	size_t count = 0, nheads;

	for (size_t i = 0; i < COUNTOF(heads); i++) {
		if (heads[i].kind != ENTITY_NONE &&
		    !span_is_empty(heads[i].name))
			list[count++] = heads[i];
	}
	nheads = count;
	for (size_t i = 0; i < COUNTOF(entity_facts); i++) {
		struct entity e = { entity_facts[i].kind,
			signal_fact(s, entity_facts[i].fact) };

		if (!span_is_empty(e.name) &&
		    !is_listed(list, count, nheads, &e))
			list[count++] = e;
	}
	return count;
}

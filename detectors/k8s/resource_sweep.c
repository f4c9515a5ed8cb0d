/*
 * Discovery:Kubernetes/AnomalousBehavior.ResourceSweep - somebody lists kind
 * after kind that they never listed before, within minutes.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor: what it met in the last minutes
 * Rule        successful lists of six resources and more, each on none of the
 *             last 30 days, within ten minutes, by an actor or in a cluster
 *             known for three days.  A service account: Medium, people: Low;
 *             weighed by who does it (k8s_act.h)
 * References  https://attack.mitre.org/techniques/T1613/
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

enum { KINDS };

static const struct param params[] = {
	[KINDS] = { "kinds", 6, 2, 1000,
	    "new kinds of resources listed in ten minutes that are needed" },
};

#define SPELL_US ((int64_t)600 * 1000000)

struct state {
	int64_t start_us;
	uint64_t kinds; /* hashed to a bit */
	uint32_t told;	/* in this spell */
	uint32_t unused;
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->verb, SPAN("list")) && !span_is_empty(a->resource);
}

/* Never listed by this actor, of whom or of whose cluster days are known. */
static bool
is_new(struct detect *d)
{
	struct usual mine, ours;

	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &mine);
	if (mine.days > 0)
		return false;
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &ours);
	return (mine.known_days >= DETECT_KNOWN_DAYS ||
		ours.known_days >= DETECT_KNOWN_DAYS);
}

static void
tell(struct detect *d, const struct event *ev, unsigned kinds)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%u", kinds);
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "lists kind after kind",
		.severity = detect_actor(d)->kind == ENTITY_SERVICE_ACCOUNT &&
				    k8s_act_by_hand(ev->audit->agent)
				? SEVERITY_MEDIUM
				: SEVERITY_LOW,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = span_str(text),
		.facts = (struct fact[]){ { "change", span_str(text) } },
		.nfacts = 1,
	    });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	unsigned kinds;

	if (!is_new(d))
		return;
	if (ev->time_us - st->start_us > SPELL_US)
		*st = (struct state){ .start_us = ev->time_us };
	st->kinds |= (uint64_t)1
		     << (hash_span(&HASH_KEY_DEFAULT, ev->audit->resource) &
			    63);
	kinds = (unsigned)__builtin_popcountll(st->kinds);
	if (kinds < detect_param(d, KINDS) || kinds < 2 * st->told)
		return;
	tell(d, ev, kinds);
	st->told = kinds;
}

DETECTOR(resource_sweep) = {
	.type = "Discovery:Kubernetes/AnomalousBehavior.ResourceSweep",
	.title = "{user} looks through cluster {cluster}, kind after kind",
	.story = "{user} from {remote} with {user_agent} listed {change} kinds "
		 "of resources of cluster {cluster} within ten minutes that "
		 "they never listed before, the last being {resource_type}. "
		 "{usual}.",
	.mitre = "T1613",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_READS,
	.severity = SEVERITY_LOW,
	.confidence = 0.6,
	.when = DETECT_FIRST,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

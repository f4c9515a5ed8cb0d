/*
 * Impact:Kubernetes/EvictionWave - somebody who never does evicts the pods of
 * half a cluster within an hour.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor
 * Statistic   distinct pods evicted in an hour: a floor, and five times what
 *             is usual for the actor (detect/sweep.h); weighed by who does it
 *             (k8s_act.h).  Autoscalers and upgrades by the control plane are
 *             none; who closes the nodes first drains them, as upgrades by
 *             hand do: Low.  Needs five days of the cluster
 * References  https://attack.mitre.org/techniques/T1489/
 */
#include <math.h>
#include <stdio.h>

#include "base/civil.h"
#include "base/hash.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/sweep.h"

enum { PODS, PLACES };

static const struct param params[] = {
	[PODS] = { "pods", 60, 5, 1e6, "pods evicted within an hour" },
	[PLACES] = { "namespaces", 3, 1, 64, "of which they are" },
};

#define TIMES 5
#define KNOWN_DAYS 5
/* A drain waits for pods that stop slowly, and for budgets. */
#define DRAIN_US (2 * CIVIL_US_PER_HOUR)

struct state {
	struct sweep pods;
	int64_t hour;
	uint64_t places;   /* hashed to a bit */
	int64_t closed_us; /* when a node was last closed to new pods */
};

static bool
is_eviction(const struct audit *a)
{
	return span_equal(a->subresource, SPAN("eviction")) &&
	       span_equal(a->verb, SPAN("create"));
}

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return is_eviction(a) || (span_equal(a->resource, SPAN("nodes")) &&
				     span_is_empty(a->subresource) &&
				     span_equal(a->verb, SPAN("patch")));
}

static bool
closes_node(const struct event *ev)
{
	struct json_value spec = json_get(k8s_request_sent(ev), SPAN("spec"));

	return json_is_true(json_get(spec, SPAN("unschedulable")));
}

static bool
match(const struct event *ev)
{
	return k8s_act_done(ev->audit) && !k8s_request_by_system(ev->audit);
}

static void
tell(struct detect *d, const struct event *ev, const struct state *st)
{
	bool drains = ev->time_us - st->closed_us <= DRAIN_US;
	char pods[16], places[16];
	struct evidence why = { .feature = "pods evicted in an hour",
		.number = st->pods.distinct,
		.expected = sweep_usual(&st->pods) };

	(void)snprintf(pods, sizeof(pods), "%u", st->pods.distinct);
	(void)snprintf(
	    places, sizeof(places), "%d", __builtin_popcountll(st->places));
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "evicts pods by the dozen",
		.severity = drains ? SEVERITY_LOW : SEVERITY_MEDIUM,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = span_str(pods),
		.why = &why,
		.nwhy = 1,
		.facts =
		    (struct fact[]){
			{ "change", span_str(pods) },
			{ "where", span_str(places) },
		    },
		.nfacts = 2,
	    });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	const struct audit *a = ev->audit;
	uint64_t place = hash_span(&HASH_KEY_DEFAULT, a->ns);
	struct usual cluster;

	if (!is_eviction(a)) {
		if (closes_node(ev))
			st->closed_us = ev->time_us;
		return;
	}
	if (civil_hour(ev->time_us) > st->hour) {
		st->hour = civil_hour(ev->time_us);
		st->places = 0;
	}
	st->places |= (uint64_t)1 << (place & 63);
	if (!sweep_add(&st->pods, ev->time_us,
		hash_mix(place, hash_span(&HASH_KEY_DEFAULT, a->name))))
		return;
	/* Until the cluster is known, evicting many may be what is usual. */
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &cluster);
	if (cluster.known_days < KNOWN_DAYS)
		return;
	if (__builtin_popcountll(st->places) < detect_param(d, PLACES) ||
	    !sweep_is_much(&st->pods, detect_param(d, PODS), TIMES))
		return;
	tell(d, ev, st);
}

DETECTOR(eviction_wave) = {
	.type = "Impact:Kubernetes/EvictionWave",
	.title = "{user} evicted {change} pods of cluster {cluster}",
	.story = "{user} from {remote} with {user_agent} evicted {change} pods "
		 "of {where} namespaces of cluster {cluster} within the hour. "
		 "{usual}.",
	.mitre = "T1489",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.6,
	.when = DETECT_EACH,
	.acts_only = true,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 2,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

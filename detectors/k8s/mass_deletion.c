/*
 * Impact:Kubernetes/MassDeletion - somebody deletes, or scales to nothing, far
 * more of the cluster in an hour than they ever do.
 *
 * Sources     Kubernetes audit log; scaling to nothing at level Request
 * Key         actor
 * Statistic   weight of what is taken away in an hour against a gamma-Poisson
 *             law of the actor's own hours (detection.md 3.4): a namespace or
 *             a whole collection weighs 5, storage 2, other objects 1.  Spread
 *             over namespaces, so that taking out one release is none.  Pods
 *             do not count: they come back.  People: High, service accounts:
 *             Medium; weighed by who does it (k8s_act.h)
 * References  https://attack.mitre.org/techniques/T1485/
 *             https://attack.mitre.org/techniques/T1489/
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "stats/gamma_poisson.h"
#include "stats/linear_count.h"

enum { P_VALUE, WEIGHT, PLACES };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 1e-4, 1e-15, 0.1, "how rare is too rare" },
	[WEIGHT] = { "weight", 20, 2, 1e6,
	    "weight of what is gone in an hour that is needed" },
	[PLACES] = { "places", 3, 1, 1000,
	    "namespaces, or namespaces deleted, that are needed" },
};

#define HOUR_US ((int64_t)3600 * 1000000)
#define KEEP_PER_HOUR 0.98 /* half of what was known fades in 34 busy hours */

struct state {
	int64_t hour;
	uint32_t weight, told; /* of the hour; when last told */
	struct gamma_poisson usual;
	struct linear_count objects; /* met in the hour */
	uint64_t places;	     /* hashed to a bit */
};

static bool
is_collection(const struct audit *a)
{
	return span_equal(a->verb, SPAN("deletecollection"));
}

static bool
match(const struct event *ev)
{
	static const char *const passing[] = { "pods", "events", "leases",
		"endpoints", "endpointslices", "replicasets", "nodes",
		"controllerrevisions", "tokenreviews" };
	const struct audit *a = ev->audit;
	bool deletes = span_equal(a->verb, SPAN("delete")) || is_collection(a);
	bool scales = span_equal(a->verb, SPAN("patch")) ||
		      span_equal(a->verb, SPAN("update"));

	if (scales && !span_equal(a->resource, SPAN("deployments")) &&
	    !span_equal(a->resource, SPAN("statefulsets")))
		return false;
	for (size_t i = 0; deletes && i < COUNTOF(passing); i++)
		if (span_equal(a->resource, span_str(passing[i])))
			return false;
	return (deletes || scales) && !span_is_empty(a->resource) &&
	       k8s_act_done(a);
}

static uint32_t
weight_of(const struct event *ev)
{
	const struct audit *a = ev->audit;
	struct json_value spec;

	if (span_equal(a->verb, SPAN("patch")) ||
	    span_equal(a->verb, SPAN("update"))) {
		/* Robots scale down at night. */
		if (span_starts(a->user, SPAN("system:serviceaccount:")))
			return 0;
		spec = json_get(k8s_request_sent(ev), SPAN("spec"));
		return json_int(json_get(spec, SPAN("replicas")), 1) == 0;
	}
	if (is_collection(a) || span_equal(a->resource, SPAN("namespaces")) ||
	    span_equal(a->resource, SPAN("customresourcedefinitions")))
		return 5;
	if (span_starts(a->resource, SPAN("persistentvolume")) ||
	    span_starts(a->resource, SPAN("volumesnapshot")))
		return 2;
	return 1;
}

/* The place a thing is taken from; a namespace is one itself. */
static uint64_t
place_bit(const struct audit *a)
{
	struct span place =
	    span_equal(a->resource, SPAN("namespaces")) ? a->name : a->ns;

	return (uint64_t)1 << (hash_span(&HASH_KEY_DEFAULT, place) & 63);
}

static uint64_t
object_of(const struct audit *a)
{
	uint64_t hash = hash_span(&HASH_KEY_DEFAULT, a->resource);

	hash = hash_mix(hash, hash_span(&HASH_KEY_DEFAULT, a->ns));
	return hash_mix(hash, hash_span(&HASH_KEY_DEFAULT, a->name));
}

static void
turn_hour(struct state *st, int64_t hour)
{
	if (hour <= st->hour)
		return;
	if (st->hour != 0)
		gamma_poisson_add(&st->usual, st->weight, 1, KEEP_PER_HOUR);
	st->hour = hour;
	st->weight = st->told = 0;
	st->places = 0;
	st->objects = (struct linear_count){ 0 };
}

static double
chance(struct detect *d, const struct state *st)
{
	struct gamma_poisson quiet = st->usual;
	struct usual active;

	/* On each day it was seen, the actor had an hour without deletions;
	 * one never seen had them on all days that the cluster was. */
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &active);
	if (active.known_days == 0)
		detect_usual(d, SCOPE_TENANT, FEATURE_API, &active);
	if (quiet.windows < active.known_days)
		quiet.windows = active.known_days;
	return gamma_poisson_tail(&quiet, GAMMA_PRIOR_WEAK, st->weight, 1);
}

static void
tell(struct detect *d, const struct event *ev, struct state *st)
{
	char gone[16], places[16];
	double objects = linear_count_estimate(&st->objects);
	struct evidence why = { .feature = "namespaces they were taken from",
		.expected = (double)NAN };

	(void)snprintf(gone, sizeof(gone), "%.0f", ceil(objects));
	(void)snprintf(
	    places, sizeof(places), "%d", __builtin_popcountll(st->places));
	why.observed = span_str(places);
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "deletes much of the cluster",
		.severity =
		    span_starts(ev->audit->user, SPAN("system:serviceaccount:"))
			? SEVERITY_MEDIUM
			: SEVERITY_HIGH,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = span_str(gone),
		.why = &why,
		.nwhy = 1,
		.facts =
		    (struct fact[]){
			{ "change", span_str(gone) },
			{ "where", span_str(places) },
		    },
		.nfacts = 2,
	    });
	st->told = st->weight;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	uint32_t weight = weight_of(ev);

	if (weight == 0)
		return;
	turn_hour(st, ev->time_us / HOUR_US);
	if (!linear_count_add(&st->objects, object_of(ev->audit)))
		return;
	st->weight += weight;
	st->places |= place_bit(ev->audit);
	if (st->weight < detect_param(d, WEIGHT) || st->weight < 2 * st->told ||
	    __builtin_popcountll(st->places) < detect_param(d, PLACES))
		return;
	if (chance(d, st) <= detect_param(d, P_VALUE))
		tell(d, ev, st);
}

DETECTOR(mass_deletion) = {
	.type = "Impact:Kubernetes/MassDeletion",
	.title = "{user} deleted much of cluster {cluster}: {change} objects "
		 "of {where} namespaces",
	.story = "{user} from {remote} with {user_agent} deleted or scaled to "
		 "nothing {change} objects in {where} namespaces of cluster "
		 "{cluster} within the hour, the last being {resource_type} "
		 "{namespace} {name}. That is far more than usual. {usual}.",
	.mitre = "T1485 T1489",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_HIGH,
	.confidence = 0.75,
	.acts_only = true,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

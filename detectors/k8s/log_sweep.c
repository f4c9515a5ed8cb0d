/*
 * Collection:Kubernetes/AnomalousBehavior.LogSweep - somebody reads the logs
 * of workload after workload, of more namespaces than they ever did: logs
 * hold tokens, passwords and customers' data.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor
 * Statistic   workloads whose logs are read in an hour against a gamma-Poisson
 *             law of the actor's own hours (detection.md 3.4), in three
 *             namespaces and more; weighed by who does it (k8s_act.h)
 * References  https://attack.mitre.org/techniques/T1552/001/
 *             https://attack.mitre.org/techniques/T1213/
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "event/normalise.h"
#include "stats/gamma_poisson.h"
#include "stats/linear_count.h"

enum { P_VALUE, WORKLOADS, PLACES };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 1e-4, 1e-15, 0.1, "how rare is too rare" },
	[WORKLOADS] = { "workloads", 15, 2, 1e6,
	    "workloads whose logs are read in an hour that are needed" },
	[PLACES] = { "places", 3, 1, 64, "namespaces that are needed" },
};

#define HOUR_US ((int64_t)3600 * 1000000)
#define KEEP_PER_HOUR 0.98 /* half of what was known fades in 34 busy hours */

struct state {
	int64_t hour;
	uint32_t told; /* workloads when last told in the hour */
	uint32_t unused;
	uint64_t places; /* namespaces, hashed to a bit */
	struct gamma_poisson usual;
	struct linear_count workloads;
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->subresource, SPAN("log")) &&
	       span_equal(a->resource, SPAN("pods"));
}

static void
turn_hour(struct state *st, int64_t hour)
{
	if (hour <= st->hour)
		return;
	if (st->hour != 0)
		gamma_poisson_add(&st->usual,
		    linear_count_estimate(&st->workloads), 1, KEEP_PER_HOUR);
	st->hour = hour;
	st->told = 0;
	st->places = 0;
	st->workloads = (struct linear_count){ 0 };
}

static void
tell(struct detect *d, const struct event *ev, struct state *st, double count)
{
	char text[16], places[16];

	(void)snprintf(text, sizeof(text), "%.0f", ceil(count));
	(void)snprintf(
	    places, sizeof(places), "%d", __builtin_popcountll(st->places));
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "reads the logs of workload after workload",
		.severity = SEVERITY_MEDIUM,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = span_str(text),
		.facts = (struct fact[]){ { "change", span_str(text) },
		    { "where", span_str(places) } },
		.nfacts = 2,
	    });
	st->told = (uint32_t)count;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	uint64_t ns = hash_span(&HASH_KEY_DEFAULT, ev->audit->ns);
	struct span workload = normalise_workload(ev->audit->name);
	struct usual active;
	struct gamma_poisson quiet;
	double count;

	turn_hour(st, ev->time_us / HOUR_US);
	if (!linear_count_add(&st->workloads,
		hash_mix(ns, hash_span(&HASH_KEY_DEFAULT, workload))))
		return;
	st->places |= (uint64_t)1 << (ns & 63);
	count = linear_count_estimate(&st->workloads);
	if (count < detect_param(d, WORKLOADS) || count < 2.0 * st->told ||
	    __builtin_popcountll(st->places) < detect_param(d, PLACES))
		return;
	/* On each day it was seen, the actor had an hour without. */
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &active);
	quiet = st->usual;
	if (quiet.windows < active.known_days)
		quiet.windows = active.known_days;
	if (quiet.windows >= DETECT_KNOWN_DAYS &&
	    gamma_poisson_tail(&quiet, GAMMA_PRIOR_WEAK, count, 1) <=
		detect_param(d, P_VALUE))
		tell(d, ev, st, count);
}

DETECTOR(log_sweep) = {
	.type = "Collection:Kubernetes/AnomalousBehavior.LogSweep",
	.title = "{user} read the logs of {change} workloads of {cluster}",
	.story = "{user} from {remote} with {user_agent} read the logs of "
		 "{change} workloads in {where} namespaces of cluster "
		 "{cluster} within the hour, far more than usual. Logs hold "
		 "tokens, passwords and customers' data. {usual}.",
	.mitre = "T1552.001 T1213",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_READS,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.5,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

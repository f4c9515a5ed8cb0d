/*
 * DefenseEvasion:Kubernetes/EventsDeleted - somebody deletes the cluster's
 * event objects, which tell what happened to its pods.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor: how many in the hour; habits are in the baseline
 *             (k8s_act.h)
 * Rule        delete or deletecollection of events with success.  They expire
 *             by themselves after an hour and go with their namespace by the
 *             namespace controller: hardly anyone has a reason.  A collection
 *             or three in an hour: Medium, one or two: Low
 * References  https://attack.mitre.org/techniques/T1070/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("events")) &&
	       (span_equal(a->verb, SPAN("delete")) ||
		   span_equal(a->verb, SPAN("deletecollection")));
}

#define HOUR_US ((int64_t)3600 * 1000000)
#define SEVERAL 3

struct state {
	int64_t hour;
	uint32_t count;
	uint32_t unused;
};

static bool
is_several(struct state *st, const struct event *ev)
{
	int64_t hour = ev->time_us / HOUR_US;

	if (hour != st->hour)
		*st = (struct state){ .hour = hour };
	st->count++;
	return span_is_empty(ev->audit->name) || st->count >= SEVERAL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span ns = ev->audit->ns;

	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "deletes events",
		.severity =
		    is_several(state, ev) ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.resource_kind = ENTITY_NAMESPACE,
		.resource = ns,
		.detail = span_is_empty(ev->audit->name) ? SPAN("all of them")
							 : ev->audit->name,
		.facts =
		    (struct fact[]){
			{ "where",
			    span_is_empty(ns) ? SPAN("all namespaces") : ns },
		    },
		.nfacts = 1,
	    });
}

DETECTOR(events_deleted) = {
	.type = "DefenseEvasion:Kubernetes/EventsDeleted",
	.title = "{user} deleted the events of {where}",
	.story = "{user} from {remote} with {user_agent} deleted events of "
		 "{where} in cluster {cluster}. They say what happened to "
		 "pods in the last hour and would have expired by themselves. "
		 "{usual}.",
	.mitre = "T1070",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 6 * 3600,
	.observe = observe,
};

/*
 * InitialAccess:Kubernetes/AnomalousBehavior.UserFromElsewhere - a person's
 * login is used from a network where nobody of the cluster ever was, with
 * another program or at an hour that is not theirs, as when a kubeconfig was
 * stolen.
 *
 * Sources     Kubernetes audit log with addresses and user agents, any level
 * Key         none; networks, programs and hours are in the baseline
 * Rule        a user seen on five days and more; a network unknown to them, to
 *             their peers and to the cluster; and a program unknown to them or
 *             an hour never worked: Low, both: Medium.  People travel, but
 *             mostly take their own computer along.  The distance between
 *             places is not used: no geography is needed
 * References  https://attack.mitre.org/techniques/T1078/
 *             https://attack.mitre.org/techniques/T1133/
 */
#include <math.h>

#include "base/ip.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

#define KNOWN_DAYS 5

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return !span_is_empty(a->resource);
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return !span_starts(a->user, SPAN("system:")) &&
	       !ip_is_private(&ev->remote) && span_is_empty(a->impersonated) &&
	       !span_is_empty(a->agent) && k8s_act_done(a);
}

struct look {
	struct usual network, agent, hour;
	bool odd_agent, odd_hour;
};

/* Whether nobody here was ever seen there. */
static bool
is_new_place(struct detect *d, struct look *l)
{
	struct usual peers, cluster;

	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &l->network);
	if (l->network.known_days < KNOWN_DAYS || l->network.count > 0 ||
	    detect_feature_key(d, FEATURE_NETWORK) == 0)
		return false;
	detect_usual(d, SCOPE_PEERS, FEATURE_NETWORK, &peers);
	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &cluster);
	return peers.count <= 0 && cluster.count <= 0;
}

static void
look_at(struct detect *d, struct look *l)
{
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &l->agent);
	detect_usual(d, SCOPE_ACTOR, FEATURE_HOUR, &l->hour);
	l->odd_agent = l->agent.count <= 0;
	l->odd_hour = l->hour.count <= 0 && !detect_hour_is_near(d);
}

static void
add(struct detect *d, struct evidence *why, size_t *count, enum feature feature,
    const struct usual *usual)
{
	why[(*count)++] = (struct evidence){ .feature = feature_text(feature),
		.observed = detect_feature(d, feature),
		.expected = (double)NAN,
		.usual = usual };
}

static void
tell(struct detect *d, const struct look *l)
{
	struct evidence why[3];
	size_t count = 0;
	struct span odd = l->odd_agent && l->odd_hour
			      ? SPAN("Network, program and hour are new")
			  : l->odd_agent ? SPAN("Network and program are new")
					 : SPAN("Network and hour are new");

	add(d, why, &count, FEATURE_NETWORK, &l->network);
	if (l->odd_agent)
		add(d, why, &count, FEATURE_AGENT, &l->agent);
	if (l->odd_hour)
		add(d, why, &count, FEATURE_HOUR, &l->hour);
	detect_raise(
	    d, &(struct raise){
		   .severity = l->odd_agent && l->odd_hour ? SEVERITY_MEDIUM
							   : SEVERITY_LOW,
		   .resource_kind = ENTITY_USER,
		   .resource = detect_actor(d)->name,
		   .why = why,
		   .nwhy = count,
		   .facts = &(struct fact){ "odd", odd },
		   .nfacts = 1,
	       });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct look l;

	(void)ev;
	(void)state;
	if (!is_new_place(d, &l))
		return;
	look_at(d, &l);
	/* Who always comes from somewhere else: only when all is new. */
	if (detect_roams(&l.network) ? l.odd_agent && l.odd_hour
				     : l.odd_agent || l.odd_hour)
		tell(d, &l);
}

DETECTOR(user_elsewhere) = {
	.type = "InitialAccess:Kubernetes/AnomalousBehavior.UserFromElsewhere",
	.title = "Somebody logs in to {cluster} as {user} from {remote}",
	.story = "{user} called cluster {cluster} from {remote} with "
		 "{user_agent}: {verb} {resource_type} {namespace}. {odd} for "
		 "them, and nobody of the cluster was ever seen at that "
		 "network.",
	.mitre = "T1078 T1133",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.6,
	.when = DETECT_FIRST,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

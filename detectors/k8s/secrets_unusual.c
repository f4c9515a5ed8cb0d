/*
 * CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed - someone
 * reads secrets who usually does not, or others than usual, or from where or
 * with what they usually do not, or across more namespaces than ever.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor: namespaces swept in an hour; the rest is in the baseline
 * Statistic   novelty of origin and of behaviour (k8s_judge.h); the number of
 *             namespaces in an hour against a gamma-Poisson law of the
 *             actor's own hours.  A list by an account of pods in the hands
 *             of somebody who types, where it was always a program, and the
 *             first list of all namespaces by one that has read secrets one
 *             by one for days: Medium
 * References  https://attack.mitre.org/techniques/T1552/007/
 */
#include <math.h>

#include "base/hash.h"
#include "detect/detector.h"
#include "detect/k8s_act.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"
#include "stats/gamma_poisson.h"

enum { P_VALUE, MIN_SWEEP };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 3e-4, 1e-15, 0.1, "how rare is too rare" },
	[MIN_SWEEP] = { "min_sweep", 4, 2, 1000,
	    "namespaces in an hour that make a sweep" },
};

#define HOUR_US ((int64_t)3600 * 1000000)
#define KEEP_PER_HOUR 0.98 /* half of what was known fades in 34 busy hours */
#define READS_KNOWN 50	   /* reads, then an account's ways are known */
#define EVERYWHERE SPAN("(all namespaces)")

struct state {
	int64_t hour;
	uint64_t seen[4]; /* namespaces of the hour, hashed to a bit */
	struct gamma_poisson usual;
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("secrets")) &&
	       (span_equal(a->verb, SPAN("get")) ||
		   span_equal(a->verb, SPAN("list")) ||
		   span_equal(a->verb, SPAN("watch")));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return !span_equal(a->user, SPAN("system:anonymous")) &&
	       k8s_request_succeeded(a) && !k8s_request_by_system(a);
}

static unsigned
namespaces(const struct state *st)
{
	unsigned count = 0;

	for (size_t i = 0; i < COUNTOF(st->seen); i++)
		count += (unsigned)__builtin_popcountll(st->seen[i]);
	return count;
}

/* How likely so many namespaces in an hour are for this actor; 1 when its
 * hours are too few to say. */
static double
sweep(struct detect *d, struct state *st, const struct event *ev)
{
	int64_t hour = ev->time_us / HOUR_US;
	uint64_t bit = hash_span(&HASH_KEY_DEFAULT, ev->audit->ns) & 255;
	struct usual active;
	struct gamma_poisson quiet;
	unsigned count;

	if (hour > st->hour) {
		if (st->hour != 0)
			gamma_poisson_add(
			    &st->usual, namespaces(st), 1, KEEP_PER_HOUR);
		memset(st->seen, 0, sizeof(st->seen));
		st->hour = hour;
	}
	st->seen[bit / 64] |= (uint64_t)1 << (bit % 64);
	count = namespaces(st);
	/* On each day it was seen, the actor had an hour without secrets; one
	 * never seen had them on all days that the cluster was. */
	detect_usual(d, SCOPE_ACTOR, FEATURE_API, &active);
	if (active.known_days == 0)
		detect_usual(d, SCOPE_TENANT, FEATURE_API, &active);
	quiet = st->usual;
	if (quiet.windows < active.known_days)
		quiet.windows = active.known_days;
	if (count < detect_param(d, MIN_SWEEP) || quiet.windows < 3)
		return 1;
	return gamma_poisson_tail(&quiet, GAMMA_PRIOR_WEAK, count, 1);
}

/* How the actor knows lists of all namespaces, among all its reads. */
static void
ask_everywhere(struct detect *d, struct usual *usual)
{
	detect_workload(d, detect_actor(d)->name);
	detect_usual_value(
	    d, SCOPE_WORKLOAD, FEATURE_RESOURCE, EVERYWHERE, usual);
}

static bool
is_pods_account(const struct event *ev)
{
	return span_starts(ev->audit->user, SPAN("system:serviceaccount:"));
}

/* A list without namespace reads all of them.  Most who may do so always
 * do; for the others it is the shortest way to everything. */
static void
judge_everywhere(struct detect *d, struct k8s_judge *j)
{
	struct usual usual;

	ask_everywhere(d, &usual);
	if (detect_feature(d, FEATURE_AGENT).len > 0 && usual.n >= 1)
		k8s_judge_add(j, "secrets of all namespaces", usual.p,
		    EVERYWHERE, &usual);
}

/* A pod's account with kubectl, curl or the like, which it never used. */
static bool
is_typed(struct detect *d, const struct event *ev)
{
	struct usual agent;

	if (!is_pods_account(ev) || !k8s_act_by_hand(ev->audit->agent))
		return false;
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &agent);
	return !(agent.count > 0);
}

/* A pod's account that has read secrets one by one for days takes them all
 * at once, and not to keep a copy. */
static bool
is_first_of_all(struct detect *d, const struct event *ev)
{
	struct usual reads;

	if (!is_pods_account(ev))
		return false;
	ask_everywhere(d, &reads);
	return !(reads.count > 0) && reads.n >= READS_KNOWN &&
	       reads.known_days >= DETECT_KNOWN_DAYS;
}

/*
 * Before anything is known of the cluster only this stands out: somebody lists
 * the secrets of all namespaces once.  Controllers that keep a copy say from
 * which version on.  Low from people; Medium from a pod's account in the hands
 * of somebody who types: pods read what they need, with programs.
 */
static double
severity_of(struct detect *d, const struct event *ev)
{
	struct span version =
	    k8s_request_query(ev->audit->query, SPAN("resourceVersion"));
	struct usual cluster;

	detect_usual(d, SCOPE_TENANT, FEATURE_API, &cluster);
	if (!span_equal(ev->audit->verb, SPAN("list")))
		return 0;
	if (cluster.known_days >= DETECT_KNOWN_DAYS && is_typed(d, ev))
		return SEVERITY_MEDIUM;
	if (!span_is_empty(ev->audit->ns) || !span_is_empty(version))
		return 0;
	if (cluster.known_days >= DETECT_KNOWN_DAYS)
		return is_first_of_all(d, ev) ? SEVERITY_MEDIUM : 0;
	if (!span_starts(ev->audit->user, SPAN("system:")))
		return SEVERITY_LOW;
	return k8s_act_by_hand(ev->audit->agent) ? SEVERITY_MEDIUM : 0;
}

/* One finding an actor and day: a sweep is one act, not one a namespace. */
static void
tell(struct detect *d, const struct event *ev, struct k8s_judge *j, double p,
    double severity)
{
	struct span ns = ev->audit->ns;

	detect_raise(
	    d, &(struct raise){
		   .p = p,
		   .severity = severity,
		   .resource_kind = ENTITY_CLUSTER,
		   .resource = ev->cluster,
		   .why = j->why,
		   .nwhy = j->nwhy,
		   .facts =
		       (struct fact[]){
			   { "where", span_is_empty(ns) ? EVERYWHERE : ns },
			   { "secret", ev->audit->name },
		       },
		   .nfacts = 2,
	       });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span ns = ev->audit->ns;
	struct k8s_judge j;
	struct usual none = { .p = 1 };
	double p, young;

	k8s_judge_request(d, &j);
	if (span_is_empty(ns))
		judge_everywhere(d, &j);
	else
		k8s_judge_add(&j, "namespaces swept in an hour",
		    sweep(d, state, ev), ns, &none);
	p = k8s_judge_p(&j);
	young = severity_of(d, ev);
	if (young > 0 || p <= detect_param(d, P_VALUE)) {
		tell(d, ev, &j, young > 0 ? 0 : p, young);
		return;
	}
	detect_workload(d, detect_actor(d)->name);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_RESOURCE,
	    span_is_empty(ns) ? EVERYWHERE : ns);
}

DETECTOR(secrets_unusual) = {
	.type = "CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed",
	.title = "{user} read secrets of {where}, which is unusual",
	.story = "{user} from {remote} with {user_agent}: {verb} secrets of "
		 "{where} in cluster {cluster}, {count} requests in the hour. "
		 "Who, where and how do not fit what is usual here.",
	.mitre = "T1552.007",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_READS,
	.severity = SEVERITY_MEDIUM,
	.statistical = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

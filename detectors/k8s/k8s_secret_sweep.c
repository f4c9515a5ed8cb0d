/*
 * CredentialAccess:Kubernetes/SecretSweep - somebody reads secret after secret
 * by name that they never read before, within minutes.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor: what it met in the last minutes; what it ever read is in
 *             the baseline
 * Rule        ten secrets and more, each on none of the last 30 days, read one
 *             by one within ten minutes, by an actor or in a cluster known for
 *             three days: Medium; weighed by who does it (k8s_act.h), so that a
 *             new operator is Low.  In a younger cluster people's only.  Lists
 *             and sweeps over namespaces are secrets_unusual's
 * References  https://attack.mitre.org/techniques/T1552/007/
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "stats/linear_count.h"

enum { SECRETS };

static const struct param params[] = {
	[SECRETS] = { "secrets", 10, 2, 1000,
	    "new secrets read in ten minutes that are needed" },
};

#define NAME_BYTES 256
#define SPELL_US ((int64_t)600 * 1000000)

struct state {
	int64_t start_us;
	uint32_t secrets, told; /* in this spell */
	struct linear_count met;
};

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("secrets")) &&
	       span_equal(a->verb, SPAN("get"));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return !span_is_empty(a->name) && k8s_act_done(a);
}

/* Never read by this actor; learns it.  The baseline's own profile of objects
 * knows one secret of a namespace and hour only. */
static bool
is_new(struct detect *d, struct span object)
{
	char room[NAME_BYTES];
	struct usual mine, ours;

	(void)snprintf(room, sizeof(room), "secrets read by %.*s",
	    SPAN_ARGS(span_first(detect_actor(d)->name, 200)));
	detect_workload(d, span_str(room));
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_OBJECT, object, &mine);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, object);
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &ours);
	if (mine.count > 0)
		return false;
	return mine.known_days >= DETECT_KNOWN_DAYS ||
	       ours.known_days >= DETECT_KNOWN_DAYS ||
	       detect_actor(d)->kind != ENTITY_SERVICE_ACCOUNT;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	char object_room[256], text[16];
	struct span object =
	    k8s_request_target(ev, object_room, sizeof(object_room));

	if (ev->time_us - st->start_us > SPELL_US)
		*st = (struct state){ .start_us = ev->time_us };
	if (!linear_count_add(&st->met, hash_span(&HASH_KEY_DEFAULT, object)) ||
	    !is_new(d, object))
		return;
	st->secrets++;
	if (st->secrets < detect_param(d, SECRETS) ||
	    st->secrets < 2 * st->told)
		return;
	(void)snprintf(text, sizeof(text), "%u", st->secrets);
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "reads secret after secret",
		.severity = SEVERITY_MEDIUM,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = span_str(text),
		.facts = (struct fact[]){ { "attempts", span_str(text) } },
		.nfacts = 1,
	    });
	st->told = st->secrets;
}

DETECTOR(k8s_secret_sweep) = {
	.type = "CredentialAccess:Kubernetes/SecretSweep",
	.title = "{user} reads secret after secret of {cluster}, {attempts} so "
		 "far",
	.story = "{user} from {remote} with {user_agent} read {attempts} "
		 "secrets of cluster {cluster} within ten minutes, one by one, "
		 "that they never read before, the last being "
		 "{namespace}/{name}. {usual}.",
	.mitre = "T1552.007",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_READS,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

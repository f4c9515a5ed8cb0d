/*
 * Discovery:Kubernetes/AccessDeniedSweep - somebody tries resource after
 * resource, or namespace after namespace, and is mostly refused, as when a
 * stolen token is probed for what it opens.
 *
 * Sources     Kubernetes audit log, any level
 * Key         actor
 * Statistic   threshold random walk (Jung, Paxson, Berger, Balakrishnan, IEEE
 *             S&P 2004) over the actor's first contacts with a verb, resource
 *             and namespace.  What it has met before, either way, is no step:
 *             a controller that is refused the same each minute stays quiet.
 *             Medium when secrets, execs or rights are among the refused, else
 *             Low; weighed by who does it (k8s_act.h).  Strangers without a
 *             name knock at every door of the internet and are left out
 * References  https://attack.mitre.org/techniques/T1613/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "stats/linear_count.h"
#include "stats/trw.h"

enum { REFUSED, IDLE_H };

static const struct param params[] = {
	[REFUSED] = { "refused", 8, 3, 1000,
	    "distinct refused requests that are needed" },
	[IDLE_H] = { "idle_h", 2, 1, 720,
	    "hours without a new refusal after which the walk starts anew" },
};

struct state {
	struct trw walk;
	int64_t refused_us;	 /* time of the last new refusal */
	struct linear_count met; /* (verb, resource, namespace, refused) */
	uint32_t refused;	 /* distinct refused in this walk */
	uint32_t sensitive;	 /* among them */
	uint32_t told;		 /* how many when last told */
	uint32_t unused;
};

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	/* What is let through matters where somebody types: dashboards ask
	 * for all there is.  Looking at all that robots do costs more than it
	 * tells. */
	if (ev->outcome != OUTCOME_DENIED &&
	    (ev->outcome != OUTCOME_OK || !k8s_act_by_hand(a->agent)))
		return false;
	return a->code >= 100 && !span_is_empty(a->user) &&
	       !span_is_empty(a->resource) &&
	       !span_equal(a->user, SPAN("system:anonymous")) &&
	       !k8s_request_by_system(a);
}

/* Not by the store's key: what a filter takes for another must not depend on
 * where the events are kept. */
static uint64_t
contact(const struct event *ev)
{
	const struct audit *a = ev->audit;
	struct hash_state h =
	    hash_begin(&HASH_KEY_DEFAULT, ev->outcome == OUTCOME_DENIED);

	hash_more(&h, a->verb);
	hash_more(&h, a->resource);
	hash_more(&h, a->subresource);
	hash_more(&h, a->ns);
	return hash_end(&h);
}

static bool
is_sensitive(const struct audit *a)
{
	switch (tactic_of_audit(a)) {
	case TACTIC_CREDENTIAL_ACCESS:
	case TACTIC_EXECUTION:
	case TACTIC_PRIVILEGE_ESCALATION:
	case TACTIC_PERSISTENCE:
		return true;
	case TACTIC_NONE:
	case TACTIC_DISCOVERY:
	case TACTIC_INITIAL_ACCESS:
	case TACTIC_DEFENSE_EVASION:
	case TACTIC_EXFILTRATION:
	case TACTIC_IMPACT:
	case TACTIC_COUNT:
		break;
	}
	return false;
}

static void
tell(struct detect *d, const struct event *ev, struct state *st)
{
	char count[16];
	struct evidence why = { .feature =
				    "distinct requests refused one after the "
				    "other",
		.number = st->refused,
		.observed = SPAN("refused"),
		.expected = 0 };

	(void)snprintf(count, sizeof(count), "%u", st->refused);
	why.observed = span_str(count);
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "tries what is refused",
		.severity = st->sensitive >= 2 ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = ev->audit->uri,
		.why = &why,
		.nwhy = 1,
		.facts = (struct fact[]){ { "attempts", span_str(count) } },
		.nfacts = 1,
	    });
	st->told = st->refused;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool refused = ev->outcome == OUTCOME_DENIED;
	struct state *st = state;
	struct trw_params p = TRW_DEFAULTS;
	int64_t idle_us = (int64_t)(detect_param(d, IDLE_H) * 3600) * 1000000;

	/* What is let through counts only where something was refused. */
	if ((!refused && st->refused_us == 0) ||
	    !linear_count_add(&st->met, contact(ev)))
		return;
	if (ev->time_us - st->refused_us > idle_us) {
		st->walk = (struct trw){ 0 };
		st->refused = st->sensitive = st->told = 0;
	}
	if (refused) {
		st->refused_us = ev->time_us;
		st->refused++;
		st->sensitive += is_sensitive(ev->audit);
	}
	if (trw_add(&st->walk, &p, refused ? TRW_FAILURE : TRW_SUCCESS) ==
		TRW_SCANNER &&
	    refused && st->refused >= detect_param(d, REFUSED) &&
	    st->refused >= 2 * st->told)
		tell(d, ev, st);
}

DETECTOR(denied_sweep) = {
	.type = "Discovery:Kubernetes/AccessDeniedSweep",
	.title = "{user} tries what is refused in {cluster}, {attempts} "
		 "times so far",
	.story = "{user} from {remote} with {user_agent} made {attempts} "
		 "requests in cluster {cluster} that were new for them "
		 "and was refused, the last being {verb} {resource_type} in "
		 "{namespace}. So do people who have found a token and want "
		 "to know what it opens. {usual}.",
	.mitre = "T1613 T1087.004",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_READS,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 3,
	.state_ttl_s = 30 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

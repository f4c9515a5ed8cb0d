/*
 * CredentialAccess:Kubernetes/ServiceAccountUsedElsewhere - a service account
 * calls from a public network where neither it nor anybody of its cluster
 * ever was, or by hand where it was always a program: its token has left its
 * pod.
 *
 * Sources     Kubernetes audit log with addresses and user agents, any level
 * Key         cluster: which account a new network was first met with; networks
 *             and programs are in the baseline
 * Rule        both: High.  The network alone: Medium; not private, unknown to
 *             the account, to accounts of its name and to the cluster.  The
 *             program alone: Medium; kubectl, curl and their like (k8s_act.h),
 *             unknown to an account that was seen on three days and more.  A
 *             second account at the same new network with its usual program
 *             is no theft but a new gateway of the cluster.  Silent while the
 *             cluster is not known for three days
 * References  https://attack.mitre.org/techniques/T1528/
 *             https://attack.mitre.org/techniques/T1550/001/
 */
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/ip.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
is_public(const struct event *ev)
{
	return !ip_is_none(&ev->remote) && !ip_is_private(&ev->remote);
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_starts(a->user, SPAN("system:serviceaccount:")) &&
	       (is_public(ev) || k8s_act_by_hand(a->agent)) &&
	       span_is_empty(a->impersonated) && a->code >= 100 &&
	       a->code != 401 && !k8s_request_by_system(a);
}

#define NETWORKS_MET 16

struct state {
	struct {
		uint64_t network, account; /* the first met with it */
	} met[NETWORKS_MET];
	uint32_t next;
	uint32_t unused;
};

struct look {
	struct usual network, agent, cluster;
	bool elsewhere, by_hand;
};

static void
look_at(struct detect *d, const struct event *ev, struct look *l)
{
	struct usual peers;

	detect_usual(d, SCOPE_ACTOR, FEATURE_NETWORK, &l->network);
	detect_usual(d, SCOPE_ACTOR, FEATURE_AGENT, &l->agent);
	detect_usual(d, SCOPE_PEERS, FEATURE_NETWORK, &peers);
	detect_usual(d, SCOPE_TENANT, FEATURE_NETWORK, &l->cluster);
	l->elsewhere = l->cluster.known_days >= DETECT_KNOWN_DAYS &&
		       is_public(ev) && l->network.count <= 0 &&
		       peers.count <= 0 && l->cluster.count <= 0;
	l->by_hand = l->agent.known_days >= DETECT_KNOWN_DAYS &&
		     l->agent.count <= 0 && k8s_act_by_hand(ev->audit->agent);
}

/*
 * The accounts that a new network was met with.  When the cluster gets a new
 * gateway all of them come from it: the second one that still uses its usual
 * program says so, and the network is learned.
 */
static bool
is_gateway(struct detect *d, struct state *st)
{
	struct span text = detect_feature(d, FEATURE_NETWORK);
	uint64_t network = hash_span(&HASH_KEY_DEFAULT, text);
	uint64_t account = detect_actor(d)->key;
	size_t i = 0;

	while (i < COUNTOF(st->met) && st->met[i].network != network)
		i++;
	if (i == COUNTOF(st->met)) {
		i = st->next;
		st->next = (st->next + 1) % COUNTOF(st->met);
		st->met[i].network = network;
		st->met[i].account = account;
	}
	if (st->met[i].account == account)
		return false;
	detect_learn(d, SCOPE_TENANT, FEATURE_NETWORK, text);
	return true;
}

static struct span
say_odd(const struct look *l)
{
	if (l->elsewhere && l->by_hand)
		return SPAN("The network and the program are new to it");
	if (l->elsewhere)
		return SPAN("Nobody of the cluster ever called from that "
			    "network");
	return SPAN("It never used that program");
}

static void
tell(struct detect *d, const struct event *ev, const struct look *l)
{
	char from[64] = "by hand";
	struct fact facts[] = {
		{ "odd", say_odd(l) },
		{ "way", SPAN("") },
	};
	struct evidence why[2];
	size_t count = 0;

	if (l->elsewhere) {
		(void)snprintf(from, sizeof(from), "from %.*s",
		    SPAN_ARGS(span_first(ev->audit->remote, 48)));
		why[count++] =
		    (struct evidence){ .feature = feature_text(FEATURE_NETWORK),
			    .observed = detect_feature(d, FEATURE_NETWORK),
			    .expected = (double)NAN,
			    .usual = &l->network };
	}
	facts[1].value = span_str(from);
	if (l->by_hand)
		why[count++] =
		    (struct evidence){ .feature = feature_text(FEATURE_AGENT),
			    .observed = detect_feature(d, FEATURE_AGENT),
			    .expected = (double)NAN,
			    .usual = &l->agent };
	detect_raise(
	    d, &(struct raise){
		   .severity = l->elsewhere && l->by_hand ? SEVERITY_HIGH
							  : SEVERITY_MEDIUM,
		   .resource_kind = ENTITY_SERVICE_ACCOUNT,
		   .resource = ev->audit->user,
		   .why = why,
		   .nwhy = count,
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct look l;

	look_at(d, ev, &l);
	if (!l.elsewhere && !l.by_hand)
		return;
	if (l.elsewhere && is_gateway(d, state) && !l.by_hand)
		return;
	tell(d, ev, &l);
}

DETECTOR(account_elsewhere) = {
	.type = "CredentialAccess:Kubernetes/ServiceAccountUsedElsewhere",
	.title = "Somebody uses service account {service_account} {way}",
	.story = "{user} called cluster {cluster} from {remote} with "
		 "{user_agent}: {verb} {resource_type} {namespace}, answered "
		 "with {code}. {odd}; its token may have left its pod.",
	.mitre = "T1528 T1550.001",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.75,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_TENANT,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 30 * 86400,
	.observe = observe,
};

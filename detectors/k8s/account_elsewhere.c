/*
 * CredentialAccess:Kubernetes/ServiceAccountUsedElsewhere - a service account
 * calls from a public network where neither it nor anybody of its cluster
 * ever was, or by hand where it was always a program: its token has left its
 * pod.
 *
 * Sources     Kubernetes audit log with addresses and user agents, any level
 * Key         none; networks and programs are in the baseline
 * Rule        both: High.  The network alone: Medium; not private, unknown to
 *             the account, to accounts of its name and to the cluster.  The
 *             program alone: Medium; kubectl, curl and their like (k8s_act.h),
 *             unknown to an account that was seen on three days and more.
 *             Silent while the cluster is not known for three days
 * References  https://attack.mitre.org/techniques/T1528/
 *             https://attack.mitre.org/techniques/T1550/001/
 */
#include <math.h>

#include "base/ip.h"
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_starts(a->user, SPAN("system:serviceaccount:")) &&
	       span_is_empty(a->impersonated) && a->code >= 100 &&
	       a->code != 401 && !k8s_request_by_system(a);
}

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
		       !ip_is_none(&ev->remote) &&
		       !ip_is_private(&ev->remote) && l->network.count <= 0 &&
		       peers.count <= 0 && l->cluster.count <= 0;
	l->by_hand = l->agent.known_days >= DETECT_KNOWN_DAYS &&
		     l->agent.count <= 0 && k8s_act_by_hand(ev->audit->agent);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct look l;
	struct evidence why[2];
	size_t count = 0;

	(void)state;
	look_at(d, ev, &l);
	if (!l.elsewhere && !l.by_hand)
		return;
	if (l.elsewhere)
		why[count++] =
		    (struct evidence){ .feature = feature_text(FEATURE_NETWORK),
			    .observed = detect_feature(d, FEATURE_NETWORK),
			    .expected = (double)NAN,
			    .usual = &l.network };
	if (l.by_hand)
		why[count++] =
		    (struct evidence){ .feature = feature_text(FEATURE_AGENT),
			    .observed = detect_feature(d, FEATURE_AGENT),
			    .expected = (double)NAN,
			    .usual = &l.agent };
	detect_raise(d,
	    &(struct raise){
		.severity =
		    l.elsewhere && l.by_hand ? SEVERITY_HIGH : SEVERITY_MEDIUM,
		.resource_kind = ENTITY_SERVICE_ACCOUNT,
		.resource = ev->audit->user,
		.why = why,
		.nwhy = count,
		.facts =
		    (struct fact[]){
			{ "odd", l.elsewhere && l.by_hand
				     ? SPAN("The network and the "
					    "program are new to it")
				 : l.elsewhere ? SPAN("Nobody of the cluster "
						      "ever called from that "
						      "network")
					       : SPAN("It never used that "
						      "program") },
		    },
		.nfacts = 1,
	    });
}

DETECTOR(account_elsewhere) = {
	.type = "CredentialAccess:Kubernetes/ServiceAccountUsedElsewhere",
	.title = "Somebody uses service account {service_account} from "
		 "{remote}",
	.story = "{user} called cluster {cluster} from {remote} with "
		 "{user_agent}: {verb} {resource_type} {namespace}, answered "
		 "with {code}. {odd}; its token may have left its pod.",
	.mitre = "T1528 T1550.001",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.75,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

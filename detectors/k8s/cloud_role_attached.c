/*
 * PrivilegeEscalation:Kubernetes/CloudRoleAttached - a service account gets a
 * cloud identity it did not have: its pods act with that role from now on.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; which account has which role is in the baseline
 * Rule        an annotation that names a role of AWS, an account of Google or
 *             a client of Azure is put onto a service account that had none or
 *             another.  Onto one that exists, by a patch that says nothing
 *             else: Medium; when it is made or applied as a whole: Low
 * References  https://attack.mitre.org/techniques/T1098/
 *             https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 */
#include <stdio.h>

#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("serviceaccounts")) &&
	       span_is_empty(a->subresource) && k8s_request_writes(a);
}

static struct span
role_of(const struct event *ev)
{
	static const char *const keys[] = { "eks.amazonaws.com/role-arn",
		"iam.gke.io/gcp-service-account",
		"azure.workload.identity/client-id" };
	struct json_value meta =
	    json_get(k8s_request_sent(ev), SPAN("metadata"));
	struct json_value notes = json_get(meta, SPAN("annotations"));

	for (size_t i = 0; i < COUNTOF(keys); i++) {
		struct span role = json_get_string(notes, span_str(keys[i]));

		if (!span_is_empty(role))
			return role;
	}
	return (struct span){ NULL, 0 };
}

/* The account is known with this role; learns it. */
static bool
is_known(struct detect *d, struct span account, struct span role)
{
	struct usual usual;
	char room[320];

	(void)snprintf(room, sizeof(room), "cloud roles of %.*s",
	    SPAN_ARGS(span_first(account, 280)));
	detect_workload(d, span_str(room));
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_OBJECT, role, &usual);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, role);
	return usual.count > 0;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span role = role_of(ev);
	char room[256];
	struct span account = k8s_request_target(ev, room, sizeof(room));
	bool patch =
	    span_equal(ev->audit->verb, SPAN("patch")) &&
	    span_is_empty(json_get_string(k8s_request_sent(ev), SPAN("kind")));

	(void)state;
	if (span_is_empty(role) || is_known(d, account, role))
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = patch ? "attaches cloud roles to accounts"
			      : "makes accounts with cloud roles",
		.severity = patch ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.resource_kind = ENTITY_SERVICE_ACCOUNT,
		.resource = account,
		.detail = role,
		.facts =
		    (struct fact[]){ { "role", role }, { "subject", account } },
		.nfacts = 2,
	    });
}

DETECTOR(cloud_role_attached) = {
	.type = "PrivilegeEscalation:Kubernetes/CloudRoleAttached",
	.title = "{user} gave service account {subject} the cloud role {role}",
	.story = "{user} from {remote} with {user_agent} put {role} onto "
		 "service account {subject} of cluster {cluster}. Its pods may "
		 "act as that role in the cloud, if the role trusts the "
		 "account. {usual}.",
	.mitre = "T1098 T1078.004",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.observe = observe,
};

/*
 * Policy:Kubernetes/AdminAccessToDefaultServiceAccount - a namespace's default
 * service account, which every pod has that asks for no other, became admin.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none
 * Rule        cluster-admin or admin is bound to a service account called
 *             default, or to the group of all service accounts
 * References  https://attack.mitre.org/techniques/T1098/006/
 */
#include <math.h>

#include "detect/detector.h"
#include "detect/k8s_request.h"
#include "detect/rbac.h"

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return k8s_request_succeeded(a) && !rbac_is_bootstrap(a);
}

static void
tell(struct detect *d, const struct event *ev, const struct rbac_binding *b,
    const struct rbac_subject *s)
{
	char room[256];
	struct span subject = rbac_subject_text(s, room, sizeof(room));

	detect_raise(d, &(struct raise){
			    .resource_kind = ENTITY_SERVICE_ACCOUNT,
			    .resource = subject,
			    .why = &(struct evidence){ .feature = "bound to",
				.observed = subject,
				.expected = (double)NAN },
			    .nwhy = 1,
			    .facts =
				(struct fact[]){
				    { "subject", subject },
				    { "role", b->role },
				    { "binding", k8s_request_name(ev) },
				    { "service_account_namespace", s->ns },
				},
			    .nfacts = 4,
			});
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct rbac_binding b;

	(void)state;
	if (!rbac_read(ev, &b) || !rbac_is_admin(&b))
		return;
	for (size_t i = 0; i < b.nsubjects; i++) {
		if (!rbac_is_default_account(&b.subjects[i]))
			continue;
		tell(d, ev, &b, &b.subjects[i]);
		return;
	}
}

DETECTOR(admin_default_service_account) = {
	.type = "Policy:Kubernetes/AdminAccessToDefaultServiceAccount",
	.title = "{user} made {subject} an administrator",
	.story = "{user} bound {role} to {subject} ({resource_type} {binding}) "
		 "in cluster {cluster}. Each pod that names no service account "
		 "of its own now carries these rights.",
	.mitre = "T1098.006",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.severity = SEVERITY_HIGH,
	.confidence = 0.95,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = rbac_binding_of_kind,
	.match = match,
	.observe = observe,
};

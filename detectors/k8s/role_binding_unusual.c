/*
 * PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated -
 * someone was given rights in a way that is not usual here.
 *
 * Sources     Kubernetes audit log; level Metadata shows that a binding was
 *             made but not of what
 * Key         actor, namespace, cluster (in the baseline)
 * Rule        cluster-admin, or admin of kube-system, to a subject that did
 *             not have it: High, from the first day.  A role that somebody
 *             binds to themselves: as if unusual
 * Statistic   any other binding: novelty of origin and of behaviour
 *             (k8s_judge.h), the role included.  admin: High, else Medium
 * References  https://attack.mitre.org/techniques/T1098/006/
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "detect/k8s_judge.h"
#include "detect/k8s_request.h"
#include "detect/rbac.h"

enum { P_VALUE };

static const struct param params[] = {
	[P_VALUE] = { "p_value", 3e-4, 1e-15, 0.1, "how rare is too rare" },
};

#define TEXT_BYTES 384

struct grant {
	struct rbac_binding binding;
	const struct rbac_subject *subject; /* the first */
	struct span subject_text, text;	    /* "ROLE to SUBJECT in NAMESPACE" */
	char subject_room[TEXT_BYTES / 2], room[TEXT_BYTES];
};

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return k8s_request_succeeded(a) && !k8s_request_by_system(a);
}

/* Has a detector of its own, which says more. */
static bool
is_told_elsewhere(const struct rbac_binding *b)
{
	for (size_t i = 0; i < b->nsubjects; i++) {
		if (rbac_is_anonymous(&b->subjects[i]) ||
		    rbac_is_everyone(&b->subjects[i]))
			return true;
		if (rbac_is_admin(b) &&
		    rbac_is_default_account(&b->subjects[i]))
			return true;
	}
	return false;
}

static void
describe(struct grant *g, const struct event *ev)
{
	struct span ns = k8s_request_namespace(ev);
	int len;

	g->subject = g->binding.nsubjects > 0 ? g->binding.subjects : NULL;
	g->subject_text = g->subject != NULL
			      ? rbac_subject_text(g->subject, g->subject_room,
				    sizeof(g->subject_room))
			      : k8s_request_name(ev);
	if (span_is_empty(ns))
		ns = SPAN("all namespaces");
	len = snprintf(g->room, sizeof(g->room), "%.*s to %.*s in %.*s",
	    SPAN_ARGS(span_first(g->binding.role, 80)),
	    SPAN_ARGS(g->subject_text), SPAN_ARGS(span_first(ns, 64)));
	g->text = len > 0 ? span_str(g->room) : SPAN("?");
}

/* Ask whether exactly this was granted before, then learn it. */
static bool
is_repeated(struct detect *d, const struct grant *g)
{
	struct usual usual;

	detect_workload(d, SPAN("grants"));
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_OBJECT, g->text, &usual);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, g->text);
	return usual.count > 0;
}

static bool
is_total(const struct grant *g, const struct event *ev)
{
	if (!rbac_is_admin(&g->binding) || g->subject == NULL)
		return false;
	return span_equal(g->binding.role, SPAN("cluster-admin")) ||
	       g->binding.cluster_wide ||
	       span_equal(k8s_request_namespace(ev), SPAN("kube-system"));
}

/* Who may bind a role to themselves has no need of it, or takes it. */
static bool
is_to_self(const struct grant *g, const struct event *ev)
{
	struct span user = ev->audit->user, ns, name;

	if (g->subject == NULL || !span_is_empty(ev->audit->impersonated))
		return false;
	if (k8s_request_service_account(user, &ns, &name))
		return span_equal(g->subject->ns, ns) &&
		       span_equal(g->subject->name, name);
	return span_equal(g->subject->name, user);
}

static void
judge(struct detect *d, struct k8s_judge *j, const struct grant *g)
{
	struct usual role;

	k8s_judge_request(d, j);
	if (span_is_empty(g->binding.role))
		return;
	detect_workload(d, SPAN("roles bound"));
	detect_usual_value(
	    d, SCOPE_WORKLOAD, FEATURE_OBJECT, g->binding.role, &role);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, g->binding.role);
	if (role.known_days >= 3)
		k8s_judge_add(j, "role", role.p, g->binding.role, &role);
}

static void
tell(struct detect *d, const struct event *ev, const struct grant *g,
    struct k8s_judge *j, double p)
{
	enum entity_kind kind = ENTITY_USER;
	struct fact facts[] = {
		{ "subject", g->subject_text },
		{ "role", g->binding.role },
		{ "binding", k8s_request_name(ev) },
	};

	if (g->subject != NULL &&
	    span_equal(g->subject->kind, SPAN("ServiceAccount")))
		kind = ENTITY_SERVICE_ACCOUNT;
	if (j->nwhy < COUNTOF(j->why))
		j->why[j->nwhy++] = (struct evidence){ .feature = "grant",
			.observed = g->text,
			.expected = (double)NAN };
	detect_raise(
	    d, &(struct raise){
		   .p = p,
		   .severity = rbac_is_admin(&g->binding) ? SEVERITY_HIGH
							  : SEVERITY_MEDIUM,
		   .resource_kind = kind,
		   .resource = g->subject_text,
		   .why = j->why,
		   .nwhy = j->nwhy,
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct grant g;
	struct k8s_judge j;
	bool read = rbac_read(ev, &g.binding);
	double p;

	(void)state;
	if (read && is_told_elsewhere(&g.binding))
		return;
	describe(&g, ev);
	if (read && is_repeated(d, &g))
		return;
	judge(d, &j, &g);
	p = is_total(&g, ev) || is_to_self(&g, ev) ? 0 : k8s_judge_p(&j);
	if (p <= detect_param(d, P_VALUE))
		tell(d, ev, &g, &j, p);
}

DETECTOR(role_binding_unusual) = {
	.type = "PrivilegeEscalation:Kubernetes/"
		"AnomalousBehavior.RoleBindingCreated",
	.title = "{user} gave {role} to {subject}",
	.story =
	    "{user} from {remote} bound role {role} to {subject} "
	    "({resource_type} {binding}, {namespace}) in cluster {cluster}. "
	    "Nobody had granted this before.",
	.mitre = "T1098.006",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_K8S_AUDIT,
	.needs = DETECT_NEEDS_BASELINE,
	.wants = CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.75,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = rbac_binding_of_kind,
	.match = match,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

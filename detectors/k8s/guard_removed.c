/*
 * DefenseEvasion:Kubernetes/GuardRemoved - something that keeps others within
 * bounds is deleted or loosened: an admission policy, a network policy, a
 * quota, the Pod Security level of a namespace.
 *
 * Sources     Kubernetes audit log; deletions at any level, what loosens a
 *             namespace or webhook by a patch at level Request
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        the table below.  What goes with its namespace is deleted by
 *             the control plane and does not count
 * References  https://attack.mitre.org/techniques/T1562/001/
 *             https://attack.mitre.org/techniques/T1562/007/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/pod_habit.h"

struct guard {
	const char *resource; /* NULL: any of the group */
	const char *group;    /* end of the API group; NULL: any */
	double severity;
	const char *what;
};

static const struct guard guards[] = {
	{ "validatingwebhookconfigurations", NULL, SEVERITY_MEDIUM,
	    "a webhook that refuses what is not allowed" },
	{ "validatingadmissionpolicies", NULL, SEVERITY_MEDIUM,
	    "an admission policy" },
	{ "validatingadmissionpolicybindings", NULL, SEVERITY_MEDIUM,
	    "the binding of an admission policy" },
	{ NULL, "constraints.gatekeeper.sh", SEVERITY_MEDIUM,
	    "an admission policy" },
	{ NULL, "templates.gatekeeper.sh", SEVERITY_MEDIUM,
	    "the template of admission policies" },
	{ "clusterpolicies", "kyverno.io", SEVERITY_MEDIUM,
	    "an admission policy" },
	{ "policies", "kyverno.io", SEVERITY_MEDIUM, "an admission policy" },
	{ NULL, "policies.kyverno.io", SEVERITY_MEDIUM, "an admission policy" },
	{ NULL, "policies.kubewarden.io", SEVERITY_MEDIUM,
	    "an admission policy" },
	{ "globalnetworkpolicies", NULL, SEVERITY_MEDIUM,
	    "a network policy of the whole cluster" },
	{ "ciliumclusterwidenetworkpolicies", NULL, SEVERITY_MEDIUM,
	    "a network policy of the whole cluster" },
	{ "mutatingwebhookconfigurations", NULL, SEVERITY_LOW,
	    "a webhook that completes new objects" },
	{ "podsecuritypolicies", NULL, SEVERITY_LOW, "a pod security policy" },
	{ "networkpolicies", NULL, SEVERITY_LOW, "a network policy" },
	{ "ciliumnetworkpolicies", NULL, SEVERITY_LOW, "a network policy" },
	{ "authorizationpolicies", "istio.io", SEVERITY_LOW,
	    "a policy of the service mesh" },
	{ "resourcequotas", NULL, SEVERITY_LOW, "a quota" },
	{ "limitranges", NULL, SEVERITY_LOW, "a limit of resources" },
};

static const struct guard loosened_namespace = { NULL, NULL, SEVERITY_MEDIUM,
	"the Pod Security level of a namespace" };
static const struct guard loosened_webhook = { NULL, NULL, SEVERITY_MEDIUM,
	"what a validating webhook is asked about" };

static const struct guard *
find(const struct audit *a)
{
	for (size_t i = 0; i < COUNTOF(guards); i++) {
		const struct guard *g = &guards[i];

		if ((g->resource == NULL ||
			span_equal(a->resource, span_str(g->resource))) &&
		    (g->group == NULL ||
			span_ends(a->api_group, span_str(g->group))))
			return g;
	}
	return NULL;
}

static bool
is_delete(const struct audit *a)
{
	return span_equal(a->verb, SPAN("delete")) ||
	       span_equal(a->verb, SPAN("deletecollection"));
}

static bool
match(const struct event *ev)
{
	const struct audit *a = ev->audit;
	bool patch = span_equal(a->verb, SPAN("patch")) &&
		     (span_equal(a->resource, SPAN("namespaces")) ||
			 span_equal(a->resource,
			     SPAN("validatingwebhookconfigurations")));

	return span_is_empty(a->subresource) &&
	       (patch || (is_delete(a) && find(a) != NULL)) && k8s_act_done(a);
}

/* A patch that takes the level away or sets one that forbids nothing. */
static bool
loosens_namespace(struct json_value sent)
{
	struct json_value labels =
	    json_get(json_get(sent, SPAN("metadata")), SPAN("labels"));
	struct json_iter it = json_iter(labels);
	struct json_value value;
	struct span key;

	while (json_next_member(&it, &key, &value)) {
		bool level =
		    span_equal(key, SPAN("pod-security.kubernetes.io/enforce"));
		bool ignore =
		    span_equal(key, SPAN("admission.gatekeeper.sh/ignore"));

		if ((level && (json_is(value, JSON_NULL) ||
				  span_equal(json_string(value),
				      SPAN("privileged")))) ||
		    (ignore && !json_is(value, JSON_NULL)))
			return true;
	}
	return false;
}

/* A patch that lets objects pass where the webhook does not answer, or has it
 * asked about fewer.  Injectors of certificates touch neither. */
static bool
loosens_webhook(struct json_value sent)
{
	static const char *const keys[] = { "failurePolicy",
		"namespaceSelector", "objectSelector", "rules",
		"matchConditions", NULL };

	return pod_habit_mentions(sent, keys);
}

static const struct guard *
guard_of(const struct event *ev)
{
	const struct audit *a = ev->audit;
	struct json_value sent = k8s_request_sent(ev);

	if (is_delete(a))
		return find(a);
	/* Who applies a whole object by a patch sends its kind with it. */
	if (!span_is_empty(json_get_string(sent, SPAN("kind"))))
		return NULL;
	if (span_equal(a->resource, SPAN("namespaces")))
		return loosens_namespace(sent) ? &loosened_namespace : NULL;
	return loosens_webhook(sent) ? &loosened_webhook : NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct guard *g = guard_of(ev);
	char room[256];
	struct span target = k8s_request_target(ev, room, sizeof(room));

	(void)state;
	if (g == NULL)
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = g->what,
		.severity = g->severity,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = target,
		.facts =
		    (struct fact[]){
			{ "what", span_str(g->what) },
			{ "change", is_delete(ev->audit) ? SPAN("deleted")
							 : SPAN("loosened") },
			{ "where", target },
		    },
		.nfacts = 3,
	    });
}

DETECTOR(guard_removed) = {
	.type = "DefenseEvasion:Kubernetes/GuardRemoved",
	.title = "{user} {change} {what}: {where}",
	.story = "{user} from {remote} with {user_agent} {change} {what} in "
		 "cluster {cluster}: {resource_type} {where}. What it kept "
		 "out is let in from now on. {usual}.",
	.mitre = "T1562.001 T1562.007",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.match = match,
	.observe = observe,
};

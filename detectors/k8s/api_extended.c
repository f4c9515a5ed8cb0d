/*
 * Persistence:Kubernetes/ApiServerExtended - a part of the Kubernetes API is
 * handed over to a server of somebody's own: it sees the requests for it, the
 * callers' names with them.
 *
 * Sources     Kubernetes audit log, any level; the server at level Request
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        an APIService is created or changed.  Low, as metrics servers
 *             and the like come so; Medium when it is one of the groups of
 *             Kubernetes itself
 * References  https://attack.mitre.org/techniques/T1557/
 *             https://attack.mitre.org/techniques/T1546/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("apiservices")) &&
	       span_is_empty(a->subresource) && k8s_request_writes(a);
}

/* Groups that the API server answers by itself, but for the metrics. */
static bool
is_own_group(struct span name)
{
	static const char *const groups[] = { "v1.", "v1.apps", "v1.batch",
		"v1.rbac.authorization.k8s.io", "v1.authentication.k8s.io",
		"v1.authorization.k8s.io", "v1.networking.k8s.io",
		"v1.admissionregistration.k8s.io", "v1.certificates.k8s.io" };

	for (size_t i = 0; i < COUNTOF(groups); i++)
		if (span_equal(name, span_str(groups[i])))
			return true;
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span name = k8s_request_name(ev);
	struct json_value spec = json_get(k8s_request_object(ev), SPAN("spec"));
	struct json_value service = json_get(spec, SPAN("service"));
	struct span server = json_get_string(service, SPAN("namespace"));
	bool own = is_own_group(name);

	(void)state;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = own ? "takes over parts of the Kubernetes API"
			    : "adds to the Kubernetes API",
		.severity = own ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = name,
		.facts =
		    (struct fact[]){
			{ "name", name },
			{ "where", span_is_empty(server)
				       ? SPAN("a place the log does not name")
				       : server },
		    },
		.nfacts = 2,
	    });
}

DETECTOR(api_extended) = {
	.type = "Persistence:Kubernetes/ApiServerExtended",
	.title = "{user} handed the API {name} of {cluster} to another server",
	.story = "{user} from {remote} with {user_agent} had the part {name} "
		 "of the API of cluster {cluster} answered by a server in "
		 "{where}. That server sees who asks for it, and what. "
		 "{usual}.",
	.mitre = "T1557 T1546",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_LOW,
	.confidence = 0.6,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.observe = observe,
};

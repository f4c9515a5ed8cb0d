/*
 * Persistence:Kubernetes/AdmissionWebhook - somebody sets up a webhook that
 * sees, and may change, what others create in the cluster.
 *
 * Sources     Kubernetes audit log; where a webhook sends what it sees is in
 *             the log at level Request only
 * Key         none; who does so as a habit is in the baseline (k8s_act.h)
 * Rule        a mutating or validating webhook configuration is created or
 *             changed: Low, as installing software does that; Medium when it
 *             calls an address outside the cluster.  Certificate injectors
 *             become a habit
 * References  https://attack.mitre.org/techniques/T1546/
 *             https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return (span_equal(
		    a->resource, SPAN("mutatingwebhookconfigurations")) ||
		   span_equal(
		       a->resource, SPAN("validatingwebhookconfigurations"))) &&
	       k8s_request_writes(a);
}

static struct span
host_of(struct span url)
{
	size_t scheme = span_search(url, SPAN("://"));
	struct span rest = scheme < url.len ? span_skip(url, scheme + 3) : url;

	rest = span_first(rest, span_find(rest, '/', 0));
	return span_first(rest, span_find(rest, ':', 0));
}

static bool
is_inside(struct span host)
{
	return span_is_empty(host) || span_ends(host, SPAN(".svc")) ||
	       span_ends(host, SPAN(".cluster.local")) ||
	       span_equal(host, SPAN("localhost")) ||
	       span_starts(host, SPAN("127."));
}

/* The first host outside the cluster that a webhook calls, or empty. */
static struct span
outside(const struct event *ev)
{
	struct json_value hooks =
	    json_get(k8s_request_object(ev), SPAN("webhooks"));
	struct json_iter it = json_iter(hooks);
	struct json_value hook;

	if (!json_is(hooks, JSON_ARRAY))
		return (struct span){ NULL, 0 };
	while (json_next_item(&it, &hook)) {
		struct json_value client = json_get(hook, SPAN("clientConfig"));
		struct span host =
		    host_of(json_get_string(client, SPAN("url")));

		if (!is_inside(host))
			return host;
	}
	return (struct span){ NULL, 0 };
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span host = outside(ev);
	bool mutating = span_starts(ev->audit->resource, SPAN("mutating"));

	(void)state;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = span_is_empty(host)
			    ? "changes admission webhooks"
			    : "points admission webhooks outside the cluster",
		.severity =
		    span_is_empty(host) ? SEVERITY_LOW : SEVERITY_MEDIUM,
		.resource_kind = ENTITY_CLUSTER,
		.resource = ev->cluster,
		.detail = span_is_empty(host) ? k8s_request_name(ev) : host,
		.facts =
		    (struct fact[]){
			{ "name", k8s_request_name(ev) },
			{ "what", mutating ? SPAN("sees and may rewrite")
					   : SPAN("sees and may refuse") },
			{ "where", span_is_empty(host)
				       ? SPAN("a place the log does not name "
					      "or a service of the cluster")
				       : host },
		    },
		.nfacts = 3,
	    });
}

DETECTOR(webhook_changed) = {
	.type = "Persistence:Kubernetes/AdmissionWebhook",
	.title = "{user} set up the admission webhook {name} in {cluster}",
	.story = "{user} from {remote} with {user_agent} set up the admission "
		 "webhook {name} in cluster {cluster}. It {what} the objects "
		 "of others and sends them to {where}. {usual}.",
	.mitre = "T1546 T1557",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_K8S_AUDIT,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_REQUEST,
	.severity = SEVERITY_LOW,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.observe = observe,
};

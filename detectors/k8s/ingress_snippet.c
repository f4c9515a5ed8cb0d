/*
 * CredentialAccess:Kubernetes/IngressInjection - an Ingress carries, in its
 * annotations, configuration of the proxy that runs code or reads the proxy's
 * own files.  The proxy holds the certificates of all sites and may read the
 * secrets of all namespaces.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none
 * Rule        an annotation holds a directive that loads a module or engine,
 *             starts programs or serves files from where tokens are: High;
 *             runs Lua, as some honest ones do: Medium
 * References  https://attack.mitre.org/techniques/T1190/
 *             https://nvd.nist.gov/vuln/detail/CVE-2021-25742
 *             https://nvd.nist.gov/vuln/detail/CVE-2025-1974
 */
#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("ingresses")) &&
	       span_is_empty(a->subresource) && k8s_request_writes(a);
}

static bool
match(const struct event *ev)
{
	return span_equal(ev->audit->resource, SPAN("ingresses")) &&
	       span_is_empty(ev->audit->subresource) &&
	       (k8s_request_wrote(ev->audit) ||
		   span_equal(ev->audit->verb, SPAN("create"))) &&
	       ev->audit->code >= 200 && ev->audit->code != 401 &&
	       ev->audit->code != 403 && !span_is_empty(ev->audit->user);
}

struct harm {
	const char *sign, *what;
	double severity;
};

static const struct harm *
harm_of(struct span text)
{
	static const struct harm signs[] = {
		{ "ssl_engine", "loads a library into the proxy",
		    SEVERITY_HIGH },
		{ "load_module", "loads a library into the proxy",
		    SEVERITY_HIGH },
		{ "io.popen", "runs programs in the proxy", SEVERITY_HIGH },
		{ "os.execute", "runs programs in the proxy", SEVERITY_HIGH },
		{ "/run/secrets/kubernetes.io", "reads the proxy's token",
		    SEVERITY_HIGH },
		{ "/proc/self", "reads the proxy's own files", SEVERITY_HIGH },
		{ "_by_lua", "runs code in the proxy", SEVERITY_MEDIUM },
	};

	for (size_t i = 0; i < COUNTOF(signs); i++)
		if (span_contains_nocase(text, span_str(signs[i].sign)))
			return &signs[i];
	return NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value meta =
	    json_get(k8s_request_sent(ev), SPAN("metadata"));
	struct json_iter it = json_iter(json_get(meta, SPAN("annotations")));
	struct json_value value;
	struct span key;
	const struct harm *harm = NULL;
	char room[256];

	(void)state;
	while (harm == NULL && json_next_member(&it, &key, &value))
		if (span_search(key, SPAN("ingress.kubernetes.io/")) < key.len)
			harm = harm_of(json_string(value));
	if (harm == NULL)
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "puts code into the proxy",
		.severity = harm->severity,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = k8s_request_target(ev, room, sizeof(room)),
		.detail = key,
		.facts = (struct fact[]){ { "what", span_str(harm->what) },
		    { "name", k8s_request_name(ev) } },
		.nfacts = 2,
	    });
}

DETECTOR(ingress_snippet) = {
	.type = "CredentialAccess:Kubernetes/IngressInjection",
	.title = "Ingress {namespace}/{name} by {user} {what}",
	.story = "{user} from {remote} with {user_agent} wrote Ingress "
		 "{namespace}/{name} of cluster {cluster}. An annotation of it "
		 "{what}; the proxy may read the secrets of all namespaces. "
		 "{usual}.",
	.mitre = "T1190 T1552.007",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.85,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

/*
 * InitialAccess:Kubernetes/IngressExposed - an Ingress lets the internet in
 * where administrators work, or under every name.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; what is exposed, and who does so, is in the baseline
 * Rule        a backend whose name is that of an interface of administration:
 *             Medium; a rule for every name: Low.  Ingresses of a class or
 *             scheme that says internal are none
 * References  https://attack.mitre.org/techniques/T1133/,
 *             https://attack.mitre.org/techniques/T1190/
 */
#include <stdio.h>

#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

#define INTERNAL SPAN("internal")

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
	return k8s_request_wrote(ev->audit) && k8s_act_done(ev->audit);
}

static bool
is_internal(struct json_value object)
{
	struct json_value meta = json_get(object, SPAN("metadata"));
	struct json_iter it = json_iter(json_get(meta, SPAN("annotations")));
	struct json_value value, spec = json_get(object, SPAN("spec"));
	struct span key;

	if (span_contains_nocase(
		json_get_string(spec, SPAN("ingressClassName")), INTERNAL))
		return true;
	while (json_next_member(&it, &key, &value)) {
		if (span_contains_nocase(key, SPAN("ingress")) &&
		    span_contains_nocase(json_string(value), INTERNAL))
			return true;
	}
	return false;
}

/* What is behind a backend of that name; NULL: nothing special. */
static const char *
interface_of(struct span name)
{
	static const struct {
		const char *sign, *what;
	} interfaces[] = {
		{ "kubernetes-dashboard", "the Kubernetes dashboard" },
		{ "argocd-server", "Argo CD" },
		{ "argo-server", "Argo Workflows" },
		{ "jenkins", "Jenkins" },
		{ "jupyter", "a notebook" },
		{ "prometheus", "Prometheus" },
		{ "alertmanager", "Alertmanager" },
		{ "kibana", "Kibana" },
		{ "pgadmin", "pgAdmin" },
		{ "phpmyadmin", "phpMyAdmin" },
		{ "rancher", "Rancher" },
		{ "weave-scope", "Weave Scope" },
		{ "etcd", "etcd" },
		{ "vault", "Vault" },
	};

	for (size_t i = 0; i < COUNTOF(interfaces); i++) {
		if (span_contains_nocase(name, span_str(interfaces[i].sign)))
			return interfaces[i].what;
	}
	return NULL;
}

struct opening {
	const char *behind; /* an interface; NULL: none */
	bool every_name;
};

static void
look_at_paths(struct json_value rule, struct opening *o)
{
	struct json_value list =
	    json_get(json_get(rule, SPAN("http")), SPAN("paths"));
	struct json_iter it = json_iter(list);
	struct json_value path;

	if (!json_is(list, JSON_ARRAY))
		return;
	while (o->behind == NULL && json_next_item(&it, &path)) {
		struct json_value backend = json_get(path, SPAN("backend"));

		o->behind = interface_of(json_get_string(
		    json_get(backend, SPAN("service")), SPAN("name")));
		if (o->behind == NULL) /* extensions/v1beta1 */
			o->behind = interface_of(
			    json_get_string(backend, SPAN("serviceName")));
	}
}

static struct opening
opening_of(struct json_value object)
{
	struct json_value spec = json_get(object, SPAN("spec"));
	struct json_value rules = json_get(spec, SPAN("rules"));
	struct json_iter it = json_iter(rules);
	struct json_value rule;
	struct opening o = { 0 };

	if (!json_is(rules, JSON_ARRAY))
		return o;
	while (json_next_item(&it, &rule)) {
		struct span host = json_get_string(rule, SPAN("host"));

		o.every_name |=
		    span_is_empty(host) || span_equal(host, SPAN("*"));
		look_at_paths(rule, &o);
	}
	return o;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value object = k8s_request_object(ev);
	struct opening o = opening_of(object);
	const char *way = o.behind != NULL ? o.behind : "every name";
	char room[256];
	struct span target = k8s_request_target(ev, room, sizeof(room));

	(void)state;
	if ((o.behind == NULL && !o.every_name) || is_internal(object) ||
	    k8s_act_is_known_way(d, "ways through", target, way))
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = o.behind != NULL
			    ? "lets an interface of administration be reached"
			    : "answers to every name",
		.severity = o.behind != NULL ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = target,
		.detail = span_str(way),
		.facts = (struct fact[]){ { "name", k8s_request_name(ev) },
		    { "what", span_str(way) } },
		.nfacts = 2,
	    });
}

DETECTOR(ingress_exposed) = {
	.type = "InitialAccess:Kubernetes/IngressExposed",
	.title = "{user} opened {what} by Ingress {namespace}/{name}",
	.story =
	    "{user} from {remote} with {user_agent} wrote Ingress "
	    "{namespace}/{name} of cluster {cluster}, which lets {what} be "
	    "reached from outside. {usual}.",
	.mitre = "T1133 T1190",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.when = DETECT_EACH,
	.acts_only = true,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

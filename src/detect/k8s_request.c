#include "detect/k8s_request.h"

#include <stdio.h>

#include "base/status.h"

struct span
k8s_request_query(struct span query, struct span key)
{
	struct span rest = query;

	while (rest.len > 0) {
		struct span pair = span_cut(&rest, '&');
		size_t eq = span_find(pair, '=', 0);

		if (span_equal(span_first(pair, eq), key))
			return span_skip(pair, eq + 1);
	}
	return (struct span){ NULL, 0 };
}

bool
k8s_request_succeeded(const struct audit *a)
{
	if (a->code != 101 && (a->code < 200 || a->code > 299))
		return false;
	if (span_equal(a->stage, SPAN("RequestReceived")) ||
	    span_equal(a->stage, SPAN("Panic")))
		return false;
	return span_is_empty(k8s_request_query(a->query, SPAN("dryRun")));
}

bool
k8s_request_match(const struct event *ev)
{
	return k8s_request_succeeded(ev->audit);
}

bool
k8s_request_writes(const struct audit *a)
{
	return span_equal(a->verb, SPAN("create")) ||
	       span_equal(a->verb, SPAN("update")) ||
	       span_equal(a->verb, SPAN("patch"));
}

bool
k8s_request_wrote(const struct audit *a)
{
	return k8s_request_writes(a) && k8s_request_succeeded(a);
}

bool
k8s_request_service_account(
    struct span user, struct span *ns, struct span *name)
{
	struct span rest;

	if (!span_starts(user, SPAN("system:serviceaccount:")))
		return false;
	rest = span_skip(user, sizeof("system:serviceaccount:") - 1);
	*ns = span_cut(&rest, ':');
	*name = rest;
	return !span_is_empty(*ns) && !span_is_empty(*name);
}

/* Service accounts of kube-controller-manager's loops that do not end in
 * "-controller". */
static bool
is_control_loop(struct span name)
{
	static const char *const names[] = {
		"attachdetach-controller",
		"bootstrap-signer",
		"cloud-provider",
		"expand-controller",
		"generic-garbage-collector",
		"horizontal-pod-autoscaler",
		"legacy-service-account-token-cleaner",
		"persistent-volume-binder",
		"pod-garbage-collector",
		"root-ca-cert-publisher",
		"token-cleaner",
	};

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_equal(name, span_str(names[i])))
			return true;
	return span_ends(name, SPAN("-controller"));
}

/* Logs of managed clusters may lack the agent: then the name must do. */
static bool
agent_is(const struct audit *a, struct span product)
{
	return span_is_empty(a->agent) || span_starts(a->agent, product);
}

static bool
starts_any(struct span text, const struct span *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_starts(text, prefixes[i]))
			return true;
	return false;
}

/* What clouds and distributions run beside the control plane, under names
 * that only the control plane's own certificates and tokens bear. */
static bool
is_provider(struct span user)
{
	static const struct span own[] = { SPAN_INIT("eks:"),
		SPAN_INIT("aksService"), SPAN_INIT("aks-service"),
		SPAN_INIT("hcpService") };
	/* Behind "system:". */
	static const struct span system[] = { SPAN_INIT("addon-manager"),
		SPAN_INIT("gke-"), SPAN_INIT("gcp-"),
		SPAN_INIT("cloud-controller-manager"),
		SPAN_INIT("clustermetrics"), SPAN_INIT("glbc"),
		SPAN_INIT("k3s-"), SPAN_INIT("konnectivity-server"),
		SPAN_INIT("kube-proxy"), SPAN_INIT("kubestore-collector"),
		SPAN_INIT("managed-certificate-controller"),
		SPAN_INIT("node-problem-detector"),
		SPAN_INIT("pdcsi-controller"), SPAN_INIT("rke2-"),
		SPAN_INIT("slo-monitor"), SPAN_INIT("snapshot-controller"),
		SPAN_INIT("storageversionmigrator"), SPAN_INIT("vpa-") };

	if (!span_starts(user, SPAN("system:")))
		return starts_any(user, own, COUNTOF(own));
	/* Most are service accounts, which are none of these. */
	user = span_skip(user, SPAN("system:").len);
	return !span_starts(user, SPAN("serviceaccount:")) &&
	       starts_any(user, system, COUNTOF(system));
}

/* A person who has got hold of such a name types into another program. */
static bool
is_typed(struct span agent)
{
	return span_starts(agent, SPAN("kubectl")) ||
	       span_starts(agent, SPAN("curl")) ||
	       span_starts(agent, SPAN("python"));
}

bool
k8s_request_by_controller(const struct audit *a)
{
	struct span ns, name;

	if (!span_is_empty(a->impersonated))
		return false;
	if (span_equal(a->user, SPAN("system:kube-controller-manager")))
		return agent_is(a, SPAN("kube-controller-manager"));
	return k8s_request_service_account(a->user, &ns, &name) &&
	       span_equal(ns, SPAN("kube-system")) && is_control_loop(name) &&
	       (agent_is(a, SPAN("kube-controller-manager")) ||
		   agent_is(a, SPAN("cloud-controller-manager")) ||
		   agent_is(a, SPAN("hyperkube")));
}

bool
k8s_request_by_system(const struct audit *a)
{
	if (!span_is_empty(a->impersonated))
		return false;
	if (span_starts(a->user, SPAN("system:node:")))
		return agent_is(a, SPAN("kubelet"));
	if (span_equal(a->user, SPAN("system:kube-scheduler")))
		return agent_is(a, SPAN("kube-scheduler"));
	return span_equal(a->user, SPAN("system:apiserver")) ||
	       (is_provider(a->user) && !is_typed(a->agent)) ||
	       k8s_request_by_controller(a);
}

struct json_value
k8s_request_sent(const struct event *ev)
{
	struct json_value v = json_get(ev->record, SPAN("requestObject"));

	if (json_is(v, JSON_NONE) || json_is(v, JSON_NULL))
		v = json_get(json_get(ev->record, SPAN("protoPayload")),
		    SPAN("request"));
	return v;
}

struct json_value
k8s_request_stored(const struct event *ev)
{
	struct json_value v = json_get(ev->record, SPAN("responseObject"));

	if (json_is(v, JSON_NONE) || json_is(v, JSON_NULL))
		v = json_get(json_get(ev->record, SPAN("protoPayload")),
		    SPAN("response"));
	if (span_equal(json_get_string(v, SPAN("kind")), SPAN("Status")))
		return (struct json_value){ NULL, NULL, 0 };
	return v;
}

struct json_value
k8s_request_object(const struct event *ev)
{
	struct json_value v = k8s_request_stored(ev);

	return json_is(v, JSON_OBJECT) ? v : k8s_request_sent(ev);
}

struct span
k8s_request_namespace(const struct event *ev)
{
	struct json_value meta;

	if (!span_is_empty(ev->audit->ns))
		return ev->audit->ns;
	meta = json_get(k8s_request_object(ev), SPAN("metadata"));
	return json_get_string(meta, SPAN("namespace"));
}

struct span
k8s_request_name(const struct event *ev)
{
	struct json_value meta;
	struct span name;

	if (!span_is_empty(ev->audit->name))
		return ev->audit->name;
	meta = json_get(k8s_request_object(ev), SPAN("metadata"));
	name = json_get_string(meta, SPAN("name"));
	return span_is_empty(name) ? json_get_string(meta, SPAN("generateName"))
				   : name;
}

struct span
k8s_request_target(const struct event *ev, char *room, size_t size)
{
	struct span ns = k8s_request_namespace(ev), name = k8s_request_name(ev);
	bool both = !span_is_empty(ns) && !span_is_empty(name);
	int len = snprintf(room, size, "%.*s%s%.*s", SPAN_ARGS(ns),
	    both ? "/" : "", SPAN_ARGS(name));

	if (len < 0)
		return (struct span){ NULL, 0 };
	return span_of(room, (size_t)len < size ? (size_t)len : size - 1);
}

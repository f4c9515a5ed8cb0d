/*
 * InitialAccess:Kubernetes/ServiceExposed - a service gets a way in from
 * outside that the cluster did not have.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; what is exposed, and who does so, is in the baseline
 * Rule        a load balancer that no annotation keeps internal, in front of a
 *             port where databases, caches and control interfaces listen, or
 *             externalIPs, which draw the traffic of an address to a pod:
 *             Medium.  Any other load balancer or a node port that is new to
 *             its service: Low
 * References  https://attack.mitre.org/techniques/T1133/
 *             https://nvd.nist.gov/vuln/detail/CVE-2020-8554
 */
#include <stdio.h>

#include "detect/k8s_act.h"
#include "detect/k8s_request.h"
#include "detect/k8s_service.h"

/* Where nobody should be let in from the internet. */
static const char *
sensitive_port(struct json_value spec)
{
	static const struct {
		unsigned port;
		const char *what;
	} ports[] = {
		{ 22, "SSH" },
		{ 2375, "a container runtime" },
		{ 2379, "etcd" },
		{ 3306, "MySQL" },
		{ 5432, "PostgreSQL" },
		{ 5601, "Kibana" },
		{ 6379, "Redis" },
		{ 8888, "a notebook" },
		{ 9200, "Elasticsearch" },
		{ 10250, "a kubelet" },
		{ 11211, "memcached" },
		{ 27017, "MongoDB" },
	};
	struct json_value list = json_get(spec, SPAN("ports"));
	struct json_iter it = json_iter(list);
	struct json_value item;

	if (!json_is(list, JSON_ARRAY))
		return NULL;
	while (json_next_item(&it, &item))
		for (size_t i = 0; i < COUNTOF(ports); i++)
			if (json_int(json_get(item, SPAN("port")), 0) ==
				ports[i].port ||
			    json_int(json_get(item, SPAN("targetPort")), 0) ==
				ports[i].port)
				return ports[i].what;
	return NULL;
}

struct opening {
	double severity; /* 0: none */
	const char *way;
	const char *behind;
};

static struct opening
opening_of(struct json_value object)
{
	struct json_value spec = json_get(object, SPAN("spec"));
	struct json_value outer = json_get(spec, SPAN("externalIPs"));
	struct json_iter it = json_iter(outer);
	struct json_value item;
	const char *port = sensitive_port(spec);

	if (json_is(outer, JSON_ARRAY) && json_next_item(&it, &item))
		return (struct opening){ SEVERITY_MEDIUM,
			"addresses of its own choice",
			"the traffic of those addresses" };
	if (k8s_service_is_public(object) && port != NULL)
		return (struct opening){ SEVERITY_MEDIUM,
			"a public load balancer", port };
	if (k8s_service_is_public(object))
		return (struct opening){ SEVERITY_LOW, "a public load balancer",
			"an ordinary port" };
	if (span_equal(json_get_string(spec, SPAN("type")), SPAN("NodePort")))
		return (struct opening){ SEVERITY_LOW, "a port on every node",
			port != NULL ? port : "an ordinary port" };
	return (struct opening){ 0, "", "" };
}

/* Dashboards on the internet have detectors of their own. */
static bool
is_told_elsewhere(const struct event *ev)
{
	struct json_value object = k8s_request_object(ev);

	return k8s_service_is_public(object) &&
	       (k8s_service_is_for(ev, object, SPAN("kubernetes-dashboard")) ||
		   span_equal(ev->audit->ns, SPAN("kubeflow")));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct opening o = opening_of(k8s_request_object(ev));
	char room[256];
	struct span target = k8s_request_target(ev, room, sizeof(room));

	(void)state;
	if (o.severity <= 0 || is_told_elsewhere(ev) ||
	    k8s_act_is_known_way(d, "ways into", target, o.way))
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = o.way,
		.severity = o.severity,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = target,
		.detail = span_str(o.behind),
		.facts =
		    (struct fact[]){
			{ "name", k8s_request_name(ev) },
			{ "grant", span_str(o.way) },
			{ "what", span_str(o.behind) },
		    },
		.nfacts = 3,
	    });
}

DETECTOR(service_exposed) = {
	.type = "InitialAccess:Kubernetes/ServiceExposed",
	.title = "{user} opened service {namespace}/{name} by {grant}",
	.story = "{user} from {remote} with {user_agent} gave service "
		 "{namespace}/{name} of cluster {cluster} {grant}. Behind it: "
		 "{what}. {usual}.",
	.mitre = "T1133 T1557",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.7,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = k8s_service_of_kind,
	.match = k8s_act_match_done,
	.observe = observe,
};

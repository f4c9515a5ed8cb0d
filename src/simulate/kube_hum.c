#include <stdio.h>

#include "base/hash.h"
#include "simulate/kube.h"

/* One habit of one component: every `minutes`, with a little jitter. */
struct hum {
	const char *ns, *account; /* NULL account: a certificate named ns */
	const char *agent;
	const char *verb, *group, *resource, *sub, *in, *name;
	unsigned minutes;
	const char *body;
};

static const struct hum HUM[] = {
	{ "system:kube-scheduler", NULL,
	    "kube-scheduler/v1.29.7 (linux/amd64) kubernetes/4e43e0c/"
	    "leader-election",
	    "update", "coordination.k8s.io", "leases", NULL, "kube-system",
	    "kube-scheduler", 30, NULL },
	{ "system:kube-controller-manager", NULL,
	    "kube-controller-manager/v1.29.7 (linux/amd64) kubernetes/4e43e0c/"
	    "leader-election",
	    "update", "coordination.k8s.io", "leases", NULL, "kube-system",
	    "kube-controller-manager", 30, NULL },
	{ "system:kube-controller-manager", NULL,
	    "kube-controller-manager/v1.29.7 (linux/amd64) kubernetes/4e43e0c/"
	    "metadata-informers",
	    "watch", "apps", "deployments", NULL, NULL, NULL, 70, NULL },
	{ "kube-system", "coredns", "coredns/v1.11.1 (linux/amd64)", "watch",
	    "discovery.k8s.io", "endpointslices", NULL, NULL, NULL, 55, NULL },
	{ "kube-system", "metrics-server", "metrics-server/v0.7.1", "list", "",
	    "nodes", NULL, NULL, NULL, 60, NULL },
	{ "kube-system", "cluster-autoscaler", "cluster-autoscaler/v1.29.4",
	    "update", "", "configmaps", NULL, "kube-system",
	    "cluster-autoscaler-status", 30, NULL },
	{ "kube-system", "generic-garbage-collector",
	    "kube-controller-manager/v1.29.7 (linux/amd64) kubernetes/4e43e0c/"
	    "system:serviceaccount:kube-system:generic-garbage-collector",
	    "list", "apps", "replicasets", NULL, NULL, NULL, 90, NULL },
	{ "kube-system", "namespace-controller",
	    "kube-controller-manager/v1.29.7 (linux/amd64) kubernetes/4e43e0c/"
	    "system:serviceaccount:kube-system:namespace-controller",
	    "list", "", "namespaces", NULL, NULL, NULL, 120, NULL },
	{ "monitoring", "prometheus", "Prometheus/2.53.1", "list", "", "pods",
	    NULL, NULL, NULL, 45, NULL },
	{ "monitoring", "prometheus", "Prometheus/2.53.1", "watch", "",
	    "endpoints", NULL, NULL, NULL, 60, NULL },
	{ "monitoring", "kube-state-metrics", "kube-state-metrics/v2.13.0",
	    "watch", "", "secrets", NULL, NULL, NULL, 50, NULL },
	{ "monitoring", "kube-state-metrics", "kube-state-metrics/v2.13.0",
	    "list", "batch", "cronjobs", NULL, NULL, NULL, 75, NULL },
	{ "argocd", "argocd-application-controller",
	    "argocd-application-controller/v0.0.0 (linux/amd64) "
	    "kubernetes/$Format",
	    "list", "apps", "deployments", NULL, "shop", NULL, 40, NULL },
	{ "argocd", "argocd-application-controller",
	    "argocd-application-controller/v0.0.0 (linux/amd64) "
	    "kubernetes/$Format",
	    "list", "", "services", NULL, "payments", NULL, 60, NULL },
	{ "data", "etl", "OpenAPI-Generator/30.1.0/python", "get", "",
	    "configmaps", NULL, "data", "etl-schedule", 50, NULL },
	{ "argocd", "argocd-server", "argocd-server/v2.12.3", "get", "",
	    "secrets", NULL, "argocd", "argocd-secret", 60, NULL },
	{ "external-secrets", "external-secrets", "external-secrets/v0.10.2",
	    "get", "", "secrets", NULL, "shop", "session", 60, NULL },
	{ "external-secrets", "external-secrets", "external-secrets/v0.10.2",
	    "update", "", "secrets", NULL, "payments", "gateway", 60, NULL },
	{ "external-secrets", "external-secrets", "external-secrets/v0.10.2",
	    "get", "", "secrets", NULL, "data", "warehouse", 60, NULL },
	{ "kube-system", "aws-load-balancer-controller",
	    "elbv2.k8s.aws/v2.8.2 (linux/amd64) kubernetes/aba1b2c", "list",
	    "networking.k8s.io", "ingresses", NULL, NULL, NULL, 40, NULL },
	{ "kube-system", "horizontal-pod-autoscaler",
	    "kube-controller-manager/v1.29.7 (linux/amd64) kubernetes/4e43e0c/"
	    "system:serviceaccount:kube-system:horizontal-pod-autoscaler",
	    "list", "metrics.k8s.io", "pods", NULL, "shop", NULL, 45, NULL },
};

static void
hum_once(
    struct world *w, struct cluster *c, const struct hum *h, int64_t time_us)
{
	struct kube_names names;
	struct kube_user user = { h->ns, "", "\"system:authenticated\"", NULL,
		h->agent, c->eks ? "10.20.0.140" : c->nodes[0].ip };
	const char *query = NULL;

	if (h->account != NULL) {
		user = audit_service(w, h->ns, h->account, h->agent, &names);
		if (!c->eks)
			user.source = c->nodes[0].ip;
	}
	if (!strcmp(h->verb, "watch"))
		query = "?allowWatchBookmarks=true&timeoutSeconds=487&watch="
			"true";
	else if (!strcmp(h->verb, "list"))
		query = "?limit=500&resourceVersion=0";
	audit_call(w, c,
	    &(struct audit_call){ .user = &user,
		.time_us = time_us,
		.verb = h->verb,
		.group = h->group,
		.resource = h->resource,
		.sub = h->sub,
		.ns = h->in,
		.name = h->name,
		.query = query,
		.body = h->body,
		.step = -1 });
}

/* The plant has no GitOps, no cloud controllers, no shop. */
static bool
belongs(const struct cluster *c, const struct hum *h)
{
	return c->eks ||
	       (strcmp(h->ns, "argocd") != 0 && strcmp(h->ns, "data") != 0 &&
		   strcmp(h->ns, "external-secrets") != 0 &&
		   (h->account == NULL ||
		       (!strstr(h->account, "aws") &&
			   !strstr(h->account, "autoscaler"))));
}

static void
hum_nodes(struct world *w, struct cluster *c)
{
	for (unsigned n = 0; n < c->node_count; n++) {
		struct kube_names names;
		struct kube_user u = audit_kubelet(&c->nodes[n], &names);
		struct rng r = world_rng(w, "kubelet", hash_mix(c->index, n));

		for (int64_t t = w->start_us +
				 (int64_t)rng_below(&r, 1800) * CIVIL_US_PER_S;
		     t < w->end_us; t += 40 * WORLD_MINUTE) {
			audit_call(w, c,
			    &(struct audit_call){ .user = &u,
				.time_us = t + (int64_t)rng_below(&r, 5000000),
				.verb = "patch",
				.resource = "nodes",
				.sub = "status",
				.name = c->nodes[n].name,
				.step = -1 });
			audit_call(w, c,
			    &(struct audit_call){ .user = &u,
				.time_us = t + 17 * WORLD_MINUTE +
					   (int64_t)rng_below(&r, 5000000),
				.verb = "update",
				.group = "coordination.k8s.io",
				.resource = "leases",
				.ns = "kube-node-lease",
				.name = c->nodes[n].name,
				.step = -1 });
		}
	}
}

/* The instance behind a node, so that addresses and machines join. */
static void
register_nodes(struct world *w, struct cluster *c)
{
	for (unsigned n = 0; n < c->node_count; n++) {
		const struct node *node = &c->nodes[n];
		struct kube_names names;
		struct kube_user u = audit_kubelet(node, &names);
		struct buf body = { 0 };

		buf_printf(&body,
		    "{\"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{"
		    "\"name\":\"%s\",\"labels\":{\"kubernetes.io/hostname\":"
		    "\"%s\",\"kubernetes.io/os\":\"linux\"}},\"spec\":{",
		    node->name, node->name);
		if (c->eks)
			buf_printf(&body,
			    "\"providerID\":\"aws:///" WORLD_REGION "a/%s\"",
			    node->instance);
		buf_printf(&body,
		    "},\"status\":{\"addresses\":[{\"type\":\"InternalIP\","
		    "\"address\":\"%s\"},{\"type\":\"Hostname\",\"address\":"
		    "\"%s\"}]}}",
		    node->ip, node->name);
		audit_call(w, c,
		    &(struct audit_call){ .user = &u,
			.time_us = w->start_us + 30 * CIVIL_US_PER_S +
				   (int64_t)n * 8100000,
			.verb = "create",
			.resource = "nodes",
			.name = node->name,
			.code = 201,
			.body = buf_text(&body),
			.step = -1 });
		buf_done(&body);
	}
}

static void
hum_health(struct world *w, struct cluster *c)
{
	static const char *const paths[] = { "/healthz", "/livez", "/readyz",
		"/readyz?verbose=" };
	struct rng r = world_rng(w, "health", c->index);
	char source[16];

	for (int64_t t = w->start_us; t < w->end_us; t += 30 * WORLD_MINUTE) {
		struct kube_user u = audit_anonymous("ELB-HealthChecker/2.0",
		    c->eks ? "10.20.0.66" : "172.16.1.5");

		audit_call(w, c,
		    &(struct audit_call){ .user = &u,
			.time_us = t + (int64_t)rng_below(&r, 60000000),
			.verb = "get",
			.query = paths[rng_below(&r, COUNTOF(paths))],
			.step = -1 });
	}
	/* The internet finds each public endpoint and is refused. */
	for (unsigned day = 0; c->eks && day < w->days; day++) {
		/* Two resources after the paths. */
		/* Two resources after the paths. */
		static const char *const tries[] = { "/", "/version", "/.env",
			"/metrics", "namespaces", "pods" };

		for (uint64_t n = rng_poisson(&r, 3.0); n > 0; n--) {
			world_stranger_address(source, rng_next(&r));
			struct kube_user u =
			    audit_anonymous("Mozilla/5.0 zgrab/0.x", source);
			size_t which = rng_below(&r, COUNTOF(tries));

			audit_call(w, c,
			    &(struct audit_call){ .user = &u,
				.time_us = world_day(w, day) +
					   (int64_t)(rng_unit(&r) * 8.6e10),
				.verb = which >= 4 ? "list" : "get",
				.resource = which >= 4 ? tries[which] : NULL,
				.query = which >= 4 ? "" : tries[which],
				.code = which == 1 ? 200 : 403,
				.step = -1 });
		}
	}
}

void
kube_hum(struct world *w, struct cluster *c)
{
	register_nodes(w, c);
	for (size_t i = 0; i < COUNTOF(HUM); i++) {
		struct rng r = world_rng(w, "hum", hash_mix(c->index, i));
		int64_t period = (int64_t)HUM[i].minutes * WORLD_MINUTE;

		if (!belongs(c, &HUM[i]))
			continue;
		for (int64_t t =
			 w->start_us + (int64_t)(rng_unit(&r) * (double)period);
		     t < w->end_us; t += period)
			hum_once(
			    w, c, &HUM[i], t + (int64_t)rng_below(&r, 9000000));
	}
	hum_nodes(w, c);
	hum_health(w, c);
}

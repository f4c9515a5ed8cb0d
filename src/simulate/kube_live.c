#include <stdio.h>

#include "base/hash.h"
#include "simulate/kube.h"

/* Who changes deployments: a GitOps controller or a pipeline. */
static struct kube_user
deployer(struct world *w, const struct cluster *c, struct kube_names *names)
{
	if (c->eks)
		return audit_service(w, "argocd",
		    "argocd-application-controller",
		    "argocd-application-controller/v0.0.0 (linux/amd64) "
		    "kubernetes/$Format",
		    names);
	return audit_service(w, "tools", "deployer", "Helm/3.15.2", names);
}

static struct kube_user
controller(struct world *w, const char *name, struct kube_names *names)
{
	char agent[160];

	(void)snprintf(agent, sizeof(agent),
	    "kube-controller-manager/v1.29.7 (linux/amd64) kubernetes/4e43e0c/"
	    "system:serviceaccount:kube-system:%s",
	    name);
	return audit_service(w, "kube-system", name, agent, names);
}

static const char *
plural(const char *kind)
{
	if (!strcmp(kind, "StatefulSet"))
		return "statefulsets";
	if (!strcmp(kind, "DaemonSet"))
		return "daemonsets";
	return "deployments";
}

static void
change_workload(struct world *w, struct cluster *c, const struct rollout *ro)
{
	const struct workload_kind *k = ro->workload->kind;
	struct kube_names names;
	struct kube_user user = deployer(w, c, &names);
	struct buf body = { 0 };

	buf_printf(&body,
	    "{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"app\":"
	    "\"%s\",\"app.kubernetes.io/version\":\"%u\"}},\"spec\":{"
	    "\"containers\":[{\"name\":\"%s\",\"image\":\"%s\"}]}}}}",
	    k->name, ro->version, k->name, c->pods[ro->first_pod].image);
	audit_call(w, c,
	    &(struct audit_call){ .user = &user,
		.time_us = ro->time_us,
		.verb = "patch",
		.group = "apps",
		.resource = plural(k->kind),
		.ns = k->ns,
		.name = k->name,
		.query = c->eks ? "?fieldManager=argocd-controller"
				: "?fieldManager=helm",
		.body = buf_text(&body),
		.step = -1 });
	buf_done(&body);
}

static void
make_owner(struct world *w, struct cluster *c, const struct rollout *ro,
    const char *owner)
{
	const struct workload_kind *k = ro->workload->kind;
	bool job = !strcmp(k->kind, "CronJob");
	struct kube_names names;
	struct kube_user user = controller(
	    w, job ? "cronjob-controller" : "deployment-controller", &names);
	struct buf body = { 0 };

	buf_printf(&body,
	    "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":{\"name\":"
	    "\"%s\",\"namespace\":\"%s\",\"labels\":{\"app\":\"%s\"},"
	    "\"ownerReferences\":[{\"apiVersion\":\"%s\",\"kind\":\"%s\","
	    "\"name\":\"%s\",\"uid\":\"%s\",\"controller\":true}]},\"spec\":{"
	    "\"replicas\":%u,\"template\":{\"spec\":{\"containers\":[{"
	    "\"name\":\"%s\",\"image\":\"%s\"}]}}}}",
	    job ? "Job" : "ReplicaSet", job ? "batch/v1" : "apps/v1", owner,
	    k->ns, k->name, job ? "batch/v1" : "apps/v1", k->kind, k->name,
	    ro->workload->uid, ro->workload->replicas, k->name,
	    c->pods[ro->first_pod].image);
	audit_call(w, c,
	    &(struct audit_call){ .user = &user,
		.time_us = ro->time_us + 1200000,
		.verb = "create",
		.group = job ? "batch" : "apps",
		.resource = job ? "jobs" : "replicasets",
		.ns = k->ns,
		.name = owner,
		.code = 201,
		.body = buf_text(&body),
		.step = -1 });
	buf_done(&body);
}

static void
end_pod(
    struct world *w, struct cluster *c, const struct pod *p, const char *who)
{
	struct kube_names names;
	struct kube_user user = controller(w, who, &names);
	struct kube_user kubelet;

	audit_call(w, c,
	    &(struct audit_call){ .user = &user,
		.time_us = p->to_us - 15 * CIVIL_US_PER_S,
		.verb = "delete",
		.resource = "pods",
		.ns = p->workload->kind->ns,
		.name = p->name,
		.step = -1 });
	kubelet = audit_kubelet(p->node, &names);
	audit_call(w, c,
	    &(struct audit_call){ .user = &kubelet,
		.time_us = p->to_us,
		.verb = "delete",
		.resource = "pods",
		.ns = p->workload->kind->ns,
		.name = p->name,
		.body = "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\","
			"\"gracePeriodSeconds\":0}",
		.step = -1 });
}

static const struct {
	const char *kind, *controller, *owner_kind;
} OWNERS[] = {
	{ "Deployment", "replicaset-controller", "ReplicaSet" },
	{ "StatefulSet", "statefulset-controller", "StatefulSet" },
	{ "DaemonSet", "daemon-set-controller", "DaemonSet" },
	{ "CronJob", "job-controller", "Job" },
};

static void
roll_out(struct world *w, struct cluster *c, const struct rollout *ro)
{
	const struct workload_kind *k = ro->workload->kind;
	char owner[96];
	size_t o = 0;

	while (strcmp(OWNERS[o].kind, k->kind) != 0)
		o++;
	if (strcmp(k->kind, "CronJob") != 0)
		change_workload(w, c, ro);
	if (!strcmp(k->kind, "Deployment") || !strcmp(k->kind, "CronJob")) {
		(void)snprintf(
		    owner, sizeof(owner), "%s-%s", k->name, ro->hash);
		make_owner(w, c, ro, owner);
	} else {
		(void)snprintf(owner, sizeof(owner), "%s", k->name);
	}
	for (size_t i = 0; i < ro->pod_count; i++) {
		const struct pod *p = &c->pods[ro->first_pod + i];

		kube_pod_starts(w, c, p,
		    &(struct kube_birth){ .time_us = p->from_us,
			.owner_kind = OWNERS[o].owner_kind,
			.owner = owner,
			.controller = OWNERS[o].controller,
			.ns = k->ns,
			.account = k->name,
			.step = -1 });
		if (p->to_us < w->end_us)
			end_pod(w, c, p, OWNERS[o].controller);
	}
}

void
kube_live(struct world *w, struct cluster *c)
{
	for (size_t i = 0; i < c->rollout_count; i++)
		roll_out(w, c, &c->rollouts[i]);
	kube_hum(w, c);
}

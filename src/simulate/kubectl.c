#include "simulate/kubectl.h"

#include <stdio.h>

#include "base/hash.h"
#include "simulate/kube.h"

void
kubectl_exec(struct world *w, struct cluster *c, const struct kubectl_exec *e)
{
	char query[400];
	struct audit_call call = {
		.user = e->user,
		.time_us = e->time_us,
		.verb = "get",
		.resource = "pods",
		.ns = e->ns,
		.name = e->pod,
		.step = -1,
	};

	audit_call(w, c, &call);
	(void)snprintf(query, sizeof(query),
	    "?%s&container=%s&stdin=true&stdout=true&tty=true", e->command,
	    e->container);
	call.time_us += 213000;
	/* Clients since 1.29 upgrade a GET; the older ones POST. */
	call.verb = strstr(e->user->agent, "v1.30") ? "get" : "create";
	call.sub = "exec";
	call.query = query;
	call.code = 101;
	call.step = e->step;
	audit_call(w, c, &call);
}

enum command {
	GET_PODS,
	LOGS,
	DESCRIBE,
	GET_DEPLOYMENTS,
	TOP,
	GET_EVENTS,
	EXEC,
	PORT_FORWARD,
	RESTART,
	NODES,
	CONFIGMAPS,
	CAN_I,
	HELM,
	COMMANDS
};

static const double WEIGHTS[][COMMANDS] = {
	[PLATFORM] = { 6, 4, 3, 3, 2, 2, 1.2, 0.5, 0.7, 3, 1, 0.2, 1.2 },
	[DEVELOPER] = { 6, 6, 3, 3, 1, 1.5, 1.2, 0.8, 0.5, 0, 0.7, 0.1, 0 },
	[TRADES] = { 0 },
};

struct session {
	struct world *w;
	struct cluster *c;
	const struct person *p;
	struct kube_user user;
	const char *ns;
	const struct pod *pod;
	struct rng r;
	int64_t t;
};

static void
request(struct session *s, const char *verb, const char *group,
    const char *resource, const char *name)
{
	s->t += 90000 + (int64_t)rng_below(&s->r, 400000);
	audit_call(s->w, s->c,
	    &(struct audit_call){ .user = &s->user,
		.time_us = s->t,
		.verb = verb,
		.group = group,
		.resource = resource,
		.ns = !strcmp(resource, "nodes") ? NULL : s->ns,
		.name = name,
		.query = !strcmp(verb, "list") ? "?limit=500" : NULL,
		.step = -1 });
}

static void
pod_sub(struct session *s, const char *verb, const char *sub, const char *query)
{
	s->t += 150000;
	audit_call(s->w, s->c,
	    &(struct audit_call){ .user = &s->user,
		.time_us = s->t,
		.verb = verb,
		.resource = "pods",
		.sub = sub,
		.ns = s->ns,
		.name = s->pod->name,
		.query = query,
		.code = !strcmp(sub, "portforward") ? 101 : 200,
		.step = -1 });
}

static void
exec_now(struct session *s)
{
	static const char *const commands[] = { "command=sh", "command=bash",
		"command=cat&command=%2Fetc%2Fresolv.conf", "command=env" };

	if (!s->p->execs)
		return;
	kubectl_exec(s->w, s->c,
	    &(struct kubectl_exec){ .user = &s->user,
		.time_us = s->t,
		.ns = s->ns,
		.pod = s->pod->name,
		.container = s->pod->workload->kind->name,
		.command = commands[rng_below(&s->r, COUNTOF(commands))],
		.step = -1 });
	s->t += 700000;
}

static void
restart(struct session *s)
{
	s->t += 300000;
	audit_call(s->w, s->c,
	    &(struct audit_call){ .user = &s->user,
		.time_us = s->t,
		.verb = "patch",
		.group = "apps",
		.resource = "deployments",
		.ns = s->ns,
		.name = s->pod->workload->kind->name,
		.query = "?fieldManager=kubectl-rollout",
		.body = "{\"spec\":{\"template\":{\"metadata\":{"
			"\"annotations\":{\"kubectl.kubernetes.io/"
			"restartedAt\":\"2026-11-05T10:00:00+01:00\"}}}}}",
		.step = -1 });
}

static void
can_i(struct session *s)
{
	s->t += 200000;
	audit_call(s->w, s->c,
	    &(struct audit_call){ .user = &s->user,
		.time_us = s->t,
		.verb = "create",
		.group = "authorization.k8s.io",
		.resource = "selfsubjectaccessreviews",
		.code = 201,
		.body = "{\"kind\":\"SelfSubjectAccessReview\",\"apiVersion\":"
			"\"authorization.k8s.io/v1\",\"metadata\":{},\"spec\":"
			"{\"resourceAttributes\":{\"namespace\":\"shop\","
			"\"verb\":\"get\",\"resource\":\"pods\"}},\"status\":"
			"{\"allowed\":false}}",
		.step = -1 });
}

/* `helm list` for each of the places it installs to. */
static void
helm(struct session *s)
{
	static const char *const cloud[] = { "shop", "payments", "monitoring" };
	static const char *const plant[] = { "factory", "tools" };

	for (size_t i = 0; i < (s->c->eks ? 3 : 2); i++) {
		s->ns = s->c->eks ? cloud[i] : plant[i];
		request(s, "list", "", "secrets", NULL);
	}
}

static void
logs(struct session *s)
{
	request(s, "get", "", "pods", s->pod->name);
	pod_sub(s, "get", "log", "?tailLines=200");
}

static void
describe(struct session *s)
{
	request(s, "get", "", "pods", s->pod->name);
	request(s, "list", "", "events", NULL);
}

static void
port_forward(struct session *s)
{
	pod_sub(s, "create", "portforward", NULL);
}

/* A command lists something, or does more. */
static const struct {
	void (*act)(struct session *s);
	const char *group, *resource;
} COMMAND_TABLE[COMMANDS] = {
	[GET_PODS] = { NULL, "", "pods" },
	[LOGS] = { logs, NULL, NULL },
	[DESCRIBE] = { describe, NULL, NULL },
	[GET_DEPLOYMENTS] = { NULL, "apps", "deployments" },
	[TOP] = { NULL, "metrics.k8s.io", "pods" },
	[GET_EVENTS] = { NULL, "", "events" },
	[EXEC] = { exec_now, NULL, NULL },
	[PORT_FORWARD] = { port_forward, NULL, NULL },
	[RESTART] = { restart, NULL, NULL },
	[NODES] = { NULL, "", "nodes" },
	[CONFIGMAPS] = { NULL, "", "configmaps" },
	[CAN_I] = { can_i, NULL, NULL },
	[HELM] = { helm, NULL, NULL },
};

static void
run(struct session *s, enum command command)
{
	if (COMMAND_TABLE[command].act != NULL)
		COMMAND_TABLE[command].act(s);
	else
		request(s, "list", COMMAND_TABLE[command].group,
		    COMMAND_TABLE[command].resource, NULL);
}

static const struct pod *
some_pod(const struct cluster *c, const char *ns, int64_t t, struct rng *r)
{
	const struct pod *found = NULL;
	uint64_t seen = 0;

	for (size_t i = 0; i < c->pod_count; i++) {
		const struct pod *p = &c->pods[i];

		if (p->from_us + WORLD_MINUTE > t || p->to_us <= t ||
		    strcmp(p->workload->kind->ns, ns) != 0 ||
		    !strcmp(p->workload->kind->kind, "CronJob"))
			continue;
		if (rng_below(r, ++seen) == 0)
			found = p;
	}
	return found;
}

/* Platform people go where the trouble is; developers stay at home. */
static const char *
pick_namespace(const struct cluster *c, const struct person *p, struct rng *r)
{
	static const char *const cloud[] = { "shop", "payments", "monitoring",
		"kube-system", "ingress-nginx" };
	static const char *const plant[] = { "factory", "tools", "monitoring",
		"kube-system" };

	if (p->trade == DEVELOPER)
		return c->eks ? p->team : "factory";
	return c->eks ? cloud[rng_below(r, COUNTOF(cloud))]
		      : plant[rng_below(r, COUNTOF(plant))];
}

static void
discovery(struct session *s)
{
	static const char *const paths[] = { "/api?timeout=32s",
		"/apis?timeout=32s", "/openapi/v3?timeout=32s" };

	for (size_t i = 0; i < COUNTOF(paths); i++)
		audit_call(s->w, s->c,
		    &(struct audit_call){ .user = &s->user,
			.time_us = s->t + (int64_t)i * 60000,
			.verb = "get",
			.query = paths[i],
			.step = -1 });
}

static enum command
choose(struct session *s)
{
	const double *weight = WEIGHTS[s->p->trade];
	double sum = 0.0, pick;

	for (size_t i = 0; i < COMMANDS; i++)
		sum += weight[i];
	pick = rng_unit(&s->r) * sum;
	for (size_t i = 0; i < COMMANDS; i++) {
		pick -= weight[i];
		if (pick < 0.0)
			return (enum command)i;
	}
	return GET_PODS;
}

/* Every third of them also looks after the plants. */
static struct cluster *
pick_cluster(struct world *w, const struct person *p, struct rng *r)
{
	unsigned plants = w->cluster_count / 2;
	unsigned clouds = w->cluster_count - plants;

	if (plants > 0 && p->index % 3 == 1 && rng_unit(r) < 0.6)
		return &w->clusters[1 + 2 * rng_below(r, plants)];
	return &w->clusters[2 * rng_below(r, clouds)];
}

/* Where a person changes things or goes into pods: always the same place;
 * only looking around goes further. */
static const char *
home_namespace(const struct cluster *c, const struct person *p)
{
	if (p->trade == PLATFORM)
		return "monitoring";
	return c->eks ? p->team : "factory";
}

static bool
is_intrusive(enum command command)
{
	return command == EXEC || command == PORT_FORWARD || command == RESTART;
}

static void
step(struct session *s, enum command command)
{
	if (is_intrusive(command))
		s->ns = home_namespace(s->c, s->p);
	s->t += (int64_t)(rng_exponential(&s->r, 55.0) * 1e6) + 900000;
	s->pod = some_pod(s->c, s->ns, s->t, &s->r);
	if (s->pod != NULL)
		run(s, command);
}

/* In the first days the log shows what people always did before. */
static void
show_habits(struct session *s)
{
	static const enum command habits[] = { EXEC, PORT_FORWARD, RESTART,
		HELM, CAN_I };
	int64_t age =
	    s->t - s->w->start_us - (int64_t)s->p->first_day * CIVIL_US_PER_DAY;

	if (age > 3 * CIVIL_US_PER_DAY)
		return;
	s->ns = home_namespace(s->c, s->p);
	for (size_t i = 0; i < COUNTOF(habits); i++)
		if (WEIGHTS[s->p->trade][habits[i]] > 0.0 &&
		    rng_unit(&s->r) < 0.7)
			step(s, habits[i]);
}

void
kubectl_work(struct world *w, const struct person *p, int64_t from_us,
    const char *address)
{
	struct session s = { .w = w, .p = p, .t = from_us };
	struct kube_names names;
	uint64_t commands;

	s.r = world_rng(w, "kubectl", hash_mix(p->index, (uint64_t)from_us));
	s.c = pick_cluster(w, p, &s.r);
	s.user = audit_person(w, s.c, p, address, &names);
	commands = 2 + rng_poisson(&s.r, 6.0);
	discovery(&s);
	show_habits(&s);
	while (commands-- > 0) {
		s.ns = pick_namespace(s.c, p, &s.r);
		step(&s, !strcmp(s.ns, "kube-system") ? GET_PODS : choose(&s));
	}
}

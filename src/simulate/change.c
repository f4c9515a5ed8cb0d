#include "simulate/change.h"

#include <stdio.h>

#include "base/hash.h"
#include "simulate/audit.h"
#include "simulate/kube.h"
#include "simulate/kubectl.h"
#include "simulate/people.h"
#include "simulate/text.h"
#include "simulate/trail.h"

int64_t
change_day(const struct world *w, const struct change_kind *kind)
{
	return world_attack_day(w, kind->name);
}

static void
plan_new_employee(struct world *w, int64_t day_us)
{
	for (unsigned i = 1; i <= CHANGE_HIRED; i++)
		w->people[w->person_count - i].first_day =
		    (int)((day_us - w->start_us) / CIVIL_US_PER_DAY);
}

/* Over night: the network is changed before people come. */
static void
plan_office_move(struct world *w, int64_t day_us)
{
	w->office_moves_us = day_us;
}

static void
plan_deploy_wave(struct world *w, int64_t day_us)
{
	w->wave_us = day_us + 13 * CIVIL_US_PER_HOUR;
}

static void
plan_holiday(struct world *w, int64_t day_us)
{
	w->holiday_us = day_us;
}

/* --- an incident: the night of those who repair --------------------------*/

struct night {
	struct world *w;
	const struct person *p;
	struct cluster *c;
	struct identity cloud;
	struct kube_user user;
	struct rng r;
	int64_t t;
};

static void
look_in_cloud(struct night *n)
{
	static const struct {
		const char *service, *name, *params;
	} calls[] = {
		{ "ec2", "DescribeInstances", "{\"maxResults\":100}" },
		{ "monitoring", "GetMetricData", NULL },
		{ "logs", "FilterLogEvents",
		    "{\"logGroupName\":\"$l\",\"limit\":$n}" },
		{ "elasticloadbalancing", "DescribeTargetHealth", "{}" },
		{ "eks", "DescribeCluster", "{\"name\":\"prod-eu\"}" },
		{ "rds", "DescribeDBInstances", NULL },
		{ "ec2", "DescribeVolumes", "{\"maxResults\":100}" },
		{ "logs", "StartQuery",
		    "{\"logGroupName\":\"$l\",\"limit\":1000}" },
		{ "autoscaling", "DescribeAutoScalingGroups", "{}" },
		{ "autoscaling", "SetDesiredCapacity",
		    "{\"autoScalingGroupName\":\"eks-prod-eu-general\","
		    "\"desiredCapacity\":6}" },
		{ "ssm", "StartSession", "{\"target\":\"$i\"}" },
		{ "rds", "DescribeEvents", "{}" },
	};
	struct buf params = { 0 };
	int64_t t = n->t;

	for (size_t i = 0; i < 2 * COUNTOF(calls); i++) {
		size_t c = i % COUNTOF(calls);

		t += 20 * CIVIL_US_PER_S + (int64_t)rng_below(&n->r, 60000000);
		trail_expand(&n->cloud,
		    calls[c].params ? calls[c].params : "null", &n->r, &params);
		trail_call(n->w, &(struct trail_call){ .who = &n->cloud,
				     .time_us = t,
				     .service = calls[c].service,
				     .name = calls[c].name,
				     .params = buf_text(&params),
				     .step = -1 });
	}
	buf_done(&params);
}

static void
ask(struct night *n, const char *verb, const char *resource, const char *ns,
    const char *name)
{
	n->t += 400000 + (int64_t)rng_below(&n->r, 9000000);
	audit_call(n->w, n->c,
	    &(struct audit_call){ .user = &n->user,
		.time_us = n->t,
		.verb = verb,
		.resource = resource,
		.ns = ns,
		.name = name,
		.query = name ? NULL : "?limit=500",
		.step = -1 });
}

/* From pod to pod: a shell, a look at the network; some are deleted. */
static void
storm(struct night *n, const char *path, const char *ns, const char *container)
{
	static const char *const commands[] = { "command=sh", "command=bash",
		"command=cat&command=%2Fetc%2Fresolv.conf", "command=env",
		("command=curl&command=-sv&command=http%3A%2F%2Flocalhost%3A808"
		 "0%2Fhealthz"),
		"command=df&command=-h", "command=top&command=-b&command=-n1" };

	for (unsigned i = 0; i < 6; i++) {
		const struct pod *pod = kube_pod(n->c, path, n->t, i);

		if (pod == NULL)
			return;
		ask(n, "list", "pods", ns, NULL);
		ask(n, "get", "pods", ns, pod->name);
		ask(n, "list", "events", ns, NULL);
		kubectl_exec(n->w, n->c,
		    &(struct kubectl_exec){ .user = &n->user,
			.time_us = n->t += 4 * CIVIL_US_PER_S,
			.ns = ns,
			.pod = pod->name,
			.container = container,
			.command =
			    commands[rng_below(&n->r, COUNTOF(commands))],
			.step = -1 });
		if (rng_below(&n->r, 3) == 0)
			ask(n, "delete", "pods", ns, pod->name);
	}
}

static void
repair(struct world *w, const struct person *p, int64_t t)
{
	struct kube_names names;
	struct night n = { .w = w, .c = world_eks(w), .p = p, .t = t };

	n.r = world_rng(w, "incident", p->index);
	n.cloud = people_session(w, p, t, p->home);
	n.user = audit_person(w, n.c, p, p->home, &names);
	look_in_cloud(&n);
	storm(&n, "shop/web", "shop", "web");
	storm(&n, "shop/cart", "shop", "cart");
	storm(&n, "payments/api", "payments", "api");
}

/* Two of the platform people and the developer of a team, until morning. */
static void
act_incident(struct world *w, int64_t day_us)
{
	int64_t t = day_us + CIVIL_US_PER_HOUR + 12 * WORLD_MINUTE;

	repair(w, world_person(w, PLATFORM, 0), t);
	repair(w, world_person(w, PLATFORM, 1), t + 9 * WORLD_MINUTE);
	repair(w, world_person(w, DEVELOPER, 0), t + 31 * WORLD_MINUTE);
}

/* --- backup every night, restore once ------------------------------------*/

#define VAULT "tidewater-prod-backups"

static void
move_objects(struct world *w, const char *api, int64_t t, unsigned count)
{
	bool put = !strcmp(api, "PutObject");
	struct identity who = people_session(
	    w, world_person(w, PLATFORM, 0), t, w->accounts[PROD].nat);
	struct rng r = world_rng(w, api, (uint64_t)t);
	struct buf params = { 0 }, extra = { 0 }, key = { 0 };

	(void)snprintf(who.name, sizeof(who.name), "app-velero");
	(void)snprintf(who.session, sizeof(who.session), "velero-server");
	(void)snprintf(who.id, sizeof(who.id), "AROA5VELEROTIDEWATER1");
	(void)snprintf(who.agent, sizeof(who.agent),
	    "velero-plugin-for-aws/v1.10.0 aws-sdk-go-v2/1.30.3 os/linux "
	    "lang/go#1.22.5");
	for (unsigned i = 0; i < count; i++) {
		t += 900000 + (int64_t)rng_below(&r, 2000000);
		trail_expand(&who, "$k", &r, &key);
		buf_reset(&params);
		buf_reset(&extra);
		buf_printf(&params,
		    "{\"bucketName\":\"" VAULT "\",\"Host\":\"" VAULT
		    ".s3.eu-west-1.amazonaws.com\",\"key\":\"backups/%s\"}",
		    buf_text(&key));
		buf_printf(&extra,
		    ",\"additionalEventData\":{\"bytesTransferredIn\":%u,"
		    "\"bytesTransferredOut\":%u}",
		    put ? 700000u : 0u, put ? 0u : 700000u);
		trail_call(w, &(struct trail_call){ .who = &who,
				  .time_us = t,
				  .service = "s3",
				  .name = api,
				  .params = buf_text(&params),
				  .extra = buf_text(&extra),
				  .data_event = true,
				  .step = -1 });
	}
	buf_done(&params);
	buf_done(&extra);
	buf_done(&key);
}

static const char *const KEPT[][2] = { { "", "secrets" }, { "", "configmaps" },
	{ "", "services" }, { "", "serviceaccounts" },
	{ "apps", "deployments" }, { "", "persistentvolumeclaims" } };

static void
back_up(struct world *w, struct cluster *c, int64_t t)
{
	struct kube_names names;
	struct kube_user velero = audit_service(w, "velero", "velero",
	    "velero-server/v1.14.0 (linux/amd64) kubernetes/$Format", &names);

	for (size_t i = 0; i < COUNTOF(KEPT); i++)
		audit_call(w, c,
		    &(struct audit_call){ .user = &velero,
			.time_us = t += 1900000,
			.verb = "list",
			.group = KEPT[i][0],
			.resource = KEPT[i][1],
			.query = "?limit=500",
			.step = -1 });
	move_objects(w, "PutObject", t, 12);
}

/* One object of the backup comes back, as it was. */
static void
bring_back(struct world *w, struct cluster *c, size_t kind, const char *name,
    int64_t t)
{
	struct kube_names names;
	struct kube_user velero = audit_service(w, "velero", "velero",
	    "velero-server/v1.14.0 (linux/amd64) kubernetes/$Format", &names);
	struct buf body = { 0 };
	bool runs = !strcmp(KEPT[kind][1], "deployments");

	buf_printf(&body,
	    "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"shop-drill\","
	    "\"labels\":{\"velero.io/backup-name\":\"nightly\"}}",
	    name);
	if (runs)
		buf_printf(&body,
		    ",\"spec\":{\"replicas\":1,\"template\":{\"spec\":{"
		    "\"containers\":[{\"name\":\"%s\",\"image\":\"2109876543"
		    "21.dkr.ecr.eu-west-1.amazonaws.com/shop/%s:1.12.7\"}]}}}",
		    name, name);
	buf_add_char(&body, '}');
	audit_call(w, c,
	    &(struct audit_call){ .user = &velero,
		.time_us = t,
		.verb = "create",
		.group = KEPT[kind][0],
		.resource = KEPT[kind][1],
		.ns = "shop-drill",
		.name = name,
		.code = 201,
		.body =
		    !strcmp(KEPT[kind][1], "secrets") ? NULL : buf_text(&body),
		.step = -1 });
	buf_done(&body);
}

static void
restore_database(struct world *w, int64_t t)
{
	static const struct {
		unsigned after_min;
		const char *name, *params;
	} calls[] = {
		{ 0, "DescribeDBSnapshots",
		    "{\"dBInstanceIdentifier\":\"orders\"}" },
		{ 3, "RestoreDBInstanceFromDBSnapshot",
		    "{\"dBInstanceIdentifier\":\"orders-drill\","
		    "\"dBSnapshotIdentifier\":\"rds:orders-nightly\","
		    "\"publiclyAccessible\":false}" },
		{ 9, "DescribeDBInstances",
		    "{\"dBInstanceIdentifier\":\"orders-drill\"}" },
		{ 9, "DescribeDBInstances",
		    "{\"dBInstanceIdentifier\":\"orders-drill\"}" },
		{ 95, "DeleteDBInstance",
		    "{\"dBInstanceIdentifier\":\"orders-drill\","
		    "\"skipFinalSnapshot\":true}" },
	};
	struct identity who = people_session(
	    w, world_person(w, PLATFORM, 0), t, world_office(w, t));

	for (size_t i = 0; i < COUNTOF(calls); i++)
		trail_call(w, &(struct trail_call){ .who = &who,
				  .time_us = t +=
				  (int64_t)calls[i].after_min * WORLD_MINUTE,
				  .service = "rds",
				  .name = calls[i].name,
				  .params = calls[i].params,
				  .step = -1 });
}

static void
act_restore(struct world *w, int64_t day_us)
{
	static const char *const names[] = { "web", "cart", "catalog" };
	struct cluster *c = world_eks(w);
	const struct person *p = world_person(w, PLATFORM, 0);
	int64_t t = day_us + 9 * CIVIL_US_PER_HOUR;
	struct kube_names text;
	struct kube_user user =
	    audit_person(w, c, p, world_office(w, t), &text);

	for (unsigned day = 0; day < w->days; day++)
		back_up(w, c, world_day(w, day) + 150 * WORLD_MINUTE);
	audit_call(w, c,
	    &(struct audit_call){ .user = &user,
		.time_us = t,
		.verb = "create",
		.resource = "namespaces",
		.name = "shop-drill",
		.code = 201,
		.body = "{\"metadata\":{\"name\":\"shop-drill\"}}",
		.step = -1 });
	move_objects(w, "GetObject", t + WORLD_MINUTE, 160);
	for (size_t i = 0; i < COUNTOF(KEPT) * COUNTOF(names); i++)
		bring_back(w, c, i / COUNTOF(names), names[i % COUNTOF(names)],
		    t + 2 * WORLD_MINUTE + (int64_t)i * 2300000);
	restore_database(w, t + 5 * WORLD_MINUTE);
	audit_call(w, c,
	    &(struct audit_call){ .user = &user,
		.time_us = t + 3 * CIVIL_US_PER_HOUR,
		.verb = "delete",
		.resource = "namespaces",
		.name = "shop-drill",
		.step = -1 });
}

const struct change_kind change_table[] = {
	{ "new-employee",
	    "Two people join, one of the platform team, one developer.",
	    plan_new_employee, NULL },
	{ "office-move", "The office gets another public address.",
	    plan_office_move, NULL },
	{ "deploy-wave",
	    "Every workload is rolled out within the hour, for a patched "
	    "base image.",
	    plan_deploy_wave, NULL },
	{ "incident",
	    "At night three people repair the shop: a storm of exec into "
	    "pods, restarts, sessions on nodes, looking everywhere.",
	    NULL, act_incident },
	{ "restore",
	    "A backup runs every night; once it is restored into a namespace "
	    "and a database of its own, which are then deleted.",
	    NULL, act_restore },
	{ "holiday", "A working day on which nobody works.", plan_holiday,
	    NULL },
};

const size_t change_count = COUNTOF(change_table);

#include "simulate/robots.h"

#include <stdio.h>

#include "base/hash.h"
#include "simulate/kube.h"
#include "simulate/text.h"
#include "simulate/trail.h"

static struct identity
role(struct world *w, enum world_account account, const char *name,
    const char *session)
{
	struct identity who = { .kind = IDENTITY_ROLE,
		.account = &w->accounts[account] };
	struct rng r = world_rng(w, name, 11);

	(void)snprintf(who.name, sizeof(who.name), "%s", name);
	(void)snprintf(who.session, sizeof(who.session), "%s", session);
	(void)snprintf(who.id, sizeof(who.id), "AROA");
	text_id(who.id + 4, 17, &r);
	return who;
}

static void
renew(struct world *w, struct identity *who, int64_t time_us)
{
	struct rng r = world_rng(w, who->session, (uint64_t)time_us);

	(void)snprintf(who->key, sizeof(who->key), "ASIA");
	text_id(who->key + 4, 16, &r);
	who->since_us = time_us;
}

struct identity
robots_node_role(struct world *w, const struct node *node, int64_t time_us)
{
	struct identity who = role(w, PROD, "eks-prod-eu-node", node->instance);

	/* Credentials of an instance last six hours. */
	renew(w, &who, time_us - time_us % (6 * CIVIL_US_PER_HOUR));
	who.from_ec2 = true;
	(void)snprintf(
	    who.address, sizeof(who.address), "%s", w->accounts[PROD].nat);
	(void)snprintf(who.agent, sizeof(who.agent),
	    "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux "
	    "md/GOARCH#amd64 api/ec2#1.173.0 amazon-vpc-cni-k8s/v1.18.3");
	return who;
}

static void
machines(struct world *w)
{
	static const struct {
		const char *service, *name, *params;
	} apis[] = {
		{ "ec2", "DescribeNetworkInterfaces", "{\"filterSet\":{}}" },
		{ "ecr", "GetAuthorizationToken", NULL },
		{ "ecr", "BatchGetImage", "{\"repositoryName\":\"shop/web\"}" },
		{ "ssm", "UpdateInstanceInformation",
		    "{\"agentName\":"
		    "\"amazon-ssm-agent\"}" },
		{ "ec2", "DescribeInstances", "{\"filterSet\":{}}" },
		{ "eks", "DescribeCluster", "{\"name\":\"prod-eu\"}" },
	};
	struct cluster *c = world_eks(w);

	for (unsigned n = 0; n < c->node_count; n++) {
		struct rng r = world_rng(w, "machine", n);

		for (int64_t t = w->start_us; t < w->end_us;
		     t += 75 * WORLD_MINUTE) {
			size_t which = rng_below(&r, COUNTOF(apis));
			struct identity who;

			who = robots_node_role(w, &c->nodes[n], t);
			trail_call(w, &(struct trail_call){ .who = &who,
					  .time_us = t + (int64_t)rng_below(
							     &r, 4000000000),
					  .service = apis[which].service,
					  .name = apis[which].name,
					  .params = apis[which].params,
					  .step = -1 });
		}
	}
}

/* Pods take their roles by web identity, then use their buckets. */
struct app {
	const char *ns, *account, *role, *bucket, *call;
	unsigned hours; /* between renewals */
	double objects; /* data events an hour at full load */
};

static const struct app APPS[] = {
	{ "shop", "catalog", "app-shop-catalog", "tidewater-prod-assets",
	    "GetObject", 6, 1.6 },
	{ "shop", "cart", "app-shop-cart", NULL, NULL, 6, 0 },
	{ "payments", "ledger", "app-payments-ledger",
	    "tidewater-prod-invoices", "PutObject", 6, 1.2 },
	{ "payments", "api", "app-payments-api", NULL, NULL, 6, 0 },
	{ "data", "etl", "app-data-etl", "tidewater-prod-uploads", "GetObject",
	    6, 2.5 },
	{ "data", "reports", "app-data-reports", "tidewater-prod-reports",
	    "PutObject", 6, 0.8 },
};

static struct identity
app_identity(struct world *w, const struct app *app, int64_t time_us)
{
	struct identity who =
	    role(w, PROD, app->role, "botocore-session-1793577600");

	(void)snprintf(who.session, sizeof(who.session),
	    "botocore-session-%lld", (long long)(time_us / CIVIL_US_PER_S));
	renew(w, &who, time_us);
	(void)snprintf(
	    who.address, sizeof(who.address), "%s", w->accounts[PROD].nat);
	(void)snprintf(who.agent, sizeof(who.agent),
	    "Boto3/1.34.144 md/Botocore#1.34.144 ua/2.0 os/linux#6.1.97 "
	    "md/arch#x86_64 lang/python#3.12.4 Botocore/1.34.144");
	return who;
}

static void
assume(struct world *w, const struct app *app, const struct identity *who)
{
	struct identity web = *who;
	struct buf params = { 0 }, answer = { 0 };
	const char *issuer = "arn:aws:iam::210987654321:oidc-provider/oidc.eks."
			     "eu-west-1.amazonaws.com/id/4F1C0D9E7A";

	(void)snprintf(web.name, sizeof(web.name), "%s", issuer);
	(void)snprintf(web.session, sizeof(web.session),
	    "system:serviceaccount:%s:%s", app->ns, app->account);
	buf_printf(&params,
	    "{\"roleArn\":\"arn:aws:iam::%s:role/%s\",\"roleSessionName\":"
	    "\"%s\",\"durationSeconds\":3600}",
	    who->account->id, app->role, who->session);
	buf_printf(&answer,
	    "{\"credentials\":{\"accessKeyId\":\"%s\",\"sessionToken\":"
	    "\"***\",\"expiration\":\"Nov 3, 2026, 10:00:00 AM\"},"
	    "\"subjectFromWebIdentityToken\":\"%s\",\"assumedRoleUser\":{"
	    "\"assumedRoleId\":\"%s:%s\",\"arn\":\"arn:aws:sts::%s:"
	    "assumed-role/%s/%s\"},\"provider\":\"%s\",\"audience\":"
	    "\"sts.amazonaws.com\"}",
	    who->key, web.session, who->id, who->session, who->account->id,
	    app->role, who->session, issuer);
	trail_call(w, &(struct trail_call){ .who = &web,
			  .time_us = who->since_us,
			  .service = "sts",
			  .name = "AssumeRoleWithWebIdentity",
			  .params = buf_text(&params),
			  .response = buf_text(&answer),
			  .step = -1 });
	buf_done(&params);
	buf_done(&answer);
}

static void
use_bucket(struct world *w, const struct app *app, const struct identity *who,
    int64_t time_us)
{
	struct rng r = world_rng(w, app->role, (uint64_t)time_us);
	struct buf params = { 0 }, extra = { 0 }, what = { 0 }, key = { 0 };
	bool put = !strcmp(app->call, "PutObject");
	unsigned long long size = 20000 + rng_below(&r, 900000);

	trail_expand(who, "$k", &r, &key);
	buf_printf(&params,
	    "{\"bucketName\":\"%s\",\"Host\":\"%s.s3.eu-west-1.amazonaws.com\""
	    ",\"key\":\"%s\"}",
	    app->bucket, app->bucket, buf_text(&key));
	buf_printf(&extra,
	    ",\"additionalEventData\":{\"SignatureVersion\":\"SigV4\","
	    "\"CipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"bytesTransferredIn\""
	    ":%llu,\"AuthenticationMethod\":\"AuthHeader\","
	    "\"bytesTransferredOut\":%llu}",
	    put ? size : 0, put ? 0 : size);
	buf_printf(&what,
	    "[{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::%s/%s\"},"
	    "{\"accountId\":\"%s\",\"type\":\"AWS::S3::Bucket\",\"ARN\":"
	    "\"arn:aws:s3:::%s\"}]",
	    app->bucket, buf_text(&key), who->account->id, app->bucket);
	trail_call(w, &(struct trail_call){ .who = who,
			  .time_us = time_us,
			  .service = "s3",
			  .name = app->call,
			  .params = buf_text(&params),
			  .extra = buf_text(&extra),
			  .resources = buf_text(&what),
			  .data_event = true,
			  .step = -1 });
	buf_done(&params);
	buf_done(&extra);
	buf_done(&what);
	buf_done(&key);
}

/* When the renewal before `time_us` took place. */
static int64_t
renewal(const struct world *w, size_t app, int64_t time_us)
{
	int64_t step = (int64_t)APPS[app].hours * CIVIL_US_PER_HOUR;
	int64_t first = w->start_us + (int64_t)(10 + 7 * app) * WORLD_MINUTE;
	int64_t t = first + (time_us - first) / step * step;

	return t + (int64_t)(hash_mix(w->seed, (uint64_t)t) % 50000000);
}

struct identity
robots_pod_role(struct world *w, const char *account, int64_t time_us)
{
	size_t i = 0;

	while (strcmp(APPS[i].account, account) != 0)
		ASSERT(++i < COUNTOF(APPS));
	return app_identity(w, &APPS[i], renewal(w, i, time_us));
}

static void
live_app(struct world *w, size_t which)
{
	const struct app *app = &APPS[which];
	struct rng r = world_rng(w, "app", which);
	int64_t step = (int64_t)app->hours * CIVIL_US_PER_HOUR;

	for (int64_t t = w->start_us + (int64_t)(10 + 7 * which) * WORLD_MINUTE;
	     t < w->end_us; t += step) {
		struct identity who =
		    app_identity(w, app, renewal(w, which, t));
		int64_t at = who.since_us;

		assume(w, app, &who);
		while (app->bucket != NULL) {
			double pace = app->objects * world_load(w, at);

			at +=
			    (int64_t)(rng_exponential(&r, 3600.0 / pace) * 1e6);
			if (at >= t + step)
				break;
			use_bucket(w, app, &who, at);
		}
	}
}

/* One pipeline run for each rollout in the cloud: GitHub's identity, then
 * pushing the image. */
static void
pipeline(struct world *w, const struct rollout *ro)
{
	static const struct {
		const char *service, *name;
	} apis[] = { { "ecr", "GetAuthorizationToken" },
		{ "ecr", "BatchCheckLayerAvailability" },
		{ "ecr", "InitiateLayerUpload" },
		{ "ecr", "CompleteLayerUpload" }, { "ecr", "PutImage" },
		{ "eks", "DescribeCluster" } };
	struct identity who = role(w, PROD, "ci-deploy", "GitHubActions"), web;
	int64_t t = ro->time_us - 9 * WORLD_MINUTE;
	struct buf params = { 0 };

	renew(w, &who, t);
	(void)snprintf(who.address, sizeof(who.address), "22.19.14.%u",
	    (unsigned)(100 + (uint64_t)t / 1000 % 60));
	(void)snprintf(who.agent, sizeof(who.agent),
	    "configure-aws-credentials-for-github-actions");
	web = who;
	(void)snprintf(web.name, sizeof(web.name),
	    "arn:aws:iam::%s:oidc-provider/token.actions.githubusercontent.com",
	    who.account->id);
	(void)snprintf(web.session, sizeof(web.session),
	    "repo:tidewater/%s:ref:refs/heads/main", ro->workload->kind->name);
	trail_call(w,
	    &(struct trail_call){ .who = &web,
		.time_us = t,
		.service = "sts",
		.name = "AssumeRoleWithWebIdentity",
		.params = "{\"roleArn\":\"arn:aws:iam::210987654321:role/"
			  "ci-deploy\",\"roleSessionName\":\"GitHubActions\"}",
		.step = -1 });
	buf_printf(&params, "{\"repositoryName\":\"%s/%s\"}",
	    ro->workload->kind->ns, ro->workload->kind->name);
	for (size_t i = 0; i < COUNTOF(apis); i++)
		trail_call(w, &(struct trail_call){ .who = &who,
				  .time_us = t + (int64_t)(i + 1) * 21700000,
				  .service = apis[i].service,
				  .name = apis[i].name,
				  .params = i == 0 ? NULL
					    : i + 1 < COUNTOF(apis)
						? buf_text(&params)
						: "{\"name\":\"prod-eu\"}",
				  .step = -1 });
	buf_done(&params);
}

static void
terraform(struct world *w, enum world_account account)
{
	static const struct {
		const char *service, *name;
	} plan[] = { { "sts", "GetCallerIdentity" }, { "ec2", "DescribeVpcs" },
		{ "ec2", "DescribeSubnets" }, { "ec2", "DescribeRouteTables" },
		{ "iam", "GetRole" }, { "iam", "ListRolePolicies" },
		{ "iam", "ListAttachedRolePolicies" },
		{ "s3", "GetBucketVersioning" }, { "s3", "GetBucketPolicy" },
		{ "rds", "DescribeDBInstances" }, { "eks", "DescribeCluster" },
		{ "ec2", "DescribeSecurityGroups" }, { "iam", "GetPolicy" } };
	static const struct {
		const char *service, *name;
	} apply[] = { { "ec2", "CreateTags" },
		{ "ec2", "AuthorizeSecurityGroupIngress" },
		{ "iam", "PutRolePolicy" },
		{ "autoscaling", "UpdateAutoScalingGroup" } };
	struct rng r = world_rng(w, "terraform", account);

	for (unsigned day = 0; day < w->days; day++) {
		struct identity who =
		    role(w, account, "terraform", "aws-go-sdk-terraform");
		int64_t t = world_day(w, day) +
			    (int64_t)((8.0 + 6.0 * rng_unit(&r)) * 3.6e9);

		if (world_is_free(w, t))
			continue;
		renew(w, &who, t);
		(void)snprintf(who.address, sizeof(who.address), "22.19.14.77");
		(void)snprintf(who.agent, sizeof(who.agent),
		    "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 "
		    "(+https://www.terraform.io) terraform-provider-aws/5.60.0 "
		    "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5");
		for (size_t i = 0; i < COUNTOF(plan); i++)
			trail_call(
			    w, &(struct trail_call){ .who = &who,
				   .time_us = t +=
				   300000 + (int64_t)rng_below(&r, 900000),
				   .service = plan[i].service,
				   .name = plan[i].name,
				   .step = -1 });
		for (size_t i = 0; i < COUNTOF(apply); i++)
			if (rng_below(&r, 3) > 0 || day == 0)
				trail_call(w, &(struct trail_call){ .who = &who,
						  .time_us = t += 2300000,
						  .service = apply[i].service,
						  .name = apply[i].name,
						  .params = "{}",
						  .step = -1 });
	}
}

/* AWS's own services acting in the account. */
static void
services(struct world *w)
{
	static const struct {
		const char *by, *service, *name, *params;
		unsigned hours;
	} acts[] = {
		{ "autoscaling.amazonaws.com", "ec2", "DescribeInstanceStatus",
		    "{\"includeAllInstances\":false}", 5 },
		{ "autoscaling.amazonaws.com", "ec2", "RunInstances",
		    "{\"instancesSet\":{\"items\":[{\"minCount\":1,"
		    "\"maxCount\":1}]},\"instanceType\":\"m6i.xlarge\"}",
		    26 },
		{ "autoscaling.amazonaws.com", "ec2", "TerminateInstances",
		    "{\"instancesSet\":{\"items\":[{\"instanceId\":"
		    "\"i-0a1b2c3d4e5f60001\"}]}}",
		    26 },
		{ "eks.amazonaws.com", "ec2", "DescribeSecurityGroups", "{}",
		    4 },
		{ "eks.amazonaws.com", "sts", "AssumeRole",
		    "{\"roleArn\":\"arn:aws:iam::210987654321:role/"
		    "eks-cluster\"}",
		    3 },
		{ "config.amazonaws.com", "s3", "GetBucketAcl",
		    "{\"bucketName\":\"tidewater-prod-invoices\"}", 8 },
		{ "cloudtrail.amazonaws.com", "s3", "GetBucketAcl",
		    "{\"bucketName\":\"tidewater-trail\"}", 2 },
		{ "rds.amazonaws.com", "kms", "GenerateDataKey", "{}", 6 },
		{ "AWS Internal", "kms", "Decrypt", "{}", 3 },
		{ "lambda.amazonaws.com", "sts", "AssumeRole",
		    "{\"roleArn\":\"arn:aws:iam::210987654321:role/"
		    "invoice-render\"}",
		    2 },
	};

	for (size_t i = 0; i < COUNTOF(acts); i++) {
		struct rng r = world_rng(w, "service", i);
		struct identity who = { .kind = IDENTITY_SERVICE,
			.account = &w->accounts[PROD] };

		(void)snprintf(who.name, sizeof(who.name), "%s", acts[i].by);
		(void)snprintf(
		    who.address, sizeof(who.address), "%s", acts[i].by);
		(void)snprintf(who.agent, sizeof(who.agent), "%s", acts[i].by);
		for (int64_t t = w->start_us; t < w->end_us;) {
			t += (int64_t)((0.6 + 0.8 * rng_unit(&r)) *
				       (double)acts[i].hours * 3.6e9);
			trail_call(w, &(struct trail_call){ .who = &who,
					  .time_us = t,
					  .service = acts[i].service,
					  .name = acts[i].name,
					  .params = acts[i].params,
					  .step = -1 });
		}
	}
}

/* A backup job with an old-fashioned long-lived key, from the office. */
static void
backup_user(struct world *w)
{
	struct identity who = { .kind = IDENTITY_USER,
		.account = &w->accounts[PROD],
		.name = "svc-backup",
		.key = "AKIA4X7B2QTIDEWATER1",
		.id = "AIDA4X7B2QTIDEWBACKUP",
		.address = WORLD_OFFICE,
		.agent = "aws-cli/1.29.62 md/Botocore#1.31.62 ua/2.0 "
			 "os/linux#5.10.0 md/arch#x86_64 lang/python#3.9.2" };

	for (unsigned day = 0; day < w->days; day++) {
		int64_t t =
		    world_day(w, day) + CIVIL_US_PER_HOUR +
		    (int64_t)(hash_mix(w->seed, day) % 900) * CIVIL_US_PER_S;

		(void)snprintf(
		    who.address, sizeof(who.address), "%s", world_office(w, t));
		trail_call(
		    w, &(struct trail_call){ .who = &who,
			   .time_us = t,
			   .service = "rds",
			   .name = "CreateDBSnapshot",
			   .params = "{\"dBInstanceIdentifier\":\"orders\"}",
			   .step = -1 });
		trail_call(
		    w, &(struct trail_call){ .who = &who,
			   .time_us = t + 4 * WORLD_MINUTE,
			   .service = "rds",
			   .name = "DescribeDBSnapshots",
			   .params = "{\"dBInstanceIdentifier\":\"orders\"}",
			   .step = -1 });
		trail_call(w, &(struct trail_call){ .who = &who,
				  .time_us = t + 9 * WORLD_MINUTE,
				  .service = "s3",
				  .name = "ListBuckets",
				  .params = NULL,
				  .step = -1 });
	}
}

void
robots_live(struct world *w)
{
	const struct cluster *c = world_eks(w);

	machines(w);
	for (size_t i = 0; i < COUNTOF(APPS); i++)
		live_app(w, i);
	for (size_t i = 0; i < c->rollout_count; i++)
		if (strcmp(c->rollouts[i].workload->kind->kind, "CronJob") != 0)
			pipeline(w, &c->rollouts[i]);
	terraform(w, PROD);
	terraform(w, STAGING);
	services(w);
	backup_user(w);
}

#include <stdio.h>

#include "base/hash.h"
#include "simulate/attack.h"
#include "simulate/audit.h"
#include "simulate/people.h"
#include "simulate/robots.h"
#include "simulate/text.h"
#include "simulate/trail.h"

/* One line of an attacker's script. */
struct act {
	unsigned after_s; /* the act before */
	const char *service, *name, *params, *response;
	bool denied;
	const char *step; /* begins a new step of the truth; NULL: goes on */
};

#define NO_MFA                                                                 \
	",\"additionalEventData\":{\"LoginTo\":\"https://console.aws.amazon."  \
	"com/console/home\",\"MobileVersion\":\"No\",\"MFAUsed\":\"No\"}"

static bool
sign_in(const struct act *a)
{
	return !strcmp(a->service, "signin");
}

/* Play acts as `who` from `time_us`; gives the time of the last. */
static int64_t
play(struct world *w, const struct identity *who, int64_t time_us,
    const struct act *acts, size_t count)
{
	struct rng r = world_rng(w, who->name, (uint64_t)time_us);
	struct buf params = { 0 };
	int step = -1;

	for (size_t i = 0; i < count; i++) {
		const struct act *a = &acts[i];

		time_us += (int64_t)a->after_s * CIVIL_US_PER_S +
			   (int64_t)rng_below(&r, 900000);
		if (a->step != NULL)
			step = truth_step(w->truth, a->step);
		trail_expand(who, a->params ? a->params : "null", &r, &params);
		trail_call(
		    w, &(struct trail_call){ .who = who,
			   .time_us = time_us,
			   .service = a->service,
			   .name = a->name,
			   .params = buf_text(&params),
			   .response = a->response,
			   .error = a->denied ? "AccessDenied" : NULL,
			   .error_message = "User is not authorized to perform "
					    "this action because no identity-"
					    "based policy allows it",
			   .type = sign_in(a) ? "AwsConsoleSignIn" : NULL,
			   .extra = sign_in(a) ? NO_MFA : NULL,
			   .step = step });
	}
	buf_done(&params);
	return time_us;
}

static void
name_actor(struct world *w, const struct identity *who)
{
	char arn[400];

	if (who->kind == IDENTITY_ROLE)
		(void)snprintf(arn, sizeof(arn),
		    "arn:aws:sts::%s:assumed-role/%s/%s", who->account->id,
		    who->name, who->session);
	else if (who->kind == IDENTITY_ROOT)
		(void)snprintf(
		    arn, sizeof(arn), "arn:aws:iam::%s:root", who->account->id);
	else
		(void)snprintf(arn, sizeof(arn), "arn:aws:iam::%s:user/%s",
		    who->account->id, who->name);
	truth_name(w->truth, "actors", arn);
	truth_name(w->truth, "addresses", who->address);
	truth_name(w->truth, "accounts", who->account->id);
}

void
attack_stolen_key(struct world *w)
{
	static const struct act acts[] = {
		{ 0, "sts", "GetCallerIdentity", NULL, NULL, false,
		    "asks who the key belongs to" },
		{ 14, "iam", "ListUsers", "{}", NULL, true,
		    "tries APIs one after the other; most are refused" },
		{ 3, "iam", "ListRoles", "{}", NULL, true, NULL },
		{ 2, "iam", "GetAccountAuthorizationDetails", "{}", NULL, true,
		    NULL },
		{ 4, "ec2", "DescribeInstances", "{}", NULL, true, NULL },
		{ 2, "ec2", "DescribeSecurityGroups", "{}", NULL, true, NULL },
		{ 3, "lambda", "ListFunctions20150331", NULL, NULL, true,
		    NULL },
		{ 3, "secretsmanager", "ListSecrets", "{}", NULL, true, NULL },
		{ 2, "dynamodb", "ListTables", "{}", NULL, true, NULL },
		{ 2, "kms", "ListKeys", "{}", NULL, true, NULL },
		{ 5, "s3", "ListBuckets", NULL, NULL, false, NULL },
		{ 3, "ssm", "DescribeParameters", "{}", NULL, true, NULL },
		{ 4, "cloudtrail", "DescribeTrails", "{}", NULL, false, NULL },
		{ 6, "iam", "ListAttachedUserPolicies",
		    "{\"userName\":\"svc-backup\"}", NULL, false, NULL },
		{ 7, "iam", "ListAccessKeys", "{\"userName\":\"svc-backup\"}",
		    NULL, false, NULL },
		{ 140, "iam", "CreateUser", "{\"userName\":\"svc-monitor\"}",
		    "{\"user\":{\"path\":\"/\",\"userName\":\"svc-monitor\","
		    "\"userId\":\"AIDAQ7J2MONITORUSER01\",\"arn\":\"arn:aws:"
		    "iam::210987654321:user/svc-monitor\"}}",
		    false, "makes a user of its own" },
		{ 9, "iam", "CreateAccessKey", "{\"userName\":\"svc-monitor\"}",
		    "{\"accessKey\":{\"userName\":\"svc-monitor\","
		    "\"accessKeyId\":\"AKIA5Q7J2MONITORKEY1\",\"status\":"
		    "\"Active\"}}",
		    false, NULL },
		{ 11, "iam", "AttachUserPolicy",
		    "{\"userName\":\"svc-monitor\",\"policyArn\":\"arn:aws:iam"
		    "::aws:policy/AdministratorAccess\"}",
		    NULL, false, "gives it administrator rights" },
		{ 95, "cloudtrail", "StopLogging",
		    "{\"name\":\"arn:aws:cloudtrail:eu-west-1:210987654321:"
		    "trail/organisation\"}",
		    NULL, false, "stops the trail" },
	};
	struct identity who = { .kind = IDENTITY_USER,
		.account = &w->accounts[PROD],
		.name = "svc-backup",
		.key = "AKIA4X7B2QTIDEWATER1",
		.id = "AIDA4X7B2QTIDEWBACKUP",
		.agent = "Boto3/1.26.11 Python/3.10.6 Linux/5.15.0-kali3-amd64 "
			 "Botocore/1.29.11" };

	world_stranger_address(who.address, hash_mix(w->seed, 600));
	name_actor(w, &who);
	truth_name(w->truth, "targets", "svc-monitor");
	(void)play(w, &who,
	    world_attack_day(w, "stolen-key") + 3 * CIVIL_US_PER_HOUR +
		17 * WORLD_MINUTE,
	    acts, COUNTOF(acts));
}

void
attack_root_login(struct world *w)
{
	static const struct act acts[] = {
		{ 0, "signin", "ConsoleLogin", NULL,
		    "{\"ConsoleLogin\":\"Success\"}", false,
		    "signs in as root without a second factor" },
		{ 31, "iam", "GetAccountSummary", NULL, NULL, false,
		    "looks around as root" },
		{ 12, "iam", "ListUsers", "{}", NULL, false, NULL },
		{ 20, "iam", "GetAccountPasswordPolicy", NULL, NULL, false,
		    NULL },
		{ 55, "iam", "UpdateAccountPasswordPolicy",
		    "{\"minimumPasswordLength\":6,\"requireSymbols\":false,"
		    "\"requireNumbers\":false,\"requireUppercaseCharacters\":"
		    "false,\"requireLowercaseCharacters\":false,"
		    "\"allowUsersToChangePassword\":true}",
		    NULL, false, "weakens the password policy" },
		{ 80, "cloudtrail", "DescribeTrails", "{}", NULL, false, NULL },
		{ 40, "cloudtrail", "DeleteTrail",
		    "{\"name\":\"organisation\"}", NULL, false,
		    "deletes the trail" },
		{ 60, "iam", "CreateAccessKey", NULL,
		    "{\"accessKey\":{\"accessKeyId\":"
		    "\"AKIAROOTTIDEWATER001\",\"status\":\"Active\"}}",
		    false, "makes a key for root" },
	};
	struct identity who = { .kind = IDENTITY_ROOT,
		.account = &w->accounts[PROD],
		.name = "root",
		.key = "ASIAROOTTIDEWATER0Q7",
		.agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) "
			 "Gecko/20100101 Firefox/115.0" };

	world_stranger_address(who.address, hash_mix(w->seed, 601));
	name_actor(w, &who);
	(void)play(w, &who,
	    world_attack_day(w, "root-login") + 5 * CIVIL_US_PER_HOUR +
		41 * WORLD_MINUTE,
	    acts, COUNTOF(acts));
}

/* Fetch `count` objects of a bucket, one each few seconds. */
static int64_t
fetch(struct world *w, const struct identity *who, const char *bucket,
    int64_t time_us, unsigned count)
{
	struct rng r = world_rng(w, bucket, (uint64_t)time_us);
	struct buf params = { 0 }, extra = { 0 }, key = { 0 }, what = { 0 };
	int step = truth_step(w->truth, "fetches objects in bulk");

	for (unsigned i = 0; i < count; i++) {
		time_us += 2 * CIVIL_US_PER_S + (int64_t)rng_below(&r, 9000000);
		trail_expand(who, "$k", &r, &key);
		buf_reset(&params);
		buf_reset(&extra);
		buf_reset(&what);
		buf_printf(&params,
		    "{\"bucketName\":\"%s\",\"Host\":\"%s.s3.eu-west-1."
		    "amazonaws.com\",\"key\":\"%s\"}",
		    bucket, bucket, buf_text(&key));
		buf_printf(&extra,
		    ",\"additionalEventData\":{\"SignatureVersion\":"
		    "\"SigV4\",\"bytesTransferredIn\":0,"
		    "\"bytesTransferredOut\":%llu}",
		    4000000 + (unsigned long long)rng_below(&r, 60000000));
		buf_printf(&what,
		    "[{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::"
		    "%s/%s\"},{\"accountId\":\"%s\",\"type\":"
		    "\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::%s\"}]",
		    bucket, buf_text(&key), who->account->id, bucket);
		trail_call(w, &(struct trail_call){ .who = who,
				  .time_us = time_us,
				  .service = "s3",
				  .name = "GetObject",
				  .params = buf_text(&params),
				  .extra = buf_text(&extra),
				  .resources = buf_text(&what),
				  .data_event = true,
				  .step = step });
	}
	buf_done(&params);
	buf_done(&extra);
	buf_done(&key);
	buf_done(&what);
	truth_name(w->truth, "targets", bucket);
	return time_us;
}

void
attack_s3_exfil(struct world *w)
{
	static const struct act look[] = {
		{ 0, "sts", "GetCallerIdentity", NULL, NULL, false,
		    "uses a pod's stolen session from outside" },
		{ 11, "s3", "ListBuckets", NULL, NULL, false, NULL },
		{ 9, "s3", "GetBucketAcl",
		    "{\"bucketName\":\"tidewater-prod-invoices\"}", NULL, false,
		    NULL },
		{ 7, "s3", "GetBucketPolicy",
		    "{\"bucketName\":\"tidewater-prod-invoices\"}", NULL, false,
		    NULL },
		{ 5, "iam", "ListAttachedRolePolicies",
		    "{\"roleName\":\"app-data-etl\"}", NULL, true, NULL },
	};
	static const struct act open[] = {
		{ 60, "s3", "DeleteBucketPublicAccessBlock",
		    "{\"bucketName\":\"tidewater-prod-invoices\","
		    "\"publicAccessBlock\":\"\"}",
		    NULL, false, "opens the bucket to the world" },
		{ 15, "s3", "PutBucketPolicy",
		    "{\"bucketName\":\"tidewater-prod-invoices\",\"policy\":"
		    "\"\",\"bucketPolicy\":{\"Version\":\"2012-10-17\","
		    "\"Statement\":[{\"Sid\":\"public\",\"Effect\":"
		    "\"Allow\",\"Principal\":\"*\",\"Action\":"
		    "\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::"
		    "tidewater-prod-invoices/*\"}]}}",
		    NULL, false, NULL },
	};
	int64_t t = world_attack_day(w, "s3-exfil") + 21 * CIVIL_US_PER_HOUR +
		    9 * WORLD_MINUTE;
	struct identity who = robots_pod_role(w, "etl", t);

	(void)snprintf(who.agent, sizeof(who.agent),
	    "aws-cli/2.15.30 Python/3.11.8 Linux/6.6.9-amd64 "
	    "exe/x86_64.debian.12 prompt/off command/s3.sync");
	world_stranger_address(who.address, hash_mix(w->seed, 602));
	name_actor(w, &who);
	t = play(w, &who, t, look, COUNTOF(look));
	t = fetch(w, &who, "tidewater-prod-invoices", t, 420);
	(void)play(w, &who, t, open, COUNTOF(open));
}

/* The same person in the cluster: secrets of everybody. */
static int64_t
read_secrets(struct world *w, const struct person *p, int64_t t)
{
	static const struct {
		const char *ns, *name;
	} secrets[] = { { "payments", NULL }, { "payments", "gateway" },
		{ "payments", "db-ledger" }, { "data", NULL },
		{ "data", "warehouse" }, { "monitoring", NULL },
		{ "monitoring", "grafana-admin" }, { "argocd", NULL },
		{ "argocd", "argocd-secret" }, { "ingress-nginx", NULL },
		{ "ingress-nginx", "tls-wildcard" }, { "kube-system", NULL } };
	struct cluster *c = world_eks(w);
	struct kube_names names;
	struct kube_user user = audit_person(w, c, p, p->home, &names);
	int step = truth_step(
	    w->truth, "reads secrets in namespaces of others at night");

	truth_name(w->truth, "clusters", c->name);
	truth_name(w->truth, "actors", user.name);
	for (size_t i = 0; i < COUNTOF(secrets); i++) {
		t += 21 * CIVIL_US_PER_S;
		audit_call(w, c,
		    &(struct audit_call){ .user = &user,
			.time_us = t,
			.verb = secrets[i].name ? "get" : "list",
			.resource = "secrets",
			.ns = secrets[i].ns,
			.name = secrets[i].name,
			.query = secrets[i].name ? NULL : "?limit=500",
			.step = step });
	}
	return t;
}

void
attack_insider(struct world *w)
{
	static const struct act copy[] = {
		{ 200, "s3", "ListBuckets", NULL, NULL, false,
		    "looks for buckets and database copies" },
		{ 30, "rds", "DescribeDBSnapshots",
		    "{\"dBInstanceIdentifier\":\"orders\"}", NULL, false,
		    NULL },
		{ 50, "rds", "CreateDBSnapshot",
		    "{\"dBInstanceIdentifier\":\"orders\","
		    "\"dBSnapshotIdentifier\":\"orders-tmp\"}",
		    NULL, false, "copies the database to another account" },
		{ 400, "rds", "ModifyDBSnapshotAttribute",
		    "{\"dBSnapshotIdentifier\":\"orders-tmp\","
		    "\"attributeName\":\"restore\",\"valuesToAdd\":"
		    "[\"998877665544\"]}",
		    NULL, false, NULL },
	};
	const struct person *p = world_person(w, DEVELOPER, 3);
	int64_t t = world_attack_day(w, "insider") + CIVIL_US_PER_HOUR +
		    22 * WORLD_MINUTE;
	struct identity who = people_session(w, p, t, p->home);

	name_actor(w, &who);
	t = read_secrets(w, p, t);
	t = fetch(w, &who, "tidewater-prod-invoices", t, 60);
	t = fetch(w, &who, "tidewater-hr-contracts", t, 45);
	(void)play(w, &who, t, copy, COUNTOF(copy));
}

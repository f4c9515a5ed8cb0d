#include <stdio.h>

#include "base/hash.h"
#include "simulate/attack.h"
#include "simulate/people.h"
#include "simulate/text.h"
#include "simulate/trail.h"

/* One line of an attacker's script. */
struct act {
	unsigned after_s; /* the act before */
	const char *service, *name, *params, *response;
	bool denied;
	const char *step; /* begins a new step of the truth; NULL: goes on */
};

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

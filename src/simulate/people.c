#include "simulate/people.h"

#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "simulate/kubectl.h"
#include "simulate/text.h"
#include "simulate/trail.h"

struct api {
	const char *service, *name, *params;
};

#define CLI                                                                    \
	"aws-cli/2.17.65 md/awscrt#0.21.2 ua/2.0 os/macos#23.6.0 "             \
	"md/arch#arm64 lang/python#3.11.9 md/pyimpl#CPython cfg/retry-mode#"   \
	"standard md/installer#exe md/prompt#off md/command#"

static const struct api PLATFORM_APIS[] = {
	{ "ec2", "DescribeInstances", "{\"maxResults\":100}" },
	{ "eks", "DescribeCluster", "{\"name\":\"$c\"}" },
	{ "autoscaling", "DescribeAutoScalingGroups", "{}" },
	{ "logs", "FilterLogEvents", "{\"logGroupName\":\"$l\",\"limit\":$n}" },
	{ "ec2", "DescribeSecurityGroups", "{\"maxResults\":200}" },
	{ "cloudformation", "DescribeStacks", NULL },
	{ "eks", "ListNodegroups", "{\"name\":\"$c\",\"maxResults\":100}" },
	{ "monitoring", "GetMetricData", NULL },
	{ "iam", "ListRoles", "{\"maxItems\":100}" },
	{ "iam", "GetRole", "{\"roleName\":\"app-$u\"}" },
	{ "ec2", "DescribeVolumes", "{\"maxResults\":100}" },
	{ "rds", "DescribeDBInstances", NULL },
	{ "elasticloadbalancing", "DescribeTargetHealth", "{}" },
	{ "ec2", "DescribeSubnets", "{}" },
	{ "ssm", "StartSession", "{\"target\":\"$i\"}" },
	{ "s3", "ListBuckets", "{\"Host\":\"s3.eu-west-1.amazonaws.com\"}" },
	{ "route53", "ListHostedZones", NULL },
	{ "autoscaling", "SetDesiredCapacity",
	    "{\"autoScalingGroupName\":\"eks-prod-eu-general\","
	    "\"desiredCapacity\":4}" },
	{ "ec2", "CreateTags",
	    "{\"resourcesSet\":{\"items\":[{\"resourceId\":"
	    "\"$i\"}]}}" },
	{ "eks", "UpdateNodegroupConfig", "{\"name\":\"$c\"}" },
	{ "kms", "ListKeys", "{}" },
	{ "ec2", "DescribeVpcs", "{}" },
	{ "rds", "CreateDBSnapshot",
	    "{\"dBInstanceIdentifier\":\"orders\",\"dBSnapshotIdentifier\":"
	    "\"orders-$h\"}" },
	{ "ec2", "ModifyInstanceAttribute",
	    "{\"instanceId\":\"$i\",\"disableApiTermination\":{\"value\":"
	    "true}}" },
};
static const struct api DEVELOPER_APIS[] = {
	{ "logs", "FilterLogEvents", "{\"logGroupName\":\"$l\",\"limit\":$n}" },
	{ "logs", "DescribeLogGroups", "{\"limit\":50}" },
	{ "ecr", "DescribeImages", "{\"repositoryName\":\"shop/web\"}" },
	{ "monitoring", "GetMetricData", NULL },
	{ "logs", "StartQuery", "{\"logGroupName\":\"$l\",\"limit\":1000}" },
	{ "logs", "GetQueryResults", "{\"queryId\":\"$h-77aa-4e\"}" },
	{ "eks", "DescribeCluster", "{\"name\":\"$c\"}" },
	{ "sqs", "GetQueueAttributes", "{\"attributeNames\":[\"All\"]}" },
	{ "lambda", "GetFunction20150331v2",
	    "{\"functionName\":\"invoice-render\"}" },
	{ "ecr", "ListImages", "{\"repositoryName\":\"payments/api\"}" },
	{ "secretsmanager", "DescribeSecret", "{\"secretId\":\"$s\"}" },
	{ "monitoring", "DescribeAlarms", "{\"maxRecords\":100}" },
	{ "dynamodb", "DescribeTable", "{\"tableName\":\"carts\"}" },
	{ "lambda", "UpdateFunctionCode20150331v2",
	    "{\"functionName\":\"invoice-render\",\"dryRun\":false}" },
	{ "sqs", "ListQueues", "{\"maxResults\":1000}" },
	{ "secretsmanager", "GetSecretValue", "{\"secretId\":\"shop/dev\"}" },
};
static const struct api ANALYST_APIS[] = {
	{ "athena", "GetQueryExecution", "{\"queryExecutionId\":\"$h-1b\"}" },
	{ "athena", "StartQueryExecution",
	    "{\"workGroup\":\"analytics\",\"queryString\":\"***OMITTED***\"}" },
	{ "athena", "GetQueryResults", "{\"queryExecutionId\":\"$h-1b\"}" },
	{ "glue", "GetTables", "{\"databaseName\":\"warehouse\"}" },
	{ "glue", "GetDatabases", "{}" },
	{ "s3", "ListBuckets", "{\"Host\":\"s3.eu-west-1.amazonaws.com\"}" },
	{ "athena", "ListQueryExecutions", "{\"workGroup\":\"analytics\"}" },
	{ "glue", "GetPartitions", "{\"databaseName\":\"warehouse\"}" },
	{ "quicksight", "GetDashboard", "{\"dashboardId\":\"$h\"}" },
	{ "redshift", "DescribeClusters", "{}" },
};
static const struct api AUDITOR_APIS[] = {
	{ "config", "DescribeComplianceByConfigRule", "{}" },
	{ "cloudtrail", "LookupEvents", "{\"maxResults\":50}" },
	{ "guardduty", "ListFindings", "{\"detectorId\":\"$h\"}" },
	{ "iam", "GenerateCredentialReport", NULL },
	{ "iam", "GetCredentialReport", NULL },
	{ "iam", "ListUsers", "{\"maxItems\":100}" },
	{ "iam", "ListAccessKeys", "{\"userName\":\"$u\"}" },
	{ "securityhub", "GetFindings", "{\"maxResults\":100}" },
	{ "access-analyzer", "ListFindings", "{}" },
	{ "cloudtrail", "GetTrailStatus", "{\"name\":\"organisation\"}" },
	{ "iam", "GetAccountSummary", NULL },
	{ "s3", "GetBucketPolicy", "{\"bucketName\":\"$b\"}" },
};
static const struct api FINANCE_APIS[] = {
	{ "ce", "GetCostAndUsage", "{\"granularity\":\"DAILY\"}" },
	{ "ce", "GetCostForecast", "{\"granularity\":\"MONTHLY\"}" },
	{ "ce", "GetDimensionValues", "{\"dimension\":\"SERVICE\"}" },
	{ "organizations", "ListAccounts", NULL },
	{ "ce", "GetReservationUtilization", "{}" },
};
/* Now and then somebody needs something new; all of it harmless. */
static const struct api RARE_APIS[] = {
	{ "ec2", "DescribeAddresses", "{}" },
	{ "tagging", "GetResources", "{}" },
	{ "servicequotas", "ListServiceQuotas", "{\"serviceCode\":\"ec2\"}" },
	{ "support", "DescribeCases", NULL },
	{ "health", "DescribeEvents", "{}" },
	{ "acm", "ListCertificates", "{}" },
	{ "sns", "ListTopics", NULL },
	{ "backup", "ListBackupJobs", "{}" },
};

static const struct {
	const struct api *apis;
	size_t count;
} HABITS[TRADES] = {
	[PLATFORM] = { PLATFORM_APIS, COUNTOF(PLATFORM_APIS) },
	[DEVELOPER] = { DEVELOPER_APIS, COUNTOF(DEVELOPER_APIS) },
	[ANALYST] = { ANALYST_APIS, COUNTOF(ANALYST_APIS) },
	[AUDITOR] = { AUDITOR_APIS, COUNTOF(AUDITOR_APIS) },
	[FINANCE] = { FINANCE_APIS, COUNTOF(FINANCE_APIS) },
};

/* The tables are in order of popularity; a person has favourites: each has
 * own weights, the same every day. */
static const struct api *
choose(const struct person *p, struct rng *r)
{
	size_t count = HABITS[p->trade].count;
	double weight[32], sum = 0.0, pick;
	struct rng habit = p->habit;

	if (rng_below(r, 700) == 0)
		return &RARE_APIS[rng_below(r, COUNTOF(RARE_APIS))];
	for (size_t i = 0; i < count; i++) {
		double mood = 0.35 + 1.3 * rng_unit(&habit);

		weight[i] = mood / (1.0 + 0.55 * (double)i);
		sum += weight[i];
	}
	pick = rng_unit(r) * sum;
	for (size_t i = 0; i < count; i++) {
		pick -= weight[i];
		if (pick < 0.0)
			return &HABITS[p->trade].apis[i];
	}
	return &HABITS[p->trade].apis[0];
}

struct identity
people_session(struct world *w, const struct person *p, int64_t time_us,
    const char *address)
{
	struct identity who = p->work;
	struct rng r =
	    world_rng(w, "session", hash_mix(p->index, (uint64_t)time_us));

	(void)snprintf(who.key, sizeof(who.key), "ASIA");
	text_id(who.key + 4, 16, &r);
	(void)snprintf(who.address, sizeof(who.address), "%s", address);
	who.since_us = time_us;
	return who;
}

static void
log_in(struct world *w, const struct person *p, const struct identity *who)
{
	struct identity self = *who;
	bool saml = p->trade != FINANCE;

	self.key[0] = '\0';
	trail_call(
	    w, &(struct trail_call){ .who = saml ? who : &self,
		   .time_us = who->since_us + CIVIL_US_PER_S,
		   .service = "signin",
		   .name = "ConsoleLogin",
		   .type = "AwsConsoleSignIn",
		   .response = "{\"ConsoleLogin\":\"Success\"}",
		   .extra = saml ? ",\"additionalEventData\":{\"LoginTo\":"
				   "\"https://console."
				   "aws.amazon.com/"
				   "\",\"MobileVersion\":\"No\",\"MFAUsed\":"
				   "\"No\",\"SamlProviderArn\":\"arn:aws:iam::"
				   "210987654321:"
				   "saml-provider/AWSSSO_tidewater\"}"
				 : ",\"additionalEventData\":{\"LoginTo\":"
				   "\"https://console."
				   "aws.amazon.com/"
				   "\",\"MobileVersion\":\"No\",\"MFAUsed\":"
				   "\"Yes\",\"MFAIdentifier\":\"arn:aws:iam::"
				   "210987654321:"
				   "mfa/phone\"}",
		   .step = -1 });
}

/* The wrong password before the right one, once in a while. */
static void
fail_log_in(struct world *w, const struct identity *who)
{
	struct identity self = *who;

	self.key[0] = '\0';
	trail_call(w,
	    &(struct trail_call){ .who = &self,
		.time_us = who->since_us - 9 * CIVIL_US_PER_S,
		.service = "signin",
		.name = "ConsoleLogin",
		.type = "AwsConsoleSignIn",
		.error_message = "Failed authentication",
		.error = "Failed authentication",
		.extra = ",\"additionalEventData\":{\"MobileVersion\":\"No\","
			 "\"MFAUsed\":\"Yes\"}",
		.step = -1 });
}

/* Some APIs change things; those who use them do so as a routine, so that
 * the first days show all of it. */
static bool
is_routine(const struct api *api)
{
	static const char *const names[] = { "StartSession",
		"SetDesiredCapacity", "CreateTags", "UpdateNodegroupConfig",
		"CreateDBSnapshot", "ModifyInstanceAttribute",
		"UpdateFunctionCode20150331v2", "GetSecretValue",
		"StartQueryExecution", "GenerateCredentialReport" };

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (!strcmp(names[i], api->name))
			return true;
	return false;
}

static void
make_call(struct world *w, const struct person *p, const struct identity *who,
    const struct api *api, int64_t time_us)
{
	struct rng own = world_rng(
		       w, api->name, hash_mix(p->index, (uint64_t)time_us)),
		   *r = &own;
	struct buf params = { 0 }, agent = { 0 };
	bool console = rng_unit(r) < (p->trade == PLATFORM ? 0.4 : 0.7);
	bool denied = rng_below(r, 160) == 0 && p->trade != PLATFORM;

	if (api->params != NULL)
		trail_expand(who, api->params, r, &params);
	buf_printf(&agent, CLI "%s", api->service);
	trail_call(w,
	    &(struct trail_call){ .who = who,
		.time_us = time_us,
		.service = api->service,
		.name = api->name,
		.params = api->params ? buf_text(&params) : NULL,
		.agent = console ? NULL : buf_text(&agent),
		.error = denied ? "AccessDenied" : NULL,
		.error_message = "User is not authorized to perform this "
				 "action because no identity-based policy "
				 "allows it",
		.extra = console ? ",\"sessionCredentialFromConsole\":\"true\""
				 : NULL,
		.step = -1 });
	buf_done(&params);
	buf_done(&agent);
}

static void
work_session(struct world *w, const struct person *p, int64_t from_us,
    const char *address)
{
	struct identity who = people_session(w, p, from_us, address);
	struct rng r =
	    world_rng(w, "calls", hash_mix(p->index, (uint64_t)from_us));
	uint64_t calls = 3 + rng_poisson(&r, 8.0);
	int64_t t = from_us;
	int day = (int)((from_us - w->start_us) / CIVIL_US_PER_DAY);

	if (who.kind == IDENTITY_USER && rng_below(&r, 9) == 0)
		fail_log_in(w, &who);
	if (who.kind == IDENTITY_USER || rng_unit(&r) < 0.6)
		log_in(w, p, &who);
	if (rng_unit(&r) < (day < p->first_day + 3 ? 0.8 : 0.25))
		for (size_t i = 0; i < HABITS[p->trade].count; i++)
			if (is_routine(&HABITS[p->trade].apis[i]))
				make_call(w, p, &who, &HABITS[p->trade].apis[i],
				    t += 11300000 +
					 (int64_t)rng_below(&r, 40000000));
	while (calls-- > 0) {
		t += (int64_t)(rng_exponential(&r, 75.0) * 1e6) + 1700000;
		make_call(w, p, &who, choose(p, &r), t);
	}
	if (p->trade == DEVELOPER || p->trade == PLATFORM)
		kubectl_work(w, p, from_us + 4 * WORLD_MINUTE, address);
}

static void
work_day(struct world *w, const struct person *p, unsigned day)
{
	struct rng r = world_rng(w, "day", hash_mix(p->index, day));
	bool weekend = world_is_free(w, world_day(w, day));
	const char *address = rng_unit(&r) < p->at_home
				  ? p->home
				  : world_office(w, world_day(w, day));
	uint64_t sessions =
	    weekend ? rng_below(&r, 25) == 0 : 1 + rng_poisson(&r, 1.2);
	char away[16];

	/* One week a colleague travels: an address of its own. */
	if (p->index % 6 == 4 && day % 14 >= 9 && day % 14 <= 11) {
		world_home_address(away, hash_mix(w->seed, 9000 + p->index));
		address = away;
	}
	if (!weekend && rng_below(&r, 14) == 0)
		return; /* on leave */
	for (uint64_t i = 0; i < sessions; i++) {
		double hour =
		    p->start_h + 8.5 * rng_unit(&r) - (double)p->utc_offset_h;

		work_session(w, p,
		    world_day(w, day) +
			(int64_t)(hour * (double)CIVIL_US_PER_HOUR),
		    address);
	}
}

/* The platform people share the nights; some nights the phone rings. */
static void
on_call(struct world *w, unsigned day)
{
	struct rng r = world_rng(w, "on call", day);
	const struct person *p = world_person(w, PLATFORM, day / 7 % 3);

	if (rng_below(&r, 4) == 0)
		work_session(w, p,
		    world_day(w, day) + (int64_t)(rng_unit(&r) * 5e6 * 3600.0),
		    p->home);
}

void
people_live(struct world *w)
{
	for (unsigned i = 0; i < w->person_count; i++)
		for (unsigned day = 0; day < w->days; day++)
			if ((int)day >= w->people[i].first_day)
				work_day(w, &w->people[i], day);
	for (unsigned day = 0; day < w->days; day++)
		on_call(w, day);
}

/*
 * Policy:IAM/ResourcePublicAccessGranted - a queue, topic, key, secret,
 * repository or other thing with a policy of its own is opened to everybody.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: an Allow to everyone without a condition that narrows
 *             it, as for buckets
 * References  https://attack.mitre.org/techniques/T1530/
 *             https://attack.mitre.org/techniques/T1537/
 */
#include "detect/iam_act.h"

struct open {
	struct iam_act act;
	struct span policy; /* where the document, or a list of shares, is */
};

#define OPEN(service, name, severity, key, policy)                             \
	{                                                                      \
		{ SPAN_INIT(service), SPAN_INIT(name), severity,               \
			SPAN_INIT("its policy speaks to everybody"),           \
			SPAN_INIT(key) },                                      \
		    SPAN_INIT(policy)                                          \
	}

static const struct open opens[] = {
	OPEN("sqs", "SetQueueAttributes", SEVERITY_HIGH, "queueUrl",
	    "attributes.Policy"),
	OPEN("sqs", "CreateQueue", SEVERITY_HIGH, "queueName",
	    "attributes.Policy"),
	OPEN("sns", "SetTopicAttributes", SEVERITY_HIGH, "topicArn",
	    "attributeValue"),
	OPEN("sns", "CreateTopic", SEVERITY_HIGH, "name", "attributes.Policy"),
	OPEN("kms", "PutKeyPolicy", SEVERITY_HIGH, "keyId", "policy"),
	OPEN("kms", "CreateKey", SEVERITY_HIGH, "description", "policy"),
	OPEN("secretsmanager", "PutResourcePolicy", SEVERITY_HIGH, "secretId",
	    "resourcePolicy"),
	OPEN("ecr", "SetRepositoryPolicy", SEVERITY_HIGH, "repositoryName",
	    "policyText"),
	OPEN("es", "CreateElasticsearchDomain", SEVERITY_HIGH, "domainName",
	    "accessPolicies"),
	OPEN("es", "UpdateElasticsearchDomainConfig", SEVERITY_HIGH,
	    "domainName", "accessPolicies"),
	OPEN("es", "UpdateDomainConfig", SEVERITY_HIGH, "domainName",
	    "accessPolicies"),
	OPEN("es", "CreateDomain", SEVERITY_HIGH, "domainName",
	    "accessPolicies"),
	OPEN("glacier", "SetVaultAccessPolicy", SEVERITY_HIGH, "vaultName",
	    "policy.policy"),
	OPEN("elasticfilesystem", "PutFileSystemPolicy", SEVERITY_MEDIUM,
	    "fileSystemId", "policy"),
	OPEN("backup", "PutBackupVaultAccessPolicy", SEVERITY_HIGH,
	    "backupVaultName", "policy"),
	OPEN("dynamodb", "PutResourcePolicy", SEVERITY_HIGH, "resourceArn",
	    "policy"),
	OPEN("events", "PutPermission", SEVERITY_MEDIUM, "eventBusName",
	    "policy"),
	OPEN("ssm", "ModifyDocumentPermission", SEVERITY_MEDIUM, "name",
	    "accountIdsToAdd"),
};

static const struct open *
find(const struct cloudtrail *ct)
{
	for (size_t i = 0; i < COUNTOF(opens); i++) {
		if (iam_act_find(&opens[i].act, 1, ct) != NULL)
			return &opens[i];
	}
	return NULL;
}

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return find(ct) != NULL;
}

/* "all" among the accounts of a share. */
static bool
names_all(struct json_value list)
{
	struct json_iter it = json_iter(list);
	struct json_value item;

	while (json_is(list, JSON_ARRAY) && json_next_item(&it, &item)) {
		if (span_equal_nocase(json_string(item), SPAN("all")))
			return true;
	}
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct open *o = find(ev->cloudtrail);
	struct json_value request = iam_act_request(ev);
	struct span who = span_of(NULL, 0);

	(void)state;
	if (!names_all(json_get(request, o->policy)) &&
	    policy_reach(iam_act_at(request, o->policy), ev->account, &who) !=
		POLICY_ANYONE)
		return;
	iam_act_report_row(d, ev, &o->act);
}

DETECTOR(resource_public) = {
	.type = "Policy:IAM/ResourcePublicAccessGranted",
	.title = "{service} {resource} was opened to everybody",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Anyone with an AWS account, or anyone at "
		 "all, can use it now.",
	.mitre = "T1530 T1537",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

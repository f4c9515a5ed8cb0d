/*
 * PrivilegeEscalation:IAM/AccountManipulation - somebody or something becomes
 * an administrator.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: AWS's administrator policies by name, own policies by
 *             their text, a band lower for who does so every week
 * References  https://attack.mitre.org/techniques/T1098/003/
 *             https://attack.mitre.org/techniques/T1548/
 */
#include "detect/iam_act.h"

/* What the rest of the call has to say for the row to hold. */
enum proof {
	BY_NAME, /* policyArn is one of AWS's administrator policies */
	BY_TEXT, /* policyDocument allows everything */
	ALONE,	 /* the call itself */
};

struct grant {
	struct iam_act act;
	enum proof proof;
};

#define GRANT(service, name, severity, what, key, proof)                       \
	{                                                                      \
		{ SPAN_INIT(service), SPAN_INIT(name), severity,               \
			SPAN_INIT(what), SPAN_INIT(key) },                     \
		    proof                                                      \
	}

static const struct grant grants[] = {
	GRANT("iam", "AttachUserPolicy", SEVERITY_HIGH,
	    "the user was made an administrator", "userName", BY_NAME),
	GRANT("iam", "AttachRolePolicy", SEVERITY_HIGH,
	    "the role was made an administrator", "roleName", BY_NAME),
	GRANT("iam", "AttachGroupPolicy", SEVERITY_HIGH,
	    "the group was made one of administrators", "groupName", BY_NAME),
	GRANT("iam", "PutUserPolicy", SEVERITY_HIGH,
	    "the user was allowed everything", "userName", BY_TEXT),
	GRANT("iam", "PutRolePolicy", SEVERITY_HIGH,
	    "the role was allowed everything", "roleName", BY_TEXT),
	GRANT("iam", "PutGroupPolicy", SEVERITY_HIGH,
	    "the group was allowed everything", "groupName", BY_TEXT),
	GRANT("iam", "CreatePolicyVersion", SEVERITY_HIGH,
	    "a policy that is in use allows everything now", "policyArn",
	    BY_TEXT),
	GRANT("iam", "CreatePolicy", SEVERITY_LOW,
	    "a policy that allows everything was made", "policyName", BY_TEXT),
	GRANT("iam", "DeleteUserPermissionsBoundary", SEVERITY_MEDIUM,
	    "the boundary of the user's rights was taken away", "userName",
	    ALONE),
	GRANT("iam", "DeleteRolePermissionsBoundary", SEVERITY_MEDIUM,
	    "the boundary of the role's rights was taken away", "roleName",
	    ALONE),
	GRANT("iam", "SetDefaultPolicyVersion", SEVERITY_LOW,
	    "another version of a policy was made the one in force",
	    "policyArn", ALONE),
	GRANT("sso", "AttachManagedPolicyToPermissionSet", SEVERITY_HIGH,
	    "a permission set was made one of administrators",
	    "permissionSetArn", BY_NAME),
	GRANT("sso", "CreateAccountAssignment", SEVERITY_LOW,
	    "somebody was given a permission set", "principalId", ALONE),
	GRANT("sso-directory", "AddMemberToGroup", SEVERITY_LOW,
	    "somebody was added to a group of the directory", "member.memberId",
	    ALONE),
	GRANT("eks", "AssociateAccessPolicy", SEVERITY_HIGH,
	    "the principal was made an administrator of a cluster",
	    "principalArn", BY_NAME),
	GRANT("rds", "AddRoleToDBInstance", SEVERITY_LOW,
	    "a database was given a role", "dBInstanceIdentifier", ALONE),
	GRANT("rds", "AddRoleToDBCluster", SEVERITY_LOW,
	    "a database was given a role", "dBClusterIdentifier", ALONE),
};

static const struct grant *
find(const struct cloudtrail *ct)
{
	for (size_t i = 0; i < COUNTOF(grants); i++) {
		if (iam_act_find(&grants[i].act, 1, ct) != NULL)
			return &grants[i];
	}
	return NULL;
}

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return find(ct) != NULL;
}

static bool
names_admin(struct span arn)
{
	static const struct span names[] = { SPAN_INIT("/AdministratorAccess"),
		SPAN_INIT("/IAMFullAccess"),
		SPAN_INIT("/AmazonEKSClusterAdminPolicy"),
		SPAN_INIT("/AmazonEKSAdminPolicy") };

	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (span_ends(arn, names[i]))
			return true;
	}
	return false;
}

static bool
holds(const struct grant *g, struct json_value request)
{
	struct span arn = json_get_string(request, SPAN("policyArn"));

	if (span_is_empty(arn))
		arn = json_get_string(request, SPAN("managedPolicyArn"));
	switch (g->proof) {
	case BY_NAME:
		return names_admin(arn);
	case BY_TEXT:
		return policy_is_admin(
		    json_get(request, SPAN("policyDocument")));
	case ALONE:
		return true;
	}
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct grant *g = find(ev->cloudtrail);
	struct json_value request = iam_act_request(ev);

	(void)state;
	if (holds(g, request))
		iam_act_report_row(d, ev, &g->act);
}

DETECTOR(admin_granted) = {
	.type = "PrivilegeEscalation:IAM/AccountManipulation",
	.title = "{resource}: {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever acts as {resource} can do "
		 "everything in account {account} from now on.",
	.mitre = "T1098.003 T1548",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

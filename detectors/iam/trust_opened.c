/*
 * Persistence:IAM/TrustPolicyOpened - a role may be taken by another account
 * or by anyone.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the principals of the trust policy. Accounts that this
 *             one has had to do with for days count a band less.
 * References  https://attack.mitre.org/techniques/T1098/001/
 *             https://attack.mitre.org/techniques/T1199/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("UpdateAssumeRolePolicy")) ||
	       (span_equal(ct->name, SPAN("CreateRole")) &&
		   span_equal(ct->service, SPAN("iam")));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool made = span_equal(ev->cloudtrail->name, SPAN("CreateRole"));
	struct json_value request = iam_act_request(ev);
	struct span who = span_of(NULL, 0);
	enum policy_reach reach = policy_reach(
	    json_get(request, made ? SPAN("assumeRolePolicyDocument")
				   : SPAN("policyDocument")),
	    ev->account, &who);

	(void)state;
	if (reach == POLICY_OWN)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = reach == POLICY_ANYONE
						      ? SEVERITY_HIGH
						      : SEVERITY_MEDIUM,
		.what = made ? SPAN("a role was made that others may take")
			     : SPAN("others may take the role now"),
		.target = json_get_string(request, SPAN("roleName")),
		.feature = "principal of the trust policy",
		.observed = who,
		.who = who });
}

DETECTOR(trust_opened) = {
	.type = "Persistence:IAM/TrustPolicyOpened",
	.title = "Role {resource} may be taken by {subject}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever has {subject} has the rights of "
		 "role {resource}, with no key of account {account}.",
	.mitre = "T1098.001 T1199",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

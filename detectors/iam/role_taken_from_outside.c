/*
 * InitialAccess:IAM/RoleTakenByNewAccount - a role is taken by a principal of
 * an account that never did so before.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the first time of an account, once the own account is
 *             known. It teaches which accounts are partners.
 * References  https://attack.mitre.org/techniques/T1199/
 *             https://attack.mitre.org/techniques/T1078/004/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("sts")) &&
	       span_equal(ct->name, SPAN("AssumeRole"));
}

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return iam_act_by_someone(ev) && policy_reach_of(ct->identity_account,
					     ev->account) == POLICY_FOREIGN;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct span account = ev->cloudtrail->identity_account;
	struct usual partner, tenant;

	(void)state;
	detect_usual_value(d, SCOPE_TENANT, FEATURE_PEER, account, &partner);
	detect_usual(d, SCOPE_TENANT, FEATURE_API, &tenant);
	detect_learn(d, SCOPE_TENANT, FEATURE_PEER, account);
	if (partner.count > 0 || tenant.known_days < DETECT_KNOWN_DAYS)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = SPAN("a role was taken from outside"),
		.target = iam_act_short(
		    json_get_string(iam_act_request(ev), SPAN("roleArn"))),
		.feature = "account that took the role",
		.observed = account,
		.who = account,
		.always = true });
}

DETECTOR(role_taken_from_outside) = {
	.type = "InitialAccess:IAM/RoleTakenByNewAccount",
	.title = "Account {subject} took role {resource} for the "
		 "first time",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. The role acts in account {account} with "
		 "rights that somebody in account {subject} uses.",
	.mitre = "T1199 T1078.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

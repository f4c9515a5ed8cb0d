/*
 * DefenseImpairment:Organizations/ModifyCloudResourceHierarchy - an account
 * leaves its organisation, or is made to, with all policies and trails that
 * hold for it there.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, refused ones at the low end:
 *             nobody tries that by mistake
 * References  https://attack.mitre.org/techniques/T1562/001/
 *             https://attack.mitre.org/techniques/T1531/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("organizations")) &&
	       (span_equal(ct->name, SPAN("LeaveOrganization")) ||
		   span_equal(
		       ct->name, SPAN("RemoveAccountFromOrganization")) ||
		   span_equal(ct->name, SPAN("DeleteOrganization")));
}

static bool
match(const struct event *ev)
{
	return ev->outcome != OUTCOME_FAILED;
}

static struct span
what_of(struct span api, bool refused)
{
	if (refused)
		return SPAN("somebody tried to leave the organisation");
	if (span_equal(api, SPAN("LeaveOrganization")))
		return SPAN("the account left its organisation");
	if (span_equal(api, SPAN("DeleteOrganization")))
		return SPAN("the organisation was deleted");
	return SPAN("an account was put out of the organisation");
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool refused = ev->outcome == OUTCOME_DENIED;

	(void)state;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){
		.severity = refused ? SEVERITY_LOW : SEVERITY_HIGH,
		.what = what_of(ev->cloudtrail->name, refused),
		.target = iam_act_text(iam_act_request(ev), SPAN("accountId")),
		.always = true });
}

DETECTOR(organization_left) = {
	.type = "DefenseImpairment:Organizations/ModifyCloudResourceHierarchy",
	.title = "Account {account}: {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. The organisation's policies, trails and "
		 "billing no longer hold for an account that is out.",
	.mitre = "T1562.001 T1531",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

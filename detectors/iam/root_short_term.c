/*
 * Policy:IAMUser/ShortTermRootCredentialUsage - somebody acts as root of a
 * member account by a session that the organisation gave.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the record says that root was assumed
 * References  https://attack.mitre.org/techniques/T1078/004/
 */
#include "detect/iam_act.h"

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->identity_type, SPAN("Root")) &&
	       !ct->from_service && ev->outcome != OUTCOME_FAILED;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	if (!iam_act_is_assumed_root(ev))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_LOW,
		.what = SPAN("root was assumed"),
		.feature = "API called as root",
		.observed = ev->cloudtrail->name,
		.always = true });
}

DETECTOR(root_short_term) = {
	.type = "Policy:IAMUser/ShortTermRootCredentialUsage",
	.title = "A root session of account {account} called {api}",
	.story = "Somebody acts as root of account {account} by a "
		 "session of the organisation: {service} {api} from "
		 "{remote} with {user_agent}.",
	.mitre = "T1078.004",
	.tactic = TACTIC_PRIVILEGE_ESCALATION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.95,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

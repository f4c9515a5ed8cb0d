/*
 * Policy:IAMUser/RootCredentialUsage - the root user of an account acts.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: root is for the few tasks that need it.  What AWS does in
 *             root's name is left out, and so are failed sign-ins, which
 *             prove that the password was not known.
 * References  https://docs.aws.amazon.com/IAM/latest/UserGuide/
 *             root-user-best-practices.html
 */
#include <math.h>

#include "detect/iam_act.h"

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	if (!span_equal(ct->identity_type, SPAN("Root")) || ct->from_service ||
	    !span_is_empty(ct->invoked_by) ||
	    span_equal(ct->event_type, SPAN("AwsServiceEvent")))
		return false;
	return ev->outcome == OUTCOME_OK ||
	       (!span_equal(ct->service, SPAN("signin")) &&
		   !span_equal(ct->name, SPAN("ConsoleLogin")));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct evidence why[] = {
		{ .feature = "API called as root",
		    .observed = ev->cloudtrail->name,
		    .expected = NAN },
	};

	(void)state;
	if (iam_act_is_assumed_root(ev))
		return; /* root_short_term.c */
	detect_raise(d, &(struct raise){ .resource_kind = ENTITY_ACCOUNT,
			    .resource = ev->account,
			    .why = why,
			    .nwhy = COUNTOF(why) });
}

DETECTOR(root_usage) = {
	.type = "Policy:IAMUser/RootCredentialUsage",
	.title = "The root user of account {account} called {api}",
	.story = "The root user of account {account} called {service} {api} "
		 "from {remote} with {user_agent} (second factor: {mfa}). "
		 "Root can do everything and cannot be limited; daily work "
		 "belongs to roles.",
	.mitre = "T1078.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.severity = SEVERITY_LOW,
	.confidence = 0.95,
	.when = DETECT_ACTIVITY,
	.match = match,
	.observe = observe,
};

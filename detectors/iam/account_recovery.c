/*
 * Persistence:Account/RecoveryChanged - how an account is won back, or who is
 * told of abuse, was changed.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1098/
 *             https://attack.mitre.org/techniques/T1531/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("account"), SPAN_INIT("StartPrimaryEmailUpdate"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the address of the root user is to change"),
	    SPAN_INIT("") },
	{ SPAN_INIT("account"), SPAN_INIT("AcceptPrimaryEmailUpdate"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the address of the root user was changed"),
	    SPAN_INIT("") },
	{ SPAN_INIT("signin"), SPAN_INIT("EmailUpdated"), SEVERITY_MEDIUM,
	    SPAN_INIT("the address of the root user was changed"),
	    SPAN_INIT("") },
	{ SPAN_INIT("signin"), SPAN_INIT("PasswordRecoveryCompleted"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the password of the root user was reset"),
	    SPAN_INIT("") },
	{ SPAN_INIT("signin"), SPAN_INIT("PasswordRecoveryRequested"),
	    SEVERITY_LOW,
	    SPAN_INIT("somebody asked to reset the password of the root "
		      "user"),
	    SPAN_INIT("") },
	{ SPAN_INIT("signin"), SPAN_INIT("PasswordUpdated"), SEVERITY_LOW,
	    SPAN_INIT("the password of the root user was changed"),
	    SPAN_INIT("") },
	{ SPAN_INIT("account"), SPAN_INIT("PutAlternateContact"), SEVERITY_LOW,
	    SPAN_INIT("who is told of abuse was changed"), SPAN_INIT("") },
	{ SPAN_INIT("account"), SPAN_INIT("DeleteAlternateContact"),
	    SEVERITY_LOW, SPAN_INIT("who is told of abuse was deleted"),
	    SPAN_INIT("") },
	{ SPAN_INIT("account"), SPAN_INIT("PutContactInformation"),
	    SEVERITY_LOW, SPAN_INIT("the contact of the account was changed"),
	    SPAN_INIT("") },
};

static bool
of_kind(const struct event *ev)
{
	return iam_act_find(acts, COUNTOF(acts), ev->cloudtrail) != NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	iam_act_report_row(
	    d, ev, iam_act_find(acts, COUNTOF(acts), ev->cloudtrail));
}

DETECTOR(account_recovery) = {
	.type = "Persistence:Account/RecoveryChanged",
	.title = "Account {account}: {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Who holds the mail of the root user holds "
		 "the account.",
	.mitre = "T1098 T1531",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

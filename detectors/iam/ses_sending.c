/*
 * Impact:SES/ResourceHijacking - the account may send mail to the world, or to
 * more of it.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1496/004/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("ses"), SPAN_INIT("PutAccountDetails"), SEVERITY_MEDIUM,
	    SPAN_INIT("it was asked to let the account send mail to "
		      "everybody"),
	    SPAN_INIT("") },
	{ SPAN_INIT("ses"), SPAN_INIT("UpdateAccountSendingEnabled"),
	    SEVERITY_LOW,
	    SPAN_INIT("sending mail was switched on or off for the "
		      "account"),
	    SPAN_INIT("") },
	{ SPAN_INIT("ses"), SPAN_INIT("PutAccountSendingAttributes"),
	    SEVERITY_LOW,
	    SPAN_INIT("sending mail was switched on or off for the "
		      "account"),
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

DETECTOR(ses_sending) = {
	.type = "Impact:SES/ResourceHijacking",
	.title = "Mail in account {account}, {region}: {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Stolen keys are used to send spam and "
		 "phishing in the name of the account.",
	.mitre = "T1496.004",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

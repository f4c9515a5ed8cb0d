/*
 * ResourceDevelopment:SES/CompromiseAccounts - a domain or address was made a
 * sender of the account.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1586/002/
 *             https://attack.mitre.org/techniques/T1583/001/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("ses"), SPAN_INIT("CreateEmailIdentity"), SEVERITY_MEDIUM,
	    SPAN_INIT("a sender was added"), SPAN_INIT("emailIdentity") },
	{ SPAN_INIT("ses"), SPAN_INIT("VerifyDomainIdentity"), SEVERITY_MEDIUM,
	    SPAN_INIT("a domain was added as sender"), SPAN_INIT("domain") },
	{ SPAN_INIT("ses"), SPAN_INIT("VerifyEmailIdentity"), SEVERITY_MEDIUM,
	    SPAN_INIT("an address was added as sender"),
	    SPAN_INIT("emailAddress") },
	{ SPAN_INIT("ses"), SPAN_INIT("VerifyDomainDkim"), SEVERITY_LOW,
	    SPAN_INIT("the signature of a domain was set up"),
	    SPAN_INIT("domain") },
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

DETECTOR(ses_identity) = {
	.type = "ResourceDevelopment:SES/CompromiseAccounts",
	.title = "{resource} was made a sender of mail in account "
		 "{account}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Mail in that name can be sent from the "
		 "account once it is verified.",
	.mitre = "T1586.002 T1583.001",
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

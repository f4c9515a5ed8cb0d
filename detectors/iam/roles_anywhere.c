/*
 * Persistence:RolesAnywhere/AccountManipulation - a certificate authority
 * outside of AWS may vouch for roles of the account.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1098/001/
 *             https://attack.mitre.org/techniques/T1556/007/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("rolesanywhere"), SPAN_INIT("CreateTrustAnchor"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("a certificate authority may vouch for roles"),
	    SPAN_INIT("name") },
	{ SPAN_INIT("rolesanywhere"), SPAN_INIT("UpdateTrustAnchor"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the certificate authority of a trust anchor was "
		      "replaced"),
	    SPAN_INIT("trustAnchorId") },
	{ SPAN_INIT("rolesanywhere"), SPAN_INIT("CreateProfile"), SEVERITY_LOW,
	    SPAN_INIT("a profile says which roles certificates open"),
	    SPAN_INIT("name") },
	{ SPAN_INIT("rolesanywhere"), SPAN_INIT("ImportCrl"), SEVERITY_LOW,
	    SPAN_INIT("a revocation list was imported"), SPAN_INIT("name") },
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

DETECTOR(roles_anywhere) = {
	.type = "Persistence:RolesAnywhere/AccountManipulation",
	.title = "Roles Anywhere in account {account}: {what} "
		 "({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever holds the authority's key makes "
		 "certificates that open roles, for as long as the "
		 "anchor stands.",
	.mitre = "T1098.001 T1556.007",
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

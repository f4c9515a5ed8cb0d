/*
 * DefenseImpairment:RDS/ModifyAuthenticationProcess - a database no longer
 * asks AWS who its users are, or may be deleted.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: IAM authentication or the protection against deletion is
 *             set to false, a band lower for who does so every week
 * References  https://attack.mitre.org/techniques/T1556/
 *             https://attack.mitre.org/techniques/T1562/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("rds")) &&
	       (span_equal(ct->name, SPAN("ModifyDBInstance")) ||
		   span_equal(ct->name, SPAN("ModifyDBCluster")));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	bool deletable =
	    json_is(json_get(request, SPAN("deletionProtection")), JSON_FALSE);
	bool unasked =
	    json_is(json_get(request, SPAN("enableIAMDatabaseAuthentication")),
		JSON_FALSE);

	(void)state;
	if (!deletable && !unasked)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_MEDIUM,
		.what = deletable ? SPAN("its protection against deletion was "
					 "switched off")
				  : SPAN("it no longer asks AWS who its users "
					 "are"),
		.target = iam_act_database(request) });
}

DETECTOR(rds_iam_auth) = {
	.type = "DefenseImpairment:RDS/ModifyAuthenticationProcess",
	.title = "Database {resource}: {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. That was a guard of the database.",
	.mitre = "T1556 T1562",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

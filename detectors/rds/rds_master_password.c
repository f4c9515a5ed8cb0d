/*
 * CredentialAccess:RDS/ModifyAuthenticationProcess - the password of a
 * database's owner was replaced.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the call with a masterUserPassword, a band lower for who
 *             makes it every week
 * References  https://attack.mitre.org/techniques/T1556/
 *             https://attack.mitre.org/techniques/T1098/
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

	(void)state;
	if (span_is_empty(json_get_string(request, SPAN("masterUserPassword"))))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = SPAN("the master password was replaced"),
		.target = iam_act_database(request) });
}

DETECTOR(rds_master_password) = {
	.type = "CredentialAccess:RDS/ModifyAuthenticationProcess",
	.title = "The master password of database {resource} was "
		 "replaced",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever chose it can read and change "
		 "everything in the database.",
	.mitre = "T1556 T1098",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

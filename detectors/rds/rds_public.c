/*
 * InitialAccess:RDS/ExploitPublicFacingApplication - a database got an address
 * on the internet.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: publiclyAccessible is true, or a group lets every
 *             address in; a band lower for who does so every week
 * References  https://attack.mitre.org/techniques/T1190/
 *             https://attack.mitre.org/techniques/T1133/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->service, SPAN("rds")) &&
	       (span_starts(ct->name, SPAN("ModifyDB")) ||
		   span_starts(ct->name, SPAN("CreateDB")) ||
		   span_starts(ct->name, SPAN("RestoreDB")) ||
		   span_equal(
		       ct->name, SPAN("AuthorizeDBSecurityGroupIngress")));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	bool restored = span_starts(ev->cloudtrail->name, SPAN("Restore"));

	(void)state;
	if (!json_is_true(json_get(request, SPAN("publiclyAccessible"))) &&
	    !span_equal(
		json_get_string(request, SPAN("cIDRIP")), SPAN("0.0.0.0/0")))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = restored ? SPAN("a copy of a database was made that "
					"the internet reaches")
				 : SPAN("the internet reaches the database"),
		.target = iam_act_database(request) });
}

DETECTOR(rds_public) = {
	.type = "InitialAccess:RDS/ExploitPublicFacingApplication",
	.title = "Database {resource} got an address on the internet",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Where its security group lets it, anyone "
		 "can try its passwords now.",
	.mitre = "T1190 T1133",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

/*
 * Exfiltration:RDS/TransferDataToCloudAccount - a database snapshot is shared
 * with the world or with another account.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: who was added to the permissions. Accounts that this one
 *             has had to do with for days count a band less.
 * References  https://attack.mitre.org/techniques/T1537/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("ModifyDBSnapshotAttribute")) ||
	       span_equal(ct->name, SPAN("ModifyDBClusterSnapshotAttribute"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	struct span who = span_of(NULL, 0);
	struct span name =
	    json_get_string(request, SPAN("dBSnapshotIdentifier"));

	(void)state;
	if (iam_act_share(json_get(request, SPAN("valuesToAdd")), ev, &who) ==
	    POLICY_OWN)
		return;
	if (span_is_empty(name))
		name = json_get_string(
		    request, SPAN("dBClusterSnapshotIdentifier"));
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = SPAN("a database snapshot was shared"),
		.target = iam_act_short(name),
		.feature = "shared with",
		.observed = who,
		.who = who });
}

DETECTOR(rds_snapshot_shared) = {
	.type = "Exfiltration:RDS/TransferDataToCloudAccount",
	.title = "Database snapshot {resource} was shared with "
		 "{subject}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever it is shared with can restore the "
		 "database as their own and read all of it.",
	.mitre = "T1537",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

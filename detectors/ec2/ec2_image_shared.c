/*
 * Exfiltration:EC2/TransferDataToCloudAccount - a disk snapshot or machine
 * image is shared with the world or with another account.
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

	return span_equal(ct->name, SPAN("ModifySnapshotAttribute")) ||
	       span_equal(ct->name, SPAN("ModifyImageAttribute"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool image =
	    span_equal(ev->cloudtrail->name, SPAN("ModifyImageAttribute"));
	struct json_value request = iam_act_request(ev);
	struct json_value list = json_get(
	    iam_act_at(request, image ? SPAN("launchPermission.add")
				      : SPAN("createVolumePermission.add")),
	    SPAN("items"));
	struct span who = span_of(NULL, 0);
	enum policy_reach reach = iam_act_share(list, ev, &who);

	(void)state;
	if (reach == POLICY_OWN)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_HIGH,
		.what = image ? SPAN("a machine image was shared")
			      : SPAN("a disk snapshot was shared"),
		.target = iam_act_text(
		    request, image ? SPAN("imageId") : SPAN("snapshotId")),
		.feature = "shared with",
		.observed = who,
		.who = who });
}

DETECTOR(ec2_image_shared) = {
	.type = "Exfiltration:EC2/TransferDataToCloudAccount",
	.title = "{resource} was shared with {subject}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever it is shared with can copy the "
		 "disk and read all that is on it, and taking the "
		 "share back does not reach the copy.",
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

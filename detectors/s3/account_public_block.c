/*
 * Policy:S3/AccountBlockPublicAccessDisabled - every bucket of the account may
 * be opened to the public again.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the block was deleted, or one of its four values is
 *             false
 * References  https://attack.mitre.org/techniques/T1562/007/
 *             https://attack.mitre.org/techniques/T1530/
 */
#include "detect/bucket_policy.h"
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("PutAccountPublicAccessBlock")) ||
	       span_equal(ct->name, SPAN("DeleteAccountPublicAccessBlock"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool deleted = span_starts(ev->cloudtrail->name, SPAN("Delete"));

	(void)state;
	if (!deleted && !bucket_policy_unblocks(iam_act_request(ev)))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_LOW,
		.what = SPAN("the account's block of public access was taken "
			     "off") });
}

DETECTOR(account_public_block) = {
	.type = "Policy:S3/AccountBlockPublicAccessDisabled",
	.title = "The block of public access was taken off account "
		 "{account}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. The policy or ACL of any bucket in account "
		 "{account} can open it to everybody now, and those "
		 "that already do are open.",
	.mitre = "T1562.007 T1530",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

/*
 * Persistence:IAM/MfaDeviceDeactivated - the second factor of a user was taken
 * away.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: a second factor of somebody else is medium, of one's own
 *             low: phones are replaced
 * References  https://attack.mitre.org/techniques/T1556/006/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("iam"), SPAN_INIT("DeactivateMFADevice"), SEVERITY_MEDIUM,
	    SPAN_INIT("the second factor of another user was deactivated"),
	    SPAN_INIT("userName") },
	{ SPAN_INIT("iam"), SPAN_INIT("DeleteVirtualMFADevice"),
	    SEVERITY_LOW, /* it belongs to nobody any more */
	    SPAN_INIT("a second factor was deleted"),
	    SPAN_INIT("serialNumber") },
	{ SPAN_INIT("sso-directory"), SPAN_INIT("DeleteMfaDeviceForUser"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the second factor of another user was deleted"),
	    SPAN_INIT("userId") },
};

static bool
of_kind(const struct event *ev)
{
	return iam_act_find(acts, COUNTOF(acts), ev->cloudtrail) != NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct iam_act *act =
	    iam_act_find(acts, COUNTOF(acts), ev->cloudtrail);
	struct span whose =
	    iam_act_short(iam_act_text(iam_act_request(ev), act->key));
	bool own = span_is_empty(whose) ||
		   span_equal(whose, ev->cloudtrail->user_name);

	(void)state;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){
		.severity = own ? SEVERITY_LOW : act->severity,
		.what = own ? SPAN("its own second factor was taken away")
			    : act->what,
		.target = own ? ev->cloudtrail->user_name : whose,
		.target_kind = ENTITY_USER });
}

DETECTOR(mfa_deactivated) = {
	.type = "Persistence:IAM/MfaDeviceDeactivated",
	.title = "The second factor of {resource} was taken away",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. From now on the password alone, or another "
		 "device, opens the account of {resource}.",
	.mitre = "T1556.006",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

/*
 * Persistence:IAMUser/TokenFromLongTermKey - a long-lived key is turned into
 * tokens that outlive it.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: a federation token for an IAM user, a session token
 *             without a second factor; a band lower for who does so every
 *             week
 * References  https://attack.mitre.org/techniques/T1550/001/
 *             https://attack.mitre.org/techniques/T1098/001/
 */
#include "detect/iam_act.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("GetFederationToken")) ||
	       span_equal(ct->name, SPAN("GetSessionToken"));
}

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->identity_type, SPAN("IAMUser")) &&
	       iam_act_by_someone(ev);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	bool federated =
	    span_equal(ev->cloudtrail->name, SPAN("GetFederationToken"));

	(void)state;
	/* With a second factor it is what people do before they work. */
	if (!federated && (ev->cloudtrail->mfa ||
			      !span_is_empty(json_get_string(
				  iam_act_request(ev), SPAN("serialNumber")))))
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){
		.severity = federated ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.what = federated
			    ? SPAN("a key was made a federation token")
			    : SPAN("a key was made a session token without a "
				   "second factor") });
}

DETECTOR(token_from_key) = {
	.type = "Persistence:IAMUser/TokenFromLongTermKey",
	.title = "{actor} turned its key into a token",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. The token works for hours after the key is "
		 "switched off, and a federation token opens the "
		 "console.",
	.mitre = "T1550.001 T1098.001",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

/*
 * InitialAccess:IAM/ValidAccounts - somebody signed in to the console with
 * nothing but a password.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: AWS says in the record whether it asked for a second
 *             factor.  Federated sign-ins are left out: their second factor
 *             is the identity provider's and AWS always says "No".
 * References  https://attack.mitre.org/techniques/T1078/004/
 */
#include <math.h>

#include "detect/detector.h"

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("ConsoleLogin"));
}

static bool
match(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return ev->outcome == OUTCOME_OK && !ct->mfa &&
	       (span_equal(ct->identity_type, SPAN("IAMUser")) ||
		   span_equal(ct->identity_type, SPAN("Root")));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value more =
	    json_get(ev->record, SPAN("additionalEventData"));
	const struct evidence why[] = {
		{ .feature = "second factor at sign-in",
		    .observed = SPAN("none"),
		    .expected = NAN },
	};

	(void)state;
	if (!span_equal_nocase(
		json_get_string(more, SPAN("MFAUsed")), SPAN("No")) ||
	    !span_is_empty(json_get_string(more, SPAN("SamlProviderArn"))))
		return;
	detect_raise(d, &(struct raise){ .resource_kind = ENTITY_ACCOUNT,
			    .resource = ev->account,
			    .why = why,
			    .nwhy = COUNTOF(why) });
}

DETECTOR(login_without_mfa) = {
	.type = "InitialAccess:IAM/ValidAccounts",
	.title = "{actor} signed in to the console without a second factor",
	.story = "{actor} signed in to the console of account {account} from "
		 "{remote} with a password alone. Whoever learns that password "
		 "can do the same.",
	.mitre = "T1078.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.9,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.observe = observe,
};

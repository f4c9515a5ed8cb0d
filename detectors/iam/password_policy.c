/*
 * Stealth:IAMUser/PasswordPolicyChange - the account's password policy was
 * changed, weakened or removed, or somebody tried to.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none.  The call replaces the whole policy and what it does not
 *             name falls back to a weak default, so that the request alone
 *             tells how strong the policy is now.
 * References  https://attack.mitre.org/techniques/T1556/
 *             https://docs.aws.amazon.com/IAM/latest/APIReference/
 *             API_UpdateAccountPasswordPolicy.html
 */
#include <math.h>

#include "detect/detector.h"

enum { MIN_LENGTH };

/* What the benchmarks ask for: nobody weakens a policy to that. */
#define STRONG 14

static const struct param params[] = {
	[MIN_LENGTH] = { "min_length", 8, 6, 128,
	    "a minimum length below this is weak" },
};

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return span_equal(ct->name, SPAN("UpdateAccountPasswordPolicy")) ||
	       span_equal(ct->name, SPAN("DeleteAccountPasswordPolicy"));
}

static bool
match(const struct event *ev)
{
	return ev->outcome != OUTCOME_FAILED;
}

/* How many of the four kinds of characters need not be there. */
static unsigned
kinds_not_required(struct json_value request)
{
	static const struct span kinds[] = { SPAN_INIT("requireSymbols"),
		SPAN_INIT("requireNumbers"),
		SPAN_INIT("requireUppercaseCharacters"),
		SPAN_INIT("requireLowercaseCharacters") };
	unsigned missing = 0;

	for (size_t i = 0; i < COUNTOF(kinds); i++)
		missing += !json_is_true(json_get(request, kinds[i]));
	return missing;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request =
	    json_get(ev->record, SPAN("requestParameters"));
	bool deleted = span_starts(ev->cloudtrail->name, SPAN("Delete"));
	double length =
	    json_number(json_get(request, SPAN("minimumPasswordLength")), 6);
	unsigned missing = kinds_not_required(request);
	bool is_short = length < detect_param(d, MIN_LENGTH);
	double severity = SEVERITY_LOW;
	struct span change = SPAN("changed");

	(void)state;
	if (ev->outcome == OUTCOME_DENIED) {
		change = SPAN("not changed: the attempt was refused");
	} else if (deleted) {
		severity = SEVERITY_HIGH;
		change = SPAN("removed");
	} else if (is_short || missing > 2) {
		severity =
		    is_short && missing > 2 ? SEVERITY_HIGH : SEVERITY_MEDIUM;
		change = SPAN("made weak");
	} else if (missing == 0 && length >= STRONG) {
		return;
	}
	const struct evidence why[] = {
		{ .feature = "minimum password length",
		    .number = deleted ? 0 : length,
		    .expected = detect_param(d, MIN_LENGTH) },
		{ .feature = "kinds of characters not required",
		    .number = deleted ? 4 : missing,
		    .expected = (double)NAN },
	};
	const struct fact facts[] = { { "change", change } };

	detect_raise(d, &(struct raise){ .severity = severity,
			    .resource_kind = ENTITY_ACCOUNT,
			    .resource = ev->account,
			    .why = why,
			    .nwhy = COUNTOF(why),
			    .facts = facts,
			    .nfacts = COUNTOF(facts) });
}

DETECTOR(password_policy) = {
	.type = "Stealth:IAMUser/PasswordPolicyChange",
	.title = "Password policy of account {account}: {change}",
	.story = "{actor} called {api} from {remote}. The password policy of "
		 "account {account} was {change}.",
	.mitre = "T1556",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.severity = SEVERITY_LOW,
	.confidence = 0.9,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = match,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

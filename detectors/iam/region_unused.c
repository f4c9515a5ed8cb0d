/*
 * DefenseEvasion:IAMUser/UnusedRegion - something is made or changed in a
 * region that the account does not use.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the first writing call in a region, once the account is
 *             known for a week; medium from a place and program that the
 *             account never saw
 * References  https://attack.mitre.org/techniques/T1535/
 */
#include "detect/iam_act.h"

enum { DAYS };

static const struct param params[] = {
	[DAYS] = { "days", 7, 3, 30,
	    "days for which the account must be known" },
};

/* Services without a region, whose calls are logged in one of AWS's choice. */
static bool
is_global(struct span service)
{
	static const struct span names[] = { SPAN_INIT("iam"), SPAN_INIT("sts"),
		SPAN_INIT("signin"), SPAN_INIT("route53"),
		SPAN_INIT("route53domains"), SPAN_INIT("cloudfront"),
		SPAN_INIT("organizations"), SPAN_INIT("account"),
		SPAN_INIT("support"), SPAN_INIT("trustedadvisor"),
		SPAN_INIT("health"), SPAN_INIT("ce"), SPAN_INIT("budgets"),
		SPAN_INIT("billingconsole"), SPAN_INIT("globalaccelerator"),
		SPAN_INIT("shield"), SPAN_INIT("waf"), SPAN_INIT("wafv2"),
		SPAN_INIT("ecr-public"), SPAN_INIT("chatbot"),
		SPAN_INIT("notifications"), SPAN_INIT("uxc"),
		SPAN_INIT("console"), SPAN_INIT("sso"),
		SPAN_INIT("sso-directory"), SPAN_INIT("acm") };

	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (span_equal(service, names[i]))
			return true;
	}
	return false;
}

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return !is_global(ct->service);
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct usual region;

	(void)state;
	detect_usual(d, SCOPE_TENANT, FEATURE_REGION, &region);
	if (region.known_days < detect_param(d, DAYS) || region.count > 0)
		return;
	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = SEVERITY_LOW,
		.what = SPAN("something was changed in an unused region"),
		.feature = "region",
		.observed = ev->region });
}

DETECTOR(region_unused) = {
	.type = "DefenseEvasion:IAMUser/UnusedRegion",
	.title = "{actor} works in region {region}, which the "
		 "account does not use",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Nobody looks there; so do those who do not "
		 "want to be seen.",
	.mitre = "T1535",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

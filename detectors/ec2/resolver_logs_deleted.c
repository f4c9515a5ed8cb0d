/*
 * DefenseImpairment:Route53Resolver/DisableOrModifyTools - the record of DNS
 * queries, or the DNS firewall, was taken away.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1562/008/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("route53resolver"),
	    SPAN_INIT("DeleteResolverQueryLogConfig"), SEVERITY_MEDIUM,
	    SPAN_INIT("the log of DNS queries was deleted"),
	    SPAN_INIT("resolverQueryLogConfigId") },
	{ SPAN_INIT("route53resolver"),
	    SPAN_INIT("DisassociateResolverQueryLogConfig"), SEVERITY_MEDIUM,
	    SPAN_INIT("a network was taken off the log of DNS queries"),
	    SPAN_INIT("resourceId") },
	{ SPAN_INIT("route53resolver"), SPAN_INIT("DeleteFirewallRuleGroup"),
	    SEVERITY_MEDIUM, SPAN_INIT("a DNS firewall was deleted"),
	    SPAN_INIT("firewallRuleGroupId") },
	{ SPAN_INIT("route53resolver"),
	    SPAN_INIT("DisassociateFirewallRuleGroup"), SEVERITY_MEDIUM,
	    SPAN_INIT("a network was taken off the DNS firewall"),
	    SPAN_INIT("firewallRuleGroupAssociationId") },
};

static bool
of_kind(const struct event *ev)
{
	return iam_act_find(acts, COUNTOF(acts), ev->cloudtrail) != NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	iam_act_report_row(
	    d, ev, iam_act_find(acts, COUNTOF(acts), ev->cloudtrail));
}

DETECTOR(resolver_logs_deleted) = {
	.type = "DefenseImpairment:Route53Resolver/DisableOrModifyTools",
	.title = "In account {account} {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. What is looked up there is no longer seen, "
		 "which hides tunnels and mining pools.",
	.mitre = "T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};

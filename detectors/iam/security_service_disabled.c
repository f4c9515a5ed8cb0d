/*
 * DefenseEvasion:IAMUser/SecurityServiceDisabled - what watches or guards the
 * account was switched off: GuardDuty, Config, Security Hub, Macie, Inspector,
 * firewalls, alarms, log groups.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, those that have two sides by their
 *             parameters; a band lower for who makes them every week. All of
 *             one actor and day are one finding.
 * References  https://attack.mitre.org/techniques/T1562/001/
 *             https://attack.mitre.org/techniques/T1562/008/
 */
#include "detect/iam_act.h"

#define ROW(service, name, severity, what)                                     \
	{                                                                      \
		SPAN_INIT(service), SPAN_INIT(name), severity,                 \
		    SPAN_INIT(what), SPAN_INIT("")                             \
	}

static const struct iam_act acts[] = {
	ROW("guardduty", "DeleteDetector", SEVERITY_HIGH,
	    "GuardDuty was deleted"),
	ROW("guardduty", "UpdateDetector", SEVERITY_HIGH,
	    "GuardDuty was switched off"),
	ROW("guardduty", "StopMonitoringMembers", SEVERITY_HIGH,
	    "GuardDuty no longer watches member accounts"),
	ROW("guardduty", "DisassociateMembers", SEVERITY_MEDIUM,
	    "member accounts were taken off GuardDuty"),
	ROW("guardduty", "DeleteMembers", SEVERITY_MEDIUM,
	    "member accounts were taken off GuardDuty"),
	ROW("guardduty", "DisassociateFromMasterAccount", SEVERITY_HIGH,
	    "the account left GuardDuty's administrator"),
	ROW("guardduty", "DisassociateFromAdministratorAccount", SEVERITY_HIGH,
	    "the account left GuardDuty's administrator"),
	ROW("guardduty", "CreateFilter", SEVERITY_MEDIUM,
	    "GuardDuty archives some findings unseen"),
	ROW("guardduty", "UpdateFilter", SEVERITY_MEDIUM,
	    "GuardDuty archives some findings unseen"),
	ROW("guardduty", "CreateIPSet", SEVERITY_MEDIUM,
	    "GuardDuty trusts more addresses"),
	ROW("guardduty", "UpdateIPSet", SEVERITY_MEDIUM,
	    "GuardDuty trusts other addresses"),
	ROW("guardduty", "DeletePublishingDestination", SEVERITY_MEDIUM,
	    "GuardDuty no longer exports its findings"),
	ROW("guardduty", "DeleteThreatIntelSet", SEVERITY_LOW,
	    "a threat list of GuardDuty was deleted"),
	ROW("config", "StopConfigurationRecorder", SEVERITY_MEDIUM,
	    "Config no longer records"),
	ROW("config", "DeleteConfigurationRecorder", SEVERITY_MEDIUM,
	    "Config no longer records"),
	ROW("config", "DeleteDeliveryChannel", SEVERITY_MEDIUM,
	    "Config no longer delivers what it records"),
	ROW("config", "DeleteConfigRule", SEVERITY_LOW,
	    "a rule of Config was deleted"),
	ROW("securityhub", "DisableSecurityHub", SEVERITY_MEDIUM,
	    "Security Hub was switched off"),
	ROW("securityhub", "DisassociateMembers", SEVERITY_MEDIUM,
	    "member accounts were taken off Security Hub"),
	ROW("securityhub", "BatchDisableStandards", SEVERITY_LOW,
	    "a standard of Security Hub was switched off"),
	ROW("macie2", "DisableMacie", SEVERITY_MEDIUM,
	    "Macie was switched off"),
	ROW("macie2", "UpdateMacieSession", SEVERITY_MEDIUM,
	    "Macie was paused"),
	ROW("inspector2", "Disable", SEVERITY_MEDIUM,
	    "Inspector was switched off"),
	ROW("access-analyzer", "DeleteAnalyzer", SEVERITY_MEDIUM,
	    "an analyzer of access was deleted"),
	ROW("detective", "DeleteGraph", SEVERITY_MEDIUM,
	    "Detective was switched off"),
	ROW("wafv2", "DeleteWebACL", SEVERITY_MEDIUM,
	    "a web firewall was deleted"),
	ROW("wafv2", "DisassociateWebACL", SEVERITY_MEDIUM,
	    "a web firewall was taken off what it guards"),
	ROW("wafv2", "DeleteLoggingConfiguration", SEVERITY_MEDIUM,
	    "a web firewall no longer logs"),
	ROW("wafv2", "DeleteRuleGroup", SEVERITY_LOW,
	    "rules of a web firewall were deleted"),
	ROW("shield", "DeleteProtection", SEVERITY_MEDIUM,
	    "a protection against floods was deleted"),
	ROW("network-firewall", "DeleteFirewall", SEVERITY_MEDIUM,
	    "a network firewall was deleted"),
	ROW("network-firewall", "DeleteFirewallPolicy", SEVERITY_LOW,
	    "a policy of a network firewall was deleted"),
	ROW("logs", "DeleteLogGroup", SEVERITY_LOW, "a log group was deleted"),
	ROW("logs", "DeleteLogStream", SEVERITY_LOW,
	    "a log stream was deleted"),
	ROW("logs", "DeleteSubscriptionFilter", SEVERITY_LOW,
	    "a log is no longer passed on"),
	ROW("logs", "DeleteMetricFilter", SEVERITY_LOW,
	    "what counts events of a log was deleted"),
	ROW("monitoring", "DeleteAlarms", SEVERITY_LOW, "alarms were deleted"),
	ROW("monitoring", "DisableAlarmActions", SEVERITY_LOW,
	    "alarms no longer tell anybody"),
	ROW("events", "DisableRule", SEVERITY_LOW,
	    "a rule for events was switched off"),
	ROW("events", "DeleteRule", SEVERITY_LOW,
	    "a rule for events was deleted"),
	ROW("events", "RemoveTargets", SEVERITY_LOW,
	    "a rule for events no longer tells anybody"),
	ROW("ec2", "DisableEbsEncryptionByDefault", SEVERITY_LOW,
	    "new disks are no longer encrypted"),
	ROW("ec2", "DisableSnapshotBlockPublicAccess", SEVERITY_MEDIUM,
	    "snapshots may be made public again"),
	ROW("ec2", "DisableImageBlockPublicAccess", SEVERITY_MEDIUM,
	    "machine images may be made public again"),
	ROW("eks", "UpdateClusterConfig", SEVERITY_MEDIUM,
	    "a cluster no longer logs"),
	ROW("rds", "ModifyActivityStream", SEVERITY_LOW,
	    "what a database records was changed"),
	ROW("rds", "StopActivityStream", SEVERITY_MEDIUM,
	    "a database no longer records who does what"),
};

static bool
of_kind(const struct event *ev)
{
	return iam_act_find(acts, COUNTOF(acts), ev->cloudtrail) != NULL;
}

/* One of the cluster's logs is switched off. */
static bool
stops_logs(struct json_value request)
{
	struct json_value list = json_get(
	    json_get(request, SPAN("logging")), SPAN("clusterLogging"));
	struct json_iter it = json_iter(list);
	struct json_value item;

	while (json_is(list, JSON_ARRAY) && json_next_item(&it, &item)) {
		if (json_is(json_get(item, SPAN("enabled")), JSON_FALSE))
			return true;
	}
	return false;
}

/* Calls that can also switch something on say so in their parameters. */
static bool
is_harm(struct span api, struct json_value request)
{
	if (span_equal(api, SPAN("UpdateDetector")))
		return json_is(json_get(request, SPAN("enable")), JSON_FALSE);
	if (span_equal(api, SPAN("UpdateMacieSession")))
		return span_equal(
		    json_get_string(request, SPAN("status")), SPAN("PAUSED"));
	if (span_equal(api, SPAN("CreateFilter")) ||
	    span_equal(api, SPAN("UpdateFilter")))
		return span_equal(
		    json_get_string(request, SPAN("action")), SPAN("ARCHIVE"));
	if (span_equal(api, SPAN("UpdateClusterConfig")))
		return stops_logs(request);
	return true;
}

/* A log group that keeps who did what: a trail's, a cluster's control plane's,
 * flows', name queries', a firewall's. */
static bool
is_audit_log(struct span group)
{
	static const struct span words[] = { SPAN_INIT("cloudtrail"),
		SPAN_INIT("flow-log"), SPAN_INIT("flowlog"),
		SPAN_INIT("aws-waf-logs"), SPAN_INIT("route53resolver"),
		SPAN_INIT("resolver-query"), SPAN_INIT("audit") };

	if (span_matches(group, SPAN("/aws/eks/*/cluster")))
		return true;
	for (size_t i = 0; i < COUNTOF(words); i++) {
		if (span_contains_nocase(group, words[i]))
			return true;
	}
	return false;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value request = iam_act_request(ev);
	struct span group = json_get_string(request, SPAN("logGroupName"));
	struct iam_act act;

	(void)state;
	if (!is_harm(ev->cloudtrail->name, request))
		return;
	act = *iam_act_find(acts, COUNTOF(acts), ev->cloudtrail);
	if (span_equal(ev->cloudtrail->name, SPAN("DeleteLogGroup")) &&
	    is_audit_log(group)) {
		act.severity = SEVERITY_MEDIUM;
		act.key = SPAN("logGroupName");
		act.what = SPAN("the log of who did what was deleted");
	}
	iam_act_report_row(d, ev, &act);
}

DETECTOR(security_service_disabled) = {
	.type = "DefenseEvasion:IAMUser/SecurityServiceDisabled",
	.title = "In account {account} {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. What happens after this may go unseen.",
	.mitre = "T1562.001 T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.observe = observe,
};

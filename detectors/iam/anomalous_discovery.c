/*
 * Discovery:IAMUser/AnomalousBehavior - a principal asked what there is
 * (ListAccessKeys, DescribeInstances) as neither it nor its peers do.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   novelty of behaviour and origin, volume and refusals, combined:
 *             detect/iam_anomaly.h
 *             Reading something new is everyday work, so three new calls in
 *             a session are needed.
 * References  https://docs.aws.amazon.com/guardduty/latest/ug/
 *             guardduty_finding-types-iam.html
 *             https://attack.mitre.org/techniques/T1580/
 *             https://attack.mitre.org/techniques/T1526/
 */
#include "detect/iam_anomaly.h"

static const struct param params[] =
    IAM_ANOMALY_PARAM_ROWS(1000, 1e12, 3, 0.05);

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	iam_anomaly_observe(d, ev, state);
}

DETECTOR(anomalous_discovery) = {
	.type = "Discovery:IAMUser/AnomalousBehavior",
	.title = "{actor} looks around out of character: {api}",
	.story = "{actor} called {service} {api} from {remote} and asked what "
		 "there is. Unusual for it and its peers: {odd}.",
	.mitre = "T1580 T1526",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_READS,
	.severity = SEVERITY_LOW,
	.statistical = true,
	.by_tactic = true,
	.when = DETECT_ACTIVITY,
	.match = iam_anomaly_match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct iam_anomaly),
	.state_version = 2,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

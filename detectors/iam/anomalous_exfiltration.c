/*
 * Exfiltration:IAMUser/AnomalousBehavior - a principal copied data
 * (CreateSnapshot, PutBucketReplication) as neither it nor its peers do.
 * Objects of buckets have a type of their own: s3/anomalous_s3_exfiltration.c.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   novelty of behaviour and origin, volume and refusals, combined:
 *             detect/iam_anomaly.h
 * References  https://docs.aws.amazon.com/guardduty/latest/ug/
 *             guardduty_finding-types-iam.html
 *             https://attack.mitre.org/techniques/T1537/
 *             https://attack.mitre.org/techniques/T1530/
 */
#include "detect/iam_anomaly.h"

static const struct param params[] = IAM_ANOMALY_PARAM_ROWS(50, 50e6, 1, 1);

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	iam_anomaly_observe(d, ev, state);
}

DETECTOR(anomalous_exfiltration) = {
	.type = "Exfiltration:IAMUser/AnomalousBehavior",
	.title = "{actor} takes data out of character: {api}",
	.story = "{actor} called {service} {api} from {remote} and copied or "
		 "read data. Unusual for it and its peers: {odd}.",
	.mitre = "T1537 T1530",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_HIGH,
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

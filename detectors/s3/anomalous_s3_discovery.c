/*
 * Discovery:S3/AnomalousBehavior - buckets are looked through as neither the
 * actor nor its peers do.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   novelty of behaviour and origin, volume and refusals,
 *             combined: detect/iam_anomaly.h
 * References  https://attack.mitre.org/techniques/T1619/
 */
#include "detect/iam_anomaly.h"

static const struct param params[] =
    IAM_ANOMALY_PARAM_ROWS(1000, 1e12, 3, 0.05);

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	iam_anomaly_observe(d, ev, state);
}

DETECTOR(anomalous_s3_discovery) = {
	.type = "Discovery:S3/AnomalousBehavior",
	.title = "{actor} looks through buckets out of character: "
		 "{api} on {bucket}",
	.story = "{actor} called {service} {api} on bucket {bucket} "
		 "from {remote}. Unusual for it and its peers: "
		 "{odd}.",
	.mitre = "T1619",
	.tactic = TACTIC_DISCOVERY,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_READS | CARRIED_OBJECTS,
	.severity = SEVERITY_LOW,
	.statistical = true,
	.by_tactic = true,
	.when = DETECT_ACTIVITY,
	.match = iam_anomaly_match_s3,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct iam_anomaly),
	.state_version = 2,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * Impact:S3/AnomalousBehavior.Delete - objects or buckets are deleted as
 * neither the actor nor its peers do.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   novelty of behaviour and origin, volume and refusals,
 *             combined: detect/iam_anomaly.h
 * References  https://attack.mitre.org/techniques/T1485/
 */
#include "detect/iam_anomaly.h"

static const struct param params[] = IAM_ANOMALY_PARAM_ROWS(20, 1e12, 1, 0.05);

static bool
match(const struct event *ev)
{
	return iam_anomaly_match_s3(ev) &&
	       iam_anomaly_s3_kind(ev) == IAM_ANOMALY_S3_DELETE;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	iam_anomaly_observe(d, ev, state);
}

DETECTOR(anomalous_s3_delete) = {
	.type = "Impact:S3/AnomalousBehavior.Delete",
	.title = "{actor} deletes objects out of character: {api} on "
		 "{bucket}",
	.story = "{actor} called {service} {api} on bucket {bucket} "
		 "from {remote}. Unusual for it and its peers: "
		 "{odd}.",
	.mitre = "T1485",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_OBJECTS,
	.severity = SEVERITY_HIGH,
	.statistical = true,
	.when = DETECT_ACTIVITY,
	.match = match,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct iam_anomaly),
	.state_version = 2,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

/*
 * Exfiltration:S3/AnomalousBehavior - objects are read as neither the actor
 * nor its peers do.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   novelty of behaviour and origin, volume and refusals,
 *             combined: detect/iam_anomaly.h
 * References  https://attack.mitre.org/techniques/T1530/
 *             https://attack.mitre.org/techniques/T1537/
 */
#include "detect/iam_anomaly.h"

/*
 * Who reads what it never read, at its own desk but at night, is at 3e-3 to
 * 6e-3 in simulated companies (three seeds), the quietest of honest work there
 * above 0.1: objects say more than other calls, as volume speaks too.
 */
static const struct param params[] =
    IAM_ANOMALY_PARAM_ROWS_P(8e-3, 50, 50e6, 1, 1);

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	iam_anomaly_observe(d, ev, state);
}

DETECTOR(anomalous_s3_exfiltration) = {
	.type = "Exfiltration:S3/AnomalousBehavior",
	.title = "{actor} reads objects out of character: {api} on "
		 "{bucket}",
	.story = "{actor} called {service} {api} on bucket {bucket} "
		 "from {remote}. Unusual for it and its peers: "
		 "{odd}.",
	.mitre = "T1530 T1537",
	.tactic = TACTIC_EXFILTRATION,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE | CARRIED_OBJECTS,
	.severity = SEVERITY_HIGH,
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

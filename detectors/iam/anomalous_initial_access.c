/*
 * InitialAccess:IAMUser/AnomalousBehavior - a principal opened a way in
 * (StartSession, ConsoleLogin) as neither it nor its peers do.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   novelty of behaviour and origin, volume and refusals, combined:
 *             detect/iam_anomaly.h
 * References  https://docs.aws.amazon.com/guardduty/latest/ug/
 *             guardduty_finding-types-iam.html
 *             https://attack.mitre.org/techniques/T1078/004/
 */
#include "detect/iam_anomaly.h"

static const struct param params[] = IAM_ANOMALY_PARAM_ROWS(50, 1e12, 1, 0.05);

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	iam_anomaly_observe(d, ev, state);
}

DETECTOR(anomalous_initial_access) = {
	.type = "InitialAccess:IAMUser/AnomalousBehavior",
	.title = "{actor} comes in out of character: {api}",
	.story = "{actor} called {service} {api} from {remote} and opened a "
		 "way in. Unusual for it and its peers: {odd}.",
	.mitre = "T1078.004",
	.tactic = TACTIC_INITIAL_ACCESS,
	.sources = DETECT_CLOUDTRAIL,
	.needs = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
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

/*
 * Stealth:CloudTrail/LogGap - logs that should be there are not: a stream
 * that used to speak is silent, or digests miss one of their chain.
 *
 * Sources     notices of the S3 source, which knows when streams speak
 * Key         none
 * Statistic   the source's: hours of silence of a stream that spoke in most
 *             of the hours before
 * References  https://attack.mitre.org/techniques/T1562/008/
 */
#include "detect/gap.h"

static bool
match(const struct event *ev)
{
	return span_equal(ev->notice->detector, SPAN("log_gap"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	gap_raise(d, ev->notice, ENTITY_BUCKET, 2);
}

DETECTOR(log_gap) = {
	.type = "Stealth:CloudTrail/LogGap",
	.title = "Logs are missing from bucket {bucket}: {reason}",
	.story = "{log} in bucket {bucket}, account {account}: {reason}. What "
		 "happened in that time is not seen.",
	.mitre = "T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_NOTICE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.7,
	.when = DETECT_EACH,
	.match = match,
	.state_version = 1,
	.observe = observe,
};

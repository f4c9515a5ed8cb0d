/*
 * Stealth:CloudTrail/LogFileTampered - a log file is not what CloudTrail
 * wrote: changed, deleted, added, or its digest does not hold.
 *
 * Sources     notices of the S3 source, which verifies digest files
 * Key         none
 * Statistic   none: hashes and signatures
 * References  https://docs.aws.amazon.com/awscloudtrail/latest/userguide/
 *             cloudtrail-log-file-validation-intro.html
 *             https://attack.mitre.org/techniques/T1565/001/
 */
#include <math.h>

#include "detect/detector.h"

static bool
match(const struct event *ev)
{
	return span_equal(ev->notice->detector, SPAN("log_file_tampered"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct notice *n = ev->notice;
	const struct evidence why[] = {
		{ .feature = "what the digest shows",
		    .observed = n->fact[NOTICE_REASON],
		    .expected = (double)NAN },
		{ .feature = "hash of the file",
		    .observed = n->fact[NOTICE_FOUND],
		    .expected = (double)NAN },
	};

	(void)state;
	detect_raise(
	    d, &(struct raise){
		   .resource_kind = ENTITY_BUCKET,
		   .resource = n->resource,
		   .why = why,
		   .nwhy = span_is_empty(n->fact[NOTICE_FOUND]) ? 1 : 2,
	       });
}

DETECTOR(log_file_tampered) = {
	.type = "Stealth:CloudTrail/LogFileTampered",
	.title = "CloudTrail's record in bucket {bucket} was tampered with: "
		 "{reason}",
	.story = "Of {log} in bucket {bucket}, account {account}, CloudTrail's "
		 "digest says: {reason}. What the file told or tells of that "
		 "time cannot be relied on.",
	.mitre = "T1565.001 T1070",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_NOTICE,
	.severity = SEVERITY_HIGH,
	.confidence = 0.95,
	.when = DETECT_EACH,
	.match = match,
	.state_version = 1,
	.observe = observe,
};

/*
 * Stealth:Logs/SourceSilent - who sent its log in nearly every hour sends
 * nothing any more: a cluster by a webhook or Kafka, or a whole topic.
 *
 * Sources     notices of the sources to which others send
 * Key         none
 * Statistic   the source's: more than three silent hours of a stream that
 *             spoke in all but one in 24 hours of two days and more
 * References  https://attack.mitre.org/techniques/T1562/008/
 */
#include "detect/gap.h"

static bool
match(const struct event *ev)
{
	return span_equal(ev->notice->detector, SPAN("source_silent"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	gap_raise(d, ev->notice,
	    span_is_empty(ev->cluster) ? ENTITY_OBJECT : ENTITY_CLUSTER, 3);
}

DETECTOR(source_silent) = {
	.type = "Stealth:Logs/SourceSilent",
	.title = "{resource} sends no log any more",
	.story = "Nothing has come from {resource} since {time}; before, a log "
		 "came in nearly every hour. What happens there is not seen.",
	.mitre = "T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_NOTICE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.6,
	.when = DETECT_EACH,
	.match = match,
	.state_version = 1,
	.observe = observe,
};

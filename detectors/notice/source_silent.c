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
#include <math.h>

#include "detect/detector.h"

static bool
match(const struct event *ev)
{
	return span_equal(ev->notice->detector, SPAN("source_silent"));
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct notice *n = ev->notice;
	const struct evidence why[] = {
		{ .feature = "what is missing",
		    .observed = n->fact[NOTICE_REASON],
		    .expected = (double)NAN },
		{ .feature = "hours with logs before",
		    .observed = n->fact[NOTICE_HEARD],
		    .expected = (double)NAN },
		{ .feature = "of so many hours",
		    .observed = n->fact[NOTICE_HOURS],
		    .expected = (double)NAN },
	};

	(void)state;
	detect_raise(
	    d, &(struct raise){
		   .resource_kind = span_is_empty(ev->cluster) ? ENTITY_OBJECT
							       : ENTITY_CLUSTER,
		   .resource = n->resource,
		   .why = why,
		   .nwhy = COUNTOF(why),
	       });
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

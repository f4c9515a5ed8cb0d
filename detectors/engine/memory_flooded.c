/*
 * DefenseEvasion:Account/BaselineFlooded - so many new names, principals or
 * places came at once that what is remembered has no room for all of them.
 *
 * Whoever wants to be forgotten floods.  What was seen on many days stays
 * known (baseline/cells.h), but what is new cannot be learned meanwhile; so it
 * is said, once a day for an account or cluster, whichever log it came by.
 *
 * Sources     all
 * Key         account or cluster
 * Statistic   observations without room in an hour: a floor, and ten times
 *             the mean of the hours before; medium from a hundred times the
 *             floor on
 * References  https://attack.mitre.org/techniques/T1562/
 */
#include <stdio.h>

#include "detect/detector.h"
#include "stats/decay_mean.h"

enum { OBSERVATIONS };

static const struct param params[] = {
	[OBSERVATIONS] = { "observations", 2000, 10, 1e12,
	    "of an hour without room from which on it is told" },
};

#define HOUR_US ((int64_t)3600 * 1000000)
#define DAY_US (24 * HOUR_US)
#define TIMES 10
#define MEDIUM_TIMES 100
#define KEEP 0.98 /* of the mean, each hour with overflow */

struct state {
	int64_t hour, told_day;
	uint64_t at; /* overflow when the hour began */
	struct decay_mean usual;
};

/* Nothing is asked of those who have room. */
static bool
select_flooded(struct detect *d, const struct event *ev)
{
	(void)ev;
	return detect_overflow(d) > 0;
}

static void
tell(struct detect *d, const struct state *st, double lost)
{
	bool bad = lost >= MEDIUM_TIMES * detect_param(d, OBSERVATIONS);
	char text[32];
	struct evidence why = { .feature = "observations without room",
		.number = lost,
		.expected = st->usual.mean };

	(void)snprintf(text, sizeof(text), "%.0f", lost);
	detect_raise(d,
	    &(struct raise){
		.severity = bad ? SEVERITY_MEDIUM : SEVERITY_LOW,
		.of_tenant = true,
		.why = &why,
		.nwhy = 1,
		.facts = (struct fact[]){ { "observations", span_str(text) } },
		.nfacts = 1,
	    });
}

/* Judged before the hour is rolled over: most comes when an hour is learned,
 * which is with the first event of a later one. */
static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	int64_t hour = ev->time_us / HOUR_US, day = ev->time_us / DAY_US;
	uint64_t now = detect_overflow(d);
	double lost = (double)(now - st->at);

	if (lost >= detect_param(d, OBSERVATIONS) &&
	    lost >= TIMES * st->usual.mean && st->told_day != day) {
		st->told_day = day;
		tell(d, st, lost);
	}
	if (hour <= st->hour)
		return;
	if (st->hour != 0)
		decay_mean_add(&st->usual, lost, KEEP);
	st->at = now;
	st->hour = hour;
}

DETECTOR(memory_flooded) = {
	.type = "DefenseEvasion:Account/BaselineFlooded",
	.title = "More new names than can be remembered came in {actor}",
	.story = "In the hour of {time} {observations} observations of {actor} "
		 "found no room in what is remembered. What was usual stays "
		 "known, but what is new cannot be learned: somebody may want "
		 "it so, or the memory is too small for this account.",
	.mitre = "T1562",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_CLOUDTRAIL | DETECT_VPCFLOW | DETECT_DNS |
		   DETECT_K8S_AUDIT,
	.severity = SEVERITY_LOW,
	.confidence = 0.6,
	.when = DETECT_ACTIVITY,
	.select = select_flooded,
	.key = DETECT_KEY_TENANT,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 60 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

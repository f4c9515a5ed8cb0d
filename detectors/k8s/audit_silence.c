/*
 * DefenseEvasion:Kubernetes/AuditSilence - a cluster whose audit log never
 * was still for an hour says nothing for hours, or next to nothing.
 *
 * Sources     Kubernetes audit log, any level; told by the first record
 *             after two silent hours
 * Key         cluster
 * Statistic   records are counted by the hour (a fourth of them, chosen by
 *             their ids); a silence is two and more hours in which a hundredth
 *             of the usual number came.  Needs three days of which 97 of 100
 *             hours had records, and at least 80 records in an hour.  Medium
 *             from 500 an hour on: then chance, nights and holidays are out of
 *             the question, and only the log itself can have stopped
 * References  https://attack.mitre.org/techniques/T1562/008/
 */
#include <math.h>
#include <stdio.h>

#include "detect/detector.h"
#include "stats/decay_mean.h"

enum { HOURS, BUSY };

static const struct param params[] = {
	[HOURS] = { "hours", 2, 1, 720, "silent hours that are needed" },
	[BUSY] = { "busy", 500, 20, 1e9,
	    "records in a usual hour from which on it is Medium" },
};

#define HOUR_US ((int64_t)3600 * 1000000)
#define LEAST 80.0	 /* records in an hour: of fewer say nothing */
#define SAMPLE 4	 /* one of so many records is looked at */
#define KEEP 0.99	 /* of the mean, each hour */
#define KNOWN_HOURS 72.0 /* of records; decayed they weigh about 0.7 of it */

static bool
match(const struct event *ev)
{
	return ev->id_key[0] % SAMPLE == 0;
}

struct state {
	int64_t hour, silent_since; /* the hour counted; 0: not silent */
	uint64_t count;		    /* records in it */
	struct decay_mean usual;    /* records in an hour */
	uint64_t told;		    /* this silence */
	double seen, hours;	    /* decayed: hours with records, of all */
};

static void
close_hour(struct state *st, int64_t next)
{
	bool still = st->usual.mean >= LEAST &&
		     (double)st->count <= st->usual.mean / 100;

	if (st->silent_since == 0 && (still || next > st->hour + 1))
		st->silent_since = still ? st->hour : st->hour + 1;
	/* A silence teaches nothing until it was told; then it is how things
	 * are. */
	if (still && !st->told)
		return;
	decay_mean_add(&st->usual, (double)st->count, KEEP);
	st->seen = st->seen * KEEP + 1;
	st->hours = st->hours * KEEP + 1;
}

/* Long enough, busy enough, and never still before. */
static bool
is_known(const struct state *st)
{
	return st->usual.mean >= LEAST && st->hours >= KNOWN_HOURS * 0.7 &&
	       st->seen >= 0.97 * st->hours;
}

static void
tell(struct detect *d, const struct event *ev, const struct state *st,
    int64_t hours)
{
	char text[24], usual[24];
	struct evidence why = { .feature = "records in an hour",
		.number = 0,
		.expected = st->usual.mean };

	(void)snprintf(text, sizeof(text), "%lld", (long long)hours);
	(void)snprintf(usual, sizeof(usual), "%.0f", st->usual.mean);
	detect_raise(
	    d, &(struct raise){
		   .severity = st->usual.mean >= detect_param(d, BUSY)
				   ? SEVERITY_MEDIUM
				   : SEVERITY_LOW,
		   .resource_kind = ENTITY_CLUSTER,
		   .resource = ev->cluster,
		   .why = &why,
		   .nwhy = 1,
		   .facts = (struct fact[]){ { "hours", span_str(text) },
		       { "usual", span_str(usual) } },
		   .nfacts = 2,
	       });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct state *st = state;
	int64_t hour = ev->time_us / HOUR_US, silent;

	if (st->hour == 0)
		st->hour = hour;
	if (hour > st->hour) {
		close_hour(st, hour);
		st->hour = hour;
		st->count = 0;
	}
	/* A record without an id is looked at always. */
	st->count += (ev->id_key[0] | ev->id_key[1]) != 0 ? SAMPLE : 1;
	if (st->silent_since == 0)
		return;
	silent = hour - st->silent_since;
	if (!st->told && (double)silent >= detect_param(d, HOURS) &&
	    is_known(st)) {
		tell(d, ev, st, silent);
		st->told = 1;
	}
	if ((double)st->count <= st->usual.mean / 100)
		return;
	/* It speaks again. */
	st->silent_since = 0;
	st->told = 0;
	st->hours += (double)(silent < 24 ? silent : 24);
}

DETECTOR(audit_silence) = {
	.type = "DefenseEvasion:Kubernetes/AuditSilence",
	.title = "The audit log of cluster {cluster} was silent for {hours} "
		 "hours",
	.story = "The audit log of cluster {cluster} held next to nothing for "
		 "{hours} hours before {time}, where an hour usually has "
		 "{usual} records. Either it was not delivered, or somebody "
		 "stopped it; what was done meanwhile is not known.",
	.mitre = "T1562.008",
	.tactic = TACTIC_DEFENSE_EVASION,
	.sources = DETECT_K8S_AUDIT,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.6,
	.when = DETECT_EACH,
	.match = match,
	.key = DETECT_KEY_TENANT,
	.state_size = sizeof(struct state),
	.state_version = 1,
	.state_ttl_s = 60 * 86400,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};

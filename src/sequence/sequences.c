#include "sequence/sequences.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/hash.h"
#include "detect/engine.h"
#include "detect/suppress.h"
#include "sequence/judge.h"
#include "sequence/tell.h"

/* How late a signal may come and still be judged as if it had been in time. */
#define LATE_US (2 * CIVIL_US_PER_DAY)
/* So many steps of the latest times do not make the others old. */
#define WRONG_CLOCKS 16

struct sequences {
	const struct config *config; /* borrowed */
	struct judge_options judge;
	struct tell_options tell[SEQUENCE_KINDS];
	struct chain_step **steps; /* owned */
	size_t count, room;
	bool stale;
	int64_t forgotten_us; /* older steps may be missing; INT64_MIN: none */
	struct finding **findings;
	size_t nfindings;
};

/* --- the set -------------------------------------------------------------- */

static void
set_rule(struct sequences *s, unsigned kind, const struct config *config)
{
	const struct detector_row *row =
	    detector_row_named(span_str(sequence_kind_names[kind]));
	struct engine_setting set;

	ASSERT(row != NULL && row->detector->nparams == 2);
	engine_setting(config, row, &set);
	s->judge.rules[kind] = (struct sequence_rule){
		.enabled = set.enabled,
		.score = set.param[0],
		.tactics = set.param[1],
	};
	s->tell[kind] = (struct tell_options){ row, set.severity };
}

struct sequences *
sequences_new(const struct config *config)
{
	struct sequences *s = status_calloc(1, sizeof(*s));

	s->config = config;
	s->judge.window_us = (int64_t)(config->sequence_window_hours *
				       (double)CIVIL_US_PER_HOUR);
	for (unsigned kind = 0; kind < SEQUENCE_KINDS; kind++)
		set_rule(s, kind, config);
	s->forgotten_us = INT64_MIN;
	return s;
}

static void
free_findings(struct sequences *s)
{
	for (size_t i = 0; i < s->nfindings; i++)
		finding_free(s->findings[i]);
	free(s->findings);
	s->findings = NULL;
	s->nfindings = 0;
}

void
sequences_free(struct sequences *s)
{
	if (s == NULL)
		return;
	free_findings(s);
	for (size_t i = 0; i < s->count; i++)
		chain_step_free(s->steps[i]);
	free(s->steps);
	free(s);
}

static int
by_time(const void *left, const void *right)
{
	return chain_step_compare(*(struct chain_step *const *)left,
	    *(struct chain_step *const *)right);
}

/* The same signal first, then its hour, then by time. */
static int
by_identity(const void *left, const void *right)
{
	const struct chain_step *a = *(struct chain_step *const *)left;
	const struct chain_step *b = *(struct chain_step *const *)right;
	static const enum chain_text texts[] = { CHAIN_ACTOR, CHAIN_RESOURCE,
		CHAIN_TENANT, CHAIN_CLUSTER };
	static const enum chain_fact facts[] = { CHAIN_SESSION,
		CHAIN_ACCESS_KEY, CHAIN_REMOTE, CHAIN_INSTANCE };
	int64_t hour_a = civil_hour(a->time_us),
		hour_b = civil_hour(b->time_us);
	int order = strcmp(a->row->name, b->row->name);

	for (size_t i = 0; i < COUNTOF(texts) && order == 0; i++)
		order = span_compare(a->text[texts[i]], b->text[texts[i]]);
	for (size_t i = 0; i < COUNTOF(facts) && order == 0; i++)
		order = span_compare(a->fact[facts[i]], b->fact[facts[i]]);
	if (order == 0 && hour_a != hour_b)
		return hour_a < hour_b ? -1 : 1;
	return order;
}

static int
by_identity_and_time(const void *left, const void *right)
{
	int order = by_identity(left, right);

	return order ? order : by_time(left, right);
}

/* Strongest first. */
static int
by_evidence(const void *left, const void *right)
{
	double a = judge_evidence(*(struct chain_step *const *)left);
	double b = judge_evidence(*(struct chain_step *const *)right);

	if (a != b)
		return a > b ? -1 : 1;
	return by_time(left, right);
}

static void
absorb(struct chain_step *to, const struct chain_step *from)
{
	to->count += from->count;
	if (from->last_us > to->last_us)
		to->last_us = from->last_us;
	/* 0 is a rule's; of one detector all are or none is. */
	if (from->p < to->p)
		to->p = from->p;
	if (from->severity > to->severity)
		to->severity = from->severity;
	to->counted |= from->counted;
}

/* Make the same signal of one hour one step, and drop the weakest past the
 * limit. */
static void
compact(struct sequences *s)
{
	size_t kept = 0;

	if (s->count == 0)
		return;
	qsort(s->steps, s->count, sizeof(struct chain_step *),
	    by_identity_and_time);
	for (size_t i = 1; i < s->count; i++) {
		if (by_identity(&s->steps[kept], &s->steps[i]) == 0) {
			absorb(s->steps[kept], s->steps[i]);
			chain_step_free(s->steps[i]);
		} else {
			s->steps[++kept] = s->steps[i];
		}
	}
	s->count = kept + 1;
	if (s->count <= SEQUENCES_STEPS_MAX)
		return;
	qsort(s->steps, s->count, sizeof(struct chain_step *), by_evidence);
	while (s->count > SEQUENCES_STEPS_MAX)
		chain_step_free(s->steps[--s->count]);
}

static void
add(struct sequences *s, struct chain_step *step)
{
	if (s->count == (size_t)2 * SEQUENCES_STEPS_MAX)
		compact(s);
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 16;
		s->steps = status_realloc(
		    s->steps, s->room, sizeof(struct chain_step *));
	}
	s->steps[s->count++] = step;
	s->stale = true;
}

void
sequences_take(struct sequences *s, const struct signal *signal)
{
	if (signal->time_us >= s->forgotten_us)
		add(s, chain_step_of(signal));
}

void
sequences_move(struct sequences *to, struct sequences *from)
{
	for (size_t i = 0; i < from->count; i++) {
		if (from->steps[i]->time_us >= to->forgotten_us)
			add(to, from->steps[i]);
		else
			chain_step_free(from->steps[i]);
	}
	from->count = 0;
	from->stale = false;
}

bool
sequences_are_stale(const struct sequences *s)
{
	return s->stale;
}

/* --- what follows from it ------------------------------------------------- */

struct finding *const *
sequences_judge(struct sequences *s, size_t *count)
{
	struct verdict *verdicts;
	size_t n;

	if (!s->stale) {
		*count = s->nfindings;
		return s->findings;
	}
	free_findings(s);
	compact(s);
	if (s->count > 0)
		qsort(s->steps, s->count, sizeof(struct chain_step *), by_time);
	verdicts = judge_steps(&s->judge, s->steps, s->count, &n);
	s->findings = status_calloc(n + 1, sizeof(struct finding *));
	for (size_t i = 0; i < n; i++) {
		struct finding *f = tell_finding(
		    &s->tell[verdicts[i].kind], &verdicts[i], s->steps);

		finding_suppress(f, suppress_match(s->config, f->first));
		s->findings[s->nfindings++] = f;
	}
	judge_free(verdicts, n);
	s->stale = false;
	*count = s->nfindings;
	return s->findings;
}

/* What a step is judged by lies so far behind it at most. */
static int64_t
context_us(const struct sequences *s)
{
	return s->judge.window_us +
	       (SEQUENCE_HABIT_DAYS + 1) * CIVIL_US_PER_DAY;
}

int64_t
sequences_reach_us(const struct sequences *s)
{
	return context_us(s) + s->judge.window_us + LATE_US;
}

static int
by_number(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

/* The time of the newest step but a few: logs may have a wrong clock, and a
 * day in the far future must not make all else old. */
static int64_t
newest_of(const struct sequences *s)
{
	int64_t *times = status_calloc(s->count, sizeof(*times)), newest_us;

	for (size_t i = 0; i < s->count; i++)
		times[i] = s->steps[i]->time_us;
	qsort(times, s->count, sizeof(*times), by_number);
	newest_us = times[s->count - 1 - WRONG_CLOCKS];
	free(times);
	return newest_us;
}

size_t
sequences_bytes(const struct sequences *s)
{
	return s->count * sizeof(struct chain_step) +
	       s->room * sizeof(*s->steps);
}

void
sequences_forget(struct sequences *s)
{
	int64_t since_us;
	size_t kept = 0;

	if (s->count <= WRONG_CLOCKS)
		return;
	since_us = newest_of(s) - sequences_reach_us(s);
	for (size_t i = 0; i < s->count; i++) {
		if (s->steps[i]->time_us >= since_us)
			s->steps[kept++] = s->steps[i];
		else
			chain_step_free(s->steps[i]);
	}
	if (kept < s->count && since_us > s->forgotten_us)
		s->forgotten_us = since_us;
	s->count = kept;
}

int64_t
sequences_settled_us(const struct sequences *s)
{
	if (s->forgotten_us == INT64_MIN)
		return INT64_MIN;
	return s->forgotten_us + context_us(s);
}

void
sequences_begin(struct sequences *s, int64_t since_us)
{
	s->forgotten_us = since_us;
}

#include "sequence/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/hash.h"
#include "sequence/keys.h"

/* Steps of the window that one chain is judged by; the weakest go first. */
#define GROUP_STEPS_MAX 256
#define NONE UINT32_MAX

struct group { /* a chain, as a node of a union-find forest */
	uint32_t parent;
	uint32_t *steps; /* of the root: those of the window, ascending */
	size_t nsteps;
	uint32_t verdict; /* of the root; NONE */
};

struct key_entry {
	uint64_t hash; /* 0: free */
	uint32_t group;
	uint32_t joined; /* chains that it made one */
	int64_t last_us;
};

struct habit {
	uint64_t hash; /* 0: free */
	int64_t days[SEQUENCE_HABIT_DAYS + 1];
	uint32_t ndays;
};

struct judge {
	const struct judge_options *options;
	struct chain_step *const *steps;
	size_t count;
	double *weight; /* of each step so far */
	struct group *groups;
	struct key_entry *keys; /* open addressing, at most half full */
	size_t nkeys;
	struct habit *habits;
	size_t nhabits;
	struct verdict *verdicts;
	size_t nverdicts;
};

/* --- evidence ------------------------------------------------------------- */

/*
 * A rule's weight is what a p-value of its severity would have: a high one
 * counts as one in ten thousand, a low one as one in ten.  What the alert
 * budget held back is worth half.
 */
double
judge_evidence(const struct chain_step *s)
{
	double weight;

	if (s->p > 0)
		weight = fmin(-log(s->p), 12.0);
	else if (s->severity >= 7.0)
		weight = 9.2;
	else
		weight = s->severity >= 4.0 ? 5.0 : 2.3;
	return s->counted ? weight : weight / 2;
}

static uint64_t
habit_hash(const struct chain_step *s)
{
	struct hash_state h = hash_begin(&HASH_KEY_DEFAULT, s->actor_kind);

	hash_more(&h, s->text[CHAIN_CLUSTER]);
	hash_more(&h, s->text[CHAIN_ACTOR]);
	hash_more(&h, span_str(s->row->name));
	return hash_end(&h) | 1;
}

static struct habit *
habit_of(const struct judge *j, uint64_t hash)
{
	size_t i = (hash >> 8) & (j->nhabits - 1);

	while (j->habits[i].hash != 0 && j->habits[i].hash != hash)
		i = (i + 1) & (j->nhabits - 1);
	j->habits[i].hash = hash;
	return &j->habits[i];
}

/* On how many of the days before was the actor noticed for the same? */
static uint32_t
days_before(const struct judge *j, const struct chain_step *s)
{
	struct habit *h = habit_of(j, habit_hash(s));
	int64_t today = civil_day(s->time_us);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < h->ndays; i++) {
		if (h->days[i] >= today - SEQUENCE_HABIT_DAYS &&
		    h->days[i] < today)
			h->days[kept++] = h->days[i];
	}
	h->days[kept] = today;
	h->ndays = kept + 1;
	return kept;
}

/* --- chains --------------------------------------------------------------- */

static uint32_t
root_of(struct judge *j, uint32_t group)
{
	while (j->groups[group].parent != group) {
		j->groups[group].parent =
		    j->groups[j->groups[group].parent].parent;
		group = j->groups[group].parent;
	}
	return group;
}

static void
verdict_add(struct judge *j, struct verdict *v, uint32_t step)
{
	const struct chain_step *s = j->steps[step];
	unsigned bit = 1u << s->row->detector->tactic;

	if (v->nsteps == v->room) {
		v->room = v->room ? v->room * 2 : 16;
		v->steps = status_realloc(v->steps, v->room, sizeof(*v->steps));
	}
	v->steps[v->nsteps++] = step;
	v->signals += s->count;
	if (s->last_us > v->last_us)
		v->last_us = s->last_us;
	if ((v->tactics & bit) == 0 || v->signals >= 2 * v->told) {
		v->revision++;
		v->told = v->signals;
	}
	v->tactics |= bit;
}

/* Steps of another chain become the verdict's. */
static void
verdict_take(struct judge *j, uint32_t verdict, const struct group *other)
{
	if (verdict == NONE || other->verdict == verdict)
		return;
	for (size_t i = 0; i < other->nsteps; i++)
		verdict_add(j, &j->verdicts[verdict], other->steps[i]);
}

/* Of two verdicts the chain goes on with the one that was first. */
static uint32_t
go_on_with(struct judge *j, const struct group *a, const struct group *b)
{
	if (a->verdict == NONE) {
		verdict_take(j, b->verdict, a);
		return b->verdict;
	}
	if (b->verdict == NONE) {
		verdict_take(j, a->verdict, b);
		return a->verdict;
	}
	return a->verdict < b->verdict ? a->verdict : b->verdict;
}

static void
merge_steps(struct group *to, struct group *from)
{
	uint32_t *both =
	    status_calloc(to->nsteps + from->nsteps + 1, sizeof(*both));
	size_t n = 0, a = 0, b = 0;

	while (a < to->nsteps || b < from->nsteps) {
		if (b == from->nsteps ||
		    (a < to->nsteps && to->steps[a] < from->steps[b]))
			both[n++] = to->steps[a++];
		else
			both[n++] = from->steps[b++];
	}
	free(to->steps);
	free(from->steps);
	from->steps = NULL;
	from->nsteps = 0;
	to->steps = both;
	to->nsteps = n;
}

/* Leave out what is older than the window, then the weakest. */
static void
trim(struct judge *j, struct group *g, int64_t now_us)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->nsteps; i++) {
		if (j->steps[g->steps[i]]->time_us >=
		    now_us - j->options->window_us)
			g->steps[kept++] = g->steps[i];
	}
	g->nsteps = kept;
	while (g->nsteps > GROUP_STEPS_MAX) {
		size_t weakest = 0;

		for (size_t i = 1; i < g->nsteps; i++) {
			if (j->weight[g->steps[i]] <=
			    j->weight[g->steps[weakest]])
				weakest = i;
		}
		g->nsteps--;
		memmove(&g->steps[weakest], &g->steps[weakest + 1],
		    (g->nsteps - weakest) * sizeof(*g->steps));
	}
}

static uint32_t
join(struct judge *j, uint32_t left, uint32_t right, int64_t now_us)
{
	struct group *a = &j->groups[left], *b = &j->groups[right];

	trim(j, a, now_us);
	trim(j, b, now_us);
	a->verdict = go_on_with(j, a, b);
	b->parent = left;
	merge_steps(a, b);
	return left;
}

static struct key_entry *
entry_of(const struct judge *j, uint64_t hash)
{
	size_t i = (hash >> 8) & (j->nkeys - 1);

	while (j->keys[i].hash != 0 && j->keys[i].hash != hash)
		i = (i + 1) & (j->nkeys - 1);
	return &j->keys[i];
}

/* The chain of the step's other keys meets the one that used this key. */
static uint32_t
meet(struct judge *j, const struct sequence_key *key, uint32_t mine,
    int64_t now_us)
{
	struct key_entry *e = entry_of(j, key->hash);
	uint32_t theirs;

	if (e->hash == 0 || now_us - e->last_us > j->options->window_us) {
		*e = (struct key_entry){ key->hash, mine, 0, now_us };
		return mine;
	}
	theirs = root_of(j, e->group);
	e->last_us = now_us;
	e->group = mine;
	if (theirs == mine)
		return mine;
	if (key->joins != UINT32_MAX && e->joined >= key->joins)
		return mine; /* a hub: strangers share it */
	/* Nobody of a name of their own came with it. */
	e->joined += key->joins != UINT32_MAX;
	mine = join(j, theirs, mine, now_us);
	e->group = mine;
	return mine;
}

/* --- is it an attack? ----------------------------------------------------- */

struct taken { /* the strongest step of each tactic */
	uint32_t steps[TACTIC_COUNT];
	size_t count;
	unsigned tactics;
	double score;
	bool high;
	/* Those that are grave by themselves, and in which logs: bits. */
	size_t grave;
	double grave_score;
	unsigned logs;
};

static bool
same_event(const struct chain_step *a, const struct chain_step *b)
{
	return a->time_us == b->time_us && a->source == b->source &&
	       span_equal(a->text[CHAIN_EVENT_ID], b->text[CHAIN_EVENT_ID]);
}

static bool
is_taken(const struct judge *j, const struct taken *t, uint32_t step)
{
	const struct chain_step *s = j->steps[step];

	if (t->tactics & 1u << s->row->detector->tactic)
		return true;
	/* One act is one act, whatever it was noticed for. */
	for (size_t i = 0; i < t->count; i++) {
		if (same_event(s, j->steps[t->steps[i]]))
			return true;
	}
	return false;
}

static bool
is_high(const struct chain_step *s)
{
	switch (s->row->detector->tactic) {
	case TACTIC_CREDENTIAL_ACCESS:
	case TACTIC_PRIVILEGE_ESCALATION:
	case TACTIC_EXFILTRATION:
	case TACTIC_IMPACT:
		return s->severity >= 4.0;
	case TACTIC_NONE:
	case TACTIC_DISCOVERY:
	case TACTIC_INITIAL_ACCESS:
	case TACTIC_EXECUTION:
	case TACTIC_PERSISTENCE:
	case TACTIC_DEFENSE_EVASION:
	case TACTIC_COUNT:
		break;
	}
	return s->severity >= 7.0;
}

/* Flows and names tell the same conversations: one log. */
static void
add_grave(struct taken *t, const struct chain_step *s, double weight)
{
	enum source log = s->source == SOURCE_DNS ? SOURCE_VPCFLOW : s->source;

	if (!is_high(s) || !s->counted)
		return;
	t->grave++;
	t->grave_score += weight;
	t->logs |= 1u << log;
}

static void
take(const struct judge *j, const struct group *g, struct taken *t)
{
	memset(t, 0, sizeof(*t));
	for (size_t round = 0; round < TACTIC_COUNT; round++) {
		uint32_t best = NONE;

		for (size_t i = 0; i < g->nsteps; i++) {
			uint32_t step = g->steps[i];

			if (!is_taken(j, t, step) &&
			    (best == NONE || j->weight[step] > j->weight[best]))
				best = step;
		}
		if (best == NONE)
			return;
		t->steps[t->count++] = best;
		t->tactics |= 1u << j->steps[best]->row->detector->tactic;
		t->score += j->weight[best];
		t->high |= is_high(j->steps[best]);
		add_grave(t, j->steps[best], j->weight[best]);
	}
}

static bool
is_of_data(const struct chain_step *s)
{
	enum tactic tactic = s->row->detector->tactic;

	return s->source == SOURCE_CLOUDTRAIL &&
	       (tactic == TACTIC_EXFILTRATION || tactic == TACTIC_IMPACT) &&
	       (s->resource_kind == ENTITY_BUCKET ||
		   span_equal(s->fact[CHAIN_SERVICE], SPAN("s3")));
}

/* Which kinds of sequence these steps make: bits. */
static unsigned
kinds_of(const struct judge *j, const uint32_t *steps, size_t count)
{
	unsigned network = 0, kinds = 0;

	for (size_t i = 0; i < count; i++) {
		const struct chain_step *s = j->steps[steps[i]];

		if (s->source == SOURCE_K8S_AUDIT)
			kinds |= 1u << SEQUENCE_CLUSTER;
		if (s->source == SOURCE_CLOUDTRAIL)
			kinds |= 1u << SEQUENCE_CREDENTIALS;
		if (is_of_data(s))
			kinds |= 1u << SEQUENCE_DATA;
		if (s->source == SOURCE_VPCFLOW || s->source == SOURCE_DNS)
			network |= 1u << s->row->detector->tactic;
	}
	/* More than one tactic on the network. */
	if ((network & (network - 1)) != 0)
		kinds |= 1u << SEQUENCE_INSTANCES;
	return kinds ? kinds : 1u << SEQUENCE_INSTANCES;
}

/*
 * Enough tactics with enough evidence; or one tactic fewer, with as much
 * evidence for each, when all are grave and more than one log saw them: what
 * two logs agree on is hardly chance.
 */
static bool
is_enough(const struct sequence_rule *r, const struct taken *t)
{
	if (t->score >= r->score && (double)t->count >= r->tactics)
		return true;
	return (t->logs & (t->logs - 1)) != 0 &&
	       (double)(t->grave + 1) >= r->tactics &&
	       t->grave_score >= r->score * (double)t->grave / r->tactics;
}

/* The most telling kind whose rule is met, or SEQUENCE_KINDS. */
static enum sequence_kind
kind_of(const struct judge *j, const struct taken *t, unsigned kinds)
{
	for (unsigned k = 0; k < SEQUENCE_KINDS; k++) {
		const struct sequence_rule *r = &j->options->rules[k];

		if ((kinds & 1u << k) != 0 && r->enabled && is_enough(r, t))
			return (enum sequence_kind)k;
	}
	return SEQUENCE_KINDS;
}

/* The step of whoever did most of it: a name before an address. */
static uint32_t
main_of(const struct judge *j, const struct taken *t)
{
	uint32_t best = t->steps[0];
	double most = -1;

	for (size_t i = 0; i < t->count; i++) {
		const struct chain_step *s = j->steps[t->steps[i]];
		double sum = 0;

		for (size_t k = 0; k < t->count; k++) {
			const struct chain_step *o = j->steps[t->steps[k]];

			if (o->actor_kind == s->actor_kind &&
			    span_equal(
				o->text[CHAIN_ACTOR], s->text[CHAIN_ACTOR]))
				sum += j->weight[t->steps[k]];
		}
		if (s->actor_kind == ENTITY_ADDRESS)
			sum /= 2;
		if (sum > most || (sum >= most && t->steps[i] < best)) {
			most = sum;
			best = t->steps[i];
		}
	}
	return best;
}

static void
consider(struct judge *j, struct group *g, int64_t now_us)
{
	struct taken t;
	struct verdict *v;
	enum sequence_kind kind;

	take(j, g, &t);
	if (!t.high)
		return;
	kind = kind_of(j, &t, kinds_of(j, t.steps, t.count));
	if (kind == SEQUENCE_KINDS)
		return;
	j->verdicts =
	    status_realloc(j->verdicts, j->nverdicts + 1, sizeof(*j->verdicts));
	v = &j->verdicts[j->nverdicts];
	*v = (struct verdict){
		.kind = kind,
		.first = g->steps[0],
		.main = main_of(j, &t),
		.fired_us = now_us,
		.score = t.score,
		.tactics = t.tactics,
	};
	for (size_t i = 0; i < g->nsteps; i++)
		verdict_add(j, v, g->steps[i]);
	v->revision = 1;
	v->told = v->signals;
	g->verdict = (uint32_t)j->nverdicts++;
}

/* --- the fold ------------------------------------------------------------- */

static void
fold_step(struct judge *j, uint32_t at)
{
	const struct chain_step *s = j->steps[at];
	struct sequence_key keys[SEQUENCE_KEYS_MAX];
	size_t nkeys = sequence_keys(s, keys);
	uint32_t root = at;
	struct group *g = &j->groups[at];

	j->weight[at] = judge_evidence(s) / (1 + days_before(j, s));
	g->parent = at;
	g->verdict = NONE;
	g->steps = status_calloc(1, sizeof(*g->steps));
	g->steps[g->nsteps++] = at;
	if (s->row->detector->tactic == TACTIC_NONE)
		return;
	for (size_t i = 0; i < nkeys; i++)
		root = meet(j, &keys[i], root, s->time_us);
	g = &j->groups[root];
	trim(j, g, s->time_us);
	if (g->verdict == NONE)
		consider(j, g, s->time_us);
}

static int
by_position(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

static void
finish(struct judge *j)
{
	for (size_t i = 0; i < j->nverdicts; i++) {
		struct verdict *v = &j->verdicts[i];

		qsort(v->steps, v->nsteps, sizeof(*v->steps), by_position);
		v->also = kinds_of(j, v->steps, v->nsteps) & ~(1u << v->kind);
	}
	for (size_t i = 0; i < j->count; i++)
		free(j->groups[i].steps);
	free(j->groups);
	free(j->keys);
	free(j->habits);
	free(j->weight);
}

/* The next power of two above twice as many. */
static size_t
table_size(size_t rows)
{
	size_t size = 64;

	while (size < 2 * rows)
		size *= 2;
	return size;
}

struct verdict *
judge_steps(const struct judge_options *options,
    struct chain_step *const *steps, size_t count, size_t *nverdicts)
{
	struct judge j = { .options = options, .steps = steps, .count = count };

	j.weight = status_calloc(count + 1, sizeof(*j.weight));
	j.groups = status_calloc(count + 1, sizeof(*j.groups));
	j.nkeys = table_size(count * SEQUENCE_KEYS_MAX);
	j.keys = status_calloc(j.nkeys, sizeof(*j.keys));
	j.nhabits = table_size(count);
	j.habits = status_calloc(j.nhabits, sizeof(*j.habits));
	for (size_t i = 0; i < count; i++)
		fold_step(&j, (uint32_t)i);
	finish(&j);
	*nverdicts = j.nverdicts;
	return j.verdicts;
}

void
judge_free(struct verdict *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(verdicts[i].steps);
	free(verdicts);
}

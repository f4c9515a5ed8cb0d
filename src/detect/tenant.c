/*
 * The way of one event through a tenant: deduplicate, move the clock of its
 * lane, tally its activity, call the detectors.
 */
#include <stdlib.h>

#include "base/civil.h"
#include "base/fetch.h"
#include "detect/carried.h"
#include "detect/engine_internal.h"
#include "detect/iam_act.h"
#include "detect/k8s_act.h"
#include "detect/learn.h"

/* Shares of a tenant's memory, in sixteenths; the baseline's own shares are
 * within its half. */
#define BASELINE_SHARE 8
#define DEDUP_SHARE 3
#define LANE_SHARE 2
#define STATES_SHARE 3
/* Of the sixteenths that the baseline leaves of its half: it divides 13. */
#define KNOWN_SHARE 1.0
#define PASSING_SHARE 0.5
/* No detector's states may take more than this part of STATES_SHARE. */
#define STATES_PART 4
/* What was told on so many days is learned when it happens again. */
#define TOLD_DAYS 2
#define TOLD_SALT UINT64_C(0x746f6c64)
/* Each cluster of a tenant has its own clock and hours. */
#define CLUSTERS_MAX 256
#define DEDUP_KEY_BYTES 64 /* two generations, at worst half full */

static void
remember_nothing(struct tenant *t)
{
	const struct engine *e = t->engine;
	size_t unit = e->memory_bytes / 16;

	t->baseline = baseline_new(&(struct baseline_options){
	    .memory_bytes = BASELINE_SHARE * unit,
	    .half_life_days = e->options.config->baseline.half_life_days,
	});
	t->dedup = dedup_new(DEDUP_SHARE * unit / DEDUP_KEY_BYTES);
	t->known =
	    inventory_new((size_t)(KNOWN_SHARE * (double)unit), e->options.key);
	t->passing = inventory_new(
	    (size_t)(PASSING_SHARE * (double)unit), e->options.key);
	t->states = status_calloc(e->nrows + 1, sizeof(*t->states));
	t->lanes = t->latest = NULL;
	t->waiting = (struct waiting){ 0 };
	t->waves = NULL;
	t->events = t->held = 0;
	memset(t->duplicates, 0, sizeof(t->duplicates));
	memset(t->loaded_duplicates, 0, sizeof(t->loaded_duplicates));
	memset(t->loaded_late, 0, sizeof(t->loaded_late));
}

static void
free_memory(struct tenant *t)
{
	while (t->lanes != NULL) {
		struct lane *next = t->lanes->next;

		lane_free(t->lanes);
		t->lanes = next;
	}
	for (size_t i = 0; i < t->engine->nrows; i++)
		states_free(t->states[i]);
	free(t->states);
	free(t->waves);
	dedup_free(t->dedup);
	inventory_free(t->known);
	inventory_free(t->passing);
	baseline_free(t->baseline);
}

struct tenant *
engine_tenant_new(const struct engine *e, struct span name, void *cookie)
{
	struct tenant *t = status_calloc(1, sizeof(*t));
	char *text = status_calloc(name.len + 1, 1);

	if (name.len > 0)
		memcpy(text, name.at, name.len);
	t->engine = e;
	t->cookie = cookie;
	t->name = span_of(text, name.len);
	remember_nothing(t);
	return t;
}

void
engine_tenant_forget(struct tenant *t)
{
	free_memory(t);
	remember_nothing(t);
}

void
engine_tenant_free(struct tenant *t)
{
	if (t == NULL)
		return;
	free_memory(t);
	free(span_memory(t->name));
	free(t);
}

struct span
engine_tenant_name(const struct tenant *t)
{
	return t->name;
}

struct lane *
engine_lane_new(const struct tenant *t, enum source source, uint64_t key)
{
	return lane_new(source, key, LANE_SHARE * t->engine->memory_bytes / 16);
}

struct states *
engine_states_of(struct tenant *t, const struct engine_row *row)
{
	const struct detector *det = row->row->detector;
	struct states **states = &t->states[row->index];

	if (*states == NULL)
		*states = states_new(det->state_size,
		    STATES_SHARE * t->engine->memory_bytes / 16 / STATES_PART,
		    det->state_ttl_s * CIVIL_US_PER_S);
	return *states;
}

/* Past CLUSTERS_MAX names of clusters, all further ones share a lane. */
static struct lane *
find_lane(struct tenant *t, enum source source, uint64_t key)
{
	struct lane **at;
	size_t count = 0;

	for (at = &t->lanes; *at != NULL; at = &(*at)->next) {
		if ((*at)->source != source)
			continue;
		if ((*at)->key == key)
			return *at;
		count++;
	}
	if (count >= CLUSTERS_MAX && key != 0)
		return find_lane(t, source, 0);
	*at = engine_lane_new(t, source, key);
	return *at;
}

static struct lane *
lane_of(struct tenant *t, const struct event *ev)
{
	uint64_t key = 0;

	if (ev->source == SOURCE_K8S_AUDIT)
		key = hash_span(t->engine->options.key, ev->cluster);
	if (t->latest == NULL || t->latest->source != ev->source ||
	    t->latest->key != key)
		t->latest = find_lane(t, ev->source, key);
	return t->latest;
}

/*
 * What a finding covers teaches nothing, lest an intruder be learned while
 * nobody looks.  But what was told on TOLD_DAYS days and goes on is the work
 * of somebody whom nobody minds: from then on it is learned as any other.
 */
static bool
teaches(struct tenant *t, const struct activity_row *r, int64_t hour)
{
	uint64_t told;

	if (!r->tainted)
		return true;
	if (r->routine == 0)
		return false;
	told = hash_mix(r->routine, TOLD_SALT);
	baseline_mark(t->baseline, told, hour);
	return baseline_marked_days(t->baseline, told, (int32_t)(hour / 24)) >
	       TOLD_DAYS;
}

/* Tell the findings that an activity raised how it grew since, if it did. */
static bool
tell_growth(struct tenant *t, struct activity_row *r)
{
	bool told = false;

	for (size_t i = 0; i < r->nraised; i++) {
		uint64_t more = r->sums.count - r->raised[i].told;

		if (more == 0)
			continue;
		t->engine->options.grew(
		    t->cookie, r->raised[i].identity, more, r->sums.last_us);
		r->raised[i].told = r->sums.count;
		told = true;
	}
	return told;
}

struct closing {
	struct tenant *tenant;
	struct lessons *lessons;
};

/* An hour is over: tell findings how their activities grew, and learn. */
static void
close_hour(void *cookie, struct lane *l, int64_t hour)
{
	const struct closing *c = cookie;
	struct tenant *t = c->tenant;
	struct activities *table = l->open[hour & 1];
	size_t count;
	struct activity_row *rows = activities_rows(table, &count);

	for (size_t i = 0; i < count; i++) {
		struct activity_row *r = &rows[i];
		int64_t of = r->hour_late ? r->hour_late : hour;

		const struct lesson *lessons = activities_taught(table, r);

		(void)tell_growth(t, r);
		if (!teaches(t, r, of))
			continue;
		if (r->routine != 0)
			baseline_mark(t->baseline, r->routine, of);
		for (size_t k = 0; k < r->nlessons; k++)
			lessons_add(c->lessons, t->baseline, lessons[k].profile,
			    lessons[k].value, of);
	}
	lessons_finish(c->lessons, t->baseline);
}

/* Give the baseline the texts of the event's values, unless it has them. */
static void
name_values(struct detect *d, const struct subject_keys *keys)
{
	struct baseline *b = d->tenant->baseline;
	char room[SUBJECT_HOUR_BYTES];
	const struct subject *s;

	if (d->known != NULL && d->known->named) {
		if (keys->key[FEATURE_HOUR] != 0)
			baseline_name(b, keys->key[FEATURE_HOUR],
			    subject_hour(d->ev->time_us, room));
		return;
	}
	s = detect_subject(d);
	for (enum feature f = 0; f < FEATURE_COUNT; f++) {
		if (s->key[f] != 0)
			baseline_name(b, s->key[f], s->text[f]);
	}
	if (d->known != NULL)
		d->known->named = true;
}

/* What the baseline will learn from this activity. */
static void
prepare_lessons(struct detect *d, struct activities *table)
{
	const struct subject_keys *s;
	size_t nprofiles, n = 0;
	const struct profile_kind *profiles =
	    subject_profiles(d->ev->source, &nprofiles);
	struct lesson *lessons;

	if (!subject_teaches(d->ev))
		return;
	s = detect_keys(d);
	lessons = activities_lessons(table, nprofiles);
	if (lessons == NULL)
		return;
	for (size_t i = 0; i < nprofiles; i++) {
		enum feature f = profiles[i].feature;
		uint64_t entity = s->entity[profiles[i].scope];

		if (entity == 0 || s->key[f] == 0)
			continue;
		lessons[n].profile = engine_profile(
		    d->tenant->engine, profiles[i].scope, entity, f);
		lessons[n++].value = s->key[f];
	}
	name_values(d, s);
	activities_keep(table, d->activity, n);
}

static void
add_sums(struct activity *sums, const struct event *ev)
{
	if (sums->count++ == 0 || ev->time_us < sums->first_us)
		sums->first_us = ev->time_us;
	if (ev->time_us > sums->last_us)
		sums->last_us = ev->time_us;
	if (ev->source == SOURCE_VPCFLOW) {
		sums->bytes += ev->flow->bytes;
		sums->packets += ev->flow->packets;
	} else if (ev->source == SOURCE_CLOUDTRAIL) {
		sums->bytes += ev->cloudtrail->bytes_out;
	}
}

/* Tally the event: which detectors are to be called? */
static enum detect_when
tally(struct detect *d)
{
	int64_t hour = civil_hour(d->ev->time_us);
	uint64_t key = d->ev->activity, count;
	struct activities *table;
	bool late, fresh;

	table = lane_activities(d->lane, hour, &late);
	if (late)
		key = hash_mix(key, (uint64_t)hour);
	d->activity = activities_add(table, key ? key : 1, &fresh);
	if (d->activity == NULL) {
		add_sums(&d->sums, d->ev);
		return DETECT_FIRST;
	}
	add_sums(&d->activity->sums, d->ev);
	if (fresh) {
		d->lane->carried |= carried_of(d->ev);
		learn_activity(&(struct learn){
		    d->tenant->known, d->tenant->passing, d->ev, NULL });
		d->activity->hour_late = late ? (int32_t)hour : 0;
		prepare_lessons(d, table);
		if (d->activity->nlessons > 0 &&
		    (d->ev->source == SOURCE_CLOUDTRAIL ||
			d->ev->source == SOURCE_K8S_AUDIT))
			d->activity->routine =
			    hash_mix(d->lane->key + 1, d->ev->activity);
	}
	if (fresh)
		return DETECT_FIRST;
	count = d->activity->sums.count;
	return (count & (count - 1)) == 0 ? DETECT_ACTIVITY : DETECT_EACH;
}

/* The entity whose state the detector keeps; 0: this event has none. */
static uint64_t
state_key(struct detect *d, enum detect_key kind)
{
	const struct hash_key *key = d->tenant->engine->options.key;
	const struct subject_keys *s = detect_keys(d);
	uint64_t actor = s->actor;

	switch (kind) {
	case DETECT_KEY_NONE:
		return 0;
	case DETECT_KEY_ACTOR:
		return actor;
	case DETECT_KEY_PEER:
	case DETECT_KEY_ACTOR_PEER:
		if (d->ev->source == SOURCE_VPCFLOW) {
			uint64_t peer = hash_span(
			    key, span_of((const char *)d->ev->flow->peer.byte,
				     sizeof(d->ev->flow->peer.byte)));

			return kind == DETECT_KEY_PEER ? peer
						       : hash_mix(actor, peer);
		}
		return hash_mix(kind == DETECT_KEY_PEER ? 1 : actor,
		    s->key[FEATURE_NETWORK]);
	case DETECT_KEY_ACTOR_DOMAIN:
		return hash_mix(actor, s->key[FEATURE_DOMAIN]);
	case DETECT_KEY_DOMAIN:
		return s->key[FEATURE_DOMAIN];
	case DETECT_KEY_TENANT:
		return hash_mix(d->lane->key, (uint64_t)d->ev->source + 1);
	}
	return 0;
}

static void *
state_of(struct detect *d)
{
	uint64_t key = state_key(d, d->row->row->detector->key);

	if (key == 0)
		return NULL;
	return states_get(
	    engine_states_of(d->tenant, d->row), key, d->lane->newest_us);
}

static void
observe(struct detect *d, const struct engine_row *row)
{
	const struct detector *det = row->row->detector;
	void *state = NULL;

	d->row = row;
	if (det->select != NULL && !det->select(d, d->ev))
		return;
	if (det->key != DETECT_KEY_NONE) {
		state = state_of(d);
		if (state == NULL)
			return; /* no room: counted */
	}
	d->workload = 0;
	det->observe(d, d->ev, state);
}

/* Fetch the actor's states for all that are called: each is elsewhere. */
static void
expect_states(struct detect *d, size_t n)
{
	uint64_t actor = detect_keys(d)->actor;

	for (unsigned soon = 0; soon < 2; soon++) {
		for (size_t i = 0; i < n; i++) {
			const struct engine_row *row = d->scratch->called[i];
			const struct states *t = d->tenant->states[row->index];

			if (t != NULL &&
			    row->row->detector->key == DETECT_KEY_ACTOR)
				states_expect(t, actor, soon);
		}
	}
}

static void
call(struct detect *d, enum detect_when when, bool is_act)
{
	const struct calls *c = &d->tenant->engine->calls[d->ev->source];
	struct call_set set =
	    calls_for(c, &d->scratch->calls, d->ev, when, is_act);
	const struct engine_row **rows = d->scratch->called;
	size_t n = 0;

	for (size_t w = 0; w < CALLS_WORDS; w++) {
		for (uint64_t left = set.word[w]; left; left &= left - 1) {
			const struct call *one =
			    &c->list[w * 64 + (size_t)__builtin_ctzll(left)];

			if (one->match == NULL || one->match(d->ev))
				rows[n++] = one->row;
		}
	}
	if (n > 1)
		expect_states(d, n);
	for (size_t i = 0; i < n; i++)
		observe(d, rows[i]);
}

struct engine_scratch *
engine_scratch_new(void)
{
	return status_calloc(1, sizeof(struct engine_scratch));
}

void
engine_scratch_free(struct engine_scratch *s)
{
	if (s == NULL)
		return;
	subject_done(&s->subject);
	free(s);
}

static bool
is_an_act(const struct event *ev)
{
	if (ev->source == SOURCE_CLOUDTRAIL)
		return iam_act_match(ev);
	return ev->source == SOURCE_K8S_AUDIT && k8s_act_match(ev);
}

void
engine_expect(const struct tenant *t, const struct engine_scratch *scratch,
    const struct event *ev, bool soon)
{
	const struct lane *l = t->latest;
	uint64_t memo;

	if (l != NULL && l->source == ev->source)
		activities_expect(
		    l->open[civil_hour(ev->time_us) & 1], ev->activity, soon);
	if (soon)
		return;
	if ((ev->id_key[0] | ev->id_key[1]) != 0)
		dedup_expect(t->dedup, ev->id_key);
	memo = detect_memo(t, ev);
	if (memo != 0)
		fetch_lines(&scratch->known[KEYS_KNOWN_AT(memo)],
		    sizeof(struct known_keys));
}

void
engine_event(struct tenant *t, struct engine_scratch *scratch,
    const struct batch *batch, const struct event *ev)
{
	struct detect d = {
		.tenant = t, .batch = batch, .ev = ev, .scratch = scratch
	};
	bool is_act;

	memset(scratch->asked, 0, sizeof(scratch->asked));
	if (scratch->any_strange)
		memset(scratch->strange, 0, sizeof(scratch->strange));
	scratch->any_strange = false;
	if ((ev->id_key[0] | ev->id_key[1]) != 0 &&
	    dedup_seen(t->dedup, ev->id_key)) {
		t->duplicates[ev->source]++;
		return;
	}
	t->events++;
	d.lane = lane_of(t, ev);
	lane_advance(d.lane, ev->time_us, close_hour,
	    &(struct closing){ t, &scratch->lessons });
	is_act = is_an_act(ev);
	engine_learn(t, scratch, ev);
	call(&d, tally(&d), is_act);
}

bool
engine_tell(struct tenant *t)
{
	bool told = false;

	for (struct lane *l = t->lanes; l != NULL; l = l->next) {
		for (size_t i = 0; i < COUNTOF(l->open); i++) {
			size_t count;
			struct activity_row *rows =
			    activities_rows(l->open[i], &count);

			for (size_t k = 0; k < count; k++)
				told |= tell_growth(t, &rows[k]);
		}
	}
	return told;
}

void
engine_count(const struct tenant *t, struct engine_counts *counts)
{
	struct baseline_sizes sizes;
	struct inventory_sizes known = inventory_sizes(t->known);

	baseline_sizes(t->baseline, &sizes);
	counts->overflow += known.forgotten + known.refused;
	counts->bytes += known.bytes + inventory_sizes(t->passing).bytes;
	counts->events += t->events;
	for (enum source i = 0; i < SOURCE_COUNT; i++) {
		counts->duplicates[i] += t->duplicates[i];
		counts->loaded_duplicates[i] += t->loaded_duplicates[i];
		counts->loaded_late[i] += t->loaded_late[i];
	}
	counts->held += t->held;
	counts->overflow += sizes.overflow;
	counts->values += sizes.values;
	counts->profiles += sizes.profiles;
	counts->bytes += sizes.bytes + dedup_bytes(t->dedup);
	for (const struct lane *l = t->lanes; l != NULL; l = l->next) {
		counts->late[l->source] += l->late;
		for (size_t i = 0; i < COUNTOF(l->open); i++) {
			counts->overflow += activities_refused(l->open[i]);
			counts->bytes += activities_bytes(l->open[i]);
		}
	}
	for (size_t i = 0; i < t->engine->nrows; i++) {
		if (t->states[i] == NULL)
			continue;
		counts->overflow += states_refused(t->states[i]);
		counts->bytes += states_bytes(t->states[i]);
	}
}

/* What detector.h lets an observe() ask. */
#include "base/civil.h"
#include "detect/engine_internal.h"
#include "lists/lists.h"
#include "stats/novelty.h"

/* On so many of the last 30 days a thing is routine. */
#define ROUTINE_DAYS 3
/* A value this improbable is what a finding rests on. */
#define STRANGE_P 0.1
/* No value's: strange, and not because it is new. */
#define NO_WAVE UINT64_MAX
/* New values a day from which on another one is no news. */
#define ROAMING 0.5
/* One night is no habit. */
#define NEAR_DAYS 2

double
detect_param(const struct detect *d, size_t index)
{
	ASSERT(index < d->row->row->detector->nparams);
	return d->row->param[index];
}

uint64_t
detect_overflow(const struct detect *d)
{
	uint64_t overflow = baseline_overflow(d->tenant->baseline);

	for (size_t i = 0; i < COUNTOF(d->lane->open); i++)
		overflow += activities_refused(d->lane->open[i]);
	return overflow;
}

bool
detect_is_own_account(const struct detect *d, struct span account)
{
	return config_account(d->tenant->engine->options.config, account) !=
	       NULL;
}

const struct activity *
detect_activity(const struct detect *d)
{
	return d->activity != NULL ? &d->activity->sums : &d->sums;
}

struct subject *
detect_subject(struct detect *d)
{
	if (!d->have_subject) {
		d->scratch->subject.geo = d->tenant->engine->geo;
		d->scratch->subject.places = &d->scratch->places;
		subject_of(&d->scratch->subject, d->ev,
		    d->tenant->engine->options.key);
		d->have_subject = true;
	}
	return &d->scratch->subject;
}

/* The keys as remembered, with this event's hour. */
static void
recall(struct detect *d)
{
	char room[SUBJECT_HOUR_BYTES];
	struct subject_keys *keys = &d->scratch->keys;

	*keys = d->known->keys;
	if (keys->key[FEATURE_HOUR] != 0)
		keys->key[FEATURE_HOUR] =
		    subject_value_key(d->tenant->engine->options.key,
			FEATURE_HOUR, subject_hour(d->ev->time_us, room));
}

uint64_t
detect_memo(const struct tenant *t, const struct event *ev)
{
	uint64_t memo = subject_memo(ev);

	return memo == 0 ? 0 : hash_mix(memo, (uint64_t)(uintptr_t)t) | 1;
}

const struct subject_keys *
detect_keys(struct detect *d)
{
	uint64_t memo;

	if (d->have_keys)
		return &d->scratch->keys;
	d->have_keys = true;
	memo = detect_memo(d->tenant, d->ev);
	if (memo != 0) {
		d->known = &d->scratch->known[KEYS_KNOWN_AT(memo)];
		if (d->known->memo == memo) {
			recall(d);
			return &d->scratch->keys;
		}
	}
	subject_take_keys(detect_subject(d), &d->scratch->keys);
	if (d->known != NULL) {
		d->known->memo = memo;
		d->known->named = false;
		d->known->keys = d->scratch->keys;
	}
	return &d->scratch->keys;
}

const struct actor *
detect_actor(struct detect *d)
{
	return &detect_subject(d)->actor;
}

struct span
detect_feature(struct detect *d, enum feature feature)
{
	return detect_subject(d)->text[feature];
}

uint64_t
detect_feature_key(struct detect *d, enum feature feature)
{
	return detect_keys(d)->key[feature];
}

struct pod_spec *
detect_pod(struct detect *d)
{
	if (!d->have_pod && d->ev->source == SOURCE_K8S_AUDIT &&
	    pod_spec_read(d->ev, &d->scratch->pod))
		d->pod = &d->scratch->pod;
	d->have_pod = true;
	return d->pod;
}

static uint64_t
entity_of(struct detect *d, enum scope scope)
{
	if (scope == SCOPE_WORKLOAD)
		return d->workload;
	return detect_keys(d)->entity[scope];
}

static void
ask(struct detect *d, enum scope scope, enum feature feature, uint64_t value,
    struct usual *usual)
{
	uint64_t entity = entity_of(d, scope);

	*usual = (struct usual){ .p = 1.0 };
	if (entity == 0 || value == 0)
		return;
	baseline_ask(d->tenant->baseline,
	    engine_profile(d->tenant->engine, scope, entity, feature), value,
	    (int32_t)civil_day(d->ev->time_us), usual);
}

/* The answer about the event's own value, remembered for the event. */
static const struct usual *
usual_of(struct detect *d, enum scope scope, enum feature feature)
{
	const struct subject_keys *s = detect_keys(d);
	uint32_t bit = (uint32_t)1 << feature;
	struct usual *usual = &d->scratch->usual[scope][feature];

	if (d->scratch->asked[scope] & bit)
		return usual;
	ask(d, scope, feature, s->key[feature], usual);
	if (scope != SCOPE_WORKLOAD) /* which detectors set as they go */
		d->scratch->asked[scope] |= bit;
	return usual;
}

void
detect_usual(struct detect *d, enum scope scope, enum feature feature,
    struct usual *usual)
{
	*usual = *usual_of(d, scope, feature);
}

void
detect_usual_value(struct detect *d, enum scope scope, enum feature feature,
    struct span value, struct usual *usual)
{
	ask(d, scope, feature,
	    subject_value_key(d->tenant->engine->options.key, feature, value),
	    usual);
	baseline_names(d->tenant->baseline, usual);
}

/* Where waves.h keeps the event's value; 0: the actor has no peers that are
 * known, or has had it before, and that so often that nobody wonders. */
static uint64_t
wave_key(struct detect *d, enum feature feature)
{
	const struct subject_keys *s = detect_keys(d);
	uint64_t peers = s->entity[SCOPE_PEERS], key;

	if (peers == 0 || s->key[feature] == 0 ||
	    usual_of(d, SCOPE_ACTOR, feature)->days >= DETECT_KNOWN_DAYS ||
	    usual_of(d, SCOPE_PEERS, FEATURE_USER)->known_days <
		DETECT_KNOWN_DAYS)
		return 0;
	key = hash_mix(
	    baseline_profile(SCOPE_PEERS, peers, feature), s->key[feature]);
	return key != 0 ? key : 1;
}

/* What an excused finding covered teaches after all. */
static void
teach(struct lane *l, uint64_t identity)
{
	for (size_t i = 0; i < COUNTOF(l->open); i++) {
		size_t n;
		struct activity_row *rows = activities_rows(l->open[i], &n);

		for (size_t k = 0; k < n; k++) {
			if (rows[k].nraised == 1 &&
			    rows[k].raised[0].identity == identity)
				rows[k].tainted = false;
		}
	}
}

/* A value is shared: take back what was told of its first actors. */
static void
take_back(struct detect *d, uint64_t key)
{
	const struct engine *e = d->tenant->engine;
	struct waves *w = d->tenant->waves;
	uint64_t identity;
	size_t at = 0, signals;

	if (!waves_share(w, key))
		return;
	while ((signals = waves_excused(w, key, &at, &identity)) > 0) {
		if (e->options.excused(d->tenant->cookie, identity, signals))
			teach(d->lane, identity);
	}
}

/* New to a third of the peers; remembers the actor as one of those. */
static bool
is_shared(struct detect *d, enum feature feature)
{
	uint64_t key = wave_key(d, feature);
	int64_t hour = civil_hour(d->ev->time_us);
	const struct usual *actor;
	unsigned actors;

	if (key == 0)
		return false;
	actor = usual_of(d, SCOPE_ACTOR, feature);
	if (actor->count > 0)
		return actor->p < STRANGE_P && d->tenant->waves != NULL &&
		       waves_is_shared(d->tenant->waves, key, hour);
	if (d->tenant->waves == NULL)
		d->tenant->waves = status_calloc(1, sizeof(*d->tenant->waves));
	actors = waves_add(d->tenant->waves, key, detect_keys(d)->actor, hour);
	if (!waves_is_one(
		actors, usual_of(d, SCOPE_PEERS, FEATURE_USER)->distinct))
		return false;
	take_back(d, key);
	return true;
}

void
detect_strange(struct detect *d, enum feature feature)
{
	uint64_t key = usual_of(d, SCOPE_ACTOR, feature)->count > 0
			   ? 0
			   : wave_key(d, feature);

	d->scratch->any_strange = true;
	d->scratch->strange[feature] = key != 0 ? key : NO_WAVE;
}

double
detect_new_a_day(const struct usual *u)
{
	return u->distinct < 2 ? 0 : (u->distinct - 1) / (u->known_days + 1.0);
}

bool
detect_roams(const struct usual *u)
{
	return detect_new_a_day(u) >= ROAMING;
}

bool
detect_hour_is_near(struct detect *d)
{
	static const int away[] = { -1, 1, -2, 2 };
	const struct hash_key *key = d->tenant->engine->options.key;
	int64_t now = d->ev->time_us;
	int hour = civil_of(now).hour;
	char room[SUBJECT_HOUR_BYTES];
	const struct usual *known = usual_of(d, SCOPE_ACTOR, FEATURE_HOUR);
	unsigned days = 0;
	struct usual usual;

	/* A job that always ran at two is odd at three. */
	if (detect_keys(d)->key[FEATURE_HOUR] == 0 || known->days > 1 ||
	    !detect_roams(known))
		return false;
	for (size_t i = 0; i < COUNTOF(away); i++) {
		/* Around the clock, but of the same day and so of its kind. */
		int there = (hour + away[i] + 24) % 24;
		int64_t then = now + (there - hour) * CIVIL_US_PER_HOUR;

		ask(d, SCOPE_ACTOR, FEATURE_HOUR,
		    subject_value_key(
			key, FEATURE_HOUR, subject_hour(then, room)),
		    &usual);
		days += usual.days;
	}
	return days >= NEAR_DAYS;
}

bool
detect_expected(struct detect *d, enum feature feature)
{
	return is_shared(d, feature) ||
	       (feature == FEATURE_HOUR && detect_hour_is_near(d));
}

double
detect_novelty(struct detect *d, enum feature feature)
{
	const struct usual *tenant = usual_of(d, SCOPE_TENANT, feature);
	const struct usual *peers, *actor;
	double p;

	if (tenant->known_days < DETECT_KNOWN_DAYS ||
	    detect_expected(d, feature))
		return 1.0;
	peers = usual_of(d, SCOPE_PEERS, feature);
	actor = usual_of(d, SCOPE_ACTOR, feature);
	p = novelty_backoff(peers->p, peers->n, tenant->p, DETECT_BACKOFF);
	p = novelty_backoff(actor->p, actor->n, p, DETECT_BACKOFF);
	if (p < STRANGE_P)
		detect_strange(d, feature);
	return p;
}

bool
detect_routine(struct detect *d)
{
	if (d->activity == NULL || d->activity->routine == 0)
		return false;
	return baseline_marked_days(d->tenant->baseline, d->activity->routine,
		   (int32_t)civil_day(d->ev->time_us)) >= ROUTINE_DAYS;
}

void
detect_learn(
    struct detect *d, enum scope scope, enum feature feature, struct span value)
{
	uint64_t entity = entity_of(d, scope);
	uint64_t key =
	    subject_value_key(d->tenant->engine->options.key, feature, value);

	if (entity == 0 || span_is_empty(value))
		return;
	baseline_name(d->tenant->baseline, key, value);
	baseline_learn(d->tenant->baseline,
	    engine_profile(d->tenant->engine, scope, entity, feature), key,
	    civil_hour(d->ev->time_us), 1);
}

void
detect_workload(struct detect *d, struct span workload)
{
	d->workload = span_is_empty(workload)
			  ? 0
			  : hash_mix(d->lane->key,
				hash_seeded(d->tenant->engine->options.key,
				    SCOPE_WORKLOAD, workload));
}

void
detect_place(struct detect *d, const struct ip *ip, struct geo_place *place)
{
	const struct geo *geo = d->tenant->engine->geo;

	if (geo == NULL)
		memset(place, 0, sizeof(*place));
	else
		*place = *geo_recall(geo, &d->scratch->places, ip);
}

bool
detect_has_ranges(const struct detect *d)
{
	return geo_has_ranges(d->tenant->engine->geo);
}

size_t
detect_listed_address(
    const struct detect *d, const struct ip *ip, struct lists_hit *hits)
{
	return lists_address(
	    d->tenant->engine->lists, ip, d->ev->time_us, hits);
}

size_t
detect_listed_name(
    const struct detect *d, struct span name, struct lists_hit *hits)
{
	return lists_name(d->tenant->engine->lists, name, d->ev->time_us, hits);
}

size_t
detect_listed_image(
    const struct detect *d, struct span image, struct lists_hit *hits)
{
	return lists_image(
	    d->tenant->engine->lists, image, d->ev->time_us, hits);
}

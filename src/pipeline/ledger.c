#include "pipeline/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/pack.h"
#include "collect/content.h"
#include "pipeline/told.h"

#define FEEDS_MAX 64
/* What is met again after this part of its time lasts anew. */
#define RENEW_PART 3
#define RENEWED_MAX 10000 /* by a commit; the others the next time */

struct identity {
	uint64_t hash[2]; /* both 0: free */
	int64_t day;	  /* it was consumed */
};

struct position {
	char *source, *name;
	struct buf value;
};

struct counter {
	char *name;
	uint64_t value;
	bool changed;
};

struct ledger {
	struct ledger_options options;
	struct store *store;
	struct identity *seen; /* open addressing, at most half full */
	size_t nseen, size;
	struct buf renewed; /* since the last commit: source, hash */
	size_t nrenewed;
	struct position *positions;
	size_t npositions;
	uint32_t *places; /* of them + 1, open addressing, half full */
	size_t nplaces;
	struct counter *counters;
	size_t ncounters;
	int64_t newest_us; /* of the signals stored so far */
	struct told *told; /* sequences */
	size_t forgotten;
	bool resumed, pruned; /* pruned: of what is too old today */
};

static char *
text_of(struct span s)
{
	char *text = status_calloc(s.len + 1, 1);

	if (s.len > 0)
		memcpy(text, s.at, s.len);
	return text;
}

/* --- identities ----------------------------------------------------------- */

/*
 * Keyless: the same in the file for ever.  An object in S3 is the same for
 * whoever reads it: a backfill, or a source of any name; so is a file.
 */
static void
identity_hash(struct span source, struct span identity, uint64_t hash[2])
{
	if (span_starts(identity, SPAN("s3://")))
		source = SPAN("s3");
	else if (span_starts(identity, SPAN(CONTENT_PREFIX)))
		source = SPAN("file");
	hash_pair(&HASH_KEY_DEFAULT, hash_span(&HASH_KEY_DEFAULT, source),
	    identity, hash);
	if ((hash[0] | hash[1]) == 0)
		hash[1] = 1;
}

static struct identity *
slot_of(const struct ledger *l, const uint64_t hash[2])
{
	size_t i = hash[0] & (l->size - 1);

	while ((l->seen[i].hash[0] | l->seen[i].hash[1]) != 0 &&
	       (l->seen[i].hash[0] != hash[0] || l->seen[i].hash[1] != hash[1]))
		i = (i + 1) & (l->size - 1);
	return &l->seen[i];
}

/* Move all that is not older than `day` into a table of another size. */
static void
rebuild(struct ledger *l, size_t size, int64_t day)
{
	struct identity *old = l->seen;
	size_t old_size = l->size;

	l->size = size;
	l->seen = status_calloc(size, sizeof(*l->seen));
	l->nseen = 0;
	for (size_t i = 0; i < old_size; i++) {
		if ((old[i].hash[0] | old[i].hash[1]) == 0 || old[i].day < day)
			continue;
		*slot_of(l, old[i].hash) = old[i];
		l->nseen++;
	}
	free(old);
}

static void
remember(void *cookie, const uint64_t hash[2], int64_t day)
{
	struct ledger *l = cookie;
	struct identity *slot;

	if (l->nseen * 2 >= l->size)
		rebuild(l, l->size ? l->size * 2 : 1024, INT64_MIN);
	slot = slot_of(l, hash);
	if ((slot->hash[0] | slot->hash[1]) == 0)
		l->nseen++;
	slot->hash[0] = hash[0];
	slot->hash[1] = hash[1];
	slot->day = day;
}

/* NULL: it was not consumed, or is forgotten. */
static struct identity *
find(const struct ledger *l, struct span source, struct span identity)
{
	uint64_t hash[2];
	struct identity *slot;

	if (l->size == 0)
		return NULL;
	identity_hash(source, identity, hash);
	slot = slot_of(l, hash);
	return (slot->hash[0] | slot->hash[1]) != 0 ? slot : NULL;
}

bool
ledger_seen(const struct ledger *l, struct span source, struct span identity)
{
	return find(l, source, identity) != NULL;
}

bool
ledger_meet(struct ledger *l, struct span source, struct span identity)
{
	struct identity *slot = find(l, source, identity);

	if (slot == NULL)
		return false;
	if (l->options.keep_days > 0 && l->nrenewed < RENEWED_MAX &&
	    l->options.day - slot->day > l->options.keep_days / RENEW_PART) {
		slot->day = l->options.day;
		l->nrenewed++;
		pack_span(&l->renewed, source);
		pack_span(&l->renewed,
		    span_of((const char *)slot->hash, sizeof(slot->hash)));
	}
	return true;
}

static void
collect_renewed(struct ledger *l)
{
	struct unpack u = unpack_of(buf_span(&l->renewed));

	while (u.rest.len > 0) {
		struct span source = unpack_span(&u), bytes = unpack_span(&u);
		uint64_t hash[2];

		memcpy(hash, bytes.at, sizeof(hash));
		store_put_consumed(l->store, source, hash, l->options.day);
	}
	buf_reset(&l->renewed);
	l->nrenewed = 0;
}

void
ledger_today(struct ledger *l, int64_t day)
{
	if (day <= l->options.day)
		return;
	l->options.day = day;
	l->pruned = false;
}

size_t
ledger_bytes(const struct ledger *l)
{
	return l->size * sizeof(*l->seen);
}

void
ledger_consume_for(
    struct ledger *l, struct span source, struct span identity, int64_t days)
{
	uint64_t hash[2];
	int64_t day = l->options.day;

	if (span_is_empty(identity))
		return;
	/* As if it had been so long ago that it lasts so many days. */
	if (l->options.keep_days > days)
		day -= l->options.keep_days - days;
	identity_hash(source, identity, hash);
	remember(l, hash, day);
	store_put_consumed(l->store, source, hash, day);
}

void
ledger_consume(struct ledger *l, struct span source, struct span identity)
{
	ledger_consume_for(l, source, identity, INT64_MAX);
}

/* --- positions and counters ----------------------------------------------- */

/* Where the number of that position stands, or would. */
static uint32_t *
place_of(const struct ledger *l, struct span source, struct span name)
{
	size_t i = hash_seeded(&HASH_KEY_DEFAULT,
		       hash_span(&HASH_KEY_DEFAULT, source), name) &
		   (l->nplaces - 1);

	for (; l->places[i] != 0; i = (i + 1) & (l->nplaces - 1)) {
		const struct position *p = &l->positions[l->places[i] - 1];

		if (span_equal(source, span_str(p->source)) &&
		    span_equal(name, span_str(p->name)))
			break;
	}
	return &l->places[i];
}

static struct position *
find_position(const struct ledger *l, struct span source, struct span name)
{
	uint32_t number = l->nplaces > 0 ? *place_of(l, source, name) : 0;

	return number != 0 ? &l->positions[number - 1] : NULL;
}

static struct position *
new_position(struct ledger *l, struct span source, struct span name)
{
	struct position *p;

	if (l->positions == NULL || l->npositions * 2 >= l->nplaces) {
		free(l->places);
		l->nplaces = l->nplaces ? l->nplaces * 2 : 64;
		l->places = status_calloc(l->nplaces, sizeof(*l->places));
		l->positions = status_realloc(
		    l->positions, l->nplaces / 2, sizeof(*l->positions));
		for (size_t i = 0; i < l->npositions; i++) {
			p = &l->positions[i];
			*place_of(l, span_str(p->source), span_str(p->name)) =
			    (uint32_t)(i + 1);
		}
	}
	*place_of(l, source, name) = (uint32_t)(l->npositions + 1);
	p = &l->positions[l->npositions++];
	*p = (struct position){ .source = text_of(source),
		.name = text_of(name) };
	return p;
}

static void
set_position(
    void *cookie, struct span source, struct span name, struct span value)
{
	struct ledger *l = cookie;
	struct position *p = find_position(l, source, name);

	if (p == NULL)
		p = new_position(l, source, name);
	buf_reset(&p->value);
	buf_add(&p->value, value);
}

bool
ledger_cursor(const struct ledger *l, struct span source, struct span name,
    struct buf *value)
{
	const struct position *p = find_position(l, source, name);

	if (p == NULL)
		return false;
	buf_add(value, buf_span(&p->value));
	return true;
}

void
ledger_move(
    struct ledger *l, struct span source, struct span name, struct span value)
{
	if (span_is_empty(name))
		return;
	set_position(l, source, name, value);
	store_put_cursor(l->store, source, name, value);
}

static struct counter *
counter_of(struct ledger *l, struct span name)
{
	for (size_t i = 0; i < l->ncounters; i++) {
		if (span_equal(name, span_str(l->counters[i].name)))
			return &l->counters[i];
	}
	l->counters =
	    status_realloc(l->counters, l->ncounters + 1, sizeof(*l->counters));
	l->counters[l->ncounters] = (struct counter){ .name = text_of(name) };
	return &l->counters[l->ncounters++];
}

static void
set_counter(void *cookie, struct span name, uint64_t value)
{
	counter_of(cookie, name)->value = value;
}

uint64_t
ledger_counter(const struct ledger *l, const char *name)
{
	for (size_t i = 0; i < l->ncounters; i++) {
		if (strcmp(l->counters[i].name, name) == 0)
			return l->counters[i].value;
	}
	return 0;
}

void
ledger_counters(const struct ledger *l, const char *prefix,
    void (*visit)(void *cookie, const char *rest, uint64_t value), void *cookie)
{
	for (size_t i = 0; i < l->ncounters; i++) {
		struct span name = span_str(l->counters[i].name);

		if (span_starts(name, span_str(prefix)))
			visit(cookie,
			    l->counters[i].name + span_str(prefix).len,
			    l->counters[i].value);
	}
}

void
ledger_count(struct ledger *l, const char *name, uint64_t more)
{
	struct counter *c;

	if (more == 0)
		return;
	c = counter_of(l, span_str(name));
	c->value += more;
	c->changed = true;
}

void
ledger_set(struct ledger *l, const char *name, uint64_t value)
{
	struct counter *c = counter_of(l, span_str(name));

	c->changed |= c->value != value;
	c->value = value;
}

void
ledger_drop_kept(struct ledger *l, uint64_t number)
{
	store_drop_kept(l->store, number);
}

/* --- opening and restoring ------------------------------------------------ */

enum status
ledger_open(const struct ledger_options *options, struct ledger **ledger,
    struct buf *error)
{
	struct ledger *l = status_calloc(1, sizeof(*l));
	enum status st;

	l->options = *options;
	/* Sources first say what they still have, however long ago the last
	 * run was: from tomorrow on. */
	l->pruned = true;
	l->told = told_new();
	st = store_open(
	    &(struct store_options){
		.path = options->path,
		.exclusive = true,
	    },
	    &l->store, error);
	if (st == STATUS_OK)
		st = store_consumed(l->store, remember, l, error);
	if (st == STATUS_OK)
		st = store_cursors(l->store, set_position, l, error);
	if (st == STATUS_OK)
		st = store_counters(l->store, set_counter, l, error);
	if (st == STATUS_OK)
		*ledger = l;
	else
		ledger_close(l);
	return st;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->npositions; i++) {
		free(l->positions[i].source);
		free(l->positions[i].name);
		buf_done(&l->positions[i].value);
	}
	for (size_t i = 0; i < l->ncounters; i++)
		free(l->counters[i].name);
	free(l->positions);
	free(l->counters);
	free(l->seen);
	free(l->places);
	buf_done(&l->renewed);
	told_free(l->told);
	store_close(l->store);
	free(l);
}

const struct hash_key *
ledger_key(const struct ledger *l)
{
	return store_key(l->store);
}

struct store *
ledger_store(struct ledger *l)
{
	return l->store;
}

uint64_t
ledger_run(const struct ledger *l)
{
	return store_run(l->store);
}

bool
ledger_resumed(const struct ledger *l)
{
	return l->resumed;
}

size_t
ledger_forgotten(const struct ledger *l)
{
	return l->forgotten;
}

struct restoring {
	struct ledger *ledger;
	struct pipeline *pipeline;
};

static void
restore_tenant(void *cookie, struct span name, const struct image_reader *state)
{
	const struct restoring *r = cookie;

	if (!pipeline_restore(r->pipeline, name, state))
		r->ledger->forgotten++;
}

static bool
restore_finding(void *cookie, const struct store_finding *f)
{
	const struct restoring *r = cookie;
	struct finding *finding = finding_unpack(f->packed);

	/* A detector may be gone since: its findings stay in the store. */
	if (finding == NULL)
		return true;
	/* Sequences are of many tenants: restore_sequences() */
	if (finding->chain == NULL)
		pipeline_restore_finding(r->pipeline, f->tenant, finding);
	else
		finding_free(finding);
	return true;
}

static bool
restore_sequence(void *cookie, const struct store_finding *f)
{
	const struct restoring *r = cookie;
	struct finding *finding = finding_unpack(f->packed);

	if (finding != NULL && finding->chain != NULL)
		told_restore(r->ledger->told, finding);
	finding_free(finding);
	return true;
}

static void
restore_signal(void *cookie, const struct store_signal *signal)
{
	const struct restoring *r = cookie;
	struct unpack u = unpack_of(signal->packed);
	struct signal *s = signal_unpack(&u);

	if (s != NULL)
		sequences_take(pipeline_sequences(r->pipeline), s);
	signal_free(s);
}

/* The signals that sequences may still rest on, and those told already. */
static enum status
restore_sequences(struct restoring *r, struct buf *error)
{
	struct store *store = r->ledger->store;
	struct sequences *set = pipeline_sequences(r->pipeline);
	struct store_recent recent = { sequences_reach_us(set), 0 };
	enum status st = store_signals_recent(store, &recent, error);
	const int64_t times_us[2] = { recent.since_us, INT64_MAX };

	if (st == STATUS_OK)
		st = store_signals(store, times_us, restore_signal, r, error);
	if (st != STATUS_OK)
		return st;
	sequences_begin(set, recent.since_us);
	return store_findings(store,
	    &(struct store_wanted){
		.since_run = INT64_MAX, .recent_us = recent.recent_us },
	    restore_sequence, r, error);
}

enum status
ledger_restore(
    struct ledger *l, struct pipeline *pipeline, bool again, struct buf *error)
{
	struct restoring r = { l, pipeline };
	enum status st = store_tenants(l->store, restore_tenant, &r, error);

	if (st == STATUS_OK)
		st = store_findings(l->store,
		    &(struct store_wanted){ .since_run = INT64_MAX,
			.recent_us = FINDINGS_RECENT_US },
		    restore_finding, &r, error);
	if (st == STATUS_OK)
		st = restore_sequences(&r, error);
	if (st != STATUS_OK)
		return st;
	store_begin(l->store);
	if (again)
		store_resume_run(l->store);
	l->resumed = store_run_is_open(l->store);
	store_put_run(l->store, true);
	return STATUS_OK;
}

/* --- a commit ------------------------------------------------------------- */

struct collecting {
	struct ledger *ledger;
	struct span tenant;
};

/* One more finding of its type, for whoever watches the service. */
static void
count_finding(struct ledger *l, const struct finding *f)
{
	struct buf name = { 0 };

	buf_printf(&name, "%s%s",
	    f->suppressed ? LEDGER_SUPPRESSED : LEDGER_FINDINGS,
	    finding_detector(f)->type);
	ledger_count(l, buf_text(&name), 1);
	buf_done(&name);
}

static void
collect_finding(void *cookie, const struct finding *f, bool told)
{
	const struct collecting *c = cookie;
	const struct ledger_options *o = &c->ledger->options;
	const char *owed[FEEDS_MAX + 1];
	size_t n = 0;

	told &= f->suppressed == NULL || f->taken_back;
	for (size_t i = 0;
	     told && o->feeds != NULL && o->feeds[i] != NULL && n < FEEDS_MAX;
	     i++) {
		if (f->severity >= o->feed_severities[i])
			owed[n++] = o->feeds[i];
	}
	owed[n] = NULL;
	if (f->stored == 0)
		count_finding(c->ledger, f);
	store_put_finding(c->ledger->store, c->tenant, f, owed);
}

static void
collect_signals(struct collecting *c, struct span packed)
{
	struct unpack u = unpack_of(packed);

	while (u.rest.len > 0 && !u.failed) {
		int64_t time_us = unpack_i64(&u);
		struct span signal = unpack_span(&u);

		store_put_signal(c->ledger->store, c->tenant, time_us, signal);
		if (time_us > c->ledger->newest_us)
			c->ledger->newest_us = time_us;
	}
}

static void
collect_tenant(void *cookie, const struct shard_change *change)
{
	struct collecting *c = cookie;

	c->tenant = engine_tenant_name(change->tenant);
	store_put_tenant(c->ledger->store, change->tenant);
	findings_changed(change->findings, collect_finding, c);
	findings_forget(change->findings);
	collect_signals(c, change->signals);
}

static void
collect_counters(struct ledger *l)
{
	for (size_t i = 0; i < l->ncounters; i++) {
		struct counter *c = &l->counters[i];

		if (c->changed)
			store_put_counter(l->store, c->name, c->value);
		c->changed = false;
	}
}

static void
put_sequence(void *cookie, const struct finding *f, bool news)
{
	struct collecting *c = cookie;

	c->tenant = f->first->tenant;
	collect_finding(c, f, news);
}

static void
drop_sequence(void *cookie, const char *id)
{
	const struct collecting *c = cookie;

	store_drop_finding(c->ledger->store, id, c->ledger->options.feeds);
}

/* What follows from the signals of this commit and those before. */
static void
collect_sequences(struct collecting *c, struct pipeline *pipeline)
{
	struct sequences *set = pipeline_sequences(pipeline);
	struct finding *const *found;
	size_t count;

	if (!sequences_are_stale(set))
		return;
	sequences_forget(set);
	found = sequences_judge(set, &count);
	told_update(c->ledger->told, found, count, sequences_settled_us(set),
	    &(struct told_visit){ put_sequence, drop_sequence, c });
}

/* Forget what is too old: once a day. */
static void
prune(struct ledger *l)
{
	int64_t days = l->options.keep_days;
	int64_t first = l->options.day - days;
	int64_t tomorrow_us = (l->options.day + 1) * CIVIL_US_PER_DAY;
	int64_t newest_us = l->newest_us;

	if (days <= 0)
		return;
	/* A record of a wrong clock makes nothing old. */
	if (newest_us > tomorrow_us)
		newest_us = tomorrow_us;
	store_prune(l->store, first, newest_us - days * CIVIL_US_PER_DAY);
	if (l->size > 0)
		rebuild(l, l->size, first);
}

void
ledger_collect(struct ledger *l, struct pipeline *pipeline)
{
	struct collecting c = { .ledger = l };

	pipeline_changed(pipeline, collect_tenant, &c);
	collect_sequences(&c, pipeline);
	collect_counters(l);
	collect_renewed(l);
	if (!l->pruned)
		prune(l);
	l->pruned = true;
}

void
ledger_end(struct ledger *l)
{
	store_put_run(l->store, false);
}

enum status
ledger_write(struct ledger *l, struct buf *error)
{
	return store_write(l->store, error);
}

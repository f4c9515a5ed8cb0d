#include "pipeline/shard.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/pack.h"

/*
 * Memory is fetched while other events are judged: of so many events ahead
 * what they say, as another core may have decoded them; where that is
 * remembered; and what is remembered.
 */
#define AHEAD_EVENT 16
#define AHEAD_TEXT 12
#define AHEAD 8
#define AHEAD_SOON 4

struct member {
	struct shard *shard;
	uint64_t key; /* of the name */
	struct tenant *tenant;
	struct findings *findings;
	bool changed, keep_signals;
	struct buf signals; /* since the last visit */
	size_t nsignals;
	uint64_t raised, left_out;
};

struct shard {
	struct shard_options options;
	struct engine_scratch *scratch;
	struct sequences *sequences;
	struct member **members; /* by order of first appearance */
	size_t count, room;
	uint32_t *index; /* positions + 1, open addressing, half full */
	size_t size;
	/* The members of the batch at hand, by its tenant numbers; NULL: not
	 * this shard's. */
	struct member *of_batch[BATCH_TENANTS_MAX];
	uint64_t outside;
};

/* Pack the signal behind those of this commit. */
static void
keep(struct member *m, const struct signal *signal)
{
	struct buf body = { 0 };

	if (m->nsignals == SHARD_SIGNALS_MAX) {
		m->left_out++;
		return;
	}
	m->nsignals++;
	signal_pack(signal, &body);
	pack_i64(&m->signals, signal->time_us);
	pack_span(&m->signals, buf_span(&body));
	buf_done(&body);
}

void
shard_emit(void *cookie, struct signal *signal)
{
	struct member *m = cookie;

	m->raised++;
	if (m->keep_signals)
		keep(m, signal);
	sequences_take(m->shard->sequences, signal);
	findings_take(m->findings, signal);
}

void
shard_grew(void *cookie, uint64_t identity, uint64_t more, int64_t last_us)
{
	struct member *m = cookie;

	findings_grew(m->findings, identity, more, last_us);
}

void
shard_knew(
    void *cookie, uint64_t identity, const struct fact *facts, size_t count)
{
	struct member *m = cookie;

	findings_knew(
	    m->findings, m->shard->options.config, identity, facts, count);
}

bool
shard_excused(void *cookie, uint64_t identity, size_t signals)
{
	struct member *m = cookie;

	return findings_excused(m->findings, identity, signals);
}

struct shard *
shard_new(const struct shard_options *options)
{
	struct shard *s = status_calloc(1, sizeof(*s));

	s->options = *options;
	s->scratch = engine_scratch_new();
	s->sequences = sequences_new(options->config);
	s->size = 64;
	s->index = status_calloc(s->size, sizeof(*s->index));
	return s;
}

void
shard_free(struct shard *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++) {
		engine_tenant_free(s->members[i]->tenant);
		findings_free(s->members[i]->findings);
		buf_done(&s->members[i]->signals);
		free(s->members[i]);
	}
	engine_scratch_free(s->scratch);
	sequences_free(s->sequences);
	free(s->members);
	free(s->index);
	free(s);
}

static uint32_t *
slot_of(struct shard *s, uint64_t key)
{
	size_t i = (key >> 8) & (s->size - 1);

	while (s->index[i] != 0 && s->members[s->index[i] - 1]->key != key)
		i = (i + 1) & (s->size - 1);
	return &s->index[i];
}

static void
grow_index(struct shard *s)
{
	free(s->index);
	s->size *= 2;
	s->index = status_calloc(s->size, sizeof(*s->index));
	for (size_t i = 0; i < s->count; i++)
		*slot_of(s, s->members[i]->key) = (uint32_t)(i + 1);
}

static struct member *
member_of(struct shard *s, struct span name, uint64_t key)
{
	uint32_t *slot = slot_of(s, key);
	struct member *m;

	if (*slot)
		return s->members[*slot - 1];
	m = status_calloc(1, sizeof(*m));
	m->shard = s;
	m->key = key;
	m->findings = findings_new();
	m->keep_signals = s->options.keep_signals;
	m->tenant = engine_tenant_new(s->options.engine, name, m);
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 16;
		s->members = status_realloc(s->members, s->room, sizeof(m));
	}
	s->members[s->count++] = m;
	*slot = (uint32_t)s->count;
	if (s->count * 2 > s->size)
		grow_index(s);
	return m;
}

/* Which shard a tenant lives in; the key is 0 for none. */
static uint64_t
tenant_key(const struct shard *s, struct span name)
{
	return hash_span(s->options.key, name) | 1;
}

static bool
owns(const struct shard *s, uint64_t key)
{
	return (key >> 1) % s->options.count == s->options.index;
}

bool
shard_owns(const struct shard *s, struct span tenant)
{
	return owns(s, tenant_key(s, tenant));
}

bool
shard_restore(
    struct shard *s, struct span tenant, const struct image_reader *state)
{
	struct member *m = member_of(s, tenant, tenant_key(s, tenant));

	return engine_tenant_load(m->tenant, state);
}

void
shard_restore_finding(struct shard *s, struct span tenant, struct finding *f)
{
	struct member *m = member_of(s, tenant, tenant_key(s, tenant));

	findings_restore(m->findings, f);
}

void
shard_changed(struct shard *s,
    void (*visit)(void *cookie, const struct shard_change *change),
    void *cookie)
{
	for (size_t i = 0; i < s->count; i++) {
		struct member *m = s->members[i];

		if (!m->changed)
			continue;
		visit(cookie, &(struct shard_change){ m->tenant, m->findings,
				  buf_span(&m->signals) });
		buf_reset(&m->signals);
		m->nsignals = 0;
		m->changed = false;
	}
}

/* Of the batch's tenants, remember those that live here; false: none. */
static bool
find_members(struct shard *s, const struct batch *b)
{
	bool any = false;

	for (size_t i = 0; i < b->ntenants; i++) {
		uint64_t key = tenant_key(s, b->tenants[i]);

		s->of_batch[i] =
		    owns(s, key) ? member_of(s, b->tenants[i], key) : NULL;
		any |= s->of_batch[i] != NULL;
	}
	return any;
}

/* Have the memory fetched that the events behind the `i`th will need. */
static void
expect(const struct shard *s, const struct batch *b, size_t i)
{
	static const size_t ahead[] = { AHEAD_EVENT, AHEAD_TEXT, AHEAD,
		AHEAD_SOON };

	for (size_t k = 0; k < COUNTOF(ahead); k++) {
		const struct event *ev;
		const struct member *m;

		if (i + ahead[k] >= b->count)
			continue;
		ev = &b->events[i + ahead[k]];
		m = s->of_batch[ev->tenant];
		if (m == NULL)
			continue;
		if (ahead[k] >= AHEAD_TEXT)
			event_expect(ev, ahead[k] == AHEAD_TEXT);
		else
			engine_expect(
			    m->tenant, s->scratch, ev, ahead[k] == AHEAD_SOON);
	}
}

void
shard_batch(struct shard *s, const struct batch *b)
{
	if (!find_members(s, b))
		return;
	for (size_t i = 0; i < b->count; i++) {
		const struct event *ev = &b->events[i];
		struct member *m = s->of_batch[ev->tenant];

		expect(s, b, i);
		if (m == NULL)
			continue;
		if (ev->time_us < s->options.since_us ||
		    ev->time_us >= s->options.until_us) {
			s->outside++;
			continue;
		}
		m->changed = true;
		engine_event(m->tenant, s->scratch, b, ev);
	}
}

void
shard_tell(struct shard *s)
{
	for (size_t i = 0; i < s->count; i++)
		s->members[i]->changed |= engine_tell(s->members[i]->tenant);
}

void
shard_sequences(struct shard *s, struct sequences *to)
{
	sequences_move(to, s->sequences);
}

void
shard_findings(struct shard *s, struct finding ***list, size_t *count)
{
	for (size_t i = 0; i < s->count; i++) {
		size_t n;
		struct finding **of =
		    findings_list(s->members[i]->findings, &n);

		*list = status_realloc(*list, *count + n, sizeof(**list));
		if (n > 0)
			memcpy(*list + *count, of, n * sizeof(*of));
		*count += n;
	}
}

void
shard_count(const struct shard *s, struct shard_counts *counts)
{
	counts->outside += s->outside;
	counts->tenants += s->count;
	counts->bytes += sequences_bytes(s->sequences);
	for (size_t i = 0; i < s->count; i++) {
		size_t n;

		engine_count(s->members[i]->tenant, &counts->engine);
		counts->left_out += findings_left_out(s->members[i]->findings);
		(void)findings_list(s->members[i]->findings, &n);
		counts->findings += n;
		counts->bytes += findings_bytes(s->members[i]->findings);
		counts->signals += s->members[i]->raised;
		counts->signals_left_out += s->members[i]->left_out;
	}
}

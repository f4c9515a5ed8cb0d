#include "finding/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/status.h"
#include "detect/suppress.h"

#define SUPPRESSED_SALT UINT64_C(0x5d1a)

struct open_finding {
	uint64_t identity;	 /* 0: free */
	struct finding *finding; /* NULL: not any more */
};

struct findings {
	struct finding **list;
	size_t count, room;
	size_t suppressed;	   /* of the list */
	struct open_finding *open; /* by key_of(), open addressing */
	size_t size, used;
	int64_t newest_us; /* last event of any of them */
	uint64_t left_out;
};

struct findings *
findings_new(void)
{
	struct findings *f = status_calloc(1, sizeof(*f));

	f->size = 64;
	f->open = status_calloc(f->size, sizeof(*f->open));
	return f;
}

void
findings_free(struct findings *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->count; i++)
		finding_free(f->list[i]);
	free(f->list);
	free(f->open);
	free(f);
}

/* What is suppressed of an identity is one finding, the rest another. */
static uint64_t
key_of(uint64_t identity, bool suppressed)
{
	uint64_t key =
	    suppressed ? hash_mix(identity, SUPPRESSED_SALT) : identity;

	return key != 0 ? key : 1;
}

static struct open_finding *
slot_of(const struct findings *f, uint64_t identity)
{
	size_t i = identity & (f->size - 1);

	while (f->open[i].identity != 0 && f->open[i].identity != identity)
		i = (i + 1) & (f->size - 1);
	return &f->open[i];
}

static void
grow(struct findings *f)
{
	struct open_finding *old = f->open;
	size_t size = f->size;

	f->size *= 2;
	f->open = status_calloc(f->size, sizeof(*f->open));
	for (size_t i = 0; i < size; i++) {
		if (old[i].identity != 0)
			*slot_of(f, old[i].identity) = old[i];
	}
	free(old);
}

static bool
may_grow(const struct findings *f, const struct finding *n)
{
	return n->last_us >= f->newest_us - FINDINGS_RECENT_US;
}

/* The finding of a key that may still grow, or NULL. */
static struct finding *
open_of(const struct findings *f, uint64_t key)
{
	const struct open_finding *slot = slot_of(f, key);

	if (slot->identity == 0 || slot->finding == NULL ||
	    !may_grow(f, slot->finding))
		return NULL;
	return slot->finding;
}

static void
make_id(struct finding *f)
{
	const struct signal *s = f->first;
	const struct span parts[] = { span_str(s->row->detector->type),
		s->tenant, s->cluster, s->actor, s->resource, s->event.id };
	uint64_t time_us = (uint64_t)s->event.time_us;
	uint64_t words[2] = { time_us, ~time_us };

	if (f->suppressed != NULL)
		words[0] = hash_mix(time_us, SUPPRESSED_SALT);
	finding_set_id(f, words, parts, COUNTOF(parts));
}

static void
set_severity(struct finding *f)
{
	f->severity = f->first->severity;
	f->severity_was = 0.0;
	if (f->first->severity_set > 0) {
		f->severity_was = f->severity;
		f->severity = f->first->severity_set;
	}
}

/* What it says now is to be told: to the store, and by the feeds. */
static void
tell(struct finding *f)
{
	f->revision++;
	f->told = f->count;
	f->changed = true;
}

static void
add(struct findings *f, struct finding *n)
{
	if (f->count == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->list = status_realloc(f->list, f->room, sizeof(*f->list));
	}
	f->list[f->count++] = n;
	f->suppressed += n->suppressed != NULL;
}

static struct finding *
open_new(struct findings *f, struct signal *s)
{
	struct finding *n = status_calloc(1, sizeof(*n));

	n->first = s;
	finding_suppress(n, s->suppressed);
	n->p = s->p;
	n->confidence = s->confidence;
	n->first_us = s->first_us;
	n->last_us = s->time_us;
	n->count = s->count;
	make_id(n);
	set_severity(n);
	finding_add_event(n, &s->event);
	tell(n);
	add(f, n);
	return n;
}

/* The signal knows which pod it is of, and what was told so far does not:
 * the record of the pod came after the first signal. */
static bool
knows_more(const struct signal *s, const struct signal *first)
{
	return s->severity == first->severity &&
	       span_is_empty(signal_fact(first, "pod")) &&
	       !span_is_empty(signal_fact(s, "pod"));
}

static void
join(struct finding *f, struct signal *s)
{
	f->count += s->count;
	if (s->first_us < f->first_us)
		f->first_us = s->first_us;
	if (s->time_us > f->last_us)
		f->last_us = s->time_us;
	if (s->p < f->p)
		f->p = s->p;
	if (s->confidence > f->confidence)
		f->confidence = s->confidence;
	finding_add_event(f, &s->event);
	f->changed = true;
	if (s->severity > f->first->severity || knows_more(s, f->first)) {
		struct signal *was = f->first;

		f->first = s;
		set_severity(f);
		s = was;
		tell(f);
	} else if (f->count >= 2 * f->told) {
		tell(f);
	}
	signal_free(s);
}

/* The finding is the one of its key from now on. */
static void
open_as(struct findings *f, uint64_t key, struct finding *n)
{
	struct open_finding *slot = slot_of(f, key);

	f->used += slot->identity == 0;
	slot->identity = key;
	slot->finding = n;
	if (f->used * 2 > f->size)
		grow(f);
}

static bool
is_full(const struct findings *f, bool suppressed)
{
	return suppressed ? f->suppressed == FINDINGS_SUPPRESSED_MAX
			  : f->count - f->suppressed == FINDINGS_MAX;
}

void
findings_take(struct findings *f, struct signal *s)
{
	uint64_t key = key_of(s->identity, s->suppressed != NULL);
	struct finding *n;

	if (s->counted && s->time_us > f->newest_us)
		f->newest_us = s->time_us;
	n = open_of(f, key);
	if (n != NULL && s->time_us - n->last_us <= FINDING_GAP_US) {
		join(n, s);
		return;
	}
	if (!s->counted || is_full(f, s->suppressed != NULL)) {
		f->left_out += s->counted;
		signal_free(s);
		return;
	}
	open_as(f, key, open_new(f, s));
}

/* The latest of an identity: the one that its events of now belong to. */
static struct finding *
latest_of(const struct findings *f, uint64_t identity)
{
	struct finding *plain = open_of(f, key_of(identity, false));
	struct finding *other = open_of(f, key_of(identity, true));

	if (plain == NULL || other == NULL)
		return plain != NULL ? plain : other;
	return other->last_us > plain->last_us ? other : plain;
}

void
findings_grew(
    struct findings *f, uint64_t identity, uint64_t more, int64_t last_us)
{
	struct finding *n = latest_of(f, identity);

	if (n == NULL)
		return;
	n->count += more;
	if (last_us > n->last_us)
		n->last_us = last_us;
	n->changed = true;
	if (n->count >= 2 * n->told)
		tell(n);
}

/* True when it did not know before. */
static bool
knew(struct finding *n, const struct fact *facts, size_t count)
{
	struct signal *more;

	if (n == NULL || !span_is_empty(signal_fact(n->first, "pod")))
		return false;
	more = signal_with(n->first, facts, count);
	if (more == NULL)
		return false;
	signal_free(n->first);
	n->first = more;
	tell(n);
	return true;
}

/* An open finding of `identity` is one that is suppressed from now on. */
static void
put_aside(struct findings *f, uint64_t identity, struct finding *n)
{
	uint64_t other = key_of(identity, true);

	f->suppressed++;
	n->taken_back = n->stored > 0;
	slot_of(f, key_of(identity, false))->finding = NULL;
	if (open_of(f, other) == NULL)
		open_as(f, other, n);
}

void
findings_knew(struct findings *f, const struct config *config,
    uint64_t identity, const struct fact *facts, size_t count)
{
	uint64_t key = key_of(identity, false), other = key_of(identity, true);
	struct finding *n = open_of(f, key);

	(void)knew(open_of(f, other), facts, count);
	if (!knew(n, facts, count))
		return;
	finding_suppress(n, suppress_match(config, n->first));
	if (n->suppressed != NULL)
		put_aside(f, identity, n);
}

bool
findings_excused(struct findings *f, uint64_t identity, size_t signals)
{
	struct finding *n = open_of(f, key_of(identity, false));

	if (n == NULL || n->nevents > signals ||
	    n->nevents == FINDING_EVENTS_MAX || is_full(f, true))
		return false;
	finding_excuse(n, SPAN("shared by a third of the peers within the "
			       "hour: a release, a move or a new tool"));
	put_aside(f, identity, n);
	tell(n);
	return true;
}

/* Open a finding unless a later one of its identity is. */
static void
reopen(struct findings *f, struct finding *n)
{
	uint64_t key = key_of(n->first->identity, n->suppressed != NULL);
	const struct open_finding *slot = slot_of(f, key);

	if (slot->identity == 0 || slot->finding == NULL ||
	    slot->finding->last_us <= n->last_us)
		open_as(f, key, n);
}

void
findings_restore(struct findings *f, struct finding *n)
{
	add(f, n);
	n->stored = n->revision;
	if (n->last_us > f->newest_us)
		f->newest_us = n->last_us;
	reopen(f, n);
}

void
findings_changed(struct findings *f,
    void (*visit)(void *cookie, const struct finding *finding, bool told),
    void *cookie)
{
	for (size_t i = 0; i < f->count; i++) {
		struct finding *n = f->list[i];

		if (n->changed)
			visit(cookie, n, n->revision != n->stored);
		n->stored = n->revision;
		n->changed = n->taken_back = false;
	}
}

void
findings_forget(struct findings *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct finding *n = f->list[i];

		if (may_grow(f, n)) {
			f->list[kept++] = n;
			continue;
		}
		finding_free(n);
	}
	if (kept == f->count)
		return;
	f->count = kept;
	/* Open again what is left, the latest of each key. */
	memset(f->open, 0, f->size * sizeof(*f->open));
	f->used = 0;
	f->suppressed = 0;
	for (size_t i = 0; i < kept; i++) {
		f->suppressed += f->list[i]->suppressed != NULL;
		reopen(f, f->list[i]);
	}
}

struct finding **
findings_list(struct findings *f, size_t *count)
{
	*count = f->count;
	return f->list;
}

size_t
findings_bytes(const struct findings *f)
{
	return f->count * (sizeof(struct finding) + sizeof(struct signal)) +
	       f->room * sizeof(*f->list) + f->size * sizeof(*f->open);
}

uint64_t
findings_left_out(const struct findings *f)
{
	return f->left_out;
}

/* Parcels on their way: from a source, through the pipeline, to a commit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/hash.h"
#include "net/clock.h"
#include "pipeline/service_internal.h"

#define US_PER_MS 1000
#define KEPT_DAYS 2

/* --- lists ---------------------------------------------------------------- */

void
service_list_add(struct waiting_list *l, struct waiting *w)
{
	if (l->first == NULL)
		l->end = &l->first;
	w->next = NULL;
	*l->end = w;
	l->end = &w->next;
	l->count++;
	l->bytes += w->len;
}

struct waiting *
service_list_take(struct waiting_list *l)
{
	struct waiting *w = l->first;

	if (w == NULL)
		return NULL;
	l->first = w->next;
	l->count--;
	l->bytes -= w->len;
	w->next = NULL;
	return w;
}

void
service_list_move(struct waiting_list *to, struct waiting_list *from)
{
	struct waiting *w;

	while ((w = service_list_take(from)) != NULL)
		service_list_add(to, w);
}

void
service_list_free(struct waiting_list *l)
{
	struct waiting *w;

	while ((w = service_list_take(l)) != NULL)
		service_waiting_free(w);
}

/* Copy a text behind those before it. */
static struct span
copy(char **at, struct span s)
{
	struct span kept = span_of(*at, s.len);

	if (s.len > 0)
		memcpy(*at, s.at, s.len);
	*at += s.len + 1;
	return kept;
}

struct waiting *
service_waiting_new(const struct source_parcel *p,
    struct service_source *source, struct span source_name)
{
	struct waiting *w = status_calloc(1, sizeof(*w));
	char *at = status_calloc(p->place.len + p->identity.len +
				     p->cursor_key.len + p->cursor.len +
				     p->cluster.len + source_name.len + 6,
	    1);

	w->text = at;
	w->source = source;
	w->place = copy(&at, p->place);
	w->identity = copy(&at, p->identity);
	w->cursor_key = copy(&at, p->cursor_key);
	w->cursor = copy(&at, p->cursor);
	w->source_name = copy(&at, source_name);
	if (p->cluster.len > 0)
		w->cluster = copy(&at, p->cluster).at;
	w->body = p->body;
	w->len = p->len;
	w->fd = p->body != NULL ? -1 : p->fd;
	if (w->body == NULL && w->fd < 0) /* nothing is a body too */
		w->body = status_calloc(1, 1);
	w->keep = p->keep;
	w->more = p->more;
	w->token = p->token;
	w->arrived_us = p->arrived_us ? p->arrived_us : clock_wall_us();
	return w;
}

void
service_waiting_free(struct waiting *w)
{
	if (w == NULL)
		return;
	if (w->fd >= 0)
		(void)close(w->fd);
	free(w->body);
	free(w->text);
	free(w);
}

/* --- identities under way ------------------------------------------------- */

static uint64_t
given_key(struct span source, struct span identity)
{
	return hash_seeded(&HASH_KEY_DEFAULT,
		   hash_span(&HASH_KEY_DEFAULT, source), identity) |
	       1;
}

static size_t
given_slot(const struct service *s, uint64_t key)
{
	size_t i = (key >> 8) & (s->given_size - 1);

	while (s->given[i] != 0 && s->given[i] != key)
		i = (i + 1) & (s->given_size - 1);
	return i;
}

bool
service_given(const struct service *s, struct span source, struct span identity)
{
	uint64_t key = given_key(source, identity);

	return s->given_size > 0 && s->given[given_slot(s, key)] == key;
}

static void
rebuild_given(struct service *s, size_t size)
{
	uint64_t *old = s->given;
	size_t old_size = s->given_size;

	s->given = status_calloc(size, sizeof(*s->given));
	s->given_size = size;
	for (size_t i = 0; i < old_size; i++) {
		if (old[i] != 0)
			s->given[given_slot(s, old[i])] = old[i];
	}
	free(old);
}

void
service_give(struct service *s, struct span source, struct span identity)
{
	uint64_t key = given_key(source, identity);
	size_t slot;

	if (span_is_empty(identity))
		return;
	if (s->ngiven * 2 >= s->given_size)
		rebuild_given(s, s->given_size ? s->given_size * 2 : 1024);
	slot = given_slot(s, key);
	s->ngiven += s->given[slot] == 0;
	s->given[slot] = key;
}

/* Take a key out and move up what was pushed on behind it. */
void
service_ungive(struct service *s, struct span source, struct span identity)
{
	uint64_t key = given_key(source, identity);
	size_t i;

	if (span_is_empty(identity) || s->given_size == 0)
		return;
	i = given_slot(s, key);
	if (s->given[i] != key)
		return;
	s->given[i] = 0;
	s->ngiven--;
	for (;;) {
		uint64_t moved;

		i = (i + 1) & (s->given_size - 1);
		moved = s->given[i];
		if (moved == 0)
			return;
		s->given[i] = 0;
		s->given[given_slot(s, moved)] = moved;
	}
}

/* --- the pipeline's intake ------------------------------------------------ */

static bool
commit_is_due(const struct service *s)
{
	int64_t waited = clock_mono_us() - s->committed_us;

	return s->judged.count > 0 && s->in_group == 0 && !s->write_wanted &&
	       !s->writing &&
	       waited >=
		   (int64_t)(s->options.config->service.commit_ms * US_PER_MS);
}

/* Stopping: is what was given judged, or the time for it over? */
static bool
is_drained(const struct service *s)
{
	return s->stopping && s->in_group == 0 &&
	       (service_is_out_of_time(s) ||
		   (s->queue.count == 0 && s->keeping.count == 0));
}

static void
fill(struct waiting *w, struct pipeline_parcel *parcel)
{
	parcel->place = w->place;
	/* An empty body is a body. */
	parcel->body = span_of(w->body, w->len);
	parcel->fd = w->fd;
	parcel->format = w->source != NULL ? w->source->format : DECODE_AUTO;
	if (w->notice)
		parcel->format = DECODE_NOTICE;
	parcel->cluster = w->cluster;
	if (w->cluster == NULL && w->source != NULL)
		parcel->cluster = w->source->config->cluster;
	parcel->ticket = w;
}

/* What a source gives together is committed together. */
static void
note_group(struct service *s, const struct waiting *w)
{
	if (w->source == NULL || w->more == w->source->in_group)
		return;
	w->source->in_group = w->more;
	s->in_group += w->more ? 1 : (size_t)-1;
}

static enum pipeline_next
next(void *cookie, struct pipeline_parcel *parcel)
{
	struct service *s = cookie;
	enum pipeline_next what = PIPELINE_LATER;
	struct waiting *w;

	pthread_mutex_lock(&s->lock);
	if (is_drained(s)) {
		/* The last commit waits for the one that is being written. */
		if (!s->write_wanted && !s->writing)
			what = PIPELINE_END;
	} else if (commit_is_due(s)) {
		what = PIPELINE_COMMIT;
	} else if ((w = service_list_take(&s->queue)) != NULL) {
		s->under_way_bytes += w->len;
		note_group(s, w);
		fill(w, parcel);
		what = PIPELINE_PARCEL;
	}
	pthread_mutex_unlock(&s->lock);
	return what;
}

static void
say_outcome(struct service *s, const struct waiting *w,
    const struct pipeline_outcome *outcome)
{
	char number[32];
	const char *const fields[] = { "source", w->source_name.at, "parcel",
		w->place.at, "reason",
		outcome->skipped ? outcome->skipped : outcome->because,
		"records", number, NULL };

	if (outcome->skipped == NULL && outcome->refused == 0)
		return;
	(void)snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)outcome->refused);
	service_say(s, LOG_WARNING,
	    outcome->skipped ? "a parcel could not be read whole"
			     : "records were not understood",
	    fields);
}

static void
count_records(
    struct service_source *src, const struct pipeline_outcome *outcome)
{
	for (enum source i = 0; i < SOURCE_COUNT; i++)
		src->events += outcome->events[i];
	src->quarantined += outcome->refused;
}

static void
finished(void *cookie, void *ticket, const struct pipeline_outcome *outcome)
{
	struct service *s = cookie;
	struct waiting *w = ticket;

	say_outcome(s, w, outcome);
	w->fd = -1; /* the pipeline has closed it */
	free(w->body);
	w->body = NULL;
	pthread_mutex_lock(&s->lock);
	s->under_way_bytes -= w->len;
	w->len = 0;
	if (w->source != NULL && !w->notice)
		count_records(w->source, outcome);
	service_list_add(&s->judged, w);
	pthread_mutex_unlock(&s->lock);
}

/* Build the commit: the pipeline stands still, the writer is idle. */
static void
commit(void *cookie, struct pipeline *pipeline)
{
	struct service *s = cookie;
	struct ledger *l = s->ledger;

	pthread_mutex_lock(&s->lock);
	ledger_today(l, civil_day(clock_wall_us()));
	for (struct waiting *w = s->judged.first; w != NULL; w = w->next) {
		/* Who calls a webhook again does so at once. */
		ledger_consume_for(l, w->source_name, w->identity,
		    w->kept != 0 ? KEPT_DAYS : INT64_MAX);
		ledger_move(l, w->source_name, w->cursor_key, w->cursor);
		if (w->kept != 0)
			ledger_drop_kept(l, w->kept);
		ledger_count(l, "service/parcels", 1);
	}
	service_list_move(&s->committing, &s->judged);
	pipeline_count(pipeline, &s->counts);
	ledger_collect(l, pipeline);
	s->committed_us = clock_mono_us();
	s->write_wanted = !s->failed; /* then nobody writes any more */
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

struct pipeline_intake
service_intake(struct service *s)
{
	return (struct pipeline_intake){
		.next = next,
		.finished = finished,
		.commit = commit,
		.cookie = s,
	};
}

/*
 * The one thread that writes the store: deliveries to be kept, commits, what
 * feeds have delivered.  A disk that takes nothing is tried again each second,
 * and nothing is collected meanwhile; one that cannot be relied on ends the
 * service.
 */
#include <stdlib.h>

#include "net/clock.h"
#include "pipeline/service_internal.h"

#define RETRY_US ((int64_t)1000000)
#define US_PER_S 1e6
#define KEEP_MAX 256

/* Under the lock: what the store said of the latest attempt.  It is made again
 * unless the service failed by that. */
static void
heed(struct service *s, enum status st, const struct buf *error)
{
	const char *const fields[] = { "reason", buf_text(error), NULL };
	bool was_ill = s->store_trouble.len > 0;

	buf_reset(&s->store_trouble);
	if (st == STATUS_OK) {
		if (was_ill)
			service_say(
			    s, LOG_INFO, "the store takes commits again", NULL);
		return;
	}
	buf_add(&s->store_trouble, buf_span(error));
	service_say(s, LOG_ERROR, "the store cannot be written", fields);
	if (st == STATUS_IO && !service_is_out_of_time(s)) {
		service_cond_wait(&s->changed, &s->lock, RETRY_US);
		return;
	}
	s->failed = s->stopping = true;
	s->write_wanted = s->writing = false;
	service_wake(s->wake_fd);
}

/* --- keeping -------------------------------------------------------------- */

static struct store_kept
kept_of(const struct waiting *w)
{
	return (struct store_kept){
		.source = w->source_name,
		.place = w->place,
		.identity = w->identity,
		.cluster = span_str(w->cluster),
		.body = span_of(w->body, w->len),
		.arrived_us = w->arrived_us,
	};
}

/* Under the lock: these are in the store now, and may be judged. */
static void
pass_on(struct service *s, struct waiting_list *l, const uint64_t *numbers)
{
	struct waiting *w;

	for (size_t i = 0; (w = service_list_take(l)) != NULL; i++) {
		w->kept = numbers[i];
		service_list_add(&s->queue, w);
		service_tell_kept(w);
	}
}

/* Put the parcels back before those that came since. */
static void
put_back(struct service *s, struct waiting_list *l)
{
	service_list_move(l, &s->keeping);
	service_list_move(&s->keeping, l);
}

static void
keep(struct service *s)
{
	struct waiting_list l = { 0 };
	struct store_kept kept[KEEP_MAX];
	uint64_t numbers[KEEP_MAX];
	struct buf error = { 0 };
	size_t count = 0;
	enum status st;

	for (struct waiting *w;
	     count < KEEP_MAX && (w = service_list_take(&s->keeping)) != NULL;
	     count++) {
		service_list_add(&l, w);
		kept[count] = kept_of(w);
	}
	s->under_way_bytes += l.bytes;
	pthread_mutex_unlock(&s->lock);
	st = store_keep(ledger_store(s->ledger), kept, numbers, count, &error);
	pthread_mutex_lock(&s->lock);
	s->under_way_bytes -= l.bytes;
	if (st == STATUS_OK)
		pass_on(s, &l, numbers);
	else
		put_back(s, &l);
	heed(s, st, &error);
	buf_done(&error);
	pthread_mutex_unlock(&s->lock);
	pipeline_wake(s->pipeline);
	pthread_mutex_lock(&s->lock);
}

/* --- commits -------------------------------------------------------------- */

/* Under the lock: the commit is on the disk. */
static void
commit_is_safe(struct service *s, int64_t began_us)
{
	int64_t now_us = clock_wall_us();

	metrics_histogram_add(
	    &s->commit_time, (double)(clock_mono_us() - began_us) / US_PER_S);
	for (const struct waiting *w = s->committing.first; w != NULL;
	     w = w->next)
		metrics_histogram_add(&s->delivery_time,
		    (double)(now_us - w->arrived_us) / US_PER_S);
	service_tell_safe(s, &s->committing);
	s->writing = false;
	for (size_t i = 0; i < s->nfeeds; i++)
		s->feeds[i].owed = true;
	pthread_cond_broadcast(&s->changed);
}

static void
write_commit(struct service *s)
{
	int64_t began_us = clock_mono_us();
	struct buf error = { 0 };
	enum status st;

	s->write_wanted = false;
	s->writing = true;
	pthread_mutex_unlock(&s->lock);
	st = ledger_write(s->ledger, &error);
	pthread_mutex_lock(&s->lock);
	heed(s, st, &error);
	buf_done(&error);
	if (st == STATUS_OK) {
		commit_is_safe(s, began_us);
	} else if (!s->failed) { /* the same commit again */
		s->write_wanted = true;
		s->writing = false;
	}
	pthread_mutex_unlock(&s->lock);
	pipeline_wake(s->pipeline);
	pthread_mutex_lock(&s->lock);
}

/* --- deliveries ----------------------------------------------------------- */

/* The first feed that has delivered more than the store was told. */
static struct service_feed *
feed_to_tell(struct service *s)
{
	for (size_t i = 0; i < s->nfeeds; i++) {
		if (s->feeds[i].delivered > s->feeds[i].told)
			return &s->feeds[i];
	}
	return NULL;
}

static void
tell_delivered(struct service *s, struct service_feed *f)
{
	uint64_t number = f->delivered;
	struct buf error = { 0 };
	enum status st;

	pthread_mutex_unlock(&s->lock);
	st = store_delivered(
	    ledger_store(s->ledger), f->config->name, number, &error);
	pthread_mutex_lock(&s->lock);
	if (st == STATUS_OK)
		f->told = number;
	heed(s, st, &error);
	buf_done(&error);
}

void *
service_write(void *service)
{
	struct service *s = service;

	pthread_mutex_lock(&s->lock);
	while (!s->failed) {
		struct service_feed *f = feed_to_tell(s);

		if (s->keeping.count > 0)
			keep(s);
		else if (s->write_wanted)
			write_commit(s);
		else if (f != NULL)
			tell_delivered(s, f);
		else if (s->feeds_ended)
			break;
		else
			pthread_cond_wait(&s->changed, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	pipeline_wake(s->pipeline);
	return NULL;
}

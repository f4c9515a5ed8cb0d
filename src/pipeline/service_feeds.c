/* The threads of the feeds: from the store's outbox to the receiver. */
#include <stdlib.h>
#include <string.h>

#include "finding/finding.h"
#include "net/clock.h"
#include "output/asff.h"
#include "output/csv.h"
#include "output/guardduty.h"
#include "output/ocsf.h"
#include "pipeline/service_internal.h"

#define BATCH 64
#define RUN_MS 200
#define IDLE_MS 500
#define US_PER_MS 1000

/* --- the host ------------------------------------------------------------- */

static void
delivered(void *cookie, uint64_t number)
{
	struct service_feed *f = cookie;
	struct service *s = f->service;

	pthread_mutex_lock(&s->lock);
	if (number > f->delivered)
		f->delivered = number;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static void
say(void *cookie, int level, const char *message, const char *const *fields)
{
	const struct service_feed *f = cookie;

	service_say_of(f->service, (enum log_level)level,
	    (const char *const[]){ "feed", f->config->name, message }, fields);
}

/* --- opening -------------------------------------------------------------- */

static enum status
open_feed(struct service *s, struct service_feed *f, struct buf *error)
{
	f->ops = feed_of_kind(f->config->kind);
	if (f->ops == NULL) {
		buf_printf(error,
		    "feed %s: kind %s is not in this version; use file, "
		    "stdout, kafka, webhook or syslog",
		    f->config->name, f->config->kind);
		return STATUS_INVALID;
	}
	f->service = s;
	f->host = (struct feed_host){
		.delivered = delivered,
		.say = say,
		.cookie = f,
	};
	f->owed = true;
	return f->ops->open(f->config, &f->host, &f->feed, error);
}

static enum status
open_reader(struct service *s, struct service_feed *f, struct buf *error)
{
	return store_open(
	    &(struct store_options){
		.path = s->options.config->store_path,
		.read_only = true,
		.skip_checks = true,
	    },
	    &f->store, error);
}

enum status
service_open_feeds(struct service *s, struct buf *error)
{
	const struct config *c = s->options.config;
	enum status st = STATUS_OK;

	s->feeds = status_calloc(c->nfeeds, sizeof(*s->feeds));
	s->nfeeds = c->nfeeds;
	for (size_t i = 0; st == STATUS_OK && i < c->nfeeds; i++) {
		s->feeds[i].config = &c->feeds[i];
		st = open_feed(s, &s->feeds[i], error);
		if (st == STATUS_OK)
			st = open_reader(s, &s->feeds[i], error);
	}
	return st;
}

void
service_close_feeds(struct service *s)
{
	for (size_t i = 0; i < s->nfeeds; i++) {
		if (s->feeds[i].feed != NULL)
			s->feeds[i].ops->close(s->feeds[i].feed);
		store_close(s->feeds[i].store);
	}
	free(s->feeds);
	s->feeds = NULL;
	s->nfeeds = 0;
}

/* --- one batch ------------------------------------------------------------ */

struct batch_of_items {
	struct service_feed *feed;
	struct feed_item items[BATCH];
	struct finding *findings[BATCH];
	struct buf texts[BATCH], titles[BATCH];
	size_t count;
	uint64_t last; /* number of the last row, usable or not */
};

static void
write_text(struct service_feed *f, const struct finding *finding,
    uint64_t revision, struct buf *out)
{
	const struct config *c = f->service->options.config;
	const char *format = f->config->format;

	if (strcmp(format, "asff") == 0)
		asff_write(finding, c, out);
	else if (strcmp(format, "ocsf") == 0)
		/* The first telling makes it, those after change it. */
		ocsf_write(finding, c, revision - 1, out);
	else if (strcmp(format, "csv") == 0)
		csv_write(finding, c, out);
	else
		guardduty_write(finding, c, out);
}

static void
add_item(void *cookie, const struct store_owed *owed)
{
	struct batch_of_items *b = cookie;
	size_t i = b->count;
	struct finding *f = finding_unpack(owed->finding.packed);
	struct span text;

	b->last = owed->number;
	if (f == NULL)
		return; /* of a detector that is gone */
	f->archived = owed->withdrawn || owed->finding.archived;
	b->findings[i] = f;
	write_text(b->feed, f, owed->revision, &b->texts[i]);
	text = buf_span(&b->texts[i]);
	while (text.len > 0 && text.at[text.len - 1] == '\n')
		text.len--;
	finding_expand(f, finding_detector(f)->title, &b->titles[i]);
	b->items[i] = (struct feed_item){
		.number = owed->number,
		.id = span_str(f->id),
		.type = span_str(finding_detector(f)->type),
		.severity = f->severity,
		.revision = owed->revision,
		.first_us = f->first_us,
		.last_us = f->last_us,
		.title = buf_span(&b->titles[i]),
		.text = text,
	};
	b->count++;
}

static void
clear(struct batch_of_items *b)
{
	for (size_t i = 0; i < b->count; i++)
		finding_free(b->findings[i]);
	b->count = 0;
	b->last = 0;
	for (size_t i = 0; i < BATCH; i++) {
		buf_reset(&b->texts[i]);
		buf_reset(&b->titles[i]);
	}
}

static bool
is_behind(struct service_feed *f)
{
	bool behind;

	pthread_mutex_lock(&f->service->lock);
	behind = f->taken > f->delivered;
	pthread_mutex_unlock(&f->service->lock);
	return behind;
}

/* It has taken all up to this number; `done`: nothing of it is to be told. */
static void
took(struct service_feed *f, uint64_t number, bool done)
{
	pthread_mutex_lock(&f->service->lock);
	f->taken = number;
	if (done && f->delivered < number)
		f->delivered = number;
	pthread_mutex_unlock(&f->service->lock);
}

/* Give the feed what it is owed next; true when it took as much as is read at
 * once, so that there may be more. */
static bool
give(struct service_feed *f, struct batch_of_items *b)
{
	struct buf error = { 0 };
	size_t taken;
	enum status st = store_outbox(f->store,
	    &(struct store_debt){ f->config->name, f->taken, BATCH }, add_item,
	    b, &error);
	bool full = false;

	if (st != STATUS_OK) {
		say(f, LOG_ERROR, "the outbox cannot be read",
		    (const char *const[]){ "reason", buf_text(&error), NULL });
	} else if (b->count == 0) {
		/* Of detectors that are gone; once all before is delivered,
		 * that is too. */
		if (b->last != 0 && !is_behind(f))
			took(f, b->last, true);
	} else {
		taken = f->ops->take(f->feed, b->items, b->count);
		full = taken == BATCH;
		if (taken > 0)
			took(f, b->items[taken - 1].number, false);
	}
	buf_done(&error);
	clear(b);
	return full;
}

/* --- running -------------------------------------------------------------- */

/* Wait until something may be owed; false: the service is over. */
static bool
wait_for_work(struct service_feed *f, bool behind)
{
	struct service *s = f->service;
	bool go_on;

	pthread_mutex_lock(&s->lock);
	if (!behind && !f->owed && !s->workers_ended)
		service_cond_wait(
		    &s->changed, &s->lock, (int64_t)IDLE_MS * US_PER_MS);
	f->owed = false;
	go_on = !s->workers_ended || s->write_wanted || s->writing;
	pthread_mutex_unlock(&s->lock);
	return go_on;
}

static void
count(struct service_feed *f)
{
	struct feed_counts counts = { 0 };

	f->ops->count(f->feed, &counts);
	pthread_mutex_lock(&f->service->lock);
	f->counts = counts;
	pthread_mutex_unlock(&f->service->lock);
}

/* After the last commit: deliver what can be within a few seconds. */
#define LAST_US (3 * (int64_t)1000000)

static void *
run(void *arg)
{
	struct service_feed *f = arg;
	struct batch_of_items *b = status_calloc(1, sizeof(*b));
	int64_t until;

	b->feed = f;
	while (wait_for_work(f, is_behind(f))) {
		while (give(f, b))
			f->ops->run(f->feed, 0);
		f->ops->run(f->feed, is_behind(f) ? RUN_MS : 0);
		count(f);
	}
	until = clock_mono_us() + LAST_US;
	do {
		(void)give(f, b);
		f->ops->run(f->feed, is_behind(f) ? RUN_MS / 4 : 0);
	} while (is_behind(f) && clock_mono_us() < until);
	count(f);
	for (size_t i = 0; i < BATCH; i++) {
		buf_done(&b->texts[i]);
		buf_done(&b->titles[i]);
	}
	free(b);
	return NULL;
}

void
service_start_feeds(struct service *s)
{
	for (size_t i = 0; i < s->nfeeds; i++) {
		struct service_feed *f = &s->feeds[i];

		f->started = pthread_create(&f->thread, NULL, run, f) == 0;
		ASSERT(f->started);
	}
}

void
service_stop_feeds(struct service *s)
{
	for (size_t i = 0; i < s->nfeeds; i++) {
		if (s->feeds[i].started)
			pthread_join(s->feeds[i].thread, NULL);
		s->feeds[i].started = false;
	}
}

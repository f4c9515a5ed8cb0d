/* The threads of the sources, and what a source may ask of its host. */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/clock.h"
#include "pipeline/service_internal.h"

#define RUN_MS 200

/* --- the host ------------------------------------------------------------- */

static void
give(void *cookie, const struct source_parcel *parcel)
{
	struct service_source *src = cookie;
	struct service *s = src->service;
	struct span name = span_str(src->config->name);
	struct waiting *w = service_waiting_new(parcel, src, name);

	pthread_mutex_lock(&s->lock);
	service_give(s, name, w->identity);
	src->waiting++;
	if (src->oldest_us == 0)
		src->oldest_us = w->arrived_us;
	service_list_add(w->keep ? &s->keeping : &s->queue, w);
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (!parcel->keep)
		pipeline_wake(s->pipeline);
}

static size_t
room(void *cookie)
{
	struct service_source *src = cookie;
	struct service *s = src->service;
	size_t limit = (size_t)s->options.config->service.memory_bytes, used;

	pthread_mutex_lock(&s->lock);
	used = s->queue.bytes + s->keeping.bytes + s->under_way_bytes;
	/* While the store takes nothing, nothing more is collected. */
	if (s->stopping || s->store_trouble.len > 0)
		used = limit;
	pthread_mutex_unlock(&s->lock);
	return used < limit ? limit - used : 0;
}

static bool
seen(void *cookie, struct span identity)
{
	struct service_source *src = cookie;
	struct service *s = src->service;
	struct span name = span_str(src->config->name);
	bool known;

	pthread_mutex_lock(&s->lock);
	known = service_given(s, name, identity) ||
		(src->ops->keeps ? ledger_seen(s->ledger, name, identity)
				 : ledger_meet(s->ledger, name, identity));
	pthread_mutex_unlock(&s->lock);
	return known;
}

static bool
cursor(void *cookie, struct span key, struct buf *value)
{
	struct service_source *src = cookie;
	struct service *s = src->service;
	bool known;

	pthread_mutex_lock(&s->lock);
	known =
	    ledger_cursor(s->ledger, span_str(src->config->name), key, value);
	pthread_mutex_unlock(&s->lock);
	return known;
}

static void
say(void *cookie, enum source_level level, const char *message,
    const char *const *fields)
{
	const struct service_source *src = cookie;

	service_say_of(src->service, (enum log_level)level,
	    (const char *const[]){ "source", src->config->name, message },
	    fields);
}

static struct decode_notice
notice_of(const struct source_notice *n)
{
	struct decode_notice of = {
		.notice = { .detector = span_str(n->detector),
		    .resource = n->resource },
		.account = n->account,
		.region = n->region,
		.cluster = n->cluster,
		.time_us = n->time_us,
	};

	for (size_t i = 0; i < n->nfacts; i++) {
		for (enum notice_fact f = 0; f < NOTICE_FACTS; f++) {
			if (strcmp(n->fact_names[i], notice_fact_text(f)) == 0)
				of.notice.fact[f] = n->fact_values[i];
		}
	}
	return of;
}

/* Queue a notice behind what its source gave before it, so that a position
 * that stands behind it is committed with it or later. */
static void
give_notice(
    struct service_source *src, struct decode_notice *of, struct span identity)
{
	struct service *s = src->service;
	struct span name = span_str(src->config->name);
	struct buf body = { 0 };
	struct waiting *w;

	/* Named before the time is made up: told again it is the same. */
	if (of->time_us <= 0)
		of->time_us = clock_wall_us();
	decode_notice_write(of, &body);
	w = service_waiting_new(
	    &(struct source_parcel){
		.place = of->notice.resource,
		.identity = identity,
		.body = body.at,
		.len = body.len,
		.fd = -1,
	    },
	    src, name);
	w->notice = true;
	service_give(s, name, w->identity);
	src->waiting++;
	if (src->oldest_us == 0)
		src->oldest_us = w->arrived_us;
	service_list_add(&s->queue, w);
}

static void
notice(void *cookie, const struct source_notice *n)
{
	struct service_source *src = cookie;
	struct service *s = src->service;
	struct span name = span_str(src->config->name);
	struct decode_notice of = notice_of(n);
	struct buf identity = { 0 };
	bool fresh;

	decode_notice_identity(&of, &identity);
	pthread_mutex_lock(&s->lock);
	fresh = !service_given(s, name, buf_span(&identity)) &&
		!ledger_seen(s->ledger, name, buf_span(&identity));
	if (fresh)
		give_notice(src, &of, buf_span(&identity));
	pthread_mutex_unlock(&s->lock);
	if (fresh)
		pipeline_wake(s->pipeline);
	buf_done(&identity);
}

static bool
stopping(void *cookie)
{
	struct service_source *src = cookie;
	struct service *s = src->service;
	bool stop;

	pthread_mutex_lock(&s->lock);
	stop = s->stopping;
	pthread_mutex_unlock(&s->lock);
	return stop;
}

/* --- opening -------------------------------------------------------------- */

static enum decode_format
format_of(const char *word)
{
	static const char *const words[DECODE_FORMAT_COUNT] = {
		[DECODE_AUTO] = "auto",
		[DECODE_CLOUDTRAIL] = "cloudtrail",
		[DECODE_VPCFLOW] = "vpcflow",
		[DECODE_ROUTE53] = "route53",
		[DECODE_COREDNS] = "coredns",
		[DECODE_K8S_AUDIT] = "k8s-audit",
	};

	for (int i = 0; word != NULL && i < DECODE_FORMAT_COUNT; i++) {
		if (strcmp(words[i], word) == 0)
			return (enum decode_format)i;
	}
	return DECODE_AUTO;
}

static enum status
open_source(struct service *s, struct service_source *src, struct buf *error)
{
	src->service = s;
	src->ops = source_of_kind(src->config->kind);
	ASSERT(src->ops != NULL); /* the configuration has the words */
	src->format = format_of(src->config->format);
	src->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	src->host = (struct source_host){
		.give = give,
		.room = room,
		.seen = seen,
		.cursor = cursor,
		.notice = notice,
		.say = say,
		.stopping = stopping,
		.wake_fd = src->wake_fd,
		.sockets = s->options.sockets,
		.spool = buf_text(&s->spool),
		.cookie = src,
	};
	return src->ops->open(src->config, &src->host, &src->source, error);
}

enum status
service_open_sources(struct service *s, struct buf *error)
{
	const struct config *c = s->options.config;
	struct buf why = { 0 };
	enum status st = STATUS_OK;

	s->sources = status_calloc(c->nsources, sizeof(*s->sources));
	for (size_t i = 0; i < c->nsources; i++)
		s->sources[i].wake_fd = -1;
	s->nsources = c->nsources;
	for (size_t i = 0; st == STATUS_OK && i < c->nsources; i++) {
		s->sources[i].config = &c->sources[i];
		st = open_source(s, &s->sources[i], &why);
		if (st != STATUS_OK)
			buf_printf(error, "source %s: %s", c->sources[i].name,
			    buf_text(&why));
	}
	buf_done(&why);
	return st;
}

void
service_close_sources(struct service *s)
{
	for (size_t i = 0; i < s->nsources; i++) {
		struct service_source *src = &s->sources[i];

		if (src->source != NULL)
			src->ops->close(src->source);
		if (src->wake_fd >= 0)
			(void)close(src->wake_fd);
		free(src->safe);
	}
	free(s->sources);
	s->sources = NULL;
	s->nsources = 0;
}

/* --- running -------------------------------------------------------------- */

/* Tell the source what is safe; true when anything was. */
static bool
tell(struct service_source *src)
{
	struct service *s = src->service;
	uint64_t *tokens;
	size_t count;

	pthread_mutex_lock(&s->lock);
	tokens = src->safe;
	count = src->nsafe;
	src->safe = NULL;
	src->nsafe = src->safe_room = 0;
	pthread_mutex_unlock(&s->lock);
	if (count > 0)
		src->ops->safe(src->source, tokens, count);
	free(tokens);
	return count > 0;
}

static void
count(struct service_source *src)
{
	struct source_counts counts = { 0 };

	src->ops->count(src->source, &counts);
	pthread_mutex_lock(&src->service->lock);
	src->counts = counts;
	pthread_mutex_unlock(&src->service->lock);
}

static void *
run(void *arg)
{
	struct service_source *src = arg;

	/* While the service drains, the source goes on telling upstream what
	 * is safe; it collects nothing, as there is no room. */
	while (!service_has_judged(src->service)) {
		service_heard(src->wake_fd);
		(void)tell(src);
		src->ops->run(src->source, RUN_MS);
		count(src);
	}
	while (tell(src))
		src->ops->run(src->source, 0);
	src->ops->run(src->source, 0);
	return NULL;
}

void
service_start_sources(struct service *s)
{
	for (size_t i = 0; i < s->nsources; i++) {
		struct service_source *src = &s->sources[i];

		src->started =
		    pthread_create(&src->thread, NULL, run, src) == 0;
		ASSERT(src->started);
	}
}

void
service_stop_sources(struct service *s)
{
	for (size_t i = 0; i < s->nsources; i++)
		service_wake(s->sources[i].wake_fd);
	for (size_t i = 0; i < s->nsources; i++) {
		if (s->sources[i].started)
			pthread_join(s->sources[i].thread, NULL);
		s->sources[i].started = false;
	}
}

static void
add_token(struct service_source *src, uint64_t token)
{
	if (src->nsafe == src->safe_room) {
		src->safe_room = src->safe_room ? src->safe_room * 2 : 64;
		src->safe = status_realloc(
		    src->safe, src->safe_room, sizeof(*src->safe));
	}
	src->safe[src->nsafe++] = token;
}

void
service_tell_kept(struct waiting *w)
{
	if (w->source == NULL)
		return;
	add_token(w->source, w->token);
	service_wake(w->source->wake_fd);
}

void
service_tell_safe(struct service *s, struct waiting_list *l)
{
	struct waiting *w;

	while ((w = service_list_take(l)) != NULL) {
		struct service_source *src = w->source;

		service_ungive(s, w->source_name, w->identity);
		if (src != NULL) {
			if (src->waiting > 0)
				src->waiting--;
			src->oldest_us = src->waiting ? w->arrived_us : 0;
			/* Of what is kept it was told when it was kept; a
			 * notice has no token. */
			if (!w->keep && !w->notice)
				add_token(src, w->token);
		}
		service_waiting_free(w);
	}
	for (size_t i = 0; i < s->nsources; i++) {
		if (s->sources[i].nsafe > 0)
			service_wake(s->sources[i].wake_fd);
	}
}

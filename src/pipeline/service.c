/* The service as a whole: opening, the caller's loop, health, ending. */
#include "pipeline/service.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/civil.h"
#include "net/clock.h"
#include "net/listen.h"
#include "net/notify.h"
#include "output/health.h"
#include "pipeline/service_internal.h"

#define DRAIN_US (7 * (int64_t)1000000)
#define LOOP_MS 100
#define IDLE_LIMIT_S 10.0
#define KEEP_DAYS 45
#define TRIM_US (60 * (int64_t)1000000)
#define US_PER_S 1e6

struct running {
	struct service *service;
	struct server *console;
	bool (*accept)(void *cookie);
	void *cookie;
	enum service_end end;
	int64_t watchdog_us, notified_us, told_us, trimmed_us;
};

void
service_wake(int wake_fd)
{
	uint64_t one = 1;

	if (wake_fd >= 0 && write(wake_fd, &one, sizeof(one)) < 0)
		return; /* it is full: whoever reads it will wake */
}

void
service_cond_init(pthread_cond_t *changed)
{
	pthread_condattr_t how;

	pthread_condattr_init(&how);
	pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
	pthread_cond_init(changed, &how);
	pthread_condattr_destroy(&how);
}

void
service_cond_wait(pthread_cond_t *changed, pthread_mutex_t *lock, int64_t us)
{
	int64_t at_us = clock_mono_us() + us;
	struct timespec until = { .tv_sec = at_us / 1000000,
		.tv_nsec = at_us % 1000000 * 1000 };

	(void)pthread_cond_timedwait(changed, lock, &until);
}

bool
service_is_out_of_time(const struct service *s)
{
	return s->stopping &&
	       (s->failed || clock_mono_us() >= s->drain_until_us);
}

void
service_heard(int wake_fd)
{
	uint64_t count;

	while (read(wake_fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}

void
service_say(struct service *s, enum log_level level, const char *message,
    const char *const *fields)
{
	pthread_mutex_lock(&s->log_lock);
	log_line(s->options.log, clock_wall_us(), level, message, fields);
	pthread_mutex_unlock(&s->log_lock);
}

#define SAY_FIELDS_MAX 24

void
service_say_of(struct service *s, enum log_level level,
    const char *const words[3], const char *const *fields)
{
	const char *all[SAY_FIELDS_MAX + 3] = { words[0], words[1] };
	size_t n = 2;

	for (size_t i = 0;
	     fields != NULL && fields[i] != NULL && n < SAY_FIELDS_MAX + 2; i++)
		all[n++] = fields[i];
	all[n] = NULL;
	service_say(s, level, words[2], all);
}

/* --- opening -------------------------------------------------------------- */

static enum status
make_spool(struct service *s, struct buf *error)
{
	buf_printf(&s->spool, "%s-spool", s->options.config->store_path);
	if (mkdir(buf_text(&s->spool), 0700) == 0 || errno == EEXIST)
		return STATUS_OK;
	buf_printf(
	    error, "%s: %s", buf_text(&s->spool), status_errno_text(errno));
	return STATUS_IO;
}

static void
name_feeds(struct service *s)
{
	const struct config *c = s->options.config;

	s->feed_names = status_calloc(c->nfeeds + 1, sizeof(*s->feed_names));
	s->feed_severities =
	    status_calloc(c->nfeeds + 1, sizeof(*s->feed_severities));
	for (size_t i = 0; i < c->nfeeds; i++) {
		s->feed_names[i] = c->feeds[i].name;
		s->feed_severities[i] = c->feeds[i].min_severity;
	}
}

static enum status
open_ledger(struct service *s, struct buf *error)
{
	const struct config *c = s->options.config;
	enum status st = ledger_open(
	    &(struct ledger_options){
		.path = c->store_path,
		.feeds = s->feed_names,
		.feed_severities = s->feed_severities,
		.day = civil_day(clock_wall_us()),
		.keep_days = KEEP_DAYS,
	    },
	    &s->ledger, error);

	return st == STATUS_OK ? make_spool(s, error) : st;
}

static void
reject(void *cookie, struct span place, struct span record, const char *reason)
{
	struct service *s = cookie;

	if (s->options.reject != NULL)
		s->options.reject(s->options.cookie, place, record, reason);
}

static enum status
open_pipeline(struct service *s, struct buf *error)
{
	const struct config *c = s->options.config;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned jobs = (unsigned)c->service.jobs;
	enum status st;

	if (jobs == 0)
		jobs = processors > 0 ? (unsigned)processors : 1;
	if (jobs > PIPELINE_JOBS_MAX)
		jobs = PIPELINE_JOBS_MAX;
	st = pipeline_new(
	    &(struct pipeline_options){
		.config = c,
		.intake = service_intake(s),
		.key = ledger_key(s->ledger),
		.jobs = jobs,
		.since_us = INT64_MIN,
		.until_us = INT64_MAX,
		.keep_signals = true,
		.reject = reject,
		.cookie = s,
	    },
	    &s->pipeline, error);
	return st == STATUS_OK
		   ? ledger_restore(s->ledger, s->pipeline, false, error)
		   : st;
}

static struct service_source *
source_named(struct service *s, struct span name)
{
	for (size_t i = 0; i < s->nsources; i++) {
		if (span_equal(name, span_str(s->sources[i].config->name)))
			return &s->sources[i];
	}
	return NULL;
}

/* A delivery that was kept and not yet judged when the last run ended. */
static void
take_kept(void *cookie, const struct store_kept *kept)
{
	struct service *s = cookie;
	char *body = status_calloc(kept->body.len + 1, 1);
	struct waiting *w;

	if (kept->body.len > 0)
		memcpy(body, kept->body.at, kept->body.len);
	w = service_waiting_new(
	    &(struct source_parcel){
		.place = kept->place,
		.identity = kept->identity,
		.cluster = kept->cluster,
		.body = body,
		.len = kept->body.len,
		.fd = -1,
		.keep = true,
		.arrived_us = kept->arrived_us,
	    },
	    source_named(s, kept->source), kept->source);
	w->kept = kept->number;
	service_give(s, kept->source, w->identity);
	service_list_add(&s->queue, w);
}

static enum status
open_all(struct service *s, struct buf *error)
{
	enum status st;

	name_feeds(s);
	st = open_ledger(s, error);
	if (st == STATUS_OK)
		st = open_pipeline(s, error);
	if (st == STATUS_OK)
		st = service_open_sources(s, error);
	if (st == STATUS_OK)
		st = service_open_feeds(s, error);
	if (st == STATUS_OK)
		st = store_kept(ledger_store(s->ledger), take_kept, s, error);
	return st;
}

enum status
service_new(const struct service_options *options, struct service **service,
    struct buf *error)
{
	struct service *s = status_calloc(1, sizeof(*s));
	struct service_busy *busy = service_busy();
	enum status st;

	s->options = *options;
	s->started_us = clock_wall_us();
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->log_lock, NULL);
	service_cond_init(&s->changed);
	st = open_all(s, error);
	service_busy_end(busy);
	if (st == STATUS_OK)
		*service = s;
	else
		service_free(s);
	return st;
}

void
service_free(struct service *s)
{
	if (s == NULL)
		return;
	service_close_sources(s);
	service_close_feeds(s);
	service_list_free(&s->keeping);
	service_list_free(&s->queue);
	service_list_free(&s->judged);
	service_list_free(&s->committing);
	pipeline_free(s->pipeline);
	ledger_close(s->ledger);
	free(s->given);
	free(s->feed_names);
	free(s->feed_severities);
	buf_done(&s->spool);
	buf_done(&s->store_trouble);
	if (s->wake_fd >= 0)
		(void)close(s->wake_fd);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->log_lock);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* --- health --------------------------------------------------------------- */

#define REASONS_MAX 64

struct report {
	struct metrics metrics;
	struct health health;
	struct metrics_events events[DECODE_KINDS];
	struct metrics_source *sources;
	struct metrics_feed *feeds;
	struct health_reason reasons[REASONS_MAX];
	struct buf texts[REASONS_MAX]; /* the reasons' own copies */
	size_t nreasons;
	struct metrics_number memory[5];
};

static void
add_reason(
    struct report *r, const char *part, const char *name, const char *reason)
{
	struct buf *text = &r->texts[r->nreasons];
	size_t at;

	if (r->nreasons == REASONS_MAX)
		return;
	buf_printf(text, "%s%s%s", part, *name ? " " : "", name);
	buf_add_char(text, '\0');
	at = text->len;
	buf_add_str(text, reason);
	r->reasons[r->nreasons++] =
	    (struct health_reason){ text->at, text->at + at };
}

static void
report_sources(struct service *s, struct report *r)
{
	int64_t now_us = clock_wall_us();

	r->sources = status_calloc(s->nsources, sizeof(*r->sources));
	for (size_t i = 0; i < s->nsources; i++) {
		struct service_source *src = &s->sources[i];

		r->sources[i] = (struct metrics_source){
			.name = src->config->name,
			.kind = src->config->kind,
			.counts = src->counts,
			.events = src->events,
			.quarantined = src->quarantined,
			.lag_s =
			    src->waiting && src->oldest_us
				? (double)(now_us - src->oldest_us) / US_PER_S
				: 0.0,
		};
		if (src->counts.trouble[0] != '\0')
			add_reason(r, "source", src->config->name,
			    src->counts.trouble);
	}
}

static void
report_feeds(struct service *s, struct report *r)
{
	r->feeds = status_calloc(s->nfeeds, sizeof(*r->feeds));
	for (size_t i = 0; i < s->nfeeds; i++) {
		const struct service_feed *f = &s->feeds[i];

		r->feeds[i] = (struct metrics_feed){
			.name = f->config->name,
			.kind = f->config->kind,
			.delivered = f->counts.delivered,
			.failures = f->counts.failures,
			.retries = f->counts.retries,
			.queued = f->taken > f->delivered
				      ? f->taken - f->delivered
				      : 0,
			.healthy = f->counts.healthy,
		};
	}
}

static void
report_events(struct service *s, struct report *r)
{
	const struct engine_counts *e = &s->counts.shards.engine;

	for (enum source i = 0; i < SOURCE_COUNT; i++)
		r->events[i] = (struct metrics_events){
			.source = source_text(i),
			.events = s->counts.decoded.events[i],
			/* Since the start, as all of a process. */
			.late = e->late[i] - e->loaded_late[i],
			.duplicates =
			    e->duplicates[i] - e->loaded_duplicates[i],
			.quarantined = s->counts.decoded.quarantined[i],
		};
	r->events[SOURCE_COUNT] = (struct metrics_events){
		.source = "unknown",
		.quarantined = s->counts.decoded.quarantined[SOURCE_COUNT],
	};
}

static void
report_type(void *cookie, const char *type, uint64_t value)
{
	struct service_types *t = cookie;

	if (t->count < SERVICE_TYPES_MAX)
		t->list[t->count++] = (struct metrics_number){ type, value };
}

static void
report(struct service *s, struct report *r)
{
	const struct config *c = s->options.config;
	struct stat about;

	pthread_mutex_lock(&s->lock);
	report_sources(s, r);
	report_feeds(s, r);
	report_events(s, r);
	s->types.count = 0;
	s->suppressed_types.count = 0;
	ledger_counters(s->ledger, LEDGER_FINDINGS, report_type, &s->types);
	ledger_counters(
	    s->ledger, LEDGER_SUPPRESSED, report_type, &s->suppressed_types);
	if (s->store_trouble.len > 0)
		add_reason(r, "store", "", buf_text(&s->store_trouble));
	r->memory[0] = (struct metrics_number){ "queue",
		s->queue.bytes + s->keeping.bytes };
	r->memory[1] =
	    (struct metrics_number){ "decoding", s->under_way_bytes };
	r->memory[3] =
	    (struct metrics_number){ "identities", ledger_bytes(s->ledger) };
	r->memory[2] = (struct metrics_number){ "baseline",
		s->counts.shards.engine.bytes };
	r->memory[4] =
	    (struct metrics_number){ "findings", s->counts.shards.bytes };
	r->metrics = (struct metrics){
		.version = NEPHOSCOPE_VERSION,
		.start_s = (double)s->started_us / US_PER_S,
		.uptime_s =
		    (double)(clock_wall_us() - s->started_us) / US_PER_S,
		.events = r->events,
		.nevents = DECODE_KINDS,
		.sources = r->sources,
		.nsources = s->nsources,
		.feeds = r->feeds,
		.nfeeds = s->nfeeds,
		.findings = s->types.list,
		.nfindings = s->types.count,
		.suppressed = s->suppressed_types.list,
		.nsuppressed = s->suppressed_types.count,
		.memory = r->memory,
		.nmemory = COUNTOF(r->memory),
		.memory_limit = c->service.memory_bytes,
		.tenants = s->counts.shards.tenants,
		.signals = s->counts.shards.signals,
		.commit = s->commit_time,
		.delivery = s->delivery_time,
	};
	r->health.stopping = s->stopping;
	pthread_mutex_unlock(&s->lock);
	r->health.idle_limit_s = IDLE_LIMIT_S;
	r->health.idle_s = (double)(clock_mono_us() - s->turned_us) / US_PER_S;
	r->health.reasons = r->reasons;
	r->health.nreasons = r->nreasons;
	r->metrics.ready = health_is_ready(&r->health);
	if (stat(c->store_path, &about) == 0)
		r->metrics.store_bytes = (uint64_t)about.st_size;
	pthread_mutex_lock(&s->log_lock);
	r->metrics.log_suppressed = log_count(s->options.log).suppressed;
	r->metrics.log_lost = log_count(s->options.log).lost;
	pthread_mutex_unlock(&s->log_lock);
}

static void
serve_health(void *cookie, struct server_request *request)
{
	struct service *s = cookie;
	struct report *r = status_calloc(1, sizeof(*r));

	report(s, r);
	if (!health_serve(request, &r->health, &r->metrics))
		server_answer(request,
		    &(struct server_answer){
			.code = 404,
			.body = SPAN("no such page; /livez, /readyz and "
				     "/metrics are there\n"),
		    });
	for (size_t i = 0; i < r->nreasons; i++)
		buf_done(&r->texts[i]);
	free(r->sources);
	free(r->feeds);
	free(r);
}

static enum status
open_console(struct running *r, struct buf *error)
{
	struct service *s = r->service;

	return server_new(
	    &(struct server_options){
		.listen = s->options.config->console_listen,
		.sockets = s->options.sockets,
		.handle = serve_health,
		.cookie = s,
	    },
	    &r->console, error);
}

#define CONSOLE_US ((int64_t)200 * 1000)
#define CONSOLE_RUN_MS 10

/* --- the loop ------------------------------------------------------------- */

static void
begin_stop(struct running *r, enum service_end end)
{
	struct service *s = r->service;

	r->end = end;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	s->drain_until_us = clock_mono_us() + DRAIN_US;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < s->nsources; i++)
		service_wake(s->sources[i].wake_fd);
	pipeline_wake(s->pipeline);
}

static void
take_signal(struct running *r)
{
	struct service *s = r->service;
	struct signalfd_siginfo got;

	if (read(s->options.signals, &got, sizeof(got)) != (ssize_t)sizeof(got))
		return;
	if (got.ssi_signo == SIGHUP) {
		service_say(
		    s, LOG_INFO, "reading the configuration again", NULL);
		if (r->accept(r->cookie)) {
			notify_send("RELOADING=1");
			begin_stop(r, SERVICE_RELOAD);
		}
		return;
	}
	service_say(s, LOG_INFO, "stopping", NULL);
	notify_send("STOPPING=1");
	begin_stop(r, SERVICE_STOPPED);
}

static bool
is_over(struct service *s)
{
	bool over;

	pthread_mutex_lock(&s->lock);
	over = s->stopping;
	pthread_mutex_unlock(&s->lock);
	return over;
}

static void
turn(struct running *r)
{
	struct service *s = r->service;
	int64_t now_us = clock_mono_us();
	bool waits;

	s->turned_us = now_us;
	if (r->watchdog_us > 0 && now_us - r->notified_us >= r->watchdog_us) {
		notify_send("WATCHDOG=1");
		r->notified_us = now_us;
	}
	if (now_us - r->told_us >= 1000000) {
		pthread_mutex_lock(&s->log_lock);
		log_tell(s->options.log, clock_wall_us());
		pthread_mutex_unlock(&s->log_lock);
		r->told_us = now_us;
	}
	if (now_us - r->trimmed_us >= TRIM_US) {
		pipeline_trim(s->pipeline);
		status_trim();
		r->trimmed_us = now_us;
	}
	/* A commit falls due by time; the pipeline has no clock. */
	pthread_mutex_lock(&s->lock);
	waits = s->judged.count > 0;
	pthread_mutex_unlock(&s->lock);
	if (waits)
		pipeline_wake(s->pipeline);
}

static void
loop(struct running *r)
{
	struct service *s = r->service;
	int wait_ms = (int)(s->options.config->service.commit_ms / 2) + 1;

	if (wait_ms > LOOP_MS)
		wait_ms = LOOP_MS;
	while (!is_over(s)) {
		struct pollfd fds[] = {
			{ .fd = s->options.signals, .events = POLLIN },
			{ .fd = server_fd(r->console), .events = POLLIN },
			{ .fd = s->wake_fd, .events = POLLIN },
		};

		(void)poll(
		    fds, COUNTOF(fds), server_wait_ms(r->console, wait_ms));
		server_run(r->console, -1, 0);
		if (fds[0].revents & POLLIN)
			take_signal(r);
		turn(r);
	}
}

static void *
work(void *arg)
{
	struct service *s = arg;

	pipeline_work(s->pipeline);
	pthread_mutex_lock(&s->lock);
	s->workers_ended = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	service_wake(s->wake_fd);
	return NULL;
}

static void
start(struct service *s)
{
	s->committed_us = s->turned_us = clock_mono_us();
	s->writer_started =
	    pthread_create(&s->writer, NULL, service_write, s) == 0;
	s->workers_started = pthread_create(&s->workers, NULL, work, s) == 0;
	ASSERT(s->writer_started && s->workers_started);
	service_start_feeds(s);
	service_start_sources(s);
}

bool
service_has_judged(struct service *s)
{
	bool ended;

	pthread_mutex_lock(&s->lock);
	ended = s->workers_ended &&
		(s->failed || (!s->write_wanted && !s->writing));
	pthread_mutex_unlock(&s->lock);
	return ended;
}

/* Let what was given be judged and committed, then end the threads in the
 * data's order. */
static void
finish(struct running *r)
{
	struct service *s = r->service;

	while (!service_has_judged(s)) {
		server_run(r->console, s->wake_fd, LOOP_MS);
		service_heard(s->wake_fd);
		turn(r);
		pipeline_wake(s->pipeline);
	}
	pthread_join(s->workers, NULL);
	service_stop_sources(s);
	service_stop_feeds(s);
	pthread_mutex_lock(&s->lock);
	s->feeds_ended = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->writer, NULL);
}

/* The run ends with the last commit written: the next one begins anew. */
static void
close_run(struct service *s)
{
	struct buf error = { 0 };

	if (s->failed)
		return;
	ledger_end(s->ledger);
	if (ledger_write(s->ledger, &error) != STATUS_OK)
		service_say(s, LOG_ERROR, "the store cannot be written",
		    (const char *const[]){ "reason", buf_text(&error), NULL });
	buf_done(&error);
}

/* Who is being answered is; who calls now waits for the next service, if the
 * socket is kept for it. */
static void
close_console(struct running *r)
{
	int64_t until = clock_mono_us() + CONSOLE_US;

	server_quiesce(r->console);
	while (server_connections(r->console) > 0 && clock_mono_us() < until)
		server_run(r->console, -1, CONSOLE_RUN_MS);
	server_free(r->console);
}

enum service_end
service_run(struct service *s, bool (*accept)(void *cookie), void *cookie)
{
	struct running r = {
		.service = s,
		.accept = accept,
		.cookie = cookie,
		.end = SERVICE_STOPPED,
		.watchdog_us = notify_watchdog_us(),
	};
	struct buf error = { 0 };

	if (open_console(&r, &error) != STATUS_OK) {
		service_say(s, LOG_ERROR, "the console's address is not free",
		    (const char *const[]){ "reason", buf_text(&error), NULL });
		buf_done(&error);
		return SERVICE_UNBEGUN;
	}
	listen_set_sweep(s->options.sockets);
	start(s);
	service_say(s, LOG_INFO, "ready",
	    (const char *const[]){ "version", NEPHOSCOPE_VERSION, "store",
		s->options.config->store_path, "console",
		s->options.config->console_listen, NULL });
	notify_send("READY=1");
	loop(&r);
	finish(&r);
	close_run(s);
	close_console(&r);
	service_say(s, LOG_INFO, "stopped", NULL);
	return s->failed ? SERVICE_FAILED : r.end;
}

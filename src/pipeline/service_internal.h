/*
 * service_internal.h - what the files of the service share.  Nobody else
 * includes it.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "collect/source.h"
#include "feed/feed.h"
#include "output/metrics.h"
#include "pipeline/ledger.h"
#include "pipeline/pipeline.h"
#include "pipeline/service.h"

#define SERVICE_TYPES_MAX 512

/* A parcel from its arrival to its commit. */
struct waiting {
	struct waiting *next;
	struct service_source *source; /* NULL: its source is gone */
	char *text;		       /* of all spans below */
	struct span place, identity, cursor_key, cursor;
	struct span source_name;
	const char *cluster; /* NULL: not said */
	char *body;
	size_t len;
	int fd;
	bool keep, more;
	bool notice;   /* of the source, not a parcel that it collected */
	uint64_t kept; /* number in the store; 0: not kept */
	uint64_t token;
	int64_t arrived_us;
};

struct waiting_list {
	struct waiting *first, **end;
	size_t count, bytes;
};

struct service_source {
	struct service *service;
	const struct config_source *config;
	const struct source_ops *ops;
	void *source;
	struct source_host host;
	enum decode_format format;
	pthread_t thread;
	bool started;
	int wake_fd;
	/* Under the service's lock: */
	uint64_t *safe; /* tokens to be told */
	size_t nsafe, safe_room;
	uint64_t events, quarantined; /* of its records */
	struct source_counts counts;  /* as the source's thread last saw them */
	uint64_t waiting;	      /* parcels queued or under way */
	bool in_group;		      /* more is to come before a commit */
	int64_t oldest_us;	      /* arrival of the oldest of them, or 0 */
};

struct service_feed {
	struct service *service;
	const struct config_feed *config;
	const struct feed_ops *ops;
	void *feed;
	struct feed_host host;
	struct store *store; /* its own, to read */
	pthread_t thread;
	bool started;
	/* Under the service's lock: */
	uint64_t taken; /* number of the last item it took */
	bool owed;	/* a commit may have put something into its outbox */
	uint64_t delivered, told; /* to be told to the store, and was */
	struct feed_counts counts;
};

struct service {
	struct service_options options;
	struct ledger *ledger;
	struct pipeline *pipeline;
	struct service_source *sources;
	size_t nsources;
	struct service_feed *feeds;
	size_t nfeeds;
	const char **feed_names;
	double *feed_severities;
	struct buf spool;

	pthread_mutex_t lock;
	pthread_cond_t changed;		/* for feeds and the writer */
	struct waiting_list keeping;	/* to be kept before they are judged */
	struct waiting_list queue;	/* to be judged */
	size_t under_way_bytes;		/* given to the pipeline */
	size_t in_group;		/* sources of which more is to come */
	struct waiting_list judged;	/* since the last commit was built */
	struct waiting_list committing; /* in the commit being written */
	uint64_t *given;		/* identities of all of these: a set */
	size_t ngiven, given_size;
	bool write_wanted, writing; /* a commit is built; is being written */
	bool stopping, workers_ended, feeds_ended, failed;
	int64_t drain_until_us;
	int64_t committed_us; /* the last commit was built then */
	struct buf store_trouble;
	struct pipeline_counts counts; /* as of the last commit */
	struct metrics_histogram commit_time, delivery_time;
	struct service_types {
		struct metrics_number list[SERVICE_TYPES_MAX];
		size_t count;
	} types, suppressed_types;
	pthread_mutex_t log_lock;
	pthread_t writer, workers;
	bool writer_started, workers_started;
	int64_t started_us; /* wall clock */
	int64_t turned_us;  /* the caller's loop, by the forward clock */
	int wake_fd;	    /* for the caller's loop */
};

/* --- service_queue.c: parcels on their way ---------------------------------
 */

void service_list_add(struct waiting_list *l, struct waiting *w);
struct waiting *service_list_take(struct waiting_list *l);
void service_list_move(struct waiting_list *to, struct waiting_list *from);
void service_list_free(struct waiting_list *l);
struct waiting *service_waiting_new(const struct source_parcel *p,
    struct service_source *source, struct span source_name);
void service_waiting_free(struct waiting *w);

/* The set of identities under way; under the lock. */
bool service_given(
    const struct service *s, struct span source, struct span identity);
void service_give(struct service *s, struct span source, struct span identity);
void service_ungive(
    struct service *s, struct span source, struct span identity);

/* What the pipeline's intake is. */
struct pipeline_intake service_intake(struct service *s);

/* --- service_sources.c, service_feeds.c ------------------------------------
 */

NODISCARD enum status service_open_sources(
    struct service *s, struct buf *error);
void service_start_sources(struct service *s);
void service_stop_sources(struct service *s); /* joins their threads */
void service_close_sources(struct service *s);
/* Under the lock: a parcel is kept in the store, and so safe. */
void service_tell_kept(struct waiting *w);
/* Under the lock: these parcels are safe; frees them. */
void service_tell_safe(struct service *s, struct waiting_list *l);

NODISCARD enum status service_open_feeds(struct service *s, struct buf *error);
void service_start_feeds(struct service *s);
void service_stop_feeds(struct service *s);
void service_close_feeds(struct service *s);

/* --- service_writer.c: the one thread that writes the store ----------------
 */

void *service_write(void *service);

/* --- service_busy.c --------------------------------------------------------
 */

/* From here to the end of it; NULL, which that takes, when nobody asked. */
struct service_busy *service_busy(void);
void service_busy_end(struct service_busy *b);

/* --- service.c -------------------------------------------------------------
 */

void service_say(struct service *s, enum log_level level, const char *message,
    const char *const *fields);
/* The same of a source or a feed: words are its kind, name and message. */
void service_say_of(struct service *s, enum log_level level,
    const char *const words[3], const char *const *fields);
void service_wake(int wake_fd);
void service_heard(int wake_fd); /* it was waked, and looks */
/* Waits are by the clock that only goes forward: at most `us` from now. */
void service_cond_init(pthread_cond_t *changed);
void service_cond_wait(
    pthread_cond_t *changed, pthread_mutex_t *lock, int64_t us);
/* Under the lock: nobody waits for a disk longer than for the service's end. */
bool service_is_out_of_time(const struct service *s);
/* All that was given is judged, and committed or given up. */
bool service_has_judged(struct service *s);
